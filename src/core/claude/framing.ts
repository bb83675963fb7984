const newline = 0x0a;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** A line longer than this is given up: no message of the CLI comes near, and memory has an end. */
const lineLimit = 256 * 1024 * 1024;

type Frame = Readonly<Record<string, unknown>>;

export interface FrameHandlers {
	/** One JSON object, in order. */
	onFrame(frame: Frame): void;
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
		const last = chunk.lastIndexOf(newline);
		if (last < 0) {
			this.#keep(chunk);
			return;
		}
		let start = 0;
		if (this.#partBytes > 0 || this.#isSkipping) {
			start = chunk.indexOf(newline) + 1;
			this.#complete(chunk.subarray(0, start - 1));
		}
		if (start < last) this.#lines(chunk, start, last);
		if (last + 1 < chunk.length) this.#keep(chunk.subarray(last + 1));
	}

	/** The stream has ended: what is left is a line of its own. */
	end(): void {
		if (this.#partBytes > 0) this.#complete(Buffer.alloc(0));
	}

	/** Reads the complete lines between two positions, all at once where they are what they should be. */
	#lines(chunk: Buffer, from: number, to: number): void {
		const frames = parseTogether(chunk, from, to);
		if (frames) {
			for (const frame of frames) this.#handlers.onFrame(frame);
			return;
		}
		let start = from;
		while (start <= to) {
			const end = chunk.indexOf(newline, start);
			this.#line(chunk.toString('utf8', start, end));
			start = end + 1;
		}
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

/**
 * Parses many lines as the elements of one array, which is faster than one by one, or gives nothing where the lines are
 * not as many objects as there are lines: then each is looked at alone. Only a torn line that the next one completes,
 * together with two objects on one line of the same chunk, would pass for sound.
 */
function parseTogether(chunk: Buffer, from: number, to: number): readonly Frame[] | undefined {
	let count = 0;
	for (let start = from; start < to; count++) {
		const end = chunk.indexOf(newline, start);
		if (chunk[start] !== openBrace || chunk[end - 1] !== closeBrace) return undefined;
		start = end + 1;
	}
	if (count < 2) return undefined;
	try {
		const values = JSON.parse(`[${chunk.toString('utf8', from, to).replaceAll('\n', ',')}]`) as readonly unknown[];
		return values.length === count && values.every(isObject) ? values : undefined;
	} catch {
		// One of the lines is no JSON: the caller finds out which.
		return undefined;
	}
}

function isObject(value: unknown): value is Frame {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseObject(text: string): Frame | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return isObject(value) ? value : undefined;
	} catch {
		// Not JSON: the caller reports the line.
		return undefined;
	}
}

/**
 * One frame for the CLI's stdin: exactly one compact object and one newline. A malformed or blank line ends the session
 * on the other side, so nothing else may ever write there.
 */
export function toFrame(message: Frame): string {
	// JSON.stringify escapes every line break inside strings, lone surrogates included.
	return `${JSON.stringify(message)}\n`;
}
