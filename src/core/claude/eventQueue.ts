/** Values that are pushed by one side and read by another as they come. */
export class EventQueue<T> implements AsyncIterable<T> {
	readonly #values: T[] = [];
	#wake: (() => void) | undefined;
	#failure: { readonly error: unknown } | undefined;
	#hasEnded = false;

	push(value: T): void {
		if (this.#hasEnded) return;
		this.#values.push(value);
		this.#wake?.();
	}

	/** No value comes any more. */
	end(): void {
		this.#hasEnded = true;
		this.#wake?.();
	}

	/** The reader throws this, after the values before it. What comes later is dropped. */
	fail(error: unknown): void {
		if (this.#hasEnded) return;
		this.#failure = { error };
		this.end();
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<T> {
		for (;;) {
			const values = this.#values.splice(0);
			yield* values;
			if (this.#values.length > 0) continue;
			if (this.#failure) throw this.#failure.error;
			if (this.#hasEnded) return;
			await new Promise<void>(resolve => (this.#wake = resolve));
		}
	}
}
