import type { ModelMessage, ModelToolCall } from './provider';

/** A call from what the model wrote. Nothing written is a call without arguments. */
export function toolCallOf(id: string, name: string, rawInput: string): ModelToolCall {
	return { id, name, rawInput, input: rawInput.trim() === '' ? {} : parseObject(rawInput) };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null && !Array.isArray(value)
			? (value as Record<string, unknown>)
			: null;
	} catch {
		return null;
	}
}

/**
 * Gives calls ids that are unique in a conversation: some servers give none, and some begin to count anew in each
 * response, which would make two results answer one call.
 */
export class CallIds {
	readonly #taken: Set<string>;

	constructor(messages: readonly ModelMessage[]) {
		this.#taken = new Set(
			messages.flatMap(message => (message.role === 'assistant' ? message.toolCalls.map(call => call.id) : [])),
		);
	}

	/** The server's own id where it is usable, else a new one. */
	take(given: string | null | undefined): string {
		const id =
			given && !this.#taken.has(given) ? given : `call_${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`;
		this.#taken.add(id);
		return id;
	}
}
