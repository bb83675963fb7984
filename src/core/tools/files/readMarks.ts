import { createHash } from 'node:crypto';
import type { ConversationId } from '../../base/ids';

const maxPaths = 2000;

/**
 * Which files a conversation has seen, and what they held then. An edit of a file that changed since is refused: it would
 * rest on a text that is no longer there.
 */
export class ReadMarks {
	readonly #marks = new Map<string, string>();

	/** Remembers that a conversation knows this content of a file. */
	mark(conversation: ConversationId | null, path: string, bytes: Uint8Array): void {
		const key = keyOf(conversation, path);
		this.#marks.delete(key);
		this.#marks.set(key, hashOf(bytes));
		if (this.#marks.size <= maxPaths) return;
		const oldest = this.#marks.keys().next();
		if (oldest.done !== true) this.#marks.delete(oldest.value);
	}

	/** What to tell the model before it changes a file that holds `bytes` now; `undefined` when it knows them. */
	objection(conversation: ConversationId | null, path: string, bytes: Uint8Array): string | undefined {
		const known = this.#marks.get(keyOf(conversation, path));
		if (known === undefined) return `${path} exists and was not read yet. Read it with quarterdeck_read_file first.`;
		if (known !== hashOf(bytes)) return `${path} has changed since it was read. Read it again, then change it.`;
		return undefined;
	}
}

function keyOf(conversation: ConversationId | null, path: string): string {
	return `${conversation ?? ''}\n${path}`;
}

function hashOf(bytes: Uint8Array): string {
	return createHash('sha1').update(bytes).digest('base64');
}
