import type { Clock } from '../base/clock';

/** A costly question that is asked at a slow pace, beside the looks: they take its latest answer and never wait. */
export class SlowCall<T> {
	readonly #clock: Clock;
	readonly #ask: () => Promise<T>;
	readonly #paceMs: number;
	#isAsking = false;
	#due = -Infinity;
	#latest: T | undefined;
	/** Over when the answer on its way is there; absent once somebody has waited for it in vain. */
	#answered: Promise<void> | undefined;

	constructor(clock: Clock, paceMs: number, ask: () => Promise<T>) {
		this.#clock = clock;
		this.#paceMs = paceMs;
		this.#ask = ask;
	}

	/** The latest answer, which a failure or a pause does away with; asks anew where it is time. */
	get(): T | undefined {
		const now = this.#clock.monotonic();
		if (now > this.#due + this.#paceMs * 5) this.#latest = undefined;
		if (!this.#isAsking && now >= this.#due) this.#answered = this.#run(now);
		return this.#latest;
	}

	/** As `get`; where there is no answer yet, waits for the one on its way, once and no longer than this. */
	async getSoon(limitMs: number): Promise<T | undefined> {
		const known = this.get();
		const answered = this.#answered;
		if (known !== undefined || !answered) return known;
		this.#answered = undefined;
		await new Promise<void>(resolve => {
			const limit = this.#clock.after(limitMs, resolve);
			void answered.then(() => {
				limit.dispose();
				resolve();
			});
		});
		return this.#latest;
	}

	/** Asks once more after this long, instead of at the pace: the answer on its way does not say all. */
	askAgain(afterMs: number): void {
		this.#due = this.#clock.monotonic() + afterMs;
	}

	async #run(now: number): Promise<void> {
		this.#isAsking = true;
		this.#due = now + this.#paceMs;
		try {
			this.#latest = await this.#ask();
		} catch {
			// The program behind it failed or is not there: what it would have told is absent until the next time.
			this.#latest = undefined;
		}
		this.#isAsking = false;
	}
}
