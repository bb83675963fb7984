import type { Severity } from '../../ledger/machineEvents';

export type Compare = '>' | '>=' | '<' | '<=';

/** What is watched for, and what it is worth. */
export interface AlertRule {
	readonly id: string;
	/** "GPU is too hot". */
	readonly title: string;
	/** The signal: what stands before a colon in a metric's name, or one of `ownSignals`. */
	readonly on: string;
	/** Subjects that it is about, `*` standing for anything; empty: all. */
	readonly of: readonly string[];
	readonly compare: Compare;
	readonly threshold: number;
	/** It is over when the value is back at or beyond this. */
	readonly clear: number;
	/** How long it must be so before anybody hears of it. */
	readonly forMs: number;
	/** How long it must be over before it counts as over. */
	readonly clearForMs: number;
	readonly severity: Severity;
	/** A second threshold that makes it worse. */
	readonly worse: { readonly threshold: number; readonly severity: Severity } | null;
	/** For so long after its end, nobody is told of it again. */
	readonly cooldownMs: number;
	readonly isMuted: boolean;
	/** It came with the extension; the user may have changed it. */
	readonly isOwn: boolean;
}

/** Signals that are no metrics of the machine, by what they are. */
export const ownSignals = {
	'service.state': 'how bad a service is by itself: 0 healthy, 1 degraded, 2 unhealthy',
	'service.latency': 'milliseconds until a service answered',
	'service.uptime': 'percent of what was watched of the last day, once that is an hour',
	'budget.day': 'percent of the daily budget',
	'budget.month': 'percent of the monthly budget',
	'cost.day': 'US dollars of today',
	'cost.month': 'US dollars of this month',
	'flow.failures': 'failures in a row of runs that nobody watched',
	'model.spilled': 'percent of a model that does not fit the GPU',
} as const;
export type OwnSignal = keyof typeof ownSignals;

export function isOwnSignal(name: string): name is OwnSignal {
	return Object.hasOwn(ownSignals, name);
}

/** A service's state as a number that rules compare. What is not its own fault, or nobody knows, is no fault. */
export const stateValues = { healthy: 0, degraded: 1, unhealthy: 2, unreachable: 0, unknown: 0 } as const;

/** Whether alerts of this subject come from this signal: `gpu.temperature:0`, `service:…`, `budget:day`. */
export function isSubjectOf(on: string, subject: string): boolean {
	const colon = subject.indexOf(':');
	const kind = colon < 0 ? subject : subject.slice(0, colon);
	if (!isOwnSignal(on)) return kind === on;
	if (kind === 'budget' || kind === 'cost') return subject === on.replace('.', ':');
	return kind === on.slice(0, on.indexOf('.'));
}

/** Whether a subject is one that a rule is about. */
export function isAbout(of: readonly string[], subject: string): boolean {
	return of.length === 0 || of.some(pattern => matches(pattern, subject));
}

/** `service:mcp:*`, `disk.usage:/home`; the part before the first colon may be left out. */
function matches(pattern: string, subject: string): boolean {
	const short = subject.slice(subject.indexOf(':') + 1);
	if (!pattern.includes('*')) return pattern === subject || pattern === short;
	const parts = pattern.split('*');
	return holdsInOrder(subject, parts) || holdsInOrder(short, parts);
}

/** Whether a text begins with the first part, ends with the last, and has the others between them, one after another. */
function holdsInOrder(text: string, parts: readonly string[]): boolean {
	const [first = '', last = ''] = [parts[0], parts.at(-1)];
	const end = text.length - last.length;
	if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
	let at = first.length;
	// The earliest place of each part leaves the most for the next: none is ever tried a second time.
	for (const part of parts.slice(1, -1)) {
		const found = text.indexOf(part, at);
		if (found < 0) return false;
		at = found + part.length;
	}
	return at <= end;
}
