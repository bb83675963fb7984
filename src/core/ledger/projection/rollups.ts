import type { SqlDatabase } from '../../storage/sqlDatabase';
import type { ExecutionState, UsageState } from './records';
import { monthOf, type Names } from './packing';
import { codeOf, words } from './schema';

const unpriced = codeOf(words.basis, 'unpriced');
/** cost, input, output, cache read, cache write 5 min, cache write 1 h, executions, unpriced */
type CostDelta = number[];
/** executions, unpriced */
type RunsDelta = number[];

/**
 * What a batch changes in the roll-ups, summed before it is written: a thousand events of one day are one update of one
 * row. An execution's share is taken out before its usage changes and put in again afterwards.
 */
export class RollupDeltas {
	readonly #costs = new Map<string, CostDelta>();
	readonly #runs = new Map<string, RunsDelta>();

	/** Adds (`sign` 1) or takes out (-1) what an execution contributes. */
	add(execution: Pick<ExecutionState, 'agent' | 'project'>, usages: Iterable<UsageState>, sign: 1 | -1): void {
		const { agent, project } = execution;
		const runs = new Map<string, boolean>();
		for (const row of usages) {
			const isUnpriced = row.basis === unpriced;
			const { usage } = row;
			addTo(this.#costs, `${row.day} ${row.model} ${row.provider} ${agent} ${project}`, [
				(row.cost ?? 0) * sign,
				usage.input * sign,
				usage.output * sign,
				usage.cacheRead * sign,
				usage.cacheWrite5m * sign,
				usage.cacheWrite1h * sign,
				sign,
				isUnpriced ? sign : 0,
			]);
			for (const group of [`0 0`, `1 ${row.provider}`, `2 ${row.model}`]) {
				const key = `${row.day} ${group} ${agent} ${project}`;
				runs.set(key, isUnpriced || (runs.get(key) ?? false));
			}
		}
		for (const [key, isUnpriced] of runs) addTo(this.#runs, key, [sign, isUnpriced ? sign : 0]);
	}

	/** Writes the sums, for days and months. Returns whether anything changed. */
	save(database: SqlDatabase): boolean {
		const hasCosts = saveInto(database, costTables.day, this.#costs);
		saveInto(database, costTables.month, byMonth(this.#costs));
		const hasRuns = saveInto(database, runTables.day, this.#runs);
		saveInto(database, runTables.month, byMonth(this.#runs));
		this.clear();
		return hasCosts || hasRuns;
	}

	clear(): void {
		this.#costs.clear();
		this.#runs.clear();
	}
}

function addTo(sums: Map<string, number[]>, key: string, delta: readonly number[]): void {
	const sum = sums.get(key);
	if (sum) for (const [index, value] of delta.entries()) sum[index]! += value;
	else sums.set(key, [...delta]);
}

function byMonth(days: ReadonlyMap<string, readonly number[]>): Map<string, number[]> {
	const months = new Map<string, number[]>();
	for (const [key, delta] of days) {
		const space = key.indexOf(' ');
		addTo(months, `${monthOf(Number(key.slice(0, space)))}${key.slice(space)}`, delta);
	}
	return months;
}

interface RollupTable {
	readonly name: string;
	readonly keys: readonly string[];
	readonly sums: readonly string[];
}

const dimensions = ['model', 'provider', 'agent', 'project'];
const costSums = [
	'cost',
	'input',
	'output',
	'cache_read',
	'cache_write_5m',
	'cache_write_1h',
	'executions',
	'unpriced',
];
const runKeys = ['level', 'name', 'agent', 'project'];
const runSums = ['executions', 'unpriced'];

const costTables = {
	day: { name: 'cost_daily', keys: ['day', ...dimensions], sums: costSums },
	month: { name: 'monthly_cost_summaries', keys: ['month', ...dimensions], sums: costSums },
} satisfies Record<string, RollupTable>;
const runTables = {
	day: { name: 'runs_daily', keys: ['day', ...runKeys], sums: runSums },
	month: { name: 'runs_monthly', keys: ['month', ...runKeys], sums: runSums },
} satisfies Record<string, RollupTable>;

function saveInto(database: SqlDatabase, table: RollupTable, deltas: ReadonlyMap<string, readonly number[]>): boolean {
	const columns = [...table.keys, ...table.sums];
	const add = database.prepare(
		`INSERT INTO ${table.name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
		ON CONFLICT DO UPDATE SET ${table.sums.map(sum => `${sum} = ${sum} + excluded.${sum}`).join(', ')}`,
	);
	const drop = database.prepare(
		`DELETE FROM ${table.name} WHERE ${table.keys.map(key => `${key} = ?`).join(' AND ')} AND executions = 0`,
	);
	let isChanged = false;
	for (const [key, delta] of deltas) {
		if (delta.every(value => value === 0)) continue;
		isChanged = true;
		const keys = key.split(' ').map(Number);
		add.run([...keys, ...delta]);
		if (delta[table.sums.indexOf('executions')]! < 0) drop.run(keys);
	}
	return isChanged;
}

/** The roll-ups of closed days, as they travel in the journal. Names are texts: numbers differ between windows. */
interface RollupArchive {
	readonly costs: readonly (readonly (string | number)[])[];
	readonly runs: readonly (readonly (string | number)[])[];
}

/** Roll-ups of all days before `day` as text. */
export function archiveRollups(database: SqlDatabase, names: Names, day: number): string {
	const read = (table: RollupTable, named: (row: readonly number[]) => readonly number[]): (string | number)[][] =>
		database
			.prepare(`SELECT ${[...table.keys, ...table.sums].join(', ')} FROM ${table.name} WHERE day < ?`)
			.all([day])
			.map(row => row.map(Number))
			.map(row => row.map((value, index) => (named(row).includes(index) ? names.textOf(value) : value)));
	return JSON.stringify({
		costs: read(costTables.day, () => [1, 2, 3, 4]),
		runs: read(runTables.day, row => (row[1] === 0 ? [3, 4] : [2, 3, 4])),
	} satisfies RollupArchive);
}

/** Puts the roll-ups of an archive in place of all that is known of days before `day`, and sums the months again. */
export function restoreRollups(database: SqlDatabase, names: Names, day: number, text: string): void {
	const archive = JSON.parse(text) as RollupArchive;
	const write = (table: RollupTable, rows: RollupArchive['costs']): void => {
		const columns = [...table.keys, ...table.sums];
		database.prepare(`DELETE FROM ${table.name} WHERE day < ?`).run([day]);
		const insert = database.prepare(
			`INSERT OR REPLACE INTO ${table.name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
		);
		for (const row of rows) insert.run(row.map(value => (typeof value === 'string' ? names.idOf(value) : value)));
	};
	write(costTables.day, archive.costs);
	write(runTables.day, archive.runs);
	sumMonths(database, costTables.day, costTables.month, day);
	sumMonths(database, runTables.day, runTables.month, day);
}

function sumMonths(database: SqlDatabase, days: RollupTable, months: RollupTable, day: number): void {
	const rest = days.keys.slice(1).join(', ');
	const last = monthOf(day);
	database.prepare(`DELETE FROM ${months.name} WHERE month <= ?`).run([last]);
	database
		.prepare(
			`INSERT INTO ${months.name} (month, ${rest}, ${months.sums.join(', ')})
			SELECT day / 100, ${rest}, ${days.sums.map(sum => `sum(${sum})`).join(', ')}
			FROM ${days.name} WHERE day / 100 <= ? GROUP BY day / 100, ${rest}`,
		)
		.run([last]);
}
