import type { RetryPolicy } from '../model/flow';

const defaultDelayMs = 1000;
const longestDelayMs = 5 * 60_000;

/**
 * Milliseconds until the next attempt. What the server asked for holds, and is only ever made longer by chance, so that
 * clients do not come back all at once.
 */
export function retryDelay(
	policy: RetryPolicy,
	attempt: number,
	retryAfterMs: number | null,
	random: () => number,
): number {
	const base = policy.delayMs ?? defaultDelayMs;
	if (retryAfterMs !== null) return Math.round(Math.max(retryAfterMs, 0) * (1 + 0.1 * random()));
	const grown = policy.backoff === 'fixed' ? base : base * 2 ** Math.min(attempt - 1, 30);
	const capped = Math.min(grown, Math.max(longestDelayMs, base));
	// Half of it is certain, the other half is chance.
	return Math.round(policy.backoff === 'fixed' ? capped : capped * (0.5 + 0.5 * random()));
}
