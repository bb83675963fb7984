const newline = 0x0a;
/** Bytes of an overlong line that are kept from its end: servers often write the id last. */
const tailBytes = 512;

export interface LineHandlers {
	/** One complete line without its end, never empty. */
	onLine(text: string): void;
	/** A line passed the limit. Its beginning and end are given; what lies between was not kept. */
	onTooLong(head: string, tail: string, bytes: number): void;
}

/**
 * Cuts a byte stream into lines in bounded memory. Lines are cut as bytes and decoded when complete, so a chunk may end
 * inside a character. After an overlong line reading goes on with the next one.
 */
export class LineReader {
	readonly #handlers: LineHandlers;
	readonly #limit: number;
	#parts: Buffer[] = [];
	#bytes = 0;
	/** Set while an overlong line is being passed over. */
	#skipped: { readonly head: string; tail: Buffer; bytes: number } | undefined;

	constructor(limit: number, handlers: LineHandlers) {
		this.#limit = limit;
		this.#handlers = handlers;
	}

	push(chunk: Buffer): void {
		let start = 0;
		for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
			this.#complete(chunk.subarray(start, end));
			start = end + 1;
		}
		if (start < chunk.length) this.#keep(chunk.subarray(start));
	}

	/** The stream has ended: what is left is a line of its own. */
	end(): void {
		if (this.#bytes > 0 || this.#skipped) this.#complete(Buffer.alloc(0));
	}

	#keep(part: Buffer): void {
		if (this.#skipped) {
			this.#skipped.bytes += part.length;
			this.#skipped.tail = Buffer.concat([this.#skipped.tail, part.subarray(-tailBytes)]).subarray(-tailBytes);
			return;
		}
		this.#parts.push(part);
		this.#bytes += part.length;
		if (this.#bytes <= this.#limit) return;
		const all = Buffer.concat(this.#parts, this.#bytes);
		this.#skipped = {
			head: all.toString('utf8', 0, tailBytes),
			tail: Buffer.from(all.subarray(-tailBytes)),
			bytes: this.#bytes,
		};
		this.#forget();
	}

	#complete(rest: Buffer): void {
		this.#keep(rest);
		const skipped = this.#skipped;
		if (skipped) {
			this.#skipped = undefined;
			this.#handlers.onTooLong(skipped.head, skipped.tail.toString('utf8'), skipped.bytes);
			return;
		}
		const [only] = this.#parts;
		const whole = this.#parts.length === 1 && only ? only : Buffer.concat(this.#parts, this.#bytes);
		this.#forget();
		const text = whole.toString('utf8').trim();
		if (text !== '') this.#handlers.onLine(text);
	}

	#forget(): void {
		this.#parts = [];
		this.#bytes = 0;
	}
}
