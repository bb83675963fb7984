import { localDay } from '../../base/clock';
import { severities, type Alert, type Severity } from '../../ledger/machineEvents';
import { formatRelative, formatTime } from '../../ledger/views/format';
import { escapeMarkdown, leaf, type NodeIcon, type ViewNode } from '../../ledger/views/viewNode';
import type { SettingProblem } from '../userServices';
import { problemNode } from './healthTree';
import { otherRepairs, repairNode, repairsByAlert, type RepairOffer } from './repairNodes';

export interface AlertsTreeInput {
	/** The most severe first. */
	readonly open: readonly Alert[];
	/** Those that are over, newest first. */
	readonly history: readonly Alert[];
	readonly problems: readonly SettingProblem[];
	/** What could be done about them. */
	readonly repairs: readonly RepairOffer[];
	/** What is to be said about how often an alert is raised. */
	readonly noteOn: (alert: Alert) => string | null;
	readonly now: number;
}

const dayMs = 86_400_000;

export const severityWords: Readonly<Record<Severity, string>> = {
	critical: 'Critical',
	high: 'High',
	medium: 'Medium',
	low: 'Low',
};

export const severityIcons: Readonly<Record<Severity, NodeIcon>> = {
	critical: { id: 'flame', color: 'list.errorForeground' },
	high: { id: 'error', color: 'list.errorForeground' },
	medium: { id: 'warning', color: 'list.warningForeground' },
	low: { id: 'info', color: null },
};

/** `snoozed until 14:05`; with its day where that is not the next time the clock shows it. */
export function snoozedText(until: number | null, now: number): string {
	const end = until ?? now;
	const day = end - now < dayMs ? '' : `${localDay(end)} `;
	return `snoozed until ${day}${formatTime(end)}`;
}

/** The rows of the view of alerts: open ones by severity, and what was before. */
export function alertNodes(input: AlertsTreeInput): readonly ViewNode[] {
	const { ofAlert, others } = repairsByAlert(input.open, input.repairs);
	const groups = severities.toReversed().flatMap((severity): ViewNode[] => {
		const alerts = input.open.filter(alert => alert.severity === severity);
		if (alerts.length === 0) return [];
		const children = alerts.map(alert => withRepairs(openNode(alert, input), ofAlert.get(alert.id)));
		const label = severityWords[severity];
		const spoken = `${label}, ${alerts.length === 1 ? '1 alert' : `${alerts.length} alerts`}`;
		return [
			{ ...leaf({ id: severity, label, description: String(alerts.length), spoken }), children, isExpanded: true },
		];
	});
	return [
		...input.problems.map(({ entry, text }, index) => problemNode(entry, text, index)),
		...groups,
		...otherRepairs(others),
		...historyNodes(input),
	];
}

function withRepairs(node: ViewNode, repairs: readonly RepairOffer[] = []): ViewNode {
	if (repairs.length === 0) return node;
	return { ...node, children: repairs.map(offer => repairNode(offer, false)), isExpanded: true };
}

function openNode(alert: Alert, { noteOn, now }: AlertsTreeInput): ViewNode {
	const { id, title, cause, state, until, severity, startedAt } = alert;
	const note = noteOn(alert);
	const states: Readonly<Record<Alert['state'], string>> = {
		firing: '',
		acknowledged: 'acknowledged',
		snoozed: snoozedText(until, now),
		resolved: 'over',
	};
	const figures = [states[state], note === null ? '' : 'again and again', formatRelative(startedAt, now)];
	const described = figures.filter(part => part !== '').join(' · ');
	return leaf({
		id,
		label: title,
		description: described,
		icon:
			state === 'firing' ? severityIcons[severity] : { id: state === 'snoozed' ? 'bell-slash' : 'check', color: null },
		tooltip: [
			`**${escapeMarkdown(title)}**`,
			escapeMarkdown(cause),
			...(note === null ? [] : [escapeMarkdown(note)]),
		].join('\n\n'),
		contextValue: `alert open ${state}`,
		spoken: `${severityWords[severity]} alert: ${title}, ${described}. ${cause}`,
		command: { id: 'quarterdeck.alerts.show', args: [id] },
	});
}

function historyNodes({ history, now }: AlertsTreeInput): readonly ViewNode[] {
	if (history.length === 0) return [];
	const children = history.map(alert =>
		leaf({
			id: `over:${alert.id}`,
			label: alert.title,
			description: `over ${formatRelative(alert.endedAt ?? alert.startedAt, now)}`,
			icon: { id: 'circle-outline', color: null },
			tooltip: [`**${escapeMarkdown(alert.title)}**`, escapeMarkdown(alert.cause)].join('\n\n'),
			contextValue: 'alert over',
			spoken: `Alert that is over: ${alert.title}`,
			command: { id: 'quarterdeck.alerts.show', args: [alert.id] },
		}),
	);
	return [{ ...leaf({ id: 'history', label: 'History', icon: { id: 'history', color: null } }), children }];
}
