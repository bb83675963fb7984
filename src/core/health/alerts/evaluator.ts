import { isAbout, type AlertRule } from './rule';

/** A rule begins or ends to hold for a subject. */
export interface Transition {
	readonly rule: AlertRule;
	readonly subject: string;
	/** 2 when it is worse, 1 when it is bad, 0 when it is over. */
	readonly level: 0 | 1 | 2;
	readonly previous: 0 | 1 | 2;
	readonly value: number;
	/** Since when it is so, milliseconds since 1970. */
	readonly since: number;
}

/** Two samples further apart than this say nothing of the time between them: the machine slept. */
const gapMs = 180_000;
/** What nobody tells of any more is forgotten after so long. */
const forgetMs = 15 * 60_000;
/** What was only restored may be told of in another window, which has servers of its own. */
const forgetRestoredMs = 24 * 3_600_000;

const idle = 0;
const pending = 1;
const firing = 2;
const clearing = 3;

/** One threshold of a rule; a rule with a worse one has two. */
interface Lane {
	readonly rule: AlertRule;
	readonly level: 1 | 2;
}

/** What is known of one subject: columns of numbers, because all of its thresholds are looked at with each sample. */
interface Subject {
	readonly lanes: readonly Lane[];
	readonly signs: Int8Array;
	readonly raise: Float64Array;
	readonly clear: Float64Array;
	readonly states: Uint8Array;
	readonly since: Float64Array;
	/** Lanes that are not idle; with none and a value below the lowest threshold there is nothing to do. */
	busy: number;
	/** The least value of a rising lane and the greatest of a falling one at which something begins. */
	readonly lowest: number;
	readonly highest: number;
	seenAt: number;
	value: number;
	/** Values came for it in this window. */
	isFed: boolean;
}

interface Group {
	readonly lanes: readonly Lane[];
	readonly subjects: Map<string, Subject>;
}

const none: readonly Transition[] = [];

/** How long nothing may be told of a subject until what holds for it ends. Services may be those of another window. */
function patienceMs(signal: string, isFed: boolean, isAll: boolean): number {
	if (isFed) return forgetMs;
	if (!isAll) return Infinity;
	return signal.startsWith('service.') ? forgetRestoredMs : forgetMs;
}

/** Holds samples against rules. It knows no clock: time is what the samples say. */
export class Evaluator {
	readonly #groups = new Map<string, Group>();
	readonly #rules: ReadonlyMap<string, AlertRule>;

	constructor(rules: readonly AlertRule[]) {
		this.#rules = new Map(rules.map(rule => [rule.id, rule]));
		const lanes = new Map<string, Lane[]>();
		for (const rule of rules) {
			const known = lanes.get(rule.on) ?? [];
			lanes.set(rule.on, known);
			known.push({ rule, level: 1 });
			if (rule.worse) known.push({ rule, level: 2 });
		}
		for (const [signal, group] of lanes) this.#groups.set(signal, { lanes: group, subjects: new Map() });
	}

	/** Takes up where another evaluator, or another window, left off: the rule holds for this subject. */
	restore(ruleId: string, subject: string, isWorse: boolean, since: number, now: number): boolean {
		const rule = this.#rules.get(ruleId);
		const group = rule && this.#groups.get(rule.on);
		if (!rule || !group || !isAbout(rule.of, subject)) return false;
		const known = group.subjects.get(subject) ?? this.#subject(group, subject);
		if (known.seenAt === -Infinity) known.seenAt = now;
		for (const [index, lane] of known.lanes.entries()) {
			if (lane.rule !== rule || (lane.level === 2 && !isWorse) || known.states[index] !== idle) continue;
			known.states[index] = firing;
			known.since[index] = since;
			known.busy++;
		}
		return true;
	}

	/**
	 * Lets go of what holds for subjects that are not told of here, unless it is still so elsewhere: what another window
	 * has ended is to be raised anew when it comes again.
	 */
	align(isHeld: (ruleId: string, subject: string) => boolean): void {
		for (const { subjects } of this.#groups.values()) {
			for (const [subject, known] of subjects) {
				if (known.isFed || known.busy === 0) continue;
				for (const [index, { rule }] of known.lanes.entries()) {
					if (known.states[index] === idle || isHeld(rule.id, subject)) continue;
					known.states[index] = idle;
					known.busy--;
				}
			}
		}
	}

	/** Another window is told of these subjects from now on. */
	release(isLetGo: (signal: string, subject: string) => boolean): void {
		for (const [signal, { subjects }] of this.#groups)
			for (const [subject, known] of subjects) if (isLetGo(signal, subject)) known.isFed = false;
	}

	/** Begins anew with a subject. */
	forget(signal: string, subject: string): void {
		this.#groups.get(signal)?.subjects.delete(subject);
	}

	/** @param at milliseconds since 1970 */
	take(signal: string, subject: string, value: number, at: number): readonly Transition[] {
		const group = this.#groups.get(signal);
		if (group === undefined || Number.isNaN(value)) return none;
		const known = group.subjects.get(subject) ?? this.#subject(group, subject);
		const isGap = at - known.seenAt > gapMs || at < known.seenAt;
		known.seenAt = at;
		known.value = value;
		known.isFed = true;
		if (known.busy === 0 && value <= known.lowest && value >= known.highest) return none;
		return step(known, subject, value, at, isGap);
	}

	/**
	 * Ends what nobody tells of any more: a card that is gone, a service that was removed.
	 * @param isAll also what was only restored here, which another window may be told of
	 */
	sweep(now: number, isAll: boolean): readonly Transition[] {
		const ended: Transition[] = [];
		for (const [signal, { subjects }] of this.#groups) {
			for (const [subject, known] of subjects) {
				if (now - known.seenAt < patienceMs(signal, known.isFed, isAll)) continue;
				subjects.delete(subject);
				for (const rule of firingRules(known))
					ended.push({ ...rule, subject, level: 0, value: known.value, since: now });
			}
		}
		return ended;
	}

	#subject(group: Group, subject: string): Subject {
		const lanes = group.lanes.filter(({ rule }) => isAbout(rule.of, subject));
		const signs = Int8Array.from(lanes, ({ rule }) => (rule.compare.startsWith('>') ? 1 : -1));
		const bound = ({ rule, level }: Lane, index: number): number => {
			const threshold = (level === 2 ? (rule.worse?.threshold ?? Infinity) : rule.threshold) * signs[index]!;
			// "At least" is more than what comes right before.
			return rule.compare.endsWith('=') ? justBelow(threshold) : threshold;
		};
		const raise = Float64Array.from(lanes, bound);
		const clear = Float64Array.from(lanes, (lane, index) => {
			// What was worse is bad again with the same distance that the bad has to its end.
			const distance = (lane.rule.threshold - lane.rule.clear) * signs[index]!;
			return lane.level === 1 ? lane.rule.clear * signs[index]! : raise[index]! - distance;
		});
		const made: Subject = {
			lanes,
			signs,
			raise,
			clear,
			states: new Uint8Array(lanes.length),
			since: new Float64Array(lanes.length),
			busy: 0,
			lowest: raise.reduce((low, value, index) => (signs[index] === 1 ? Math.min(low, value) : low), Infinity),
			highest: raise.reduce((high, value, index) => (signs[index] === -1 ? Math.max(high, -value) : high), -Infinity),
			seenAt: -Infinity,
			value: Number.NaN,
			isFed: false,
		};
		group.subjects.set(subject, made);
		return made;
	}
}

function step(known: Subject, subject: string, value: number, at: number, isGap: boolean): readonly Transition[] {
	const { lanes, signs, raise, clear, states, since } = known;
	let changed: Set<AlertRule> | undefined;
	let before: Map<AlertRule, 0 | 1 | 2> | undefined;
	for (let index = 0; index < states.length; index++) {
		const state = states[index]!;
		const signed = value * signs[index]!;
		const isOver = signed > raise[index]!;
		if (state === idle && !isOver) continue;
		const next = nextState(state, isOver, !isOver && signed <= clear[index]!, {
			lane: lanes[index]!,
			lasted: isGap ? 0 : at - since[index]!,
		});
		if (next === state) {
			if (isGap && (state === pending || state === clearing)) since[index] = at;
			continue;
		}
		const wasFiring = state === firing || state === clearing;
		const isFiring = next === firing || next === clearing;
		if (wasFiring !== isFiring) {
			const { rule } = lanes[index]!;
			(before ??= new Map()).set(rule, before.get(rule) ?? levelOf(known, rule));
			(changed ??= new Set()).add(rule);
		}
		if (state === idle) known.busy++;
		if (next === idle) known.busy--;
		states[index] = next;
		if (next === pending || next === clearing || (state === idle && next === firing)) since[index] = at;
	}
	if (!changed) return none;
	return Array.from(changed, rule => ({
		rule,
		subject,
		level: levelOf(known, rule),
		previous: before?.get(rule) ?? 0,
		value,
		since: since[lanes.findIndex(lane => lane.rule === rule)]!,
	})).filter(({ level, previous }) => level !== previous);
}

function nextState(
	state: number,
	isOver: boolean,
	isBelow: boolean,
	{ lane, lasted }: { readonly lane: Lane; readonly lasted: number },
): number {
	const { forMs, clearForMs } = lane.rule;
	switch (state) {
		case idle:
			return isOver ? (forMs === 0 ? firing : pending) : idle;
		case pending:
			return isOver ? (lasted >= forMs ? firing : pending) : idle;
		case firing:
			return isBelow ? (clearForMs === 0 ? idle : clearing) : firing;
		default:
			return isBelow ? (lasted >= clearForMs ? idle : clearing) : firing;
	}
}

function levelOf({ lanes, states }: Subject, rule: AlertRule): 0 | 1 | 2 {
	let level: 0 | 1 | 2 = 0;
	for (const [index, lane] of lanes.entries()) {
		const isFiring = states[index] === firing || states[index] === clearing;
		if (lane.rule === rule && isFiring && lane.level > level) level = lane.level;
	}
	return level;
}

function firingRules(known: Subject): readonly { readonly rule: AlertRule; readonly previous: 0 | 1 | 2 }[] {
	return [...new Set(known.lanes.map(({ rule }) => rule))]
		.map(rule => ({ rule, previous: levelOf(known, rule) }))
		.filter(({ previous }) => previous > 0);
}

const bits = new DataView(new ArrayBuffer(8));

/** The greatest number that is less than this one. */
function justBelow(value: number): number {
	if (!Number.isFinite(value)) return value;
	if (value === 0) return -Number.MIN_VALUE;
	bits.setFloat64(0, value);
	bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 ? -1n : 1n));
	return bits.getFloat64(0);
}
