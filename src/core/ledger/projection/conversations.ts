import type { ConversationId } from '../../base/ids';
import type { SqlDatabase, SqlValue } from '../../storage/sqlDatabase';
import type { LedgerEvent } from '../events';
import type { JournalLine } from '../journal/line';
import { packId, type Names } from './packing';
import type { Place } from './records';

type Changed = Extract<LedgerEvent, { type: 'conversation.changed' }>;
type Item = Extract<LedgerEvent, { type: 'conversation.item' }>;

/** The fields that change one by one, each with the order of its last change. */
const fields = ['title', 'project', 'provider', 'session', 'isArchived', 'options'] as const;
type Field = (typeof fields)[number];

interface ConversationState {
	readonly values: Partial<Record<Field, string | boolean | null>>;
	readonly seqs: Partial<Record<Field, number>>;
	createdAt: number;
	updatedAt: number;
	/** Whether it was ever described; until then only items or turns of it are known. */
	isKnown: boolean;
}

/** Conversations and their items. A conversation moves between windows over time: the newest change of a field wins. */
export class ConversationStore {
	readonly #database: SqlDatabase;
	readonly #names: Names;
	readonly #states = new Map<string, ConversationState>();
	readonly #items: {
		readonly event: Item;
		readonly seq: number;
		readonly isRemoved: boolean;
		readonly place: Place;
	}[] = [];

	constructor(database: SqlDatabase, names: Names) {
		this.#database = database;
		this.#names = names;
	}

	change(event: Changed, at: number, seq: number): void {
		const state = this.#state(event.conversation, at);
		state.isKnown = true;
		for (const field of fields) {
			const value = event[field];
			if (value === undefined) continue;
			const known = state.seqs[field] ?? -1;
			// Two windows at the same microsecond: any rule will do that both come to.
			if (seq < known || (seq === known && String(value) < String(state.values[field]))) continue;
			state.values[field] = value;
			state.seqs[field] = seq;
		}
	}

	item(event: Item, line: JournalLine, place: Place): void {
		this.#state(event.conversation, line.at);
		this.#items.push({ event, seq: line.seq, isRemoved: event.body === null && !line.blobs.body, place });
	}

	save(): ConversationId[] {
		for (const [id, state] of this.#states) this.#saveState(this.#names.idOf(id), state);
		const insert = this.#database.prepare(
			`INSERT INTO chat_messages (conversation, item, position, seq, removed, segment, offset, length)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET position = excluded.position, seq = excluded.seq, removed = excluded.removed,
				segment = excluded.segment, offset = excluded.offset, length = excluded.length
			WHERE excluded.seq >= seq`,
		);
		for (const { event, seq, isRemoved, place } of this.#items) {
			insert.run([
				this.#names.idOf(event.conversation),
				packId(event.item),
				event.order,
				seq,
				isRemoved ? 1 : 0,
				place.segment,
				place.offset,
				place.length,
			]);
		}
		return [...this.#states.keys()] as ConversationId[];
	}

	clear(): void {
		this.#states.clear();
		this.#items.length = 0;
	}

	#state(id: string, at: number): ConversationState {
		let state = this.#states.get(id);
		if (!state) {
			state = this.#load(id) ?? { values: {}, seqs: {}, createdAt: at, updatedAt: at, isKnown: false };
			this.#states.set(id, state);
		}
		state.createdAt = Math.min(state.createdAt, at);
		state.updatedAt = Math.max(state.updatedAt, at);
		return state;
	}

	#load(id: string): ConversationState | undefined {
		const row = this.#database
			.prepare(
				`SELECT title, project, provider, session, archived, options, created_at, updated_at, known, seqs
				FROM chat_sessions WHERE conversation = ?`,
			)
			.get([this.#names.find(id)]);
		if (!row) return undefined;
		const name = (value: SqlValue | undefined): string | null => (value === null ? null : this.#names.textOf(value));
		return {
			values: {
				title: textOrNull(row[0]),
				project: name(row[1]),
				provider: name(row[2]),
				session: textOrNull(row[3]),
				isArchived: row[4] === 1,
				options: textOrNull(row[5]),
			},
			seqs: JSON.parse(String(row[9])) as Partial<Record<Field, number>>,
			createdAt: Number(row[6]),
			updatedAt: Number(row[7]),
			isKnown: row[8] === 1,
		};
	}

	#saveState(id: number, { values, seqs, createdAt, updatedAt, isKnown }: ConversationState): void {
		const name = (value: string | boolean | null | undefined): number | null =>
			typeof value === 'string' ? this.#names.idOf(value) : null;
		this.#database
			.prepare(
				`INSERT OR REPLACE INTO chat_sessions (conversation, title, project, provider, session, archived, options,
					created_at, updated_at, known, seqs)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			)
			.run([
				id,
				textOnly(values.title),
				name(values.project),
				name(values.provider),
				textOnly(values.session),
				values.isArchived === true ? 1 : 0,
				textOnly(values.options),
				createdAt,
				updatedAt,
				isKnown ? 1 : 0,
				// In a fixed order: rows of two windows are compared as they are.
				JSON.stringify(Object.fromEntries(fields.filter(field => field in seqs).map(field => [field, seqs[field]]))),
			]);
	}
}

function textOrNull(value: SqlValue | undefined): string | null {
	return value === null ? null : String(value);
}

function textOnly(value: string | boolean | null | undefined): string | null {
	return typeof value === 'string' ? value : null;
}
