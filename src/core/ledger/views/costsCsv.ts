import { localDay } from '../../base/clock';
import { toDollars } from '../../base/money';
import type { CostDimension, CostQuery, CostRow } from '../queries';
import { dayBefore } from './format';

/** The columns that a line is told apart by. */
export const csvDimensions: readonly CostDimension[] = ['day', 'provider', 'model', 'agent', 'project'];

const header = [
	...csvDimensions,
	'cost_usd',
	'unpriced_runs',
	'runs',
	'input_tokens',
	'output_tokens',
	'cache_read_tokens',
	'cache_write_5m_tokens',
	'cache_write_1h_tokens',
];

/** A range of days that an export may cover. */
export interface CsvRange {
	readonly label: string;
	readonly fromDay: string;
	readonly toDay: string;
}

/** The ranges offered, the usual one first. */
export function csvRanges(now: number): readonly CsvRange[] {
	const today = localDay(now);
	const month = today.slice(0, 7);
	const date = new Date(now);
	const lastMonth = localDay(new Date(date.getFullYear(), date.getMonth() - 1, 1, 12).getTime()).slice(0, 7);
	return [
		{ label: 'This month', fromDay: `${month}-01`, toDay: `${month}-31` },
		{ label: 'Last month', fromDay: `${lastMonth}-01`, toDay: `${lastMonth}-31` },
		{ label: 'Last 90 days', fromDay: dayBefore(now, 89), toDay: today },
		{ label: 'Everything', fromDay: '0000-01-01', toDay: '9999-12-31' },
	];
}

/** The query whose answer `costsCsv` writes. */
export function csvQuery(range: CsvRange): CostQuery {
	return { fromDay: range.fromDay, toDay: range.toDay, by: csvDimensions };
}

/** Rows as CSV (RFC 4180). A cost that is not known stays empty: a 0 would read as free. */
export function costsCsv(rows: readonly CostRow[]): string {
	const sorted = [...rows].sort((left, right) => (left.key.join('\0') < right.key.join('\0') ? -1 : 1));
	return [header, ...sorted.map(lineOf)].map(cells => `${cells.map(cell).join(',')}\r\n`).join('');
}

function lineOf(row: CostRow): string[] {
	const { usage } = row;
	const isUnknown = row.cost === 0 && row.unpriced > 0;
	const numbers = [
		row.unpriced,
		row.executions,
		usage.input,
		usage.output,
		usage.cacheRead,
		usage.cacheWrite5m,
		usage.cacheWrite1h,
	];
	return [
		...csvDimensions.map((_, index) => row.key[index] ?? ''),
		isUnknown ? '' : toDollars(row.cost).toFixed(9),
		...numbers.map(String),
	];
}

function cell(text: string): string {
	// A spreadsheet runs a cell that begins like a formula, and names here come from agents and folders.
	const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
