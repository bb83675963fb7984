import type { Event } from '../base/event';
import type { Disposable } from '../base/lifecycle';
import type { MachineFacts, Sample } from './sample';

/** How often somebody wants to be told: a page that is seen, the gauge, a window without focus, or rules that nobody watches. */
export type Pace = 'page' | 'gauge' | 'idle' | 'background';

/** Milliseconds between two samples at each pace; the quickest that is asked for holds for all. */
export const paceMs: Readonly<Record<Pace, number>> = { page: 1_000, gauge: 2_000, idle: 10_000, background: 60_000 };

/** Values of metrics over time, all of one length as `at`. */
export interface Series {
	/** Milliseconds since 1970, ascending. */
	readonly at: readonly number[];
	/** By metric name; `null` where it was not told. */
	readonly values: Readonly<Record<string, readonly (number | null)[]>>;
}

/** The machine as the rest of the extension sees it. Sampling starts with the first watcher and stops with the last. */
export interface HardwareFeed {
	readonly latest: Sample | undefined;
	readonly onDidSample: Event<Sample>;
	/** Why there is no NVIDIA card in the samples, in the driver's own words; absent where there is one, or no driver. */
	readonly gpuProblem?: string | undefined;
	/** Keeps samples coming at least this often until the result is disposed. Processes are listed for pages alone. */
	watch(pace: Pace): Disposable;
	facts(): Promise<MachineFacts>;
	/**
	 * What was, up to now: from memory for an hour, from the ledger's minutes beyond that.
	 * @param metrics names as `metrics.ts` gives them
	 * @param spanMs how far back, at most 24 hours
	 */
	history(metrics: readonly string[], spanMs: number): Promise<Series>;
}
