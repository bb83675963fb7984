import { ExpectedError } from '../base/errors';
import type { ConversationId, ItemId } from '../base/ids';
import type { Ledger } from '../ledger/queries';
import { forPage, type ItemStore } from './itemStore';
import type { ChatItem } from './items';

/** The rows of a conversation as pages read them: the newest from memory, older ones from the ledger. */
export class History {
	readonly #conversation: ConversationId;
	readonly #items: ItemStore;
	readonly #ledger: Pick<Ledger, 'query'>;

	constructor(conversation: ConversationId, items: ItemStore, ledger: Pick<Ledger, 'query'>) {
		this.#conversation = conversation;
		this.#items = items;
		this.#ledger = ledger;
	}

	/** The newest rows, how many older ones there are, and the number of the last change that is included. */
	newest(count: number): { items: readonly ChatItem[]; earlier: number; sequence: number } {
		this.#items.flush();
		const all = this.#items.items;
		const items = all.slice(-count).map(forPage);
		return { items, earlier: this.#items.earlier + all.length - items.length, sequence: this.#items.sequence };
	}

	/** Rows before one that the page has. */
	async before(id: ItemId, count: number): Promise<{ items: readonly ChatItem[]; earlier: number }> {
		const at = this.#items.items.findIndex(item => item.id === id);
		if (at < count && this.#items.earlier > 0) await this.#load(count);
		const all = this.#items.items;
		const end = Math.max(
			0,
			all.findIndex(item => item.id === id),
		);
		const items = all.slice(Math.max(0, end - count), end).map(forPage);
		return { items, earlier: this.#items.earlier + end - items.length };
	}

	/** Every row, for an export or a fork. */
	async all(): Promise<readonly ChatItem[]> {
		while (this.#items.earlier > 0) await this.#load(2_000);
		return this.#items.items;
	}

	/** The uncut text of a row's part. */
	fullText(id: ItemId, part: 'text' | 'input' | 'output'): string {
		const item = this.#items.get(id);
		if (!item) throw new ExpectedError('no-item', 'This row is no longer in the conversation.');
		if (item.kind === 'tool') return part === 'input' ? JSON.stringify(item.input, null, 2) : (item.output ?? '');
		return 'text' in item ? item.text : '';
	}

	async #load(count: number): Promise<void> {
		const first = this.#items.stored()[0];
		const { items, earlier } = await this.#ledger.query('items', {
			conversation: this.#conversation,
			limit: count,
			...(first ? { before: first.order } : {}),
		});
		this.#items.load(
			items.map(row => ({ order: row.order, item: JSON.parse(row.body) as ChatItem })),
			items.length === 0 ? 0 : earlier,
		);
	}
}
