const kept = 100;

/** How a server's calls went. */
export class ServerStats {
	readonly #latest: number[] = [];
	#calls = 0;
	#errors = 0;

	get calls(): number {
		return this.#calls;
	}

	get errors(): number {
		return this.#errors;
	}

	/** Median of the latest calls that were answered; `null` before the first. */
	get p50Ms(): number | null {
		const sorted = this.#latest.toSorted((left, right) => left - right);
		return sorted[Math.floor(sorted.length / 2)] ?? null;
	}

	/** @param ms how long the answer took; `null` when there was none */
	add(ms: number | null, isError: boolean): void {
		this.#calls++;
		if (isError) this.#errors++;
		if (ms === null) return;
		this.#latest.push(ms);
		if (this.#latest.length > kept) this.#latest.shift();
	}
}
