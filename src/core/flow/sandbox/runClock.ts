const stopAt = 0;
const busySinceAt = 1;
const usedAt = 2;

/**
 * Shared by the host and the thread while a program runs: whether it is to stop, and how long it has computed. A script
 * in an endless loop reads no message, but its engine looks here; and where even the engine does not look (in one long
 * native call), the host sees it and ends the thread.
 */
export class RunClock {
	readonly #cells: Int32Array;
	readonly #start: number;

	/** @param start `Date.now()` of the run's start, the same on both sides */
	constructor(shared: SharedArrayBuffer, start: number) {
		this.#cells = new Int32Array(shared);
		this.#start = start;
	}

	static share(): SharedArrayBuffer {
		return new SharedArrayBuffer(12);
	}

	get isStopped(): boolean {
		return Atomics.load(this.#cells, stopAt) !== 0;
	}

	stop(): void {
		Atomics.store(this.#cells, stopAt, 1);
	}

	/** Milliseconds of computing so far, what is going on included. */
	get computedMs(): number {
		const since = Atomics.load(this.#cells, busySinceAt);
		const used = Atomics.load(this.#cells, usedAt);
		return since === 0 ? used : used + Math.max(0, this.#now() - since);
	}

	/** The script begins to compute. */
	begin(): void {
		Atomics.store(this.#cells, busySinceAt, this.#now());
	}

	/** The script waits, or has ended. */
	end(): void {
		const used = this.computedMs;
		Atomics.store(this.#cells, busySinceAt, 0);
		Atomics.store(this.#cells, usedAt, used);
	}

	/** From 1: 0 stands for `not computing`. */
	#now(): number {
		return Date.now() - this.#start + 1;
	}
}
