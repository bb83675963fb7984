import type { AlertId } from '../base/ids';
import type { Event } from '../base/event';

export const severities = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];
export const alertStates = ['firing', 'acknowledged', 'snoozed', 'resolved'] as const;
export type AlertState = (typeof alertStates)[number];

/** Something that a rule has raised: kept in the ledger, the newest change is its row. */
export interface Alert {
	readonly id: AlertId;
	/** Id of the rule. */
	readonly rule: string;
	readonly severity: Severity;
	readonly state: AlertState;
	/** "GPU 0 is at 93 °C". */
	readonly title: string;
	/** Why it was raised: the rule's words with the value and the time it lasted. */
	readonly cause: string;
	/** What it is about: a metric's name, `service:<id>`, `budget:…`, `flow:…`. One alert a rule and subject is open at a time. */
	readonly subject: string;
	/** Milliseconds since 1970. */
	readonly startedAt: number;
	readonly endedAt: number | null;
	/** Until when it is snoozed. */
	readonly until: number | null;
	/** Who changed it last: `rule`, `user`, `runbook`. */
	readonly by: string;
}

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
