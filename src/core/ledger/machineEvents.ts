import type { AlertId } from '../base/ids';

export const healthStates = ['healthy', 'degraded', 'unhealthy', 'unreachable', 'unknown'] as const;
/** What is known of a service. `unreachable` is not its own fault: what it depends on is down. */
export type HealthState = (typeof healthStates)[number];
export const intents = ['unasked', 'user', 'runbook'] as const;
/** Why a state changed: nobody asked for it, or a person or a runbook did. A stop that was asked for is no crash. */
export type Intent = (typeof intents)[number];
export const severities = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];
export const alertStates = ['firing', 'acknowledged', 'snoozed', 'resolved'] as const;
export type AlertState = (typeof alertStates)[number];

/** Something that a rule has raised. */
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

/** How one service did in one hour, as one window saw it. */
export interface ServiceHour {
	readonly service: string;
	/** Hours since 1970. */
	readonly hour: number;
	/** Seconds in each state; what is not there was not watched. */
	readonly seconds: Readonly<Partial<Record<HealthState, number>>>;
	readonly checks: number;
	readonly failures: number;
	/** Milliseconds: the sum over `checks` minus `failures`, and the longest. */
	readonly latencySum: number;
	readonly latencyMax: number;
}

/** A service's change of state. */
export interface ServiceChange {
	readonly service: string;
	readonly state: HealthState;
	readonly previous: HealthState;
	/** One sentence. */
	readonly reason: string;
	readonly intent: Intent;
}

/** What is recorded of the machine, its services and its alerts. */
export type MachineEvent =
	/** One minute of the machine: mean and maximum by the metric's name. */
	| {
			readonly type: 'metrics.recorded';
			/** Minutes since 1970. */
			readonly minute: number;
			readonly values: Readonly<Record<string, readonly [mean: number, max: number]>>;
	  }
	/** The newest of a window, service and hour replaces the earlier ones; those of several windows are added up. */
	| ({ readonly type: 'health.recorded' } & ServiceHour)
	| ({ readonly type: 'health.changed' } & ServiceChange)
	/** An alert, whole, each time it changes; the newest wins. */
	| { readonly type: 'alert.changed'; readonly alert: Alert };

/** How far back single minutes are kept: a day, and an hour for charts that end at a full one. */
export const minutesKept = 25 * 60;
/** Uptime is told for a month. */
export const hoursKept = 40 * 24;
