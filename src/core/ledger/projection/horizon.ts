import type { SqlDatabase } from '../../storage/sqlDatabase';
import type { RetiredEvent } from '../events';
import type { JournalLine } from '../journal/line';
import { packDay, type Names } from './packing';
import { archiveRollups, restoreRollups } from './rollups';

/**
 * Finds a text that stands outside its line; `undefined` when its file is gone.
 * With `bytes`, only so much of its beginning, unchecked.
 */
export type BlobReader = (hash: string, bytes?: number) => string | undefined;

interface Kept {
	readonly beforeDay: number;
	readonly beforeAt: number;
	readonly seq: number;
}

const none: Kept = { beforeDay: 0, beforeAt: 0, seq: 0 };

/**
 * How far back the ledger remembers single records. It moves by an event of the journal, so that every window forgets
 * the same: days before it keep the roll-ups that the event carries, whatever is read again or comes late.
 */
export class Horizon {
	readonly #database: SqlDatabase;
	readonly #names: Names;
	readonly #readBlob: BlobReader;
	#kept: Kept;
	#proposed: { readonly kept: Kept; readonly rollups: string } | undefined;

	constructor(database: SqlDatabase, names: Names, readBlob: BlobReader) {
		this.#database = database;
		this.#names = names;
		this.#readBlob = readBlob;
		const stored = database.prepare("SELECT value FROM meta WHERE key = 'horizon'").get()?.[0];
		this.#kept = typeof stored === 'string' ? (JSON.parse(stored) as Kept) : none;
	}

	/** Usage of earlier days (`YYYYMMDD`) is not counted again. */
	get beforeDay(): number {
		return this.#kept.beforeDay;
	}

	get beforeAt(): number {
		return this.#kept.beforeAt;
	}

	/** Whether a later event has taken this one's place, so that the journal can do without it. */
	isOutdated(event: RetiredEvent, seq: number): boolean {
		const day = packDay(event.beforeDay);
		return day < this.#kept.beforeDay || (day === this.#kept.beforeDay && seq < this.#kept.seq);
	}

	/** Takes a retirement into the batch. The one that closes most days wins, and of equals the newest. */
	propose(event: RetiredEvent, line: JournalLine): void {
		const kept: Kept = { beforeDay: packDay(event.beforeDay), beforeAt: event.beforeAt, seq: line.seq };
		const current = this.#proposed?.kept ?? this.#kept;
		if (kept.beforeDay < current.beforeDay) return;
		if (kept.beforeDay === current.beforeDay && kept.seq <= current.seq) return;
		const rollups = line.blobs.rollups ? this.#readBlob(line.blobs.rollups.hash) : event.rollups;
		// Without its roll-ups the event would wipe what it was to keep.
		if (rollups !== null && rollups !== undefined) this.#proposed = { kept, rollups };
	}

	/** Writes the batch's retirement. Returns whether there was one. */
	save(): boolean {
		if (!this.#proposed) return false;
		const { kept, rollups } = this.#proposed;
		restoreRollups(this.#database, this.#names, kept.beforeDay, rollups);
		this.#database
			.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('horizon', ?)")
			.run([JSON.stringify(kept)]);
		this.#kept = kept;
		return true;
	}

	clear(): void {
		this.#proposed = undefined;
	}

	/** Deletes what lies before the horizon. */
	sweep(): void {
		const { beforeAt, beforeDay } = this.#kept;
		const run = (sql: string, ...values: number[]): void => this.#database.prepare(sql).run(values);
		run('DELETE FROM usage WHERE day < ?', beforeDay);
		run('CREATE TEMP TABLE IF NOT EXISTS gone (row INTEGER PRIMARY KEY)');
		// Usage of an open day still counts in the roll-ups and may be read again: its execution stays until that day closes.
		run(
			`INSERT INTO gone SELECT row FROM executions WHERE coalesce(started_at, first_at) < ?
			AND NOT EXISTS (SELECT 1 FROM usage WHERE usage.execution = executions.row)`,
			beforeAt,
		);
		run('DELETE FROM execution_steps WHERE execution IN (SELECT row FROM gone)');
		run('DELETE FROM executions WHERE row IN (SELECT row FROM gone)');
		run('DELETE FROM gone');
		run('DELETE FROM approvals WHERE at < ?', beforeAt);
		run(
			`DELETE FROM chat_messages WHERE conversation IN
			(SELECT conversation FROM chat_sessions WHERE updated_at < ?)`,
			beforeAt,
		);
		run('DELETE FROM chat_sessions WHERE updated_at < ?', beforeAt);
	}

	/** The roll-ups of all days before `day`, as a retirement carries them. */
	archive(day: number): string {
		return archiveRollups(this.#database, this.#names, day);
	}
}
