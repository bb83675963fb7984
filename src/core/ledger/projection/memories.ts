import type { SqlDatabase } from '../../storage/sqlDatabase';
import type { LedgerEvent } from '../events';
import type { JournalLine } from '../journal/line';
import { packId, type Names } from './packing';
import { codeOf, words } from './schema';

export type MemoryEvent = Extract<LedgerEvent, { type: 'memory.changed' }>;

interface Change {
	readonly event: MemoryEvent;
	readonly seq: number;
	readonly at: number;
}

/** Remembered facts. The newest change of each is its row, a forgotten one's without a text. */
export class MemoryStore {
	readonly #database: SqlDatabase;
	readonly #names: Names;
	readonly #batch: Change[] = [];

	constructor(database: SqlDatabase, names: Names) {
		this.#database = database;
		this.#names = names;
	}

	apply(event: MemoryEvent, line: JournalLine): void {
		this.#batch.push({ event, seq: line.seq, at: line.at });
	}

	/** Writes the batch. Returns whether there was anything in it. */
	save(): boolean {
		for (const change of this.#batch) this.#saveOne(change);
		return this.#batch.length > 0;
	}

	clear(): void {
		this.#batch.length = 0;
	}

	/** Whether a newer change has taken this one's place, so that the journal can do without it. */
	isOutdated(event: MemoryEvent, seq: number): boolean {
		const known = this.#database.prepare('SELECT seq FROM memories WHERE id = ?').get([packId(event.memory)]);
		return known !== undefined && Number(known[0]) > seq;
	}

	#saveOne({ event, seq, at }: Change): void {
		const known = this.#database
			.prepare('SELECT row, seq, text FROM memories WHERE id = ?')
			.get([packId(event.memory)]);
		// Two windows at the same microsecond: any rule will do that both come to.
		const isOlder = known && (Number(known[1]) > seq || (known[1] === seq && String(known[2]) > String(event.text)));
		if (isOlder) return;
		const row = known ? Number(known[0]) : this.#nextRow();
		this.#database
			.prepare(
				`INSERT OR REPLACE INTO memories (row, id, seq, tier, category, text, source, confidence, project, conversation,
					created_at, updated_at, used_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			)
			.run([
				row,
				packId(event.memory),
				seq,
				codeOf(words.memoryTier, event.tier),
				codeOf(words.memoryCategory, event.category),
				event.text,
				codeOf(words.memorySource, event.source),
				event.confidence,
				this.#names.idOf(event.project),
				this.#names.idOf(event.conversation),
				event.createdAt,
				at,
				event.usedAt,
			]);
		this.#database.prepare('DELETE FROM memory_search WHERE docid = ?').run([row]);
		if (event.text === null) return;
		this.#database.prepare('INSERT INTO memory_search (docid, text) VALUES (?, ?)').run([row, event.text]);
	}

	#nextRow(): number {
		return Number(this.#database.prepare('SELECT coalesce(max(row), 0) + 1 FROM memories').get()?.[0] ?? 1);
	}
}
