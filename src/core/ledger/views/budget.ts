import { formatCost, toNano, type NanoDollars } from '../../base/money';
import { formatCostSum } from './format';

/** The limits that the user set, in US dollars; 0 is none. */
export interface Budgets {
	readonly dailyUsd: number;
	readonly monthlyUsd: number;
}

export type BudgetLevel = 'none' | 'ok' | 'warning' | 'exceeded';

/** How much of a budget is used. `percent` is rounded down, so that 100 % is never shown before it is so. */
export interface BudgetUse {
	readonly level: BudgetLevel;
	readonly limit: NanoDollars;
	readonly percent: number;
}

/** Compares a cost with a limit in dollars. From 80 % on it warns, from 100 % on it is exceeded. */
export function budgetUse(cost: NanoDollars, limitUsd: number): BudgetUse {
	const limit = toNano(limitUsd);
	if (!(limit > 0)) return { level: 'none', limit: 0, percent: 0 };
	const percent = Math.floor((cost / limit) * 100);
	return { level: percent >= 100 ? 'exceeded' : percent >= 80 ? 'warning' : 'ok', limit, percent };
}

/**
 * `≥ $1.20 of $5.00 (24 %) · 1 unpriced`; without a limit only the cost. What is cut off in a narrow view stands last.
 */
export function costOfBudget(cost: NanoDollars, unpriced: number, use: BudgetUse): string {
	if (use.level === 'none') return formatCostSum(cost, unpriced);
	const known = `${unpriced > 0 ? '≥ ' : ''}${formatCost(cost)} of ${formatCost(use.limit)} (${use.percent} %)`;
	return unpriced > 0 ? `${known} · ${unpriced.toLocaleString('en')} unpriced` : known;
}

/** What one budget holds, and what its day or month cost so far. */
export interface BudgetState {
	readonly period: 'day' | 'month';
	readonly limit: NanoDollars;
	readonly spent: NanoDollars;
}

/** `The daily budget of $2.00 is used up ($2.13 so far).`, for each budget that is. */
export function usedUpText(budgets: readonly BudgetState[]): string {
	return budgets
		.filter(({ limit, spent }) => spent >= limit)
		.map(({ period, limit, spent }) => {
			const name = period === 'day' ? 'daily' : 'monthly';
			return `The ${name} budget of ${formatCost(limit)} is used up (${formatCost(spent)} so far).`;
		})
		.join(' ');
}

/** The worse of two levels. */
export function worseLevel(left: BudgetLevel, right: BudgetLevel): BudgetLevel {
	const order: readonly BudgetLevel[] = ['none', 'ok', 'warning', 'exceeded'];
	return order.indexOf(left) >= order.indexOf(right) ? left : right;
}

/** A sentence that says what is wrong with a typed limit, or `null` when it is right. */
export function budgetProblem(text: string): string | null {
	const trimmed = text.trim().replace(/^\$\s*/, '');
	if (trimmed === '') return 'Type an amount in US dollars, or 0 for no limit.';
	if (!/^\d+(\.\d+)?$/.test(trimmed)) {
		return trimmed.startsWith('-')
			? 'A budget cannot be negative. Type 0 for no limit.'
			: 'Type a plain number such as 5 or 12.50, without separators.';
	}
	if (Number(trimmed) > 1_000_000) return 'Type at most 1000000 dollars.';
	return null;
}

/** The dollars of a text that `budgetProblem` found right. */
export function parseBudget(text: string): number {
	return Number(text.trim().replace(/^\$\s*/, ''));
}
