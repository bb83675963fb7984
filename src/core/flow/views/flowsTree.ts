import type { RunSummary } from '../editorProtocol';
import type { RunStatus } from '../engine/events';
import type { NodeId } from '../model/flow';
import { canTurnOn, isTurnedOn, triggerFacts, type TriggerState, type TriggerView } from '../triggers/triggerView';
import { escapeMarkdown, leaf, type NodeIcon, type ViewNode } from '../../ledger/views/viewNode';

/** A flow of the workspace, as the view shows it. */
export interface FlowRow {
	/** Address of its file. */
	readonly uri: string;
	/** From the workspace folder on. */
	readonly path: string;
	/** `null`: its text cannot be read. */
	readonly name: string | null;
	readonly problems: number;
	readonly last: RunSummary | undefined;
	/** It runs in this window. */
	readonly isRunningHere: boolean;
	readonly triggers: readonly TriggerView[];
}

const icons: Readonly<Record<RunStatus, NodeIcon>> = {
	running: { id: 'sync~spin', color: 'charts.blue' },
	paused: { id: 'debug-pause', color: 'charts.yellow' },
	waiting: { id: 'person', color: 'charts.yellow' },
	succeeded: { id: 'pass', color: 'charts.green' },
	failed: { id: 'error', color: 'list.errorForeground' },
	stopped: { id: 'circle-slash', color: null },
	interrupted: { id: 'debug-disconnect', color: 'charts.orange' },
};
const neverRun: NodeIcon = { id: 'type-hierarchy-sub', color: null };

/** The flows of the workspace with how their last runs ended, by name. */
export function flowsTree(rows: readonly FlowRow[], now: number, command: string): readonly ViewNode[] {
	return rows
		.map(row => [row.name ?? row.path, row] as const)
		.sort(([left, a], [right, b]) => left.localeCompare(right) || a.path.localeCompare(b.path))
		.map(([label, row]) => flowNode(label, row, now, command));
}

function flowNode(label: string, row: FlowRow, now: number, command: string): ViewNode {
	const { uri, path, name, problems, last, isRunningHere } = row;
	const triggers = row.triggers.filter(({ kind }) => kind !== 'manual');
	const about = last ? `${last.status} ${ago(now - last.startedAt)}` : '';
	const wrong =
		name === null ? 'cannot be read' : problems > 0 ? `${problems} problem${problems === 1 ? '' : 's'}` : '';
	const facts = [about, wrong].filter(text => text !== '').join(' · ');
	return leaf({
		id: uri,
		label,
		description: facts,
		icon: name === null ? { id: 'warning', color: 'list.warningForeground' } : last ? icons[last.status] : neverRun,
		tooltip: `${escapeMarkdown(path)}${last ? `\n\nLast run: ${escapeMarkdown(last.title)}, ${about}` : ''}`,
		contextValue: `flow${isRunningHere ? ' running' : ''}`,
		spoken: [label, last ? `last run ${about}` : 'has not run', wrong].filter(text => text !== '').join(', '),
		command: { id: command, args: [uri] },
		// A manual one is nothing that somebody could turn on.
		...(triggers.length === 0 ? {} : { children: triggers.map(view => triggerNode(uri, view, now)), isExpanded: true }),
	});
}

const triggerIcons: Readonly<Record<TriggerView['kind'], string>> = {
	manual: 'play',
	schedule: 'clock',
	webhook: 'radio-tower',
	fileChange: 'file-symlink-file',
	git: 'git-commit',
};
const triggerColors: Readonly<Record<TriggerState, string | null>> = {
	off: 'disabledForeground',
	on: 'charts.green',
	elsewhere: 'charts.blue',
	changed: 'list.warningForeground',
	wrong: 'list.errorForeground',
	paused: 'disabledForeground',
};
const rowPrefix = 'quarterdeck:trigger?';

function triggerNode(uri: string, view: TriggerView, now: number): ViewNode {
	const { node, title, kind, state, about, text, maxPerHour } = view;
	const facts = triggerFacts(view, now);
	const words = [canTurnOn(view) ? 'canTurnOn' : '', isTurnedOn(view) ? 'turnedOn' : '', kind];
	return leaf({
		id: `${rowPrefix}${encodeURIComponent(JSON.stringify([uri, node]))}`,
		label: title,
		description: facts,
		icon: { id: triggerIcons[kind], color: triggerColors[state] },
		tooltip: [about, text, maxPerHour > 0 ? `At most ${maxPerHour} runs an hour.` : '']
			.filter(line => line !== '')
			.map(escapeMarkdown)
			.join('\n\n'),
		contextValue: `trigger ${words.filter(word => word !== '').join(' ')}`,
		spoken: [`Trigger ${title}`, facts, text].filter(word => word !== '').join(', '),
		command: { id: 'quarterdeck.flows.reveal', args: [uri, node] },
	});
}

/** The trigger that a row of the tree is of. */
export function triggerOfRow(id: string): { readonly uri: string; readonly node: NodeId } | undefined {
	if (!id.startsWith(rowPrefix)) return undefined;
	const [uri, node] = JSON.parse(decodeURIComponent(id.slice(rowPrefix.length))) as [string, NodeId];
	return { uri, node };
}

function ago(ms: number): string {
	const minutes = Math.floor(ms / 60_000);
	if (minutes < 1) return 'just now';
	if (minutes < 60) return `${minutes} min ago`;
	const hours = Math.floor(minutes / 60);
	return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
}
