import { memoryCategories, memorySources, memoryTiers, type JournalEvent } from '../events';
import { alertStates, healthStates, intents, severities, type Alert } from '../machineEvents';

type Check = (value: unknown) => boolean;
type Shape<T> = { readonly [K in Exclude<keyof T, 'type'>]-?: Check };

const text: Check = value => typeof value === 'string';
const textOrNull: Check = value => value === null || typeof value === 'string';
const count: Check = value => typeof value === 'number' && Number.isFinite(value);
const countOrNull: Check = value => value === null || count(value);
const flag: Check = value => typeof value === 'boolean';
const optional =
	(check: Check): Check =>
	value =>
		value === undefined || check(value);
const oneOf =
	(...words: readonly string[]): Check =>
	value =>
		typeof value === 'string' && words.includes(value);
const usage: Check = value => {
	if (typeof value !== 'object' || value === null) return false;
	const counts = value as Record<string, unknown>;
	const isMeasured = counts['gpuJoules'] === undefined || count(counts['gpuJoules']);
	return (
		isMeasured && ['input', 'output', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h'].every(kind => count(counts[kind]))
	);
};
const whole: Check = value => Number.isSafeInteger(value);
const recordOf =
	(check: Check): Check =>
	value =>
		typeof value === 'object' && value !== null && Object.values(value).every(check);
const isPair: Check = value => Array.isArray(value) && value.length === 2 && value.every(count);
const alert: { readonly [Field in keyof Alert]-?: Check } = {
	id: text,
	rule: text,
	severity: oneOf(...severities),
	state: oneOf(...alertStates),
	title: text,
	cause: text,
	subject: text,
	startedAt: count,
	endedAt: countOrNull,
	until: countOrNull,
	by: text,
};
const isAlert: Check = value => {
	if (typeof value !== 'object' || value === null) return false;
	const fields = value as Record<string, unknown>;
	return Object.entries(alert).every(([field, check]) => check(fields[field]));
};
const day: Check = value => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);
const tier = oneOf('GREEN', 'YELLOW', 'ORANGE', 'RED', 'BLACK');

/**
 * The fields of each event. A line that somebody wrote by hand may have a good checksum and still not be an event; it
 * must not reach the database as `undefined`.
 */
const shapes: { readonly [E in JournalEvent as E['type']]: Shape<E> } = {
	'execution.started': {
		execution: text,
		kind: oneOf('chat', 'flow', 'schedule', 'runbook'),
		trigger: oneOf('user', 'schedule', 'flow', 'tool', 'alert', 'webhook', 'files', 'git'),
		title: text,
		agent: textOrNull,
		project: textOrNull,
		provider: text,
		model: textOrNull,
		conversation: textOrNull,
	},
	'execution.updated': {
		execution: text,
		status: optional(oneOf('running', 'waiting')),
		title: optional(text),
		model: optional(text),
		provider: optional(text),
	},
	'execution.ended': { execution: text, status: oneOf('succeeded', 'failed', 'stopped'), error: textOrNull },
	'step.started': {
		execution: text,
		step: text,
		parent: textOrNull,
		kind: oneOf('model', 'tool', 'node', 'approval'),
		name: text,
		title: text,
		input: textOrNull,
	},
	'step.ended': {
		execution: text,
		step: text,
		status: oneOf('succeeded', 'failed', 'refused', 'stopped'),
		output: textOrNull,
		usage: value => value === null || usage(value),
		cost: countOrNull,
	},
	'usage.recorded': {
		execution: text,
		provider: text,
		model: text,
		usage,
		cost: countOrNull,
		basis: oneOf('reported', 'priced', 'unpriced'),
		isFinal: flag,
		day,
	},
	'approval.requested': {
		approval: text,
		execution: textOrNull,
		conversation: textOrNull,
		tool: text,
		tier,
		effect: textOrNull,
	},
	'approval.decided': {
		approval: text,
		decision: oneOf('allowed', 'refused', 'expired'),
		by: text,
		reason: textOrNull,
	},
	'gate.decided': {
		execution: textOrNull,
		tool: text,
		tier,
		decision: oneOf('allowed', 'refused'),
		by: text,
		effect: textOrNull,
	},
	'conversation.changed': {
		conversation: text,
		title: optional(text),
		project: optional(textOrNull),
		provider: optional(text),
		session: optional(textOrNull),
		isArchived: optional(flag),
		options: optional(text),
	},
	'conversation.item': { conversation: text, item: text, order: count, body: textOrNull },
	'memory.changed': {
		memory: text,
		tier: oneOf(...memoryTiers),
		category: oneOf(...memoryCategories),
		text: textOrNull,
		source: oneOf(...memorySources),
		confidence: count,
		project: textOrNull,
		conversation: textOrNull,
		createdAt: count,
		usedAt: countOrNull,
	},
	'metrics.recorded': { minute: whole, values: recordOf(isPair) },
	'health.recorded': {
		service: text,
		hour: whole,
		seconds: recordOf(count),
		checks: count,
		failures: count,
		latencySum: count,
		latencyMax: count,
	},
	'health.changed': {
		service: text,
		state: oneOf(...healthStates),
		previous: oneOf(...healthStates),
		reason: text,
		intent: oneOf(...intents),
	},
	'alert.changed': { alert: isAlert },
	'host.opened': { version: text, pid: count },
	'ledger.retired': { beforeDay: day, beforeAt: count, rollups: textOrNull },
};

/** The types of events that this version applies. */
export const knownTypes: ReadonlySet<string> = new Set(Object.keys(shapes));

/** Whether a value read from a journal is an event that can be applied. Fields that are not known are let through. */
export function isJournalEvent(value: unknown): value is JournalEvent {
	if (typeof value !== 'object' || value === null || !('type' in value)) return false;
	if (typeof value.type !== 'string' || !knownTypes.has(value.type)) return false;
	const fields = value as Record<string, unknown>;
	const shape: Readonly<Record<string, Check>> = shapes[value.type as JournalEvent['type']];
	for (const field in shape) if (!shape[field]!(fields[field])) return false;
	return true;
}
