import { localDay } from '../../base/clock';
import type { ExecutionId } from '../../base/ids';
import type { ExecutionStatus } from '../events';
import type { ExecutionRow } from '../queries';
import {
	dayLabel,
	folderName,
	formatCostSum,
	formatDuration,
	formatMoment,
	formatRunCost,
	formatRunningDuration,
	formatTime,
	formatUsage,
	kindLabels,
	plural,
	statusLabels,
} from './format';
import { escapeMarkdown, leaf, oneLine, type NodeIcon, type ViewNode } from './viewNode';

/** What the tree must know beside the rows. */
export interface ExecutionsTreeInput {
	readonly rows: readonly ExecutionRow[];
	/** Whether older rows exist that were not read. */
	readonly hasMore: boolean;
	/** Whether only matches are shown: then every day is open. */
	readonly isFiltered: boolean;
	readonly now: number;
	/** Executions that this window runs, and so can stop. */
	isRunningHere(execution: ExecutionId): boolean;
	readonly commands: { readonly open: string; readonly more: string };
}

const icons: Readonly<Record<ExecutionStatus, NodeIcon>> = {
	running: { id: 'sync~spin', color: 'charts.blue' },
	waiting: { id: 'bell-dot', color: 'charts.yellow' },
	succeeded: { id: 'pass', color: 'testing.iconPassed' },
	failed: { id: 'error', color: 'testing.iconFailed' },
	stopped: { id: 'debug-stop', color: 'testing.iconSkipped' },
	// Not charts.orange: it follows a highlight that is nearly transparent in some themes.
	interrupted: { id: 'debug-disconnect', color: 'symbolIcon.classForeground' },
};

/** Whether an execution still goes on. */
export function isLive(row: Pick<ExecutionRow, 'status'>): boolean {
	return row.status === 'running' || row.status === 'waiting';
}

/** Executions, newest first, under the day they started on. */
export function executionsTree(input: ExecutionsTreeInput): ViewNode[] {
	const days = new Map<string, ExecutionRow[]>();
	for (const row of [...input.rows].sort(newestFirst)) {
		const day = localDay(row.startedAt);
		const rows = days.get(day);
		if (rows) rows.push(row);
		else days.set(day, [row]);
	}
	const groups = [...days];
	const nodes = groups.map(([day, rows], index) =>
		dayNode(day, rows, { input, isFirst: index === 0, isCut: input.hasMore && index === groups.length - 1 }),
	);
	if (input.hasMore) nodes.push(moreNode(input.commands.more));
	return nodes;
}

/** One execution as a row. */
export function executionNode(
	row: ExecutionRow,
	input: Omit<ExecutionsTreeInput, 'rows' | 'hasMore' | 'isFiltered'>,
): ViewNode {
	const parts = [durationOf(row, input.now), formatRunCost(row.cost, row.basis), row.model, formatTime(row.startedAt)];
	const description = parts.filter(part => part !== null && part !== '').join(' · ');
	const title = oneLine(row.title) || 'Untitled';
	const words = ['execution', row.status];
	if (isLive(row) && input.isRunningHere(row.id)) words.push('stoppable');
	const canGoOn = row.kind === 'flow' ? row.status === 'interrupted' : row.conversation !== null;
	if (canGoOn && row.status !== 'running') words.push('resumable');
	return leaf({
		id: `execution:${row.id}`,
		label: title,
		description,
		icon: icons[row.status],
		tooltip: tooltipOf(row, input.now),
		contextValue: words.join(' '),
		spoken: `${title}, ${statusLabels[row.status]}, ${description.replaceAll(' · ', ', ')}`,
		command: { id: input.commands.open, args: [row.id] },
	});
}

/** The execution that a row of the tree stands for. */
export function executionOfNode(id: string): string | undefined {
	return id.startsWith('execution:') ? id.slice('execution:'.length) : undefined;
}

function newestFirst(left: ExecutionRow, right: ExecutionRow): number {
	return right.startedAt - left.startedAt || (left.id < right.id ? -1 : 1);
}

function dayNode(
	day: string,
	rows: readonly ExecutionRow[],
	at: { readonly input: ExecutionsTreeInput; readonly isFirst: boolean; readonly isCut: boolean },
): ViewNode {
	const cost = rows.reduce((sum, row) => sum + (row.cost ?? 0), 0);
	const unpriced = rows.filter(row => row.basis === 'unpriced').length;
	const isKnown = rows.some(row => row.basis !== null);
	// The oldest day may go on beyond what was read: a sum of its first rows would be a wrong one.
	const description = at.isCut ? '' : [plural(rows.length, 'run'), isKnown ? formatCostSum(cost, unpriced) : ''];
	const label = dayLabel(day, at.input.now);
	const text = description === '' ? '' : description.filter(part => part !== '').join(' · ');
	return {
		// The tree remembers by id what is folded; a day of matches must not be folded because the whole day was.
		...leaf({
			id: `${at.input.isFiltered ? 'found' : 'day'}:${day}`,
			label,
			description: text,
			tooltip: day,
			contextValue: 'day',
		}),
		children: rows.map(row => executionNode(row, at.input)),
		isExpanded: at.input.isFiltered || at.isFirst || rows.some(isLive),
	};
}

function moreNode(command: string): ViewNode {
	return leaf({
		id: 'more',
		label: 'Show more…',
		icon: { id: 'ellipsis', color: null },
		tooltip: 'Read older executions',
		contextValue: 'more',
		command: { id: command, args: [] },
	});
}

function durationOf(row: ExecutionRow, now: number): string {
	if (row.status === 'waiting') return 'waits for you';
	if (isLive(row)) return formatRunningDuration(now - row.startedAt);
	return row.endedAt === null ? '' : formatDuration(row.endedAt - row.startedAt);
}

function tooltipOf(row: ExecutionRow, now: number): string {
	const lines: string[] = [`**${escapeMarkdown(oneLine(row.title, 300)) || 'Untitled'}**`, ''];
	const add = (name: string, value: string | null): void => {
		if (value !== null && value !== '') lines.push(`${name}: ${escapeMarkdown(value)}  `);
	};
	add('Status', statusLabels[row.status]);
	if (row.error !== null) lines.push(`**${escapeMarkdown(oneLine(row.error, 400))}**  `);
	add('Kind', kindLabels[row.kind]);
	add('Started', formatMoment(row.startedAt));
	// A live row's duration ticks in the row itself; in the tooltip it would only make the hover flicker.
	if (!isLive(row)) add('Duration', durationOf(row, now));
	add('Model', row.model);
	add('Provider', row.provider);
	add('Agent', row.agent);
	add('Project', row.project === null ? null : folderName(row.project));
	add('Cost', formatRunCost(row.cost, row.basis));
	add('Tokens', formatUsage(row.usage));
	add('Steps', row.stepCount === 0 ? null : String(row.stepCount));
	return lines.join('\n');
}
