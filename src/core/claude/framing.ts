const newline = 0x0a;

/** A line longer than this is given up: no message of the CLI comes near, and memory has an end. */
const lineLimit = 256 * 1024 * 1024;

export interface FrameHandlers {
	/** One JSON object, in order. */
	onFrame(frame: Readonly<Record<string, unknown>>): void;
	/** A line that is no JSON object, cut to 300 characters. Reading goes on with the next line. */
	onGarbage(line: string): void;
}

/**
 * Cuts a byte stream into JSON lines. Chunks may end anywhere, inside a character too: a newline byte is never part of
 * another character in UTF-8, so lines are cut as bytes and decoded once, when they are complete. Bytes that are not
 * UTF-8 become U+FFFD and cost that one character. A long line costs time in proportion to its length.
 */
export class FrameReader {
	readonly #handlers: FrameHandlers;
	#parts: Buffer[] = [];
	#partBytes = 0;
	#isSkipping = false;

	constructor(handlers: FrameHandlers) {
		this.#handlers = handlers;
	}

	push(chunk: Buffer): void {
		let start = 0;
		for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
			if (this.#partBytes === 0 && !this.#isSkipping) this.#line(chunk.toString('utf8', start, end));
			else this.#complete(chunk.subarray(start, end));
			start = end + 1;
		}
		if (start < chunk.length) this.#keep(start === 0 ? chunk : chunk.subarray(start));
	}

	/** The stream has ended: what is left is a line of its own. */
	end(): void {
		if (this.#partBytes > 0) this.#complete(Buffer.alloc(0));
	}

	#keep(part: Buffer): void {
		if (this.#isSkipping) return;
		this.#parts.push(part);
		this.#partBytes += part.length;
		if (this.#partBytes <= lineLimit) return;
		this.#handlers.onGarbage(`${this.#parts[0]?.toString('utf8', 0, 280) ?? ''} [too long]`);
		this.#forget();
		this.#isSkipping = true;
	}

	#complete(rest: Buffer): void {
		if (this.#isSkipping) {
			this.#isSkipping = false;
			return;
		}
		this.#parts.push(rest);
		const whole = this.#parts.length === 1 ? rest : Buffer.concat(this.#parts, this.#partBytes + rest.length);
		this.#forget();
		this.#line(whole.toString('utf8'));
	}

	#forget(): void {
		this.#parts = [];
		this.#partBytes = 0;
	}

	#line(text: string): void {
		if (text === '' || text === '\r') return;
		const frame = parseObject(text);
		if (frame) this.#handlers.onFrame(frame);
		else if (text.trim() !== '') this.#handlers.onGarbage(text.slice(0, 300));
	}
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null && !Array.isArray(value)
			? (value as Record<string, unknown>)
			: undefined;
	} catch {
		// Not JSON: the caller reports the line.
		return undefined;
	}
}

/**
 * One frame for the CLI's stdin: exactly one compact object and one newline. A malformed or blank line ends the session
 * on the other side, so nothing else may ever write there.
 */
export function toFrame(message: Readonly<Record<string, unknown>>): string {
	// JSON.stringify escapes every line break inside strings, lone surrogates included.
	return `${JSON.stringify(message)}\n`;
}
