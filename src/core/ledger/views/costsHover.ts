import { localDay } from '../../base/clock';
import type { CostRow } from '../queries';
import { budgetUse, costOfBudget, worseLevel, type BudgetLevel, type Budgets } from './budget';
import { sumRow, type CostRows } from './costsTree';
import { formatCostSum, formatTokens, monthLabel, totalTokens } from './format';
import { escapeMarkdown } from './viewNode';

/** What the status bar says. */
export interface CostsSummary {
	readonly text: string;
	readonly level: BudgetLevel;
	/** Markdown with a table of today by model, the month and the budgets. */
	readonly hover: string;
	readonly spoken: string;
}

/** Today's cost for the status bar, with all that a hover tells. */
export function costsSummary(
	rows: Pick<CostRows, 'today' | 'todayByModel' | 'month'>,
	budgets: Budgets,
	now: number,
): CostsSummary {
	const today = sumRow(rows.today);
	const month = sumRow(rows.month);
	const dayUse = budgetUse(today.cost, budgets.dailyUsd);
	const monthUse = budgetUse(month.cost, budgets.monthlyUsd);
	const todayText = formatCostSum(today.cost, today.unpriced);
	const lines = ['**Costs of your agents**', '', '| | Cost | Tokens |', '|:--|--:|--:|'];
	for (const row of [...rows.todayByModel].sort((left, right) => right.cost - left.cost)) lines.push(modelLine(row));
	lines.push(`| **Today** | **${cell(costOfBudget(today.cost, today.unpriced, dayUse))}** | |`);
	const monthText = costOfBudget(month.cost, month.unpriced, monthUse);
	lines.push(`| **${monthLabel(localDay(now).slice(0, 7))}** | **${cell(monthText)}** | |`);
	const level = worseLevel(dayUse.level, monthUse.level);
	lines.push('', sentence(level, dayUse.level === level ? 'daily' : 'monthly'));
	return {
		text: todayText,
		level,
		hover: lines.join('\n'),
		spoken: `Agents cost ${costOfBudget(today.cost, today.unpriced, dayUse)} today`,
	};
}

function modelLine(row: CostRow): string {
	const name = row.key[0] === undefined || row.key[0] === '' ? 'unknown model' : row.key[0];
	return `| ${cell(name)} | ${cell(formatCostSum(row.cost, row.unpriced))} | ${formatTokens(totalTokens(row.usage))} |`;
}

function sentence(level: BudgetLevel, which: 'daily' | 'monthly'): string {
	if (level === 'exceeded') return `The ${which} budget is used up: new turns are held back.`;
	if (level === 'warning') return `More than 80 % of the ${which} budget is used.`;
	return level === 'none' ? 'No budget is set.' : '';
}

function cell(text: string): string {
	return escapeMarkdown(text.trim());
}
