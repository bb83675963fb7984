import * as vscode from 'vscode';
import { z } from 'zod';
import type { Event } from '../../core/base/event';
import { asId, type AlertId } from '../../core/base/ids';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import { describeRule } from '../../core/health/alerts/words';
import type {
	AlertView,
	HealthPageContract,
	HealthPageView,
	HealthSubject,
	RuleView,
	ServiceDetail,
} from '../../core/health/healthPage';
import { serviceDetail } from '../../core/health/serviceDetail';
import { hourOf } from '../../core/health/uptime';
import { inOrder } from '../../core/health/views/healthTree';
import type { Alert } from '../../core/ledger/machineEvents';
import { serve, type Handlers } from '../../core/rpc/rpc';
import type { Host } from '../host/context';
import type { WebviewPort } from '../host/webviewHost';
import { Refresher } from '../ledger/refresher';
import { muteRule, showLogs } from './commands';
import type { HealthService } from './service';

const refreshMs = 500;
const historyShown = 50;
const changesShown = 30;
const flushMs = 20_000;
const monthHours = 30 * 24;

export interface HealthPageDeps {
	readonly host: Host;
	readonly service: HealthService;
	readonly takeWanted: () => HealthSubject | null;
	readonly onDidSelect: Event<HealthSubject>;
}

const text = z.string().min(1).max(500);
const action = z.enum(['start', 'stop', 'restart', 'logs']);
const minutes = z
	.number()
	.min(1)
	.max(30 * 24 * 60);
const setting = z.enum(['health.services', 'alerts.rules', 'alerts.quietHours']);

/** Answers the page of services and alerts, and tells it when something is another. */
export function connectHealthPage(port: WebviewPort, deps: HealthPageDeps): Disposable {
	const store = new DisposableStore();
	const { host, service, onDidSelect } = deps;
	const server = store.add(serve<HealthPageContract>(port, handlers(deps)));
	const changed = store.add(
		new Refresher(host.clock, refreshMs, () => {
			server.emit('changed', null);
			return Promise.resolve();
		}),
	);
	store.add(service.onDidChange(() => changed.request()));
	store.add(service.alerts.onDidChange(() => changed.request()));
	store.add(service.onDidChangeProblems(() => changed.request()));
	store.add(vscode.workspace.onDidGrantWorkspaceTrust(() => changed.request()));
	store.add(onDidSelect(subject => server.emit('select', subject)));
	return store;
}

function handlers({ host, service, takeWanted }: HealthPageDeps): Handlers<HealthPageContract> {
	return {
		view: () => viewOf(host, service),
		service: params => detailOf(host, service, text.parse(params.id)),
		wanted: () => takeWanted(),
		check: async params => void (await service.checkByHand(text.parse(params.id))),
		act: async params => {
			const id = text.parse(params.id);
			const wanted = action.parse(params.action);
			if (wanted === 'logs') await showLogs(service, id);
			else await service.act(id, wanted, 'user');
		},
		acknowledge: params => service.alerts.acknowledge(alertId(params)),
		snooze: params => service.alerts.snooze(alertId(params), minutes.parse(params.minutes)),
		resolve: params => service.alerts.resolve(alertId(params), 'user'),
		mute: async params => {
			const id = text.parse(params.rule);
			const rule = service.engine.rules.find(each => each.rule.id === id)?.rule;
			if (rule) await muteRule(host, rule, z.boolean().parse(params.isMuted));
		},
		openSettings: async params => {
			const name = `quarterdeck.${setting.parse(params.setting)}`;
			await vscode.commands.executeCommand('workbench.action.openSettings', name);
		},
	};
}

function alertId(params: { readonly id: string }): AlertId {
	return asId<AlertId>(text.parse(params.id));
}

async function viewOf(host: Host, service: HealthService): Promise<HealthPageView> {
	const { engine, monitor, ledger, problems } = service;
	const rules = new Map(engine.rules.map(({ rule }) => [rule.id, rule]));
	const history = await ledger.query('alerts', { isOpen: false, limit: historyShown });
	const view = (alert: Alert): AlertView => {
		const rule = rules.get(alert.rule);
		const ruleText = rule ? `${rule.title}: ${describeRule(rule)}` : `${alert.rule}, a rule that is no more`;
		return { ...alert, ruleText, note: engine.book.noteOn(alert) };
	};
	return {
		services: inOrder(service.services),
		open: engine.book.open.map(view),
		history: history.map(view),
		rules: engine.rules.map(({ rule, problem }): RuleView => {
			const { id, title, severity, isMuted } = rule;
			return { id, title, text: describeRule(rule), severity, isMuted, problem };
		}),
		problems,
		isTrusted: vscode.workspace.isTrusted,
		isLeader: monitor.isLeader,
		now: host.clock.now(),
	};
}

async function detailOf(host: Host, service: HealthService, id: string): Promise<ServiceDetail | null> {
	const { ledger, monitor, services } = service;
	if (!services.some(view => view.id === id)) return null;
	// Somebody looks: what was counted just now is to be seen.
	monitor.flush(flushMs);
	const now = host.clock.now();
	const hour = hourOf(now);
	const [hours, changes] = await Promise.all([
		ledger.query('serviceHours', { from: hour - monthHours, to: hour + 1, service: id }),
		ledger.query('serviceChanges', { service: id, limit: changesShown }),
	]);
	return serviceDetail({ id, services, hours, changes, recent: monitor.recent(id), now });
}
