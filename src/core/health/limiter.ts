/** Runs so many tasks at once; the others wait for their turn. */
export class Limiter {
	readonly #most: number;
	readonly #waiting: (() => void)[] = [];
	#running = 0;

	constructor(most: number) {
		this.#most = most;
	}

	async run<T>(task: () => Promise<T>): Promise<T> {
		if (this.#running >= this.#most) await new Promise<void>(resolve => this.#waiting.push(resolve));
		else this.#running++;
		try {
			return await task();
		} finally {
			const next = this.#waiting.shift();
			// The place goes to the next one without being free in between.
			if (next) next();
			else this.#running--;
		}
	}
}
