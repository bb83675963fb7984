import { toDisposable, type Disposable } from './lifecycle';

/** Where the time comes from, so that tests can move it. */
export interface Clock {
	/** Wall clock, milliseconds since 1970. May jump either way. */
	now(): number;
	/** Milliseconds from an arbitrary start; never goes backwards. Use it for durations. */
	monotonic(): number;
	/** Calls `run` once after `ms` milliseconds, unless disposed first. */
	after(ms: number, run: () => void): Disposable;
}

export const systemClock: Clock = {
	now: () => Date.now(),
	monotonic: () => performance.now(),
	after(ms, run) {
		const timer = setTimeout(run, ms);
		return toDisposable(() => clearTimeout(timer));
	},
};

const two = (value: number): string => String(value).padStart(2, '0');

/** The local calendar day of a moment, as `YYYY-MM-DD`. */
export function localDay(at: number): string {
	const date = new Date(at);
	return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
