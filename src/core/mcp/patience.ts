import type { Clock } from '../base/clock';
import type { Disposable } from '../base/lifecycle';

/** A time limit that stands still while a person is asked something. */
export class TimeLimit implements Disposable {
	readonly #clock: Clock;
	readonly #ms: number;
	readonly #onEnd: () => void;
	#left: number;
	#since: number | undefined;
	#timer: Disposable | undefined;

	constructor(clock: Clock, ms: number, isPaused: boolean, onEnd: () => void) {
		this.#clock = clock;
		this.#ms = ms;
		this.#left = ms;
		this.#onEnd = onEnd;
		if (!isPaused) this.resume();
	}

	/** Something happened: the whole time is there again. */
	reset(): void {
		const isRunning = this.#since !== undefined;
		this.pause();
		this.#left = this.#ms;
		if (isRunning) this.resume();
	}

	pause(): void {
		if (this.#since === undefined) return;
		this.#left -= this.#clock.monotonic() - this.#since;
		this.#since = undefined;
		this.#timer?.dispose();
	}

	resume(): void {
		if (this.#since !== undefined) return;
		this.#since = this.#clock.monotonic();
		this.#timer = this.#clock.after(Math.max(0, this.#left), this.#onEnd);
	}

	dispose(): void {
		this.pause();
	}
}
