/** Keeps the beginning and the end of an output that may be of any length, in bounded memory. */
export class OutputTail {
	readonly #headLimit: number;
	readonly #tailLimit: number;
	readonly #head: Buffer[] = [];
	#headBytes = 0;
	#tail: Buffer[] = [];
	#tailBytes = 0;
	#total = 0;

	constructor(headLimit = 4 * 1024, tailLimit = 16 * 1024) {
		this.#headLimit = headLimit;
		this.#tailLimit = tailLimit;
	}

	/** Bytes that came in all. */
	get total(): number {
		return this.#total;
	}

	push(chunk: Buffer): void {
		this.#total += chunk.length;
		const room = this.#headLimit - this.#headBytes;
		if (room > 0) {
			const first = Buffer.from(chunk.subarray(0, room));
			this.#head.push(first);
			this.#headBytes += first.length;
		}
		const rest = chunk.subarray(Math.max(0, room));
		if (rest.length === 0) return;
		// A copy: a slice would keep the whole pooled buffer alive.
		this.#tail.push(Buffer.from(rest.subarray(-this.#tailLimit)));
		this.#tailBytes += Math.min(rest.length, this.#tailLimit);
		if (this.#tailBytes > 2 * this.#tailLimit) this.#compact();
	}

	/** The end of what came. */
	tail(): string {
		return Buffer.concat([...this.#head, ...this.#tail])
			.subarray(-this.#tailLimit)
			.toString('utf8');
	}

	/** The beginning and the end, with a note on what lies between. */
	text(): string {
		this.#compact();
		const head = Buffer.concat(this.#head).toString('utf8');
		const missing = this.#total - this.#headBytes - this.#tailBytes;
		const note = missing > 0 ? `\n[… ${missing} bytes left out …]\n` : '';
		return `${head}${note}${Buffer.concat(this.#tail).toString('utf8')}`;
	}

	#compact(): void {
		const all = Buffer.concat(this.#tail).subarray(-this.#tailLimit);
		this.#tail = [Buffer.from(all)];
		this.#tailBytes = all.length;
	}
}
