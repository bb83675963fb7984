import type { FlowLimits } from './flow';

/** The smallest and the largest value that a limit may have. */
export const limitBounds: Readonly<Record<keyof FlowLimits, readonly [number, number]>> = {
	maxSteps: [1, 10_000_000],
	maxMinutes: [0.01, 60 * 24 * 31],
	maxTokens: [1, 10_000_000_000],
	maxCostUsd: [0.000001, 100_000],
	concurrency: [1, 1000],
};
