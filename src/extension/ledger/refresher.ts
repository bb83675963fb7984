import type { Clock } from '../../core/base/clock';
import { MutableDisposable, Owner, type Disposable } from '../../core/base/lifecycle';

/** Runs a task when asked, never twice at once and never more often than once per interval; the last ask is kept. */
export class Refresher extends Owner {
	readonly #clock: Clock;
	readonly #interval: number;
	readonly #run: () => Promise<void>;
	readonly #timer = this.own(new MutableDisposable<Disposable>());
	#isRunning = false;
	#isWanted = false;
	#lastStart = -Infinity;

	/** @param run must not reject: a refresh shows its own failure */
	constructor(clock: Clock, interval: number, run: () => Promise<void>) {
		super();
		this.#clock = clock;
		this.#interval = interval;
		this.#run = run;
	}

	request(): void {
		if (this.isDisposed) return;
		this.#isWanted = true;
		if (this.#isRunning || this.#timer.value) return;
		const wait = Math.max(0, this.#lastStart + this.#interval - this.#clock.monotonic());
		this.#timer.value = this.#clock.after(wait, () => void this.#start());
	}

	async #start(): Promise<void> {
		this.#timer.value = undefined;
		this.#isWanted = false;
		this.#isRunning = true;
		this.#lastStart = this.#clock.monotonic();
		try {
			await this.#run();
		} finally {
			this.#isRunning = false;
			if (this.#isWanted) this.request();
		}
	}
}
