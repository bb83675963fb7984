import type { SqlDatabase, SqlRow, SqlValue } from '../../storage/sqlDatabase';
import { joules, packId, packUsage, unpackId, unpackUsage } from './packing';
import type { ExecutionState, Place, StepState, UsageState } from './records';

const executionColumns = [
	'row, id, kind, trigger, status, title, error, agent, project, provider, model, conversation, host',
	'started_at, ended_at, first_at, last_at, title_seq, model_seq, status_seq',
].join(', ');
const stepColumns = [
	'execution, id, parent, kind, name, title, status, started_at, ended_at, usage, cost',
	'input_segment, input_offset, input_length, input_bytes, output_segment, output_offset, output_length, output_bytes',
].join(', ');
const usageColumns = [
	'execution, provider, model, seq, day, final, basis, cost',
	'input, output, cache_read, cache_write_5m, cache_write_1h, joules',
].join(', ');

const marks = (columns: string): string =>
	columns
		.split(',')
		.map(() => '?')
		.join(', ');

const sql = {
	saveExecution: `INSERT OR REPLACE INTO executions (${executionColumns}) VALUES (${marks(executionColumns)})`,
	findStep: `SELECT ${stepColumns} FROM execution_steps WHERE execution = ? AND id = ?`,
	saveStep: `INSERT OR REPLACE INTO execution_steps (${stepColumns}) VALUES (${marks(stepColumns)})`,
	findUsages: `SELECT ${usageColumns} FROM usage WHERE execution = ?`,
	saveUsage: `INSERT OR REPLACE INTO usage (${usageColumns}) VALUES (${marks(usageColumns)})`,
};

/** Reads and writes the rows that batches change. Nothing is decided here. */
export class RecordStore {
	readonly #database: SqlDatabase;

	constructor(database: SqlDatabase) {
		this.#database = database;
	}

	/** The number that the next new execution gets. Never used twice: the search index may still hold texts of old ones. */
	nextRow(): number {
		const kept = this.#database.prepare("SELECT value FROM meta WHERE key = 'nextRow'").get();
		return Number(kept?.[0] ?? 1);
	}

	saveNextRow(row: number): void {
		this.#database.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('nextRow', ?)").run([String(row)]);
	}

	execution(id: string): ExecutionState | undefined {
		const row = this.#database.prepare(`SELECT ${executionColumns} FROM executions WHERE id = ?`).get([packId(id)]);
		return row && toExecution(row);
	}

	saveExecution(state: ExecutionState): void {
		this.#database.prepare(sql.saveExecution).run([
			state.row,
			packId(state.id),
			state.kind,
			state.trigger,
			state.status,
			state.title,
			state.error,
			state.agent,
			state.project,
			state.provider,
			state.model,
			state.conversation,
			state.host,
			state.startedAt,
			state.endedAt,
			// Six bytes each that a started and ended execution does not need.
			state.startedAt === null ? state.firstAt : null,
			state.endedAt === null ? state.lastAt : null,
			state.titleSeq,
			state.modelSeq,
			state.statusSeq,
		]);
	}

	step(execution: number, id: string): StepState | undefined {
		const row = this.#database.prepare(sql.findStep).get([execution, packId(id)]);
		return row && toStep(row);
	}

	saveStep(execution: number, state: StepState): void {
		this.#database
			.prepare(sql.saveStep)
			.run([
				execution,
				packId(state.id),
				state.parent === null ? null : packId(state.parent),
				state.kind,
				state.name,
				state.title,
				state.status,
				state.startedAt,
				state.endedAt,
				state.usage && packUsage(state.usage),
				state.cost,
				...fromPlace(state.input),
				state.inputBytes,
				...fromPlace(state.output),
				state.outputBytes,
			]);
	}

	usages(execution: number): UsageState[] {
		return this.#database.prepare(sql.findUsages).all([execution]).map(toUsage);
	}

	saveUsage(execution: number, state: UsageState): void {
		const { usage } = state;
		this.#database
			.prepare(sql.saveUsage)
			.run([
				execution,
				state.provider,
				state.model,
				state.seq,
				state.day,
				state.isFinal ? 1 : 0,
				state.basis,
				state.cost,
				usage.input,
				usage.output,
				usage.cacheRead,
				usage.cacheWrite5m,
				usage.cacheWrite1h,
				usage.gpuJoules ?? null,
			]);
	}

	/**
	 * Adds words to those that a search finds an execution by. All texts of an execution have its own number: the table
	 * holds no texts that could conflict, and small numbers make its lists of executions half as long.
	 */
	indexText(execution: number, words: string): void {
		// Engines bind large numbers, or all, as reals, which a virtual table refuses.
		this.#database.prepare('INSERT INTO search (docid, text) VALUES (CAST(? AS INTEGER), ?)').run([execution, words]);
	}
}

const count = (value: SqlValue | undefined): number => Number(value);
const countOrNull = (value: SqlValue | undefined): number | null => (value === null ? null : Number(value));

function toExecution(row: SqlRow): ExecutionState {
	return {
		row: count(row[0]),
		id: unpackId(row[1]),
		kind: countOrNull(row[2]),
		trigger: countOrNull(row[3]),
		status: count(row[4]),
		title: String(row[5]),
		error: row[6] === null ? null : String(row[6]),
		agent: count(row[7]),
		project: count(row[8]),
		provider: count(row[9]),
		model: count(row[10]),
		conversation: count(row[11]),
		host: count(row[12]),
		startedAt: countOrNull(row[13]),
		endedAt: countOrNull(row[14]),
		firstAt: count(row[15] ?? row[13]),
		lastAt: count(row[16] ?? row[14]),
		titleSeq: count(row[17]),
		modelSeq: count(row[18]),
		statusSeq: count(row[19]),
	};
}

function toStep(row: SqlRow): StepState {
	return {
		id: unpackId(row[1]),
		parent: row[2] === null ? null : unpackId(row[2]),
		kind: countOrNull(row[3]),
		name: count(row[4]),
		title: String(row[5]),
		status: count(row[6]),
		startedAt: count(row[7]),
		endedAt: countOrNull(row[8]),
		usage: row[9] === null ? null : unpackUsage(String(row[9])),
		cost: countOrNull(row[10]),
		input: toPlace(row, 11),
		inputBytes: count(row[14]),
		output: toPlace(row, 15),
		outputBytes: count(row[18]),
	};
}

function toUsage(row: SqlRow): UsageState {
	return {
		provider: count(row[1]),
		model: count(row[2]),
		seq: count(row[3]),
		day: count(row[4]),
		isFinal: row[5] === 1,
		basis: count(row[6]),
		cost: countOrNull(row[7]),
		usage: {
			input: count(row[8]),
			output: count(row[9]),
			cacheRead: count(row[10]),
			cacheWrite5m: count(row[11]),
			cacheWrite1h: count(row[12]),
			...joules(row[13]),
		},
	};
}

function fromPlace(place: Place | null): [number | null, number | null, number | null] {
	return place ? [place.segment, place.offset, place.length] : [null, null, null];
}

/** The place in three columns from `first` on, or `null`. */
export function toPlace(row: SqlRow, first: number): Place | null {
	if (row[first] === null || row[first] === undefined) return null;
	return { segment: count(row[first]), offset: count(row[first + 1]), length: count(row[first + 2]) };
}
