import type { SqlRow, SqlValue } from '../../storage/sqlDatabase';
import { packDay, unpackDay, unpackMonth } from '../projection/packing';
import type { CostDimension, CostQuery, CostRow } from '../queries';
import type { ReadContext } from './executions';

/** Sums from the roll-ups, never from single executions. Ordered by key. */
export function readCosts(context: ReadContext, query: CostQuery): CostRow[] {
	const source = sourceOf(query);
	const columns = query.by.map(dimension => columnOf(dimension, source.period));
	const rows = select(context, query, source.costs, columns, [
		'sum(cost), sum(input), sum(output), sum(cache_read), sum(cache_write_5m), sum(cache_write_1h)',
		'sum(executions), sum(unpriced)',
	]);
	const runs = readRuns(context, query, source);
	return rows
		.map(row => {
			const key = keyOf(context, query.by, row);
			const sums = row.slice(query.by.length).map(Number);
			const text = key.join('\0');
			const [executions, unpriced] = runs?.get(text) ?? [sums[6]!, sums[7]!];
			const found: CostRow = {
				key,
				cost: sums[0]!,
				usage: {
					input: sums[1]!,
					output: sums[2]!,
					cacheRead: sums[3]!,
					cacheWrite5m: sums[4]!,
					cacheWrite1h: sums[5]!,
				},
				executions,
				unpriced,
			};
			return { text, found };
		})
		.sort((left, right) => (left.text < right.text ? -1 : 1))
		.map(({ found }) => found);
}

interface Source {
	readonly costs: string;
	readonly runs: string;
	readonly period: 'day' | 'month';
	readonly from: number;
	readonly to: number;
}

/** Whole months are read from the month summaries, which hold a thirtieth of the rows. */
function sourceOf(query: CostQuery): Source {
	const [from, to] = [packDay(query.fromDay), packDay(query.toDay)];
	const isWholeMonths = from % 100 === 1 && to % 100 >= daysInMonth(to);
	if (isWholeMonths && !query.by.includes('day')) {
		const period = { from: Math.floor(from / 100), to: Math.floor(to / 100) };
		return { costs: 'monthly_cost_summaries', runs: 'runs_monthly', period: 'month', ...period };
	}
	return { costs: 'cost_daily', runs: 'runs_daily', period: 'day', from, to };
}

function daysInMonth(day: number): number {
	return new Date(Date.UTC(Math.floor(day / 10000), Math.floor(day / 100) % 100, 0)).getUTCDate();
}

function columnOf(dimension: CostDimension, period: 'day' | 'month'): string {
	return dimension === 'month' && period === 'day' ? 'day / 100' : dimension;
}

/**
 * How many executions stand behind each key. Where the key lacks the model or the provider, the sums of the cost rows
 * would count an execution once for each of its models. `undefined` when those sums are right.
 */
function readRuns(context: ReadContext, query: CostQuery, source: Source): Map<string, [number, number]> | undefined {
	const [hasModel, hasProvider] = [query.by.includes('model'), query.by.includes('provider')];
	if (hasModel && hasProvider) return undefined;
	const level = hasModel ? 2 : hasProvider ? 1 : 0;
	const columns = query.by.map(dimension =>
		dimension === 'model' || dimension === 'provider' ? 'name' : columnOf(dimension, source.period),
	);
	const rows = select(context, query, source.runs, columns, ['sum(executions), sum(unpriced)'], `level = ${level}`);
	return new Map(
		rows.map(row => [
			keyOf(context, query.by, row).join('\0'),
			[Number(row[query.by.length]), Number(row[query.by.length + 1])],
		]),
	);
}

function select(
	context: ReadContext,
	query: CostQuery,
	table: string,
	columns: readonly string[],
	sums: readonly string[],
	condition = '1',
): SqlRow[] {
	const { from, to, period } = sourceOf(query);
	const values: SqlValue[] = [from, to];
	let where = `${period} BETWEEN ? AND ? AND ${condition}`;
	if (query.project !== undefined) {
		where += ' AND project = ?';
		values.push(context.names.find(query.project));
	}
	const group = columns.length > 0 ? `GROUP BY ${columns.join(', ')}` : 'HAVING count(*) > 0';
	return context.database
		.prepare(`SELECT ${[...columns, ...sums].join(', ')} FROM ${table} WHERE ${where} ${group}`)
		.all(values);
}

function keyOf(context: ReadContext, by: readonly CostDimension[], row: SqlRow): string[] {
	return by.map((dimension, index) => {
		if (dimension === 'day') return unpackDay(Number(row[index]));
		if (dimension === 'month') return unpackMonth(Number(row[index]));
		return context.names.textOf(row[index]);
	});
}
