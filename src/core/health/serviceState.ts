import type { HealthState } from '../ledger/machineEvents';
import type { CheckResult, WatchPolicy } from './service';

/** What is known of one service by looking at it alone. */
export interface OwnState {
	readonly state: Exclude<HealthState, 'unreachable'>;
	readonly reason: string;
	/** Milliseconds since 1970. */
	readonly since: number;
	readonly checkedAt: number | null;
	readonly latencyMs: number | null;
	readonly isStopped: boolean;
	/** It has answered since it is watched. */
	readonly wasUp: boolean;
}

/** What was seen before anybody looked. */
export function unseen(at: number): OwnState {
	return {
		state: 'unknown',
		reason: 'Not looked at yet.',
		since: at,
		checkedAt: null,
		latencyMs: null,
		isStopped: false,
		wasUp: false,
	};
}

/** Turns single looks into a state that does not flicker. */
export class ServiceState {
	readonly #policy: WatchPolicy;
	#now: OwnState;
	#failures = 0;
	#successes = 0;
	#slow = 0;

	constructor(policy: WatchPolicy, at: number) {
		this.#policy = policy;
		this.#now = unseen(at);
	}

	get now(): OwnState {
		return this.#now;
	}

	/** The last look says another thing than the state, which did not change yet. */
	get isInDoubt(): boolean {
		return this.#now.state === 'unhealthy' ? this.#successes > 0 : this.#failures > 0;
	}

	/** Takes over what is known elsewhere. */
	adopt(known: Partial<OwnState>): void {
		this.#now = { ...this.#now, ...known };
	}

	/** What it needs is back: whether it is, too, is not known until it was looked at. */
	renew(reason: string, at: number): void {
		this.restart();
		this.#now = { ...this.#now, state: 'unknown', reason, since: at };
	}

	/** Forgets what it counted: the machine slept in between. */
	restart(): void {
		this.#failures = 0;
		this.#successes = 0;
		this.#slow = 0;
	}

	/** @param at milliseconds since 1970 */
	take(result: CheckResult, at: number): void {
		const state = this.#next(result);
		const isStopped = result.outcome === 'idle';
		const isSame = state === this.#now.state && isStopped === this.#now.isStopped;
		this.#now = {
			state,
			// What is no change yet is no reason for the state that still holds.
			reason: this.isInDoubt && isSame && this.#now.checkedAt !== null ? this.#now.reason : result.text,
			since: isSame ? this.#now.since : at,
			checkedAt: at,
			latencyMs: result.latencyMs,
			isStopped,
			wasUp: this.#now.wasUp || result.outcome === 'up' || result.outcome === 'impaired',
		};
	}

	#next({ outcome, latencyMs }: CheckResult): OwnState['state'] {
		const { failures, successes, slowMs } = this.#policy;
		const { state } = this.#now;
		if (outcome === 'idle' || outcome === 'unsure') {
			this.restart();
			return 'unknown';
		}
		if (outcome === 'down') {
			this.#successes = 0;
			this.#slow = 0;
			this.#failures++;
			return this.#failures >= failures ? 'unhealthy' : state;
		}
		this.#failures = 0;
		this.#successes++;
		this.#slow = slowMs !== null && latencyMs !== null && latencyMs > slowMs ? this.#slow + 1 : 0;
		// From nothing known, the first answer is enough; from a failure, it takes several.
		if (state === 'unhealthy' && this.#successes < successes) return state;
		if (outcome === 'impaired') return 'degraded';
		if (this.#slow >= failures) return 'degraded';
		if (state === 'degraded' && this.#slow > 0) return state;
		if (state === 'degraded' && this.#successes < successes) return state;
		return 'healthy';
	}
}
