import type { AlertId } from '../base/ids';
import type { Event } from '../base/event';
import type { Alert } from '../ledger/machineEvents';

/** Alerts of all windows, evaluated by one. */
export interface AlertFeed {
	/** Those that are not resolved, the most severe first. */
	readonly open: readonly Alert[];
	readonly onDidChange: Event<void>;
	/** A new one, or one that became worse. Not fired for what is muted, in quiet hours or cooling down. */
	readonly onDidRaise: Event<Alert>;
	acknowledge(id: AlertId): void;
	snooze(id: AlertId, minutes: number): void;
	resolve(id: AlertId, by: 'user' | 'runbook'): void;
}
