import * as vscode from 'vscode';
import { errorText } from '../../core/base/errors';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import type { HealthSubject } from '../../core/health/healthPage';
import { Emitter } from '../../core/base/event';
import type { Host } from '../host/context';
import { panelTypes, viewIds, type CommandId } from '../host/ids';
import { LazyTree } from '../host/lazyTree';
import { Panels } from '../host/panels';
import type { TreeRow } from '../ledger/treeRow';
import type { Machine } from '../machine';
import type * as Commands from './commands';
import type { HealthService } from './service';

/** Start-up is busy enough: watching begins after it. */
const restMs = 8_000;
const identity = 'health';

/** Registers the views, the page and the commands of services and alerts. Their code loads on first use. */
export function registerHealth(host: Host, { health, monitors }: Pick<Machine, 'health' | 'monitors'>): Disposable {
	const store = new DisposableStore();
	const services = addTree(host, store, viewIds.health, async () => {
		const [{ HealthTree }, service] = await Promise.all([import('./trees'), health.get()]);
		return new HealthTree(host, services.view, service);
	});
	const alerts = addTree(host, store, viewIds.alerts, async () => {
		const [{ AlertsTree }, service, repairs] = await Promise.all([import('./trees'), health.get(), monitors.get()]);
		return new AlertsTree(host, alerts.view, service, repairs);
	});
	const pages = store.add(new HealthPages(host, () => health.get()));
	registerCommands(host, store, {
		get: () => health.get(),
		show: subject => pages.show(subject),
		selected: view => (view === 'health' ? services : alerts).view.selection[0],
	});
	const start = (): void => {
		if (!vscode.workspace.isTrusted) return;
		health.get().catch((error: unknown) => host.log.warn(`Services are not watched: ${errorText(error)}`));
	};
	store.add(host.clock.after(restMs, start));
	store.add(vscode.workspace.onDidGrantWorkspaceTrust(start));
	void health.whenMade.then(service => store.add(showBadge(alerts.view, service)));
	return store;
}

function addTree(
	host: Host,
	store: DisposableStore,
	id: string,
	load: () => Promise<vscode.TreeDataProvider<TreeRow> & Disposable>,
): LazyTree<TreeRow> {
	return store.add(new LazyTree<TreeRow>(id, async () => store.add(await load()), host.log));
}

function showBadge(view: vscode.TreeView<TreeRow>, { alerts }: HealthService): Disposable {
	const show = (): void => {
		const value = alerts.open.filter(({ state }) => state === 'firing').length;
		view.badge = value === 0 ? undefined : { value, tooltip: value === 1 ? '1 new alert' : `${value} new alerts` };
	};
	show();
	return alerts.onDidChange(show);
}

/** One page for all services and alerts, and what it shall show. */
class HealthPages implements Disposable {
	readonly #panels: Panels;
	readonly #selected = new Emitter<HealthSubject>();
	#wanted: HealthSubject | null = null;

	constructor(host: Host, get: () => Promise<HealthService>) {
		const icon = (name: string): vscode.Uri => vscode.Uri.joinPath(host.context.extensionUri, 'media', name);
		this.#panels = new Panels(host.context.extensionUri, {
			viewType: panelTypes.health,
			surface: 'health',
			icon: { light: icon('tab-light.svg'), dark: icon('tab-dark.svg') },
			connect: async (_identity, port) => {
				const [{ connectHealthPage }, service] = await Promise.all([import('./page'), get()]);
				const takeWanted = (): HealthSubject | null => {
					const wanted = this.#wanted;
					this.#wanted = null;
					return wanted;
				};
				return connectHealthPage(port, { host, service, takeWanted, onDidSelect: this.#selected.event });
			},
		});
	}

	async show(subject: HealthSubject | null): Promise<void> {
		this.#wanted = subject;
		await this.#panels.show(identity, 'Health');
		if (subject) this.#selected.fire(subject);
	}

	dispose(): void {
		this.#selected.dispose();
		this.#panels.dispose();
	}
}

interface CommandParts {
	readonly get: () => Promise<HealthService>;
	readonly show: (subject: HealthSubject | null) => Promise<void>;
	readonly selected: (view: 'health' | 'alerts') => TreeRow | undefined;
}

type Run = (own: typeof Commands, service: HealthService, id: string) => unknown;

function registerCommands(host: Host, store: DisposableStore, { get, show, selected }: CommandParts): void {
	const { commands } = host;
	const registerOnService = (id: CommandId, run: Run): unknown =>
		store.add(
			commands.register(id, async (argument?: unknown) => {
				const [own, service] = await Promise.all([import('./commands'), get()]);
				await run(own, service, await own.pickService(service, argument ?? selected('health'), id));
			}),
		);
	const registerOnAlert = (id: CommandId, run: Run): unknown =>
		store.add(
			commands.register(id, async (argument?: unknown) => {
				const [own, service] = await Promise.all([import('./commands'), get()]);
				await run(own, service, await own.pickAlert(service, argument ?? selected('alerts')));
			}),
		);
	store.add(
		commands.register('quarterdeck.health.open', (argument?: unknown) =>
			show(typeof argument === 'string' ? { kind: 'service', id: argument } : null),
		),
	);
	registerOnService('quarterdeck.health.check', (own, service, id) => own.checkService(service, id));
	registerOnService('quarterdeck.health.start', (own, service, id) => own.actOn(service, id, 'start'));
	registerOnService('quarterdeck.health.stop', (own, service, id) => own.actOn(service, id, 'stop'));
	registerOnService('quarterdeck.health.restart', (own, service, id) => own.actOn(service, id, 'restart'));
	registerOnService('quarterdeck.health.logs', (own, service, id) => own.showLogs(service, id));
	registerOnAlert('quarterdeck.alerts.show', (_own, _service, id) => show({ kind: 'alert', id }));
	registerOnAlert('quarterdeck.alerts.acknowledge', (own, service, id) => own.acknowledge(service, id));
	registerOnAlert('quarterdeck.alerts.snooze', (own, service, id) => own.snooze(service, id));
	registerOnAlert('quarterdeck.alerts.resolve', (own, service, id) => own.resolve(service, id));
	registerOnAlert('quarterdeck.alerts.muteRule', (own, service, id) => own.muteRuleOf(host, service, id));
	store.add(
		commands.register('quarterdeck.health.configure', () =>
			vscode.commands.executeCommand('workbench.action.openSettings', 'quarterdeck.health.services'),
		),
	);
	store.add(
		commands.register('quarterdeck.alerts.rules', async () => {
			const [own, service] = await Promise.all([import('./commands'), get()]);
			await own.pickRule(host, service);
		}),
	);
	store.add(
		commands.register('quarterdeck.alerts.testSound', async () => {
			const [{ testSound }, { sound }] = await Promise.all([import('./sound'), get()]);
			await testSound(sound, host);
		}),
	);
	store.add(commands.register('quarterdeck.alerts.setToken', async () => (await import('./commands')).setToken(host)));
}
