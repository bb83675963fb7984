import { localDay } from '../../base/clock';
import type { CostQuery, CostRow } from '../queries';
import { budgetUse, costOfBudget, type BudgetLevel, type Budgets } from './budget';
import { dayBefore, dayLabel, folderName, formatCostSum, formatUsage, monthLabel, plural } from './format';
import { escapeMarkdown, leaf, type NodeIcon, type ViewNode } from './viewNode';

/** Days that "By day" goes back, today included. */
const dayCount = 14;

/** The rows that the tree shows, one query each (see `costQueries`). */
export interface CostRows {
	readonly today: readonly CostRow[];
	readonly todayByModel: readonly CostRow[];
	readonly month: readonly CostRow[];
	readonly byModel: readonly CostRow[];
	readonly byProject: readonly CostRow[];
	readonly byDay: readonly CostRow[];
	readonly byMonth: readonly CostRow[];
}

/** What to ask the ledger for. An execution counts once in each answer, which a sum over finer rows would not keep. */
export function costQueries(now: number): { readonly [K in keyof CostRows]: CostQuery } {
	const today = localDay(now);
	const month = { fromDay: `${today.slice(0, 7)}-01`, toDay: `${today.slice(0, 7)}-31` };
	const year = Number(today.slice(0, 4));
	return {
		today: { fromDay: today, toDay: today, by: ['day'] },
		todayByModel: { fromDay: today, toDay: today, by: ['model'] },
		month: { ...month, by: ['month'] },
		byModel: { ...month, by: ['model'] },
		byProject: { ...month, by: ['project'] },
		byDay: { fromDay: dayBefore(now, dayCount - 1), toDay: today, by: ['day'] },
		byMonth: { fromDay: `${year - 1}-${today.slice(5, 7)}-01`, toDay: `${today.slice(0, 7)}-31`, by: ['month'] },
	};
}

/** The costs tree; empty when nothing was ever used, so that the view's own welcome is shown. */
export function costsTree(rows: CostRows, budgets: Budgets, now: number): ViewNode[] {
	if (Object.values(rows).every((list: readonly CostRow[]) => list.length === 0)) return [];
	const thisMonth = monthLabel(localDay(now).slice(0, 7));
	return [
		totalNode('today', 'Today', rows.today, budgets.dailyUsd, rows.todayByModel),
		totalNode('month', 'This Month', rows.month, budgets.monthlyUsd, []),
		groupNode(
			'models',
			'By Model',
			thisMonth,
			'symbol-misc',
			largestFirst(rows.byModel).map(row => modelNode('models', row)),
		),
		groupNode('projects', 'By Project', thisMonth, 'folder', largestFirst(rows.byProject).map(projectNode)),
		groupNode(
			'days',
			'By Day',
			`last ${dayCount} days`,
			'calendar',
			newestFirst(rows.byDay).map(row => dayNode(row, now)),
		),
		groupNode(
			'months',
			'By Month',
			'',
			'history',
			newestFirst(rows.byMonth).map(row => monthNode(row, budgets)),
		),
	];
}

/** The sum of rows whose executions do not overlap, such as the rows of one dimension that every execution has once. */
export function sumRow(rows: readonly CostRow[]): {
	readonly cost: number;
	readonly unpriced: number;
	readonly executions: number;
} {
	return rows.reduce(
		(sum, row) => ({
			cost: sum.cost + row.cost,
			unpriced: sum.unpriced + row.unpriced,
			executions: sum.executions + row.executions,
		}),
		{ cost: 0, unpriced: 0, executions: 0 },
	);
}

const levelIcons: Readonly<Record<BudgetLevel, NodeIcon>> = {
	none: { id: 'credit-card', color: null },
	ok: { id: 'credit-card', color: 'charts.green' },
	warning: { id: 'warning', color: 'list.warningForeground' },
	exceeded: { id: 'error', color: 'list.errorForeground' },
};

const levelSentences: Readonly<Record<BudgetLevel, string>> = {
	none: 'No budget is set.',
	ok: '',
	warning: 'More than 80 % of the budget is used.',
	exceeded: 'The budget is used up: new turns are held back.',
};

function totalNode(
	id: string,
	label: string,
	rows: readonly CostRow[],
	limitUsd: number,
	parts: readonly CostRow[],
): ViewNode {
	const sum = sumRow(rows);
	const use = budgetUse(sum.cost, limitUsd);
	const text = costOfBudget(sum.cost, sum.unpriced, use);
	const tooltip = [
		`**${label}**: ${escapeMarkdown(text)}`,
		levelSentences[use.level],
		escapeMarkdown(plural(sum.executions, 'run')),
	];
	const node = leaf({
		id,
		label,
		description: text,
		icon: levelIcons[use.level],
		tooltip: tooltip.filter(part => part !== '').join('\n\n'),
		contextValue: `total ${use.level}`,
		spoken: `${label}: ${text}. ${levelSentences[use.level]}`,
	});
	if (parts.length === 0) return node;
	return { ...node, children: largestFirst(parts).map(row => modelNode(id, row)), isExpanded: false };
}

function groupNode(
	id: string,
	label: string,
	description: string,
	icon: string,
	children: readonly ViewNode[],
): ViewNode {
	const empty = leaf({ id: `${id}:none`, label: 'Nothing yet', description: 'no costs in this time' });
	return {
		...leaf({ id, label, description, icon: { id: icon, color: null }, contextValue: 'group' }),
		children: children.length === 0 ? [empty] : children,
		isExpanded: id === 'models',
	};
}

function modelNode(parent: string, row: CostRow): ViewNode {
	const name = row.key[0] ?? '';
	return rowNode(row, { id: `${parent}:${name}`, label: name === '' ? 'Unknown model' : name, icon: null, detail: '' });
}

function projectNode(row: CostRow): ViewNode {
	const path = row.key[0] ?? '';
	const label = path === '' ? 'No project' : folderName(path);
	return rowNode(row, { id: `projects:${path}`, label, icon: null, detail: path });
}

function dayNode(row: CostRow, now: number): ViewNode {
	const day = row.key[0] ?? '';
	return rowNode(row, { id: `days:${day}`, label: dayLabel(day, now), icon: null, detail: day });
}

function monthNode(row: CostRow, budgets: Budgets): ViewNode {
	const month = row.key[0] ?? '';
	const use = budgetUse(row.cost, budgets.monthlyUsd);
	const isOver = use.level === 'warning' || use.level === 'exceeded';
	const icon = isOver ? levelIcons[use.level] : null;
	const node = rowNode(row, { id: `months:${month}`, label: monthLabel(month), icon, detail: '' });
	return isOver ? { ...node, description: `${node.description} · ${use.percent} % of budget` } : node;
}

function rowNode(
	row: CostRow,
	at: { readonly id: string; readonly label: string; readonly icon: NodeIcon | null; readonly detail: string },
): ViewNode {
	const cost = formatCostSum(row.cost, row.unpriced);
	const runs = plural(row.executions, 'run');
	const lines = [`**${escapeMarkdown(at.label)}**: ${escapeMarkdown(cost)}`, escapeMarkdown(at.detail), runs];
	const tokens = formatUsage(row.usage);
	if (tokens !== '') lines.push(`Tokens: ${escapeMarkdown(tokens)}`);
	if (row.unpriced > 0)
		lines.push('Unpriced runs used a model whose price is not known. Add it under *Costs: Prices*.');
	return leaf({
		id: at.id,
		label: at.label,
		description: `${cost} · ${runs}`,
		icon: at.icon,
		tooltip: lines.filter(line => line !== '').join('\n\n'),
		contextValue: 'cost',
	});
}

function largestFirst(rows: readonly CostRow[]): CostRow[] {
	return [...rows].sort((left, right) => right.cost - left.cost || (keyOf(left) < keyOf(right) ? -1 : 1));
}

function newestFirst(rows: readonly CostRow[]): CostRow[] {
	return [...rows].sort((left, right) => (keyOf(left) < keyOf(right) ? 1 : -1));
}

function keyOf(row: CostRow): string {
	return row.key.join('\0');
}
