import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../base/clock';
import { Emitter } from '../base/event';
import type { McpLog, McpLogLevel, McpLogLine, McpTraffic } from './protocol';

const lineLimit = 1000;
const trafficLimit = 300;
/** Characters that are kept of one message or line. */
const textLimit = 8000;

/** The latest lines and messages of one server, in memory only: what passes may be private. */
export class ServerLog {
	readonly #clock: Clock;
	readonly #lines = new Ring<McpLogLine>(lineLimit);
	readonly #traffic = new Ring<McpTraffic>(trafficLimit);
	readonly #methods = new Map<string, string>();
	readonly #logged = new Emitter<McpLogLine | McpTraffic>();
	readonly onDidLog = this.#logged.event;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	get(): McpLog {
		return { lines: this.#lines.items(), traffic: this.#traffic.items() };
	}

	line(from: McpLogLine['from'], text: string, level: McpLogLevel = 'info'): void {
		const line: McpLogLine = { kind: 'line', at: this.#clock.now(), from, level, text: cut(text) };
		this.#lines.push(line);
		this.#logged.fire(line);
	}

	/** The latest lines that the server wrote to stderr. */
	stderrTail(): string {
		const lines = this.#lines.items().filter(({ from }) => from === 'stderr');
		return lines
			.slice(-20)
			.map(({ text }) => text)
			.join('\n')
			.slice(-4000);
	}

	/** @param text the message as JSON, as it went over the wire */
	message(direction: McpTraffic['direction'], message: JSONRPCMessage, text: string): void {
		const type = typeOf(message);
		const id = 'id' in message ? (message.id ?? null) : null;
		const entry: McpTraffic = {
			kind: 'traffic',
			at: this.#clock.now(),
			direction,
			type,
			method: this.#methodOf(direction, type, id, message),
			id,
			size: text.length,
			text: cut(text),
		};
		this.#traffic.push(entry);
		this.#logged.fire(entry);
	}

	dispose(): void {
		this.#logged.dispose();
	}

	/** Requests are remembered until they are answered, so that an answer can be named. */
	#methodOf(
		direction: McpTraffic['direction'],
		type: McpTraffic['type'],
		id: string | number | null,
		message: JSONRPCMessage,
	): string | null {
		const asker = type === 'request' ? direction : direction === 'sent' ? 'received' : 'sent';
		const key = `${asker} ${String(id)}`;
		if ('method' in message) {
			if (type === 'request') {
				if (this.#methods.size > 2000) this.#methods.clear(); // Answers that never came.
				this.#methods.set(key, message.method);
			}
			return message.method;
		}
		const method = this.#methods.get(key) ?? null;
		this.#methods.delete(key);
		return method;
	}
}

function typeOf(message: JSONRPCMessage): McpTraffic['type'] {
	if ('method' in message) return 'id' in message ? 'request' : 'notification';
	return 'error' in message ? 'error' : 'result';
}

/** A short text that does not keep a long one in memory. */
function cut(text: string): string {
	if (text.length <= textLimit) return text;
	const head = Buffer.from(text.slice(0, textLimit), 'utf8').toString('utf8');
	return `${head}… [${text.length - textLimit} more characters]`;
}

/** The latest items, the oldest first. */
class Ring<T> {
	readonly #limit: number;
	#items: T[] = [];

	constructor(limit: number) {
		this.#limit = limit;
	}

	push(item: T): void {
		this.#items.push(item);
		// Cut now and then and not each time: that would move the whole list for each message.
		if (this.#items.length >= 2 * this.#limit) this.#items = this.#items.slice(-this.#limit);
	}

	items(): readonly T[] {
		return this.#items.slice(-this.#limit);
	}
}
