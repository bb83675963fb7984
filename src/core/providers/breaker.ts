import type { Clock } from '../base/clock';
import { toDisposable, type Disposable } from '../base/lifecycle';

export interface BreakerLimits {
	/** So many failures within `windowMs` open it. */
	readonly failures: number;
	readonly windowMs: number;
	/** How long it stays open before one request may try. */
	readonly restMs: number;
	/** So many tries in a row close it again. */
	readonly successes: number;
}

export const defaultBreaker: BreakerLimits = { failures: 5, windowMs: 5 * 60_000, restMs: 60_000, successes: 3 };

export type BreakerState = 'closed' | 'open' | 'half-open';

/** A request that the breaker lets through. Disposing it without a word counts neither way. */
export interface Pass extends Disposable {
	/** It answers. */
	succeeded(): void;
	/** It failed for a reason that is the server's own. */
	failed(): void;
}

/** Keeps requests away from a server that fails again and again, so that neither waits for the other. */
export class CircuitBreaker {
	readonly #clock: Clock;
	readonly #limits: BreakerLimits;
	#failedAt: number[] = [];
	#openedAt: number | undefined;
	#successes = 0;
	#isTrying = false;

	constructor(clock: Clock, limits: BreakerLimits = defaultBreaker) {
		this.#clock = clock;
		this.#limits = limits;
	}

	get state(): BreakerState {
		if (this.#openedAt === undefined) return 'closed';
		return this.restMs > 0 ? 'open' : 'half-open';
	}

	/** Milliseconds until it may be tried again; 0 when it may be. */
	get restMs(): number {
		if (this.#openedAt === undefined) return 0;
		return Math.max(0, this.#openedAt + this.#limits.restMs - this.#clock.monotonic());
	}

	/** `null` when nothing may be sent now. While it is half open, one request at a time may. */
	enter(): Pass | null {
		const { state } = this;
		if (state === 'open' || (state === 'half-open' && this.#isTrying)) return null;
		const isTry = state === 'half-open';
		this.#isTrying ||= isTry;
		const release = toDisposable(() => {
			if (isTry) this.#isTrying = false;
		});
		return {
			succeeded: () => {
				release.dispose();
				if (isTry) this.#countSuccess();
			},
			failed: () => {
				release.dispose();
				this.#countFailure();
			},
			dispose: () => release.dispose(),
		};
	}

	/** Something else has shown that the server is well. */
	reset(): void {
		this.#openedAt = undefined;
		this.#failedAt = [];
		this.#successes = 0;
	}

	#countSuccess(): void {
		if (this.#openedAt === undefined) return;
		this.#successes += 1;
		if (this.#successes >= this.#limits.successes) this.reset();
	}

	#countFailure(): void {
		const now = this.#clock.monotonic();
		if (this.#openedAt !== undefined) {
			// What was sent before it opened says nothing new; what was sent as a try does.
			if (this.restMs > 0) return;
			this.#open(now);
			return;
		}
		this.#failedAt = [...this.#failedAt.filter(at => now - at < this.#limits.windowMs), now];
		if (this.#failedAt.length >= this.#limits.failures) this.#open(now);
	}

	#open(now: number): void {
		this.#openedAt = now;
		this.#failedAt = [];
		this.#successes = 0;
	}
}
