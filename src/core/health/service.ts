import type { Event } from '../base/event';
import type { ServiceAction, ServiceKind } from './health';

/** What one look at a service saw. */
export interface CheckResult {
	/** `idle`: nobody has started it, or it was stopped on purpose. `unsure`: it says nothing yet. */
	readonly outcome: 'up' | 'impaired' | 'down' | 'idle' | 'unsure';
	/** One sentence. */
	readonly text: string;
	/** Milliseconds until it answered; `null` where that says nothing. */
	readonly latencyMs: number | null;
}

/** How a service is looked at, and how many looks make a change. */
export interface WatchPolicy {
	readonly intervalMs: number;
	/** So many failures in a row make it unhealthy. */
	readonly failures: number;
	/** So many successes in a row make it healthy again. */
	readonly successes: number;
	/** Slower than this is degraded; `null` for no such limit. */
	readonly slowMs: number | null;
}

/** Something that is watched: the checks of users, and what other features know of their own. */
export interface WatchedService {
	readonly id: string;
	readonly name: string;
	readonly kind: ServiceKind;
	readonly needs: readonly string[];
	readonly policy: WatchPolicy;
	readonly isExpected: boolean;
	/** Each window has its own: it is looked at everywhere, for looking costs nothing, and recorded by one window. */
	readonly isOfWindow?: boolean;
	/** What is seen of it is not written down: it is what writes, or tells of itself elsewhere. */
	readonly isUnrecorded?: boolean;
	/** Fires when a look would see something else. */
	readonly onDidChange?: Event<void>;
	actions(): readonly ServiceAction[];
	/** Never rejects, but for an abort. Ends by itself: nothing that a server does keeps it longer than its limit. */
	check(signal: AbortSignal): Promise<CheckResult>;
	/** Begins what was asked for. */
	act?(action: Exclude<ServiceAction, 'logs'>): Promise<void>;
	/** Why what was begun will not come about, so that nobody waits for it any longer. */
	failure?(): string | null;
	/** What whoever starts it is to know. */
	readonly startNote?: string;
}

export const localPolicy: WatchPolicy = { intervalMs: 30_000, failures: 3, successes: 2, slowMs: null };
