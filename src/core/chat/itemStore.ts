import type { Clock } from '../base/clock';
import { Emitter } from '../base/event';
import type { ConversationId, ItemId } from '../base/ids';
import { MutableDisposable, Owner, toDisposable, type Disposable } from '../base/lifecycle';
import type { LedgerEvent } from '../ledger/events';
import { answerTextLimit, rowTextLimit, type ChatItem, type ConversationView, type ItemChange } from './items';

/** A batch of changes, numbered so that a page notices when it missed one. */
export interface ChangeBatch {
	readonly sequence: number;
	readonly items: readonly ItemChange[];
	readonly view: Partial<ConversationView> | null;
}

/** A stored row of a conversation. */
export interface StoredItem {
	readonly order: number;
	readonly item: ChatItem;
}

/** Milliseconds that changes are gathered before they are sent. */
const batchMs = 50;
/** A streaming row is written with its first words and then this often: a killed window loses no more than that of it. */
const checkpointMs = 1_500;
/** A longer one is written less often, since each time it is written as a whole. */
const longText = 50_000;

/**
 * The rows of one conversation: the newest in memory, all in the journal. Changes are batched for the pages that show
 * the conversation; finished rows are handed to the journal.
 */
export class ItemStore extends Owner {
	readonly #changed = this.own(new Emitter<ChangeBatch>());
	readonly onDidChange = this.#changed.event;
	readonly #timer = this.own(new MutableDisposable<Disposable>());
	readonly #conversation: ConversationId;
	readonly #append: (event: LedgerEvent) => void;
	readonly #clock: Clock;
	readonly #items = new Map<ItemId, StoredItem>();
	/** Streaming rows that are in the journal, and when they are written next if they have grown since. */
	readonly #checkpoints = new Map<ItemId, Disposable>();
	#nextOrder = 1;
	#pending: ItemChange[] = [];
	#pendingView: Partial<ConversationView> | null = null;
	#sequence = 0;
	/** Rows that are only in the journal, older than those in memory. */
	earlier = 0;

	constructor(conversation: ConversationId, append: (event: LedgerEvent) => void, clock: Clock) {
		super();
		this.#conversation = conversation;
		this.#append = append;
		this.#clock = clock;
		this.own(
			toDisposable(() => {
				for (const timer of this.#checkpoints.values()) timer.dispose();
			}),
		);
	}

	/** Number of the last batch that was sent. A snapshot taken after `flush` includes it. */
	get sequence(): number {
		return this.#sequence;
	}

	/** Rows in memory, in order. */
	get items(): readonly ChatItem[] {
		return this.#sorted().map(stored => stored.item);
	}

	get(id: ItemId): ChatItem | undefined {
		return this.#items.get(id)?.item;
	}

	order(id: ItemId): number | undefined {
		return this.#items.get(id)?.order;
	}

	/** Rows in order, for paging and forks. */
	stored(): readonly StoredItem[] {
		return this.#sorted();
	}

	/** Takes rows that were read from the journal; they are not written again. */
	load(rows: readonly StoredItem[], earlier: number): void {
		for (const row of rows) {
			this.#items.set(row.item.id, row);
			this.#nextOrder = Math.max(this.#nextOrder, Math.floor(row.order) + 1);
		}
		this.earlier = earlier;
	}

	/** Rows in memory. */
	get size(): number {
		return this.#items.size;
	}

	/** Takes the rows that another window has written, and tells the pages what is different. */
	sync(rows: readonly StoredItem[], earlier: number): void {
		const kept = new Set(rows.map(row => row.item.id));
		const first = rows[0]?.order ?? 0;
		for (const { item, order } of this.#sorted()) {
			if (kept.has(item.id) || order < first) continue;
			this.#items.delete(item.id);
			this.#push({ op: 'remove', id: item.id });
		}
		for (const [index, row] of rows.entries()) this.#syncRow(row, rows[index + 1]?.item.id);
		const oldest = this.#sorted()[0]?.order ?? 0;
		if (oldest === first) this.earlier = earlier;
	}

	#syncRow(row: StoredItem, before: ItemId | undefined): void {
		const known = this.#items.get(row.item.id);
		if (known && JSON.stringify(known.item) === JSON.stringify(row.item)) return;
		this.#items.set(row.item.id, row);
		this.#nextOrder = Math.max(this.#nextOrder, Math.floor(row.order) + 1);
		const isPlaced = before !== undefined && this.#items.has(before);
		if (known) this.#push({ op: 'replace', item: forPage(row.item) });
		else this.#push({ op: 'add', item: forPage(row.item), ...(isPlaced ? { before } : {}) });
	}

	/** Adds a row at the end, or before another one. */
	add(item: ChatItem, before?: ItemId): void {
		const order = before === undefined ? this.#nextOrder++ : this.#orderBefore(before);
		this.#items.set(item.id, { order, item });
		this.#push({ op: 'add', item: forPage(item), ...(before === undefined ? {} : { before }) });
		if (isFinished(item)) this.persist(item.id);
	}

	/** Replaces a row that is there; writes it when it is finished, unless the change is only for the eye. */
	replace(item: ChatItem, isPassing = false): void {
		const stored = this.#items.get(item.id);
		if (!stored) return;
		this.#items.set(item.id, { ...stored, item });
		this.#push({ op: 'replace', item: forPage(item) });
		if (isFinished(item) && !isPassing) this.persist(item.id);
	}

	/** Adds text at the end of a streaming row. */
	appendText(id: ItemId, text: string): void {
		const stored = this.#items.get(id);
		if (!stored || (stored.item.kind !== 'text' && stored.item.kind !== 'thinking')) return;
		this.#items.set(id, { ...stored, item: { ...stored.item, text: stored.item.text + text } });
		const last = this.#pending.at(-1);
		if (last?.op === 'append' && last.id === id)
			this.#pending[this.#pending.length - 1] = { ...last, text: last.text + text };
		else this.#push({ op: 'append', id, text });
		this.#schedule();
		this.#checkpoint(id);
	}

	remove(id: ItemId): void {
		const stored = this.#items.get(id);
		if (!stored) return;
		this.#items.delete(id);
		this.#endCheckpoint(id);
		this.#append({
			type: 'conversation.item',
			conversation: this.#conversation,
			item: id,
			order: stored.order,
			body: null,
		});
		this.#push({ op: 'remove', id });
	}

	/** Tells the pages that the conversation's own state changed. */
	patchView(patch: Partial<ConversationView>): void {
		this.#pendingView = { ...this.#pendingView, ...patch };
		this.#schedule();
	}

	/** Writes the row as it is now. */
	persist(id: ItemId): void {
		const stored = this.#items.get(id);
		if (!stored) return;
		this.#endCheckpoint(id);
		this.#write(stored);
	}

	#write(stored: StoredItem): void {
		const { id } = stored.item;
		const body = JSON.stringify(stored.item);
		this.#append({ type: 'conversation.item', conversation: this.#conversation, item: id, order: stored.order, body });
	}

	/** Sends what is gathered now. */
	flush(): void {
		this.#timer.value = undefined;
		if (this.#pending.length === 0 && this.#pendingView === null) return;
		const batch: ChangeBatch = { sequence: ++this.#sequence, items: this.#pending, view: this.#pendingView };
		this.#pending = [];
		this.#pendingView = null;
		this.#changed.fire(batch);
	}

	#push(change: ItemChange): void {
		this.#pending.push(change);
		this.#schedule();
	}

	#schedule(): void {
		if (this.isDisposed || this.#timer.value) return;
		this.#timer.value = this.#clock.after(batchMs, () => this.flush());
	}

	/** A timer rather than the next words: a stream that pauses is written too. */
	#checkpoint(id: ItemId): void {
		if (this.isDisposed || this.#checkpoints.has(id)) return;
		const stored = this.#items.get(id);
		if (!stored) return;
		this.#write(stored);
		const length = 'text' in stored.item ? stored.item.text.length : 0;
		const wait = checkpointMs * (1 + Math.floor(length / longText));
		this.#checkpoints.set(
			id,
			this.#clock.after(wait, () => {
				this.#checkpoints.delete(id);
				const now = this.#items.get(id);
				if (now && !isFinished(now.item) && now.item !== stored.item) this.#checkpoint(id);
			}),
		);
	}

	#endCheckpoint(id: ItemId): void {
		this.#checkpoints.get(id)?.dispose();
		this.#checkpoints.delete(id);
	}

	#orderBefore(id: ItemId): number {
		const sorted = this.#sorted();
		const at = sorted.findIndex(stored => stored.item.id === id);
		const next = sorted[at];
		if (!next) return this.#nextOrder++;
		const previous = sorted[at - 1]?.order ?? next.order - 1;
		return (previous + next.order) / 2;
	}

	#sorted(): readonly StoredItem[] {
		return [...this.#items.values()].sort((left, right) => left.order - right.order);
	}
}

/** Whether a row will not change by itself any more. */
function isFinished(item: ChatItem): boolean {
	if (item.kind === 'text' || item.kind === 'thinking') return !item.isStreaming;
	if (item.kind === 'tool') return item.state !== 'preparing';
	return true;
}

/** Cuts what one row carries to a page; the rest is behind "Show more". */
export function forPage(item: ChatItem): ChatItem {
	if (item.kind === 'text' || item.kind === 'thinking') {
		if (item.isStreaming || item.text.length <= answerTextLimit) return item;
		return { ...item, text: item.text.slice(0, answerTextLimit) };
	}
	if (item.kind === 'user') {
		if (item.text.length <= rowTextLimit) return item;
		return { ...item, text: item.text.slice(0, rowTextLimit) };
	}
	if (item.kind !== 'tool') return item;
	return {
		...item,
		input: cutInput(item.input),
		output: cut(item.output),
		diff: cut(item.diff),
	};
}

function cut(text: string | null): string | null {
	return text !== null && text.length > rowTextLimit ? text.slice(0, rowTextLimit) : text;
}

/** Cuts long strings at any depth of a call's input. */
function cutInput(input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
	if (JSON.stringify(input).length <= rowTextLimit) return input;
	const shorten = (value: unknown): unknown => {
		if (typeof value === 'string') return value.length > 4_000 ? `${value.slice(0, 4_000)}…` : value;
		if (Array.isArray(value)) return value.slice(0, 50).map(shorten);
		if (typeof value === 'object' && value !== null)
			return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shorten(inner)]));
		return value;
	};
	return shorten(input) as Readonly<Record<string, unknown>>;
}
