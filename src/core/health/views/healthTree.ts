import type { HealthState } from '../../ledger/machineEvents';
import { formatRelative } from '../../ledger/views/format';
import { escapeMarkdown, leaf, oneLine, type NodeIcon, type ViewNode } from '../../ledger/views/viewNode';
import type { ServiceView } from '../health';
import type { SettingProblem } from '../userServices';
import { formatUptime, watchedText, type Uptime } from '../uptime';

export interface HealthTreeInput {
	readonly services: readonly ServiceView[];
	readonly problems: readonly SettingProblem[];
	/** Of the last day, by service; what is not there was not watched. */
	readonly uptimes: ReadonlyMap<string, Uptime>;
	readonly now: number;
}

/** How a state looks and is called. */
export const stateLooks: Readonly<Record<HealthState, { readonly icon: NodeIcon; readonly words: string }>> = {
	unhealthy: { icon: { id: 'error', color: 'list.errorForeground' }, words: 'down' },
	unreachable: { icon: { id: 'debug-disconnect', color: 'list.warningForeground' }, words: 'unreachable' },
	degraded: { icon: { id: 'warning', color: 'list.warningForeground' }, words: 'degraded' },
	unknown: { icon: { id: 'circle-outline', color: null }, words: 'not known' },
	healthy: { icon: { id: 'pass-filled', color: 'testing.iconPassed' }, words: 'healthy' },
};

const order = Object.keys(stateLooks) as readonly HealthState[];

/** What is wrong first, then by name. */
export function inOrder(services: readonly ServiceView[]): readonly ServiceView[] {
	return services.toSorted(
		(left, right) =>
			order.indexOf(left.state) - order.indexOf(right.state) || left.name.localeCompare(right.name, 'en'),
	);
}

/** The rows of the view of services. */
export function healthNodes(input: HealthTreeInput): readonly ViewNode[] {
	const problems = input.problems.map(({ entry, text }, index) => problemNode(entry, text, index));
	return [...problems, ...inOrder(input.services).map(service => serviceNode(service, input))];
}

/** A row for an entry of a setting that cannot be used. */
export function problemNode(entry: string, text: string, index: number): ViewNode {
	return leaf({
		id: `problem:${index}:${entry}`,
		label: entry,
		description: text,
		icon: { id: 'warning', color: 'list.warningForeground' },
		tooltip: escapeMarkdown(text),
		contextValue: 'problem',
		spoken: `Setting ${entry}: ${text}`,
	});
}

/** What a state is called, also of a service that nobody runs. */
export function stateWords({ state, isStopped }: Pick<ServiceView, 'state' | 'isStopped'>): string {
	return isStopped ? 'stopped' : stateLooks[state].words;
}

function serviceNode(service: ServiceView, { uptimes, now }: HealthTreeInput): ViewNode {
	const { id, name, state, reason, actions, isStopped, checkedAt, latencyMs, startNote } = service;
	const words = stateWords(service);
	const uptime = uptimes.get(id);
	const isFine = state === 'healthy' || isStopped;
	const figures = [
		words,
		// The reason is what a person wants to read of what is not well.
		...(isFine ? [] : [oneLine(reason, 80)]),
		...(checkedAt === null || isStopped ? [] : [`since ${formatRelative(service.since, now)}`]),
		...(uptime === undefined ? [] : [`${formatUptime(uptime.percent)} up over ${watchedText(uptime.watchedMs)}`]),
	];
	const tooltip = [
		`**${escapeMarkdown(name)}**: ${words}`,
		escapeMarkdown(reason),
		checkedAt === null ? '' : `Looked at ${formatRelative(checkedAt, now)}`,
		latencyMs === null ? '' : `Answered in ${Math.round(latencyMs)} ms`,
		uptime === undefined
			? ''
			: `Up ${formatUptime(uptime.percent)} over ${watchedText(uptime.watchedMs)} in the last 24 hours`,
		startNote !== undefined && actions.includes('start') ? `It can be started from here. ${startNote}` : '',
	];
	return leaf({
		id,
		label: name,
		description: figures.join(' · '),
		icon: isStopped ? { id: 'circle-slash', color: null } : stateLooks[state].icon,
		tooltip: tooltip.filter(line => line !== '').join('\n\n'),
		contextValue: ['service', ...actions].join(' '),
		spoken: `Service ${name}, ${figures.join(', ')}`,
		command: { id: 'quarterdeck.health.open', args: [id] },
	});
}
