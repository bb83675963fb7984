import { describe, expect, test } from 'vitest';
import { budgetProblem, budgetUse, costOfBudget, parseBudget } from '../../../src/core/ledger/views/budget';
import { costsCsv, csvRanges } from '../../../src/core/ledger/views/costsCsv';
import { costsSummary } from '../../../src/core/ledger/views/costsHover';
import { costQueries, costsTree, type CostRows } from '../../../src/core/ledger/views/costsTree';
import { costRow, now } from './fixtures';

const rows: CostRows = {
	today: [costRow(['2026-11-05'], { cost: 4_200_000_000, executions: 3, unpriced: 1 })],
	todayByModel: [costRow(['haiku'], { cost: 200_000_000 }), costRow(['opus'], { cost: 4_000_000_000 })],
	month: [costRow(['2026-11'], { cost: 20_000_000_000, executions: 9 })],
	byModel: [costRow(['haiku'], { cost: 1_000_000_000 }), costRow(['opus'], { cost: 19_000_000_000 })],
	byProject: [
		costRow(['/home/me/shop'], { cost: 12_000_000_000 }),
		costRow([''], { cost: 8_000_000_000, unpriced: 2 }),
	],
	byDay: [costRow(['2026-11-03']), costRow(['2026-11-05']), costRow(['2026-11-04'], { cost: 0, unpriced: 2 })],
	byMonth: [costRow(['2026-10'], { cost: 90_000_000_000 }), costRow(['2026-11'], { cost: 20_000_000_000 })],
};
const none: CostRows = { today: [], todayByModel: [], month: [], byModel: [], byProject: [], byDay: [], byMonth: [] };
const noBudget = { dailyUsd: 0, monthlyUsd: 0 };

describe('the costs tree', () => {
	test('shows sums, budgets and breakdowns', () => {
		const tree = costsTree(rows, { dailyUsd: 5, monthlyUsd: 20 }, now);
		const outline = tree.map(node => [
			`${node.label}: ${node.description} [${node.icon?.id}]`,
			...(node.children ?? []).map(child => `${child.label}: ${child.description} [${child.icon?.id ?? ''}]`),
		]);
		expect(outline).toEqual([
			[
				'Today: ≥ $4.20 of $5.00 (84 %) · 1 unpriced [warning]',
				'opus: $4.00 · 2 runs []',
				'haiku: $0.2000 · 2 runs []',
			],
			['This Month: $20.00 of $20.00 (100 %) [error]'],
			['By Model: November 2026 [symbol-misc]', 'opus: $19.00 · 2 runs []', 'haiku: $1.00 · 2 runs []'],
			[
				'By Project: November 2026 [folder]',
				'shop: $12.00 · 2 runs []',
				'No project: ≥ $8.00 · 2 unpriced · 2 runs []',
			],
			[
				'By Day: last 14 days [calendar]',
				'Today: $1.00 · 2 runs []',
				'Yesterday: 2 unpriced · 2 runs []',
				'Tuesday: $1.00 · 2 runs []',
			],
			[
				'By Month:  [history]',
				'November 2026: $20.00 · 2 runs · 100 % of budget [error]',
				'October 2026: $90.00 · 2 runs · 450 % of budget [error]',
			],
		]);
	});

	test('without any cost the view keeps its welcome', () => expect(costsTree(none, noBudget, now)).toEqual([]));

	test('a quiet day is a true zero', () => {
		const tree = costsTree({ ...none, byMonth: rows.byMonth }, noBudget, now);
		expect(tree.map(node => node.description)).toEqual([
			'$0.00',
			'$0.00',
			'November 2026',
			'November 2026',
			'last 14 days',
			'',
		]);
		expect(tree[2]?.children?.map(child => child.label)).toEqual(['Nothing yet']);
	});

	test('ids are unique', () => {
		const all = costsTree(rows, noBudget, now).flatMap(node => [
			node.id,
			...(node.children ?? []).map(child => child.id),
		]);
		expect(new Set(all).size).toBe(all.length);
	});

	test('asks for the right days', () => {
		const queries = costQueries(now);
		expect([queries.today, queries.byModel, queries.byDay, queries.byMonth]).toEqual([
			{ fromDay: '2026-11-05', toDay: '2026-11-05', by: ['day'] },
			{ fromDay: '2026-11-01', toDay: '2026-11-31', by: ['model'] },
			{ fromDay: '2026-10-23', toDay: '2026-11-05', by: ['day'] },
			{ fromDay: '2025-11-01', toDay: '2026-11-31', by: ['month'] },
		]);
	});
});

const levelOf = (dollars: number, limit: number): string => {
	const use = budgetUse(dollars * 1e9, limit);
	return `${use.level} ${costOfBudget(dollars * 1e9, 0, use)}`;
};

describe('budgets', () => {
	test('levels', () => {
		expect([
			levelOf(1, 0),
			levelOf(0, 5),
			levelOf(3.999, 5),
			levelOf(4, 5),
			levelOf(4.9999, 5),
			levelOf(5, 5),
			levelOf(9, 5),
		]).toEqual([
			'none $1.00',
			'ok $0.00 of $5.00 (0 %)',
			'ok $4.00 of $5.00 (79 %)',
			'warning $4.00 of $5.00 (80 %)',
			'warning $5.00 of $5.00 (99 %)',
			'exceeded $5.00 of $5.00 (100 %)',
			'exceeded $9.00 of $5.00 (180 %)',
		]);
	});

	test('typed limits', () => {
		expect(['5', ' $12.50', '0'].map(text => [budgetProblem(text), parseBudget(text)])).toEqual([
			[null, 5],
			[null, 12.5],
			[null, 0],
		]);
		for (const wrong of ['', '-1', '1,000', 'five', '1e3', 'NaN', 'Infinity', '99999999'])
			expect(budgetProblem(wrong)).toMatch(/\.$/);
	});
});

describe('the status bar', () => {
	test('today, by model, the month and the worst budget', () => {
		const summary = costsSummary(rows, { dailyUsd: 5, monthlyUsd: 100 }, now);
		expect([summary.text, summary.level]).toEqual(['≥ $4.20 · 1 unpriced', 'warning']);
		expect(summary.hover.split('\n')).toEqual([
			'**Costs of your agents**',
			'',
			'| | Cost | Tokens |',
			'|:--|--:|--:|',
			'| opus | \\$4\\.00 | 1k |',
			'| haiku | \\$0\\.2000 | 1k |',
			'| **Today** | **≥ \\$4\\.20 of \\$5\\.00 \\(84 %\\) · 1 unpriced** | |',
			'| **November 2026** | **\\$20\\.00 of \\$100\\.00 \\(20 %\\)** | |',
			'',
			'More than 80 % of the daily budget is used.',
		]);
	});

	test('a month beyond its budget is worse than a day near it', () => {
		expect(costsSummary(rows, { dailyUsd: 5, monthlyUsd: 20 }, now)).toMatchObject({
			level: 'exceeded',
			hover: expect.stringContaining('monthly budget is used up'),
		});
	});
});

const keyOf = (agent: string, project: string): string[] => ['2026-11-05', 'claude', 'opus', agent, project];

describe('CSV', () => {
	test('quotes, guards formulas, and leaves unknown costs empty', () => {
		const text = costsCsv([
			costRow(keyOf('=cmd()', 'a "b", c'), { cost: 123_456_789, unpriced: 0 }),
			costRow(keyOf('', '/z'), { cost: 0, unpriced: 2 }),
		]);
		expect(text.split('\r\n')).toEqual([
			'day,provider,model,agent,project,cost_usd,unpriced_runs,runs,input_tokens,output_tokens,cache_read_tokens,cache_write_5m_tokens,cache_write_1h_tokens',
			'2026-11-05,claude,opus,,/z,,2,2,1000,0,0,0,0',
			`2026-11-05,claude,opus,'=cmd(),"a ""b"", c",0.123456789,0,2,1000,0,0,0,0`,
			'',
		]);
	});

	test('ranges', () => {
		expect(
			csvRanges(new Date(2026, 0, 15).getTime()).map(range => `${range.label} ${range.fromDay} ${range.toDay}`),
		).toEqual([
			'This month 2026-01-01 2026-01-31',
			'Last month 2025-12-01 2025-12-31',
			'Last 90 days 2025-10-18 2026-01-15',
			'Everything 0000-01-01 9999-12-31',
		]);
	});
});
