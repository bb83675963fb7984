import * as vscode from 'vscode';
import { CancelledError, ExpectedError } from '../../core/base/errors';
import { asId, type AlertId } from '../../core/base/ids';
import type { Channel } from '../../core/health/alerts/channel';
import type { AlertRule } from '../../core/health/alerts/rule';
import { describeRule } from '../../core/health/alerts/words';
import type { ServiceAction, ServiceView } from '../../core/health/health';
import { stateWords } from '../../core/health/views/healthTree';
import { askText } from '../host/askText';
import type { Host } from '../host/context';
import { unlinked } from '../host/unlinked';
import type { TreeRow } from '../ledger/treeRow';
import { channelSettings } from './channels';
import type { HealthService } from './service';

/** The service that a row, an id or the user names. */
export async function pickService(service: HealthService, argument: unknown, command: string): Promise<string> {
	const named = idOf(argument);
	if (named !== undefined && service.services.some(({ id }) => id === named)) return named;
	const action = command.split('.').at(-1) ?? '';
	const can = (view: ServiceView): boolean => action === 'check' || view.actions.includes(action as ServiceAction);
	const services = service.services.filter(can);
	if (services.length === 0) {
		throw new ExpectedError('health.none', 'There is no service that this could be done to.', {
			actions: [{ title: 'Add Service…', command: 'quarterdeck.health.configure' }],
		});
	}
	const items = services.map(view => ({
		label: view.name,
		description: stateWords(view),
		detail: view.reason,
		id: view.id,
	}));
	const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Which service?' });
	if (!picked) throw new CancelledError();
	return picked.id;
}

/** The alert that a row, an id or the user names. */
export async function pickAlert({ alerts }: HealthService, argument: unknown): Promise<string> {
	const named = idOf(argument);
	if (named !== undefined && /^(?:over:)?[\da-f-]{36}$/u.test(named)) return named.replace(/^over:/u, '');
	if (alerts.open.length === 0) throw new ExpectedError('alerts.none', 'There are no open alerts.');
	const items = alerts.open.map(({ id, title, severity, cause }) => ({
		label: title,
		description: severity,
		detail: cause,
		id,
	}));
	const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Which alert?' });
	if (!picked) throw new CancelledError();
	return picked.id;
}

export async function checkService(service: HealthService, id: string): Promise<void> {
	const { name } = service.services.find(view => view.id === id) ?? { name: id };
	await withProgress(`Checking ${name}`, () => service.checkByHand(id));
}

/** Starts, stops or restarts, and shows that it is waited for. */
export async function actOn(service: HealthService, id: string, action: Exclude<ServiceAction, 'logs'>): Promise<void> {
	const { name } = service.services.find(view => view.id === id) ?? { name: id };
	const doing = { start: 'Starting', stop: 'Stopping', restart: 'Restarting' } as const;
	await withProgress(`${doing[action]} ${name}`, () => service.act(id, action, 'user'));
}

/** Opens the log of what runs a service. */
export async function showLogs(service: HealthService, id: string): Promise<void> {
	if (service.showLog(id)) return;
	const server = /^mcp:(.+)$/su.exec(id)?.[1];
	if (server !== undefined) await vscode.commands.executeCommand('quarterdeck.mcp.logs', server);
	else if (id === 'ledger') await vscode.commands.executeCommand('quarterdeck.ledger.showHealth');
	else throw new ExpectedError('health.noLogs', 'That service keeps no log here.');
}

export function acknowledge({ alerts }: HealthService, id: string): void {
	alerts.acknowledge(asId<AlertId>(id));
}

/** Asks for how long. */
export async function snooze({ alerts }: HealthService, id: string): Promise<void> {
	const times = [
		['15 minutes', 15],
		['1 hour', 60],
		['4 hours', 240],
		['1 day', 1440],
		['1 week', 10_080],
	] as const;
	const items = times.map(([label, minutes]) => ({ label, minutes }));
	const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Hear of it again after' });
	if (picked) alerts.snooze(asId<AlertId>(id), picked.minutes);
}

export function resolve({ alerts }: HealthService, id: string): void {
	alerts.resolve(asId<AlertId>(id), 'user');
}

/** Mutes the rule of an alert, with a way back. */
export async function muteRuleOf(host: Host, service: HealthService, id: string): Promise<void> {
	const alert = service.alerts.open.find(each => each.id === id);
	const rule = service.engine.rules.find(each => each.rule.id === alert?.rule)?.rule;
	if (!rule) throw new ExpectedError('alerts.noRule', 'The rule of that alert is no more.');
	await muteRule(host, rule, true);
	const undo = 'Undo';
	const picked = await vscode.window.showInformationMessage(unlinked(`“${rule.title}” is muted.`), undo);
	if (picked === undo) await muteRule(host, rule, false);
}

/** Writes into the user's setting whether a rule is muted. */
export async function muteRule({ settings }: Host, rule: AlertRule, isMuted: boolean): Promise<void> {
	const [user] = settings.byPlace('alerts.rules');
	const isOf = (entry: unknown): boolean => (entry as { readonly id?: unknown } | null)?.id === rule.id;
	const known = user.find(isOf) as Readonly<Record<string, unknown>> | undefined;
	const { mute: _, ...kept } = known ?? { id: rule.id };
	const entry = isMuted ? { ...kept, mute: true } : kept;
	// An entry that says nothing more than its id changes nothing.
	const others = user.filter(each => !isOf(each));
	await settings.set('alerts.rules', Object.keys(entry).length > 1 ? [...others, entry] : others);
}

/** Lists the rules with what is wrong about them; the chosen one is muted, heard again, or changed. */
export async function pickRule(host: Host, service: HealthService): Promise<void> {
	const items = service.engine.rules.map(({ rule, problem }) => ({
		label: `${problem === null ? (rule.isMuted ? '$(bell-slash)' : '$(bell)') : '$(warning)'} ${rule.title}`,
		description: `${describeRule(rule)}${rule.isMuted ? ' · muted' : ''}`,
		...(problem === null ? {} : { detail: problem }),
		rule,
	}));
	const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Rules of alerts', matchOnDescription: true });
	if (!picked) return;
	const { rule } = picked;
	const change = { label: '$(settings-gear) Change in Settings', isChange: true };
	const mute = { label: rule.isMuted ? '$(bell) Unmute' : '$(bell-slash) Mute', isChange: false };
	const what = await vscode.window.showQuickPick([mute, change], { placeHolder: rule.title });
	if (!what) return;
	if (what.isChange) await vscode.commands.executeCommand('workbench.action.openSettings', 'quarterdeck.alerts.rules');
	else await muteRule(host, rule, !rule.isMuted);
}

/** Stores what goes with alerts as `Authorization: Bearer`: one token for the topic, another for the webhook. */
export async function setToken({ secrets, settings }: Host): Promise<void> {
	const address = (channel: Channel): string => settings.byPlace(channelSettings[channel])[0].trim() || 'not set';
	const items = [
		{ label: 'ntfy', description: address('ntfy'), channel: 'ntfy' },
		{ label: 'Webhook', description: address('webhook'), channel: 'webhook' },
	] as const;
	const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Where the token goes with each alert' });
	if (!picked) return;
	const token = await askText({
		title: `Token for Alerts: ${picked.label}`,
		prompt: 'Sent as a bearer token with each alert to it alone. Empty: none. It is kept as a secret.',
		password: true,
	});
	if (token !== undefined) await secrets.set(`alerts.${picked.channel}`, token.trim());
}

function idOf(argument: unknown): string | undefined {
	if (typeof argument === 'string') return argument;
	return (argument as TreeRow | undefined)?.node?.id;
}

async function withProgress<T>(title: string, run: () => Promise<T>): Promise<T> {
	return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, run);
}
