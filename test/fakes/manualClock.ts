import type { Clock } from '../../src/core/base/clock';
import { toDisposable, type Disposable } from '../../src/core/base/lifecycle';

/** A clock that stands until a test moves it. What is due runs in order, at its own time. */
export class ManualClock implements Clock {
	/** The wall clock: a test may set it to anything, also backwards. */
	wall = Date.UTC(2026, 0, 15, 12);
	#monotonic = 0;
	readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();

	now(): number {
		return this.wall;
	}

	monotonic(): number {
		return this.#monotonic;
	}

	after(ms: number, run: () => void): Disposable {
		const timer = { at: this.#monotonic + ms, run };
		this.#timers.add(timer);
		return toDisposable(() => this.#timers.delete(timer));
	}

	advance(ms: number): void {
		const end = this.#monotonic + ms;
		for (let due = this.#next(end); due; due = this.#next(end)) {
			this.wall += due.at - this.#monotonic;
			this.#monotonic = due.at;
			this.#timers.delete(due);
			due.run();
		}
		this.wall += end - this.#monotonic;
		this.#monotonic = end;
	}

	#next(end: number): { readonly at: number; readonly run: () => void } | undefined {
		return [...this.#timers].filter(timer => timer.at <= end).toSorted((left, right) => left.at - right.at)[0];
	}
}
