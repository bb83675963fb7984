import type { AlertId } from '../base/ids';
import type { HealthChange, ServiceView } from '../health/health';
import type { Alert, HealthState } from '../ledger/machineEvents';

/** What can be wrong. Each of them is raised by something that the monitors are told, or look at themselves. */
export const conditions = [
	'service.down',
	'service.degraded',
	'disk.full',
	'memory.full',
	'gpu.memoryFull',
	'hot',
	'storage.large',
] as const;
/** `alert:<rule>` is any other rule of the alerts, by its id. */
export type Condition = (typeof conditions)[number] | `alert:${string}`;

/** Something that is wrong, from when it began until it is not any more. */
export interface Incident {
	/** The condition and the subject: one is open at a time. */
	readonly key: string;
	readonly condition: Condition;
	/** Id of the service, or the subject of the alert. Never taken from a name that is shown. */
	readonly subject: string;
	/** For people. */
	readonly name: string;
	/** Milliseconds since 1970. */
	readonly since: number;
	/** What was seen, in a sentence. */
	readonly evidence: string;
	/** The alert that it is about. */
	readonly alert?: AlertId;
}

/** What a message of a feed means: something went wrong, is over, or neither. */
export type Finding =
	| { readonly kind: 'opened'; readonly incident: Incident }
	| { readonly kind: 'over'; readonly keys: readonly string[] }
	| { readonly kind: 'nothing' };

const nothing: Finding = { kind: 'nothing' };
const answering: readonly HealthState[] = ['healthy', 'degraded'];

export function keyOf(condition: Condition, subject: string): string {
	return `${condition} ${subject}`;
}

/** A value of a setting that names a condition. */
export function isCondition(value: unknown): value is Condition {
	if (typeof value !== 'string') return false;
	return (conditions as readonly string[]).includes(value) || /^alert:./.test(value);
}

/**
 * What a change of a service's state means. Only what answered before and does so no longer went down: a service that was
 * never seen to answer is not running here, one that comes back is no incident, and what a person asked for is wanted.
 * One that is behind a dead one is not its own fault. While a repair has it stand still, that is no news.
 */
export function findingOfChange({ service, previous, intent }: HealthChange): Finding {
	const down = keyOf('service.down', service.id);
	const both = [down, keyOf('service.degraded', service.id)];
	if (service.state === 'healthy' || service.state === 'unreachable' || intent === 'user')
		return { kind: 'over', keys: both };
	if (service.isStopped) return nothing;
	// What it needs is back, and it is not.
	const isLeftBehind = previous === 'unreachable' && service.isExpected;
	if (service.state === 'unhealthy' && (answering.includes(previous) || isLeftBehind))
		return opened('service.down', service);
	if (service.state !== 'degraded') return nothing;
	if (previous === 'healthy' && intent === 'unasked') return opened('service.degraded', service);
	// It answers again, if badly.
	return { kind: 'over', keys: [down] };
}

/** Whether an incident of a service is over, as the service stands. */
export function isServiceWell(condition: Condition, service: ServiceView | undefined): boolean {
	if (!service || service.isStopped) return true;
	return condition === 'service.degraded' ? service.state === 'healthy' : answering.includes(service.state);
}

/** What is wrong when a rule matches. A rule about a service says nothing that its change of state has not said. */
export function findingOfAlert(alert: Alert): Finding {
	const condition = conditionOf(alert);
	if (!condition) return nothing;
	const { subject, title: name, cause, startedAt: since, id } = alert;
	const key = keyOf(condition, subject);
	// Who has acknowledged it, or wants to be left alone with it, looks after it.
	if (alert.state !== 'firing') return { kind: 'over', keys: [key] };
	return { kind: 'opened', incident: { key, condition, subject, name, since, evidence: cause, alert: id } };
}

const byMetric: Readonly<Record<string, Condition>> = {
	'disk.usage': 'disk.full',
	'disk.free': 'disk.full',
	'memory.usage': 'memory.full',
	'memory.used': 'memory.full',
	'swap.usage': 'memory.full',
	'gpu.memory': 'gpu.memoryFull',
	'gpu.memoryUsed': 'gpu.memoryFull',
	'gpu.temperature': 'hot',
	'cpu.temperature': 'hot',
};

function conditionOf({ subject, rule }: Alert): Condition | undefined {
	const [kind = ''] = subject.split(':', 1);
	if (kind === 'service') return undefined;
	return Object.hasOwn(byMetric, kind) ? byMetric[kind] : `alert:${rule}`;
}

function opened(condition: Condition, service: ServiceView): Finding {
	const { id: subject, name, since, reason } = service;
	return {
		kind: 'opened',
		incident: { key: keyOf(condition, subject), condition, subject, name, since, evidence: reason },
	};
}
