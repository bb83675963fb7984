/** When a look happens, on the monotonic clock. */
export interface Moment {
	/** Milliseconds. */
	readonly at: number;
	/** A longer time since the last look was a pause (a suspended machine, a stopped sampler): it gives no rates. */
	readonly longestGapMs: number;
}

/** Times between looks. */
export class Gaps {
	#at: number | undefined;

	/** Seconds since the look before; `undefined` for the first one, after a pause, and where the clock stood. */
	next({ at, longestGapMs }: Moment): number | undefined {
		const gap = this.#at === undefined ? 0 : at - this.#at;
		this.#at = at;
		return gap > 0 && gap <= longestGapMs ? gap / 1000 : undefined;
	}
}

/**
 * Rates of counters that only grow. A counter that fell has wrapped or begun anew, and one that was not there at the
 * last look has nothing to compare with: both tell nothing for one look, so neither shows as a spike.
 */
export class Rates<Key = string> {
	#last = new Map<Key, number>();
	#next = new Map<Key, number>();
	readonly #gaps = new Gaps();
	#seconds: number | undefined;

	/** Begins a look. What is not asked for before the next one is forgotten. */
	begin(moment: Moment): void {
		const free = this.#last;
		free.clear();
		[this.#last, this.#next] = [this.#next, free];
		this.#seconds = this.#gaps.next(moment);
	}

	/** What a counter grew by since the last look, in a second. */
	perSecond(key: Key, value: number): number | undefined {
		const grown = this.grown(key, value);
		return grown === undefined || this.#seconds === undefined ? undefined : grown / this.#seconds;
	}

	/** What a counter grew by since the last look. */
	grown(key: Key, value: number): number | undefined {
		const before = this.#last.get(key);
		this.#next.set(key, value);
		if (this.#seconds === undefined || before === undefined || !(value >= before)) return undefined;
		return value - before;
	}
}

/** A value that costs something to get, kept for a while. */
export class Kept<T> {
	#value: T | undefined;
	#until = -Infinity;

	/** @param keepMs for how long what `make` gives is good */
	get(at: number, keepMs: number, make: () => T): T {
		if (at >= this.#until) {
			this.#value = make();
			this.#until = at + keepMs;
		}
		return this.#value as T;
	}
}
