import { metricTitles, unitOf } from '../../hardware/metrics';
import { formatBytes } from '../../ledger/views/health';
import { formatDuration, formatRunningDuration } from '../../ledger/views/format';
import { oneLine } from '../../ledger/views/viewNode';
import type { Transition } from './evaluator';
import { isOwnSignal, type AlertRule, type OwnSignal } from './rule';

/** What is known of a subject beside its value. */
export interface SubjectFacts {
	/** The service's, flow's or model's name. */
	readonly name: string;
	/** What was seen last: a service's reason, a run's error. */
	readonly detail: string;
	/** What an uptime stands on: `the 5 hours watched`. */
	readonly watched?: string;
	/** Each window has its own of it: what one sees says nothing of what another sees. */
	readonly isOfWindow?: boolean;
}

/** Title and cause of an alert. @param now milliseconds since 1970 */
export function alertWords(
	transition: Transition,
	facts: SubjectFacts | undefined,
	now: number,
): { readonly title: string; readonly cause: string } {
	const { rule, subject, value, since } = transition;
	// A flow's title or a run's error may be a page long.
	const name = oneLine(facts?.name ?? subjectName(subject), 80);
	const lasted = now - since < 1000 ? '' : `, for ${formatDuration(now - since)}`;
	const detail = oneLine(facts?.detail ?? '', 400);
	const held = `${rule.title}: ${ruleWords(rule, transition.level)}${lasted}.`;
	return {
		title: titleOf(rule, name, value, facts?.watched),
		// Of a state, what was seen says it all.
		cause: detail === '' ? held : rule.on === 'service.state' ? detail : `${detail} (${held.replace(/\.$/, '')})`,
	};
}

function titleOf(
	{ on, compare }: AlertRule,
	name: string,
	value: number,
	watched = 'the time watched in the last day',
): string {
	const shown = formatValue(on, value);
	switch (on) {
		case 'service.state':
			return value >= 2 ? `${name} is down` : `${name} is degraded`;
		case 'service.latency':
			return `${name} takes ${shown} to answer`;
		case 'service.uptime':
			return `${name} was up ${shown} of ${watched}`;
		case 'budget.day':
			return value >= 100 ? 'The daily budget is used up' : `${shown} of the daily budget is used`;
		case 'budget.month':
			return value >= 100 ? 'The monthly budget is used up' : `${shown} of the monthly budget is used`;
		case 'cost.day':
			return `Today costs ${shown} so far`;
		case 'cost.month':
			return `This month costs ${shown} so far`;
		case 'flow.failures':
			return `${name} failed ${value === 1 ? 'once' : `${value} times in a row`}`;
		case 'model.spilled':
			return `${shown} of ${name} does not fit the GPU`;
		default:
			return compare.startsWith('>') ? `${name} is at ${shown}` : `${name} is down to ${shown}`;
	}
}

/** "at least 90 %", "worse than 95 %". */
export function ruleWords(rule: AlertRule, level: 0 | 1 | 2 = 1): string {
	const threshold = level === 2 && rule.worse ? rule.worse.threshold : rule.threshold;
	if (rule.on === 'service.state') return threshold >= 2 ? 'unhealthy' : 'degraded or worse';
	const comparisons = { '>': 'over', '>=': 'at least', '<': 'under', '<=': 'at most' } as const;
	const times = rule.on === 'flow.failures' ? ' in a row' : '';
	return `${comparisons[rule.compare]} ${formatValue(rule.on, threshold)}${times}`;
}

const ownTitles: Readonly<Record<OwnSignal, string>> = {
	'service.state': 'Service',
	'service.latency': 'Answer time of a service',
	'service.uptime': 'Uptime of a service',
	'budget.day': 'Daily budget',
	'budget.month': 'Monthly budget',
	'cost.day': 'Cost of today',
	'cost.month': 'Cost of this month',
	'flow.failures': 'Failures of a flow',
	'model.spilled': 'Part of a model outside the GPU',
};

/** "GPU temperature over 90 °C for 30 s, critical from 95 °C"; a signal that is none of ours stands as it is. */
export function describeRule(rule: AlertRule): string {
	const signal = Object.entries({ ...metricTitles, ...ownTitles }).find(([name]) => name === rule.on)?.[1] ?? rule.on;
	const of = rule.of.length === 0 ? '' : ` (${rule.of.join(', ')})`;
	const lasts = rule.forMs === 0 ? '' : ` for ${formatRunningDuration(rule.forMs)}`;
	const worse = rule.worse ? `, ${rule.worse.severity} from ${formatValue(rule.on, rule.worse.threshold)}` : '';
	return `${signal}${of} ${ruleWords(rule)}${lasts}${worse}`;
}

/** A value as people write it. */
export function formatValue(signal: string, value: number): string {
	if (signal === 'service.latency') return formatDuration(value);
	if (signal.startsWith('cost.')) return `$${value.toFixed(2)}`;
	if (signal === 'flow.failures') return String(value);
	const isPercent = isOwnSignal(signal) || unitOf(signal) === 'percent';
	const rounded = Math.round(value * 10) / 10;
	// What is used up is never shown before it is so.
	if (isPercent) return `${signal.startsWith('budget.') ? Math.floor(value) : rounded} %`;
	switch (unitOf(signal)) {
		case 'celsius':
			return `${rounded} °C`;
		case 'watts':
			return `${rounded} W`;
		case 'megahertz':
			return `${rounded} MHz`;
		case 'bytes':
			return formatBytes(Math.round(value));
		case 'bytesPerSecond':
			return `${formatBytes(Math.round(value))}/s`;
		default:
			return String(rounded);
	}
}

const parts: Readonly<Record<string, string>> = {
	'cpu.usage': 'The CPU',
	'cpu.temperature': 'The CPU',
	'cpu.load': 'The load',
	'memory.usage': 'Memory',
	'memory.used': 'Memory',
	'swap.usage': 'Swap',
	'network.received': 'The network',
	'network.sent': 'The network',
	'battery.percent': 'The battery',
};

/** `GPU 0`, `Disk /home`; of what is not known, the subject itself. */
export function subjectName(subject: string): string {
	const [kind = '', rest = ''] = subject.split(/:(.*)/su);
	const known = parts[kind];
	if (known !== undefined) return known;
	if (kind === 'gpu.memory' || kind === 'gpu.memoryUsed') return `The memory of GPU ${rest}`;
	if (kind === 'gpu.fan') return `The fan of GPU ${rest}`;
	if (kind.startsWith('gpu.')) return `GPU ${rest}`;
	if (kind.startsWith('disk.')) return `Disk ${rest}`;
	return rest === '' ? subject : rest;
}
