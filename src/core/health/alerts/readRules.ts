import * as z from 'zod/mini';
import { metricKinds, unitOf } from '../../hardware/metrics';
import { severities } from '../../ledger/machineEvents';
import { entryName, issueText, type SettingProblem } from '../userServices';
import { defaultRules } from './defaultRules';
import { isOwnSignal, ownSignals, stateValues, type AlertRule, type Compare } from './rule';

const severity = z.enum(severities);
const amount = z.number();
const duration = z.number().check(z.minimum(0, 'is less than 0'), z.maximum(30 * 86_400, 'is more than 30 days'));
const schema = z.strictObject({
	id: z.string().check(z.regex(/^[\w.-]{1,60}$/, 'is not made of letters, digits, -, _ and .')),
	title: z.optional(z.string().check(z.minLength(1, 'is empty'), z.maxLength(80, 'is longer than 80 characters'))),
	on: z.optional(z.string()),
	of: z.optional(z.union([z.string(), z.array(z.string())])),
	/** A service's state, in place of a threshold. */
	is: z.optional(z.enum(['degraded', 'unhealthy'])),
	above: z.optional(amount),
	atLeast: z.optional(amount),
	below: z.optional(amount),
	atMost: z.optional(amount),
	clear: z.optional(amount),
	forSeconds: z.optional(duration),
	clearForSeconds: z.optional(duration),
	severity: z.optional(severity),
	worse: z.optional(z.union([z.strictObject({ threshold: amount, severity }), z.null()])),
	cooldownMinutes: z.optional(duration),
	mute: z.optional(z.boolean()),
});
type Entry = z.infer<typeof schema>;

const comparisons = { above: '>', atLeast: '>=', below: '<', atMost: '<=' } as const;

/** A rule with what is wrong about it. */
export interface ReadRule {
	readonly rule: AlertRule;
	/** Why it can never fire; `null` when it can. */
	readonly problem: string | null;
}

/**
 * The rules that came with the extension, as the user's setting changes them, and the user's own.
 * @param raw the setting `quarterdeck.alerts.rules`
 */
export function readRules(raw: readonly unknown[]): {
	readonly rules: readonly ReadRule[];
	readonly problems: readonly SettingProblem[];
} {
	const rules = new Map(defaultRules.map(rule => [rule.id, rule]));
	const problems: SettingProblem[] = [];
	const own = new Set<string>();
	for (const [index, given] of raw.entries()) {
		const entry = entryName(given, index);
		const parsed = schema.safeParse(given);
		if (!parsed.success) {
			problems.push({ entry, text: issueText(parsed.error.issues[0]) });
			continue;
		}
		const { id } = parsed.data;
		if (own.has(id)) {
			problems.push({ entry, text: 'There is another entry of this id; this one is not used.' });
			continue;
		}
		own.add(id);
		const rule = toRule(parsed.data, rules.get(id));
		if (typeof rule === 'string') problems.push({ entry, text: rule });
		else rules.set(id, rule);
	}
	return { rules: [...rules.values()].map(rule => ({ rule, problem: whyNever(rule) })), problems };
}

function toRule(entry: Entry, base: AlertRule | undefined): AlertRule | string {
	const on = entry.on ?? base?.on;
	if (on === undefined) return 'It does not say what it is on, such as "service.state" or "cpu.usage".';
	const limit = limitOf(entry, base?.on === on ? base : undefined);
	if (typeof limit === 'string') return limit;
	const isSame = base?.threshold === limit.threshold && base.compare === limit.compare;
	return {
		id: entry.id,
		title: entry.title ?? base?.title ?? entry.id,
		on,
		of: entry.of === undefined ? (base?.of ?? []) : [entry.of].flat(),
		...limit,
		clear: entry.clear ?? (isSame ? base.clear : limit.threshold),
		forMs: ms(entry.forSeconds, 1000, base?.forMs, 60_000),
		clearForMs: ms(entry.clearForSeconds, 1000, base?.clearForMs, 30_000),
		severity: entry.severity ?? base?.severity ?? 'medium',
		worse: entry.worse === undefined ? (isSame ? base.worse : null) : entry.worse,
		cooldownMs: ms(entry.cooldownMinutes, 60_000, base?.cooldownMs, 600_000),
		isMuted: entry.mute ?? base?.isMuted ?? false,
		isOwn: base?.isOwn ?? false,
	};
}

function ms(value: number | undefined, unit: number, before: number | undefined, fallback: number): number {
	return value === undefined ? (before ?? fallback) : value * unit;
}

function limitOf(
	entry: Entry,
	base: AlertRule | undefined,
): { readonly compare: Compare; readonly threshold: number } | string {
	if (entry.is !== undefined) return { compare: '>=', threshold: stateValues[entry.is] };
	const given = (Object.keys(comparisons) as (keyof typeof comparisons)[]).filter(word => entry[word] !== undefined);
	if (given.length > 1) return `It has ${given.map(word => `“${word}”`).join(' and ')}; one of them is enough.`;
	const [word] = given;
	if (word !== undefined) return { compare: comparisons[word], threshold: entry[word]! };
	if (base) return { compare: base.compare, threshold: base.threshold };
	return 'It has no threshold: give it "above", "atLeast", "below", "atMost", or "is" for a state.';
}

/** Why a rule can never fire, as a sentence; `null` when it can. */
export function whyNever(rule: AlertRule): string | null {
	const { on, compare, threshold, clear, worse } = rule;
	if (!isOwnSignal(on) && unitOf(on) === undefined) {
		const names = [...Object.keys(ownSignals), ...metricKinds].join(', ');
		return `“${on}” is nothing that is measured. What there is: ${names}.`;
	}
	if (on.includes(':')) return `Name the metric without its colon, and what stands behind it in “of”.`;
	const isUp = compare === '>' || compare === '>=';
	const [lowest, highest] = rangeOf(on);
	if (isUp && (threshold > highest || (compare === '>' && threshold >= highest)))
		return `It is never ${compare} ${threshold}: the most there can be is ${highest}.`;
	if (!isUp && (threshold < lowest || (compare === '<' && threshold <= lowest)))
		return `It is never ${compare} ${threshold}: the least there can be is ${lowest}.`;
	if (isUp ? clear > threshold : clear < threshold)
		return `It would be over (${clear}) before it begins (${threshold}).`;
	if (worse && (isUp ? worse.threshold < threshold : worse.threshold > threshold))
		return `What is worse (${worse.threshold}) comes before what is bad (${threshold}).`;
	return null;
}

function rangeOf(signal: string): readonly [number, number] {
	if (signal === 'service.state') return [0, 2];
	if (signal === 'service.uptime' || signal === 'model.spilled' || unitOf(signal) === 'percent') return [0, 100];
	return unitOf(signal) === 'celsius' ? [-60, 200] : [0, Infinity];
}
