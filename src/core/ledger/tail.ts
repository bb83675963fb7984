import { appendFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { errorText, systemCode } from '../base/errors';
import type { SqlDatabase } from '../storage/sqlDatabase';
import { isSealed, type LedgerFolders } from './journal/layout';
import type { ParsedLine } from './journal/line';
import { listSegments, readSegment, type SegmentFile } from './journal/reader';
import type { Projection } from './projection/projection';
import type { LedgerChange } from './queries';

export interface SegmentState {
	readonly id: number;
	readonly name: string;
	/** Everything before is applied. */
	offset: number;
	lines: number;
	rejected: number;
	future: number;
	firstAt: number | null;
	lastAt: number | null;
	/** Size when it was read last: nothing new while it stays. */
	seenBytes: number;
}

/** A segment is shorter than what was read of it: what the projection holds is not the journal's any more. */
export class TruncatedError extends Error {}

/** Bytes that one transaction covers: large enough to be fast, small enough to answer a query in between. */
const batchBytes = 4 * 1024 * 1024;
const maxRejectedBytes = 4 * 1024 * 1024;

/** Follows the segments of all windows and feeds the projection. */
export class JournalTail {
	readonly #database: SqlDatabase;
	readonly #projection: Projection;
	readonly #folders: LedgerFolders;
	readonly #segments = new Map<string, SegmentState>();
	readonly #unreadable = new Map<string, string>();
	#files: readonly SegmentFile[] = [];

	constructor(database: SqlDatabase, projection: Projection, folders: LedgerFolders) {
		this.#database = database;
		this.#projection = projection;
		this.#folders = folders;
		const rows = database
			.prepare('SELECT id, name, offset, lines, rejected, future, first_at, last_at FROM segments')
			.all();
		for (const row of rows) {
			this.#segments.set(String(row[1]), {
				id: Number(row[0]),
				name: String(row[1]),
				offset: Number(row[2]),
				lines: Number(row[3]),
				rejected: Number(row[4]),
				future: Number(row[5]),
				firstAt: row[6] === null ? null : Number(row[6]),
				lastAt: row[7] === null ? null : Number(row[7]),
				// A segment that has not grown since the snapshot is not even opened.
				seenBytes: Number(row[2]),
			});
		}
	}

	/** The segments of the last look, with what is known of each. */
	get segments(): readonly { readonly file: SegmentFile; readonly state: SegmentState }[] {
		return this.#files.flatMap(file => {
			const state = this.#segments.get(file.name);
			return state ? [{ file, state }] : [];
		});
	}

	/** Segments that could not be read the last time, and why. They are tried again at every look. */
	get unreadable(): ReadonlyMap<string, string> {
		return this.#unreadable;
	}

	/**
	 * Reads what is new, a batch at a time.
	 * @param onBatch called after each batch with what it changed
	 * @returns the number of lines read
	 */
	async catchUp(onBatch: (change: LedgerChange) => void): Promise<number> {
		let lines = 0;
		this.#files = inReadingOrder(listSegments(this.#folders.journal));
		const waiting = this.#files.filter(file => this.#segments.get(file.name)?.seenBytes !== file.bytes);
		const touched = new Set<SegmentState>();
		let size = 0;
		const commit = (): void => {
			if (touched.size === 0) return;
			onBatch(this.#projection.commit(() => this.#saveOffsets(touched)));
			touched.clear();
			size = 0;
		};
		for (const file of waiting) {
			const state = this.#stateOf(file.name);
			if (file.bytes < state.offset) throw new TruncatedError(file.name);
			for (;;) {
				const before = { offset: state.offset, lines: state.lines + state.rejected + state.future };
				if (!this.#readSome(file, state, batchBytes - size)) break;
				lines += state.lines + state.rejected + state.future - before.lines;
				size += state.offset - before.offset;
				if (state.offset > before.offset) touched.add(state);
				else break;
				if (state.offset >= file.bytes) break;
				if (size < batchBytes) continue;
				commit();
				await setImmediate();
			}
			if (size < batchBytes) continue;
			commit();
			await setImmediate();
		}
		commit();
		return lines;
	}

	/** Has rewritten segments read again, to learn where their lines stand now. */
	rereadSealed(): void {
		for (const state of this.#segments.values()) {
			if (!isSealed(state.name)) continue;
			Object.assign(state, { offset: 0, lines: 0, rejected: 0, future: 0, seenBytes: -1 });
		}
	}

	/** Returns whether the segment could be read. */
	#readSome(file: SegmentFile, state: SegmentState, budget: number): boolean {
		const path = join(this.#folders.journal, file.name);
		const rejected: string[] = [];
		try {
			const offset = readSegment(
				path,
				state.offset,
				(parsed, at, length, bytes, start) => {
					if (parsed.kind === 'bad') rejected.push(`${at}\t${bytes.toString('latin1', start, start + length)}`);
					this.#take(parsed, state, at, length);
				},
				budget,
			);
			// No more than what was there when the folder was listed: what came since is news for the next look.
			state.seenBytes = Math.max(file.bytes, offset);
			state.offset = offset;
			this.#unreadable.delete(file.name);
		} catch (error) {
			// Deleted by a rewrite since the folder was listed; its lines are in a sealed segment.
			if (systemCode(error) === 'ENOENT') return false;
			if (systemCode(error) === undefined) throw error;
			this.#unreadable.set(file.name, errorText(error));
			return false;
		}
		if (rejected.length > 0) keepAside(this.#folders.rejected, file.name, rejected);
		return true;
	}

	#take(parsed: ParsedLine, state: SegmentState, offset: number, length: number): void {
		if (parsed.kind === 'bad') state.rejected += 1;
		else if (parsed.kind === 'future') state.future += 1;
		else {
			const { line } = parsed;
			state.lines += 1;
			state.firstAt = Math.min(state.firstAt ?? line.at, line.at);
			state.lastAt = Math.max(state.lastAt ?? line.at, line.at);
			this.#projection.apply(line, { segment: state.id, offset, length });
		}
	}

	#stateOf(name: string): SegmentState {
		let state = this.#segments.get(name);
		if (!state) {
			const id = this.#segments.size + 1;
			state = { id, name, offset: 0, lines: 0, rejected: 0, future: 0, firstAt: null, lastAt: null, seenBytes: -1 };
			this.#segments.set(name, state);
		}
		return state;
	}

	#saveOffsets(states: Iterable<SegmentState>): void {
		const save = this.#database.prepare(
			`INSERT OR REPLACE INTO segments (id, name, offset, lines, rejected, future, first_at, last_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		);
		for (const state of states) {
			save.run([
				state.id,
				state.name,
				state.offset,
				state.lines,
				state.rejected,
				state.future,
				state.firstAt,
				state.lastAt,
			]);
		}
	}
}

/** Rewritten segments last: of a line that stands in two files, the place in the one that stays is remembered. */
function inReadingOrder(files: readonly SegmentFile[]): SegmentFile[] {
	return [...files.filter(file => !isSealed(file.name)), ...files.filter(file => isSealed(file.name))];
}

/** Copies lines that could not be read to where a rewrite of the segment does not lose them. */
function keepAside(folder: string, segment: string, lines: readonly string[]): void {
	const path = join(folder, `${segment}.txt`);
	try {
		mkdirSync(folder, { recursive: true });
		const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
		if (size > maxRejectedBytes) return;
		// Every window that reads the segment finds the same lines: they are known by their offset.
		const kept = new Set(size > 0 ? readFileSync(path, 'latin1').split('\n').map(offsetOf) : []);
		const fresh = lines.filter(line => !kept.has(offsetOf(line)));
		if (fresh.length > 0) appendFileSync(path, fresh.map(line => `${line}\n`).join(''), 'latin1');
	} catch {
		// A full disk, most likely. The lines are still where they were found.
	}
}

function offsetOf(line: string): string {
	return line.slice(0, line.indexOf('\t'));
}
