import type { Clock } from '../base/clock';
import { errorText } from '../base/errors';

/** A costly question that is asked at a slow pace, beside the looks: they take its latest answer and never wait. */
export class SlowCall<T> {
	readonly #clock: Clock;
	readonly #ask: () => Promise<T>;
	readonly #paceMs: number;
	#isAsking = false;
	#due = -Infinity;
	#latest: T | undefined;
	/** Why there was no answer the last time. */
	problem: string | undefined;

	constructor(clock: Clock, paceMs: number, ask: () => Promise<T>) {
		this.#clock = clock;
		this.#paceMs = paceMs;
		this.#ask = ask;
	}

	/** The latest answer, which a failure or a pause does away with; asks anew where it is time. */
	get(): T | undefined {
		const now = this.#clock.monotonic();
		if (now > this.#due + this.#paceMs * 5) this.#latest = undefined;
		if (!this.#isAsking && now >= this.#due) void this.#run(now);
		return this.#latest;
	}

	async #run(now: number): Promise<void> {
		this.#isAsking = true;
		this.#due = now + this.#paceMs;
		try {
			this.#latest = await this.#ask();
			this.problem = undefined;
		} catch (error) {
			this.#latest = undefined;
			this.problem = errorText(error);
		}
		this.#isAsking = false;
	}
}
