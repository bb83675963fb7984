import type { Clock } from '../base/clock';
import { ExpectedError } from '../base/errors';
import { newId, type ItemId } from '../base/ids';
import type { ItemStore } from './itemStore';
import type { AttachmentView, UserItem } from './items';

/**
 * The prompts of a conversation: sent ones and those that wait for the running turn. The CLI could queue them too, but
 * not let the user change or drop them.
 */
export class PromptQueue {
	readonly #items: ItemStore;
	readonly #clock: Clock;
	/** After a turn that failed or was stopped, what waits is not sent by itself. */
	isHeld = false;

	constructor(items: ItemStore, clock: Clock) {
		this.#items = items;
		this.#clock = clock;
	}

	/** The prompt that goes next. */
	get next(): UserItem | undefined {
		const item = this.#items.items.find(candidate => candidate.kind === 'user' && candidate.state === 'queued');
		return item?.kind === 'user' ? item : undefined;
	}

	/** Adds a prompt as a row. */
	add(text: string, attachments: readonly AttachmentView[], state: UserItem['state']): UserItem {
		if (text.trim() === '' && attachments.length === 0)
			throw new ExpectedError('empty-prompt', 'Write a message, or attach something, before you send.');
		const id = newId<ItemId>();
		const item: UserItem = { id, at: this.#clock.now(), parent: null, kind: 'user', text, attachments, state };
		this.#items.add(item);
		return item;
	}

	/** Changes a prompt that waits; `null` drops it. */
	edit(id: ItemId, text: string | null): void {
		const item = this.#items.get(id);
		if (item?.kind !== 'user' || item.state !== 'queued')
			throw new ExpectedError('not-queued', 'This message was sent already.');
		if (text === null) this.#items.remove(id);
		else this.#items.replace({ ...item, text });
	}

	/** Takes the next prompt out of the queue. It moves to the end: what it answers to is everything above it. */
	take(): UserItem | undefined {
		const { next } = this;
		if (!next) return undefined;
		this.#items.remove(next.id);
		return this.add(next.text, next.attachments, 'sent');
	}
}
