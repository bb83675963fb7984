import type { ExecutionId } from '../../base/ids';
import type { SqlDatabase } from '../../storage/sqlDatabase';
import type { LedgerEvent } from '../events';
import type { JournalLine, TextField } from '../journal/line';
import type { BlobReader, Horizon } from './horizon';
import { packDay, type Names } from './packing';
import {
	endExecution,
	endStep,
	newExecution,
	newStep,
	replacesUsage,
	startExecution,
	startStep,
	updateExecution,
	type ExecutionState,
	type Place,
	type StepState,
	type UsageState,
} from './records';
import { RecordStore } from './recordStore';
import { RollupDeltas } from './rollups';
import { codeOf, words } from './schema';
import { distinctWords, unescapeJson } from './searchWords';

export type ExecutionEvent = Extract<
	LedgerEvent,
	{ type: `execution.${string}` } | { type: `step.${string}` } | { type: 'usage.recorded' }
>;

/** Units of a step's input, and of its output, that a search finds. Whole ones would make the index larger than all rows. */
const searchedUnits = 2000;
/** A text that left its line is read from its file only this far; no unit takes more than three bytes. */
const searchedBytes = 3 * searchedUnits;

interface Entry {
	readonly state: ExecutionState;
	readonly isNew: boolean;
	readonly titleBefore: string;
	readonly steps: Map<string, StepState>;
	/** Loaded when something asks for it; its share is out of the roll-ups from then until the batch is saved. */
	usages: Map<string, UsageState> | undefined;
	readonly texts: string[];
}

/** Executions, steps and usage that the current batch changes. */
export class ExecutionBatch {
	readonly #database: SqlDatabase;
	readonly #names: Names;
	readonly #horizon: Horizon;
	readonly #readBlob: BlobReader;
	readonly #store: RecordStore;
	readonly #deltas = new RollupDeltas();
	readonly #entries = new Map<string, Entry>();
	readonly #nameOf = (text: string | null): number => this.#names.idOf(text);
	#nextRow: number;

	constructor(database: SqlDatabase, names: Names, horizon: Horizon, readBlob: BlobReader) {
		this.#database = database;
		this.#names = names;
		this.#horizon = horizon;
		this.#readBlob = readBlob;
		this.#store = new RecordStore(database);
		this.#nextRow = this.#store.nextRow();
	}

	apply(line: JournalLine, event: ExecutionEvent, place: Place): void {
		const entry = this.#entry(event.execution, line.at);
		const { state } = entry;
		state.firstAt = Math.min(state.firstAt, line.at);
		state.lastAt = Math.max(state.lastAt, line.at);
		switch (event.type) {
			case 'execution.started':
				// Agent and project decide where its usage counts, so the usage is taken out first.
				this.#usages(entry);
				return startExecution(state, event, line.at, this.#names.idOf(line.host), this.#nameOf);
			case 'execution.updated':
				return updateExecution(state, event, line.seq, this.#nameOf);
			case 'execution.ended':
				return endExecution(state, event, line.at);
			case 'step.started':
				return this.#startStep(entry, event, line, place);
			case 'step.ended':
				return this.#endStep(entry, event, line, place);
			case 'usage.recorded':
				return this.#recordUsage(entry, event, line.seq);
		}
	}

	save(): { readonly executions: readonly ExecutionId[]; readonly costs: boolean } {
		// In the order of their numbers: the index writes out what it has collected whenever a number goes back.
		const entries = [...this.#entries.values()].toSorted((left, right) => left.state.row - right.state.row);
		for (const { state, titleBefore, steps, usages, texts } of entries) {
			if (state.title !== titleBefore) texts.unshift(state.title);
			// One text for all of the batch: words are joined over an execution's texts anyway, and each text has a price.
			if (texts.length > 0) this.#store.indexText(state.row, distinctWords(texts));
			this.#store.saveExecution(state);
			for (const step of steps.values()) this.#store.saveStep(state.row, step);
			if (!usages) continue;
			for (const usage of usages.values()) this.#store.saveUsage(state.row, usage);
			this.#deltas.add(state, usages.values(), 1);
		}
		if (this.#entries.size > 0) this.#store.saveNextRow(this.#nextRow);
		const costs = this.#deltas.save(this.#database);
		return { executions: [...this.#entries.keys()] as ExecutionId[], costs };
	}

	clear(): void {
		this.#entries.clear();
		this.#deltas.clear();
	}

	#entry(id: string, at: number): Entry {
		const known = this.#entries.get(id);
		if (known) return known;
		const stored = this.#store.execution(id);
		const entry: Entry = {
			state: stored ?? newExecution(this.#nextRow++, id, at),
			isNew: !stored,
			titleBefore: stored?.title ?? '',
			steps: new Map(),
			usages: undefined,
			texts: [],
		};
		this.#entries.set(id, entry);
		return entry;
	}

	#step(entry: Entry, id: string, at: number): StepState {
		const known = entry.steps.get(id);
		if (known) return known;
		const step = (entry.isNew ? undefined : this.#store.step(entry.state.row, id)) ?? newStep(id, at);
		entry.steps.set(id, step);
		return step;
	}

	#startStep(
		entry: Entry,
		event: Extract<LedgerEvent, { type: 'step.started' }>,
		line: JournalLine,
		place: Place,
	): void {
		const step = this.#step(entry, event.step, line.at);
		if (step.kind === null) {
			entry.texts.push(event.name, event.title, unescapeJson(this.#beginning(line, 'input', event.input)));
		}
		startStep(step, event, line.at, this.#names.idOf(event.name), textAt(line, 'input', event.input, place));
	}

	#endStep(entry: Entry, event: Extract<LedgerEvent, { type: 'step.ended' }>, line: JournalLine, place: Place): void {
		const step = this.#step(entry, event.step, line.at);
		if (step.endedAt === null) entry.texts.push(this.#beginning(line, 'output', event.output));
		endStep(step, event, line.at, textAt(line, 'output', event.output, place));
	}

	/** The beginning of a text, from its line or from the file that the line names. */
	#beginning(line: JournalLine, field: TextField, text: string | null): string {
		const blob = line.blobs[field];
		return ((blob ? this.#readBlob(blob.hash, searchedBytes) : text) ?? '').slice(0, searchedUnits);
	}

	#recordUsage(entry: Entry, event: Extract<LedgerEvent, { type: 'usage.recorded' }>, seq: number): void {
		const day = packDay(event.day);
		// Its day is closed: what it cost stands in the roll-ups that were written when the day was closed.
		if (day < this.#horizon.beforeDay) return;
		const [provider, model] = [this.#names.idOf(event.provider), this.#names.idOf(event.model)];
		const usages = this.#usages(entry);
		const key = `${provider} ${model}`;
		if (!replacesUsage(usages.get(key), seq, event.isFinal)) return;
		usages.set(key, {
			provider,
			model,
			seq,
			day,
			isFinal: event.isFinal,
			basis: codeOf(words.basis, event.basis),
			cost: event.basis === 'unpriced' ? null : event.cost,
			usage: event.usage,
		});
	}

	#usages(entry: Entry): Map<string, UsageState> {
		if (!entry.usages) {
			const stored = entry.isNew ? [] : this.#store.usages(entry.state.row);
			entry.usages = new Map(stored.map(row => [`${row.provider} ${row.model}`, row]));
			this.#deltas.add(entry.state, stored, -1);
		}
		return entry.usages;
	}
}

/** Where a text of an event stands, and its size; `null` when there is none. */
function textAt(
	line: JournalLine,
	field: TextField,
	text: string | null,
	place: Place,
): { readonly place: Place; readonly bytes: number } | null {
	const blob = line.blobs[field];
	if (blob) return { place, bytes: blob.bytes };
	return text === null || text === '' ? null : { place, bytes: Buffer.byteLength(text) };
}
