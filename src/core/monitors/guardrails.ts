import type { Incident } from './incident';
import type { KillState } from './killSwitch';
import { limits, type AutonomyLevel } from './limits';
import type { RepairRecord, RunningRepair } from './repairLog';
import type { Runbook } from './runbook';

/** In the order in which they are asked. */
export const guardrails = [
	'killSwitch',
	'autonomy',
	'attempts',
	'oneAtATime',
	'coolDown',
	'blastRadius',
	'gate',
] as const;
export type Guardrail = (typeof guardrails)[number];

export const guardrailNames: Readonly<Record<Guardrail, string>> = {
	killSwitch: 'kill switch',
	autonomy: 'autonomy level',
	attempts: 'attempts',
	oneAtATime: 'one repair at a time',
	coolDown: 'cool-down',
	blastRadius: 'blast radius',
	gate: 'gate',
};

/** What is known right before a repair would begin. */
export interface GuardFacts {
	/** Milliseconds since 1970. */
	readonly now: number;
	readonly killSwitch: KillState;
	readonly level: AutonomyLevel;
	/** The workspace is trusted. */
	readonly isTrusted: boolean;
	/** A person has just asked for exactly this repair, or the monitors would do it by themselves. */
	readonly by: 'user' | 'monitor';
	readonly incident: Pick<Incident, 'key' | 'since'>;
	readonly runbook: Pick<Runbook, 'id' | 'needsLevel' | 'coolDownMs' | 'isAlwaysAsked'>;
	/** How many services, processes, models or folders the repair reaches. */
	readonly touches: number;
	/** What the user lets a repair reach without being asked. */
	readonly mostTouched: number;
	/** Earlier repairs of all windows. */
	readonly history: readonly RepairRecord[];
	readonly running: RunningRepair | null;
}

export type GuardVerdict =
	| { readonly kind: 'refused'; readonly guardrail: Guardrail; readonly why: string }
	/** The user is told that it could be done. */
	| { readonly kind: 'suggest' }
	/** It begins, and a person is asked before anything is touched. */
	| { readonly kind: 'ask'; readonly why: string }
	| { readonly kind: 'act' };

type Check = (facts: GuardFacts) => GuardVerdict | undefined;

/** Asks every guardrail but the gate, in order: the first that refuses is the answer. */
export function judge(facts: GuardFacts): GuardVerdict {
	let asks: GuardVerdict | undefined;
	for (const check of checks) {
		const verdict = check(facts);
		if (verdict?.kind === 'ask') asks ??= verdict;
		else if (verdict) return verdict;
	}
	return asks ?? { kind: 'act' };
}

const killSwitch: Check = facts =>
	facts.killSwitch.isOn ? refused('killSwitch', `The kill switch is on. ${facts.killSwitch.why}`) : undefined;

const autonomy: Check = ({ level, isTrusted, by, runbook }) => {
	if (!isTrusted) return refused('autonomy', 'This folder is not trusted, so nothing is repaired from it.');
	if (level === 0) return refused('autonomy', 'The autonomy level is 0: what goes wrong is only observed.');
	// Their word for exactly this one is more than any level.
	if (by === 'user') return undefined;
	if (level === 1) return { kind: 'suggest' };
	if (runbook.isAlwaysAsked === true && level > 2)
		return { kind: 'ask', why: 'It comes with the settings of this workspace, so it never acts by itself.' };
	if (level >= Math.max(3, runbook.needsLevel)) return undefined;
	const why =
		level === 2
			? 'at level 2 each repair is asked about'
			: `this repair acts by itself at level ${runbook.needsLevel} only`;
	return { kind: 'ask', why: `The autonomy level is ${level}: ${why}.` };
};

const attempts: Check = ({ history, incident, now }) => {
	const { attemptsPerIncident, attemptsPerHour, hourMs } = limits;
	const ofIncident = history.filter(({ key, since }) => key === incident.key && since === incident.since);
	if (ofIncident.length >= attemptsPerIncident)
		return refused('attempts', `It was tried ${attemptsPerIncident} times for this incident without lasting effect.`);
	const recent = history.filter(({ at }) => now - at < hourMs);
	if (recent.length >= attemptsPerHour)
		return refused(
			'attempts',
			`There were ${recent.length} repairs in the last hour, and ${attemptsPerHour} is the limit.`,
		);
	return undefined;
};

const oneAtATime: Check = ({ running, now }) => {
	if (!running || now - running.at >= limits.staleMs) return undefined;
	return refused('oneAtATime', `Another repair is under way: ${running.title}.`);
};

const coolDown: Check = ({ history, incident, runbook, now }) => {
	const same = history.filter(record => record.runbook === runbook.id && record.key === incident.key);
	const last = Math.max(...same.map(({ at }) => at));
	const left = last + runbook.coolDownMs - now;
	if (same.length === 0 || left <= 0) return undefined;
	return refused('coolDown', `It was tried a moment ago; it may be tried again in ${spanText(left)}.`);
};

const blastRadius: Check = ({ touches, mostTouched, by }) => {
	if (touches <= mostTouched || by === 'user') return undefined;
	return { kind: 'ask', why: `It reaches ${touches} things, and more than ${mostTouched} is asked about.` };
};

const checks: readonly Check[] = [killSwitch, autonomy, attempts, oneAtATime, coolDown, blastRadius];

function refused(guardrail: Guardrail, why: string): GuardVerdict {
	return { kind: 'refused', guardrail, why };
}

/** "40 s", "3 min", "2 h". */
export function spanText(ms: number): string {
	const seconds = Math.max(1, Math.round(ms / 1000));
	if (seconds < 90) return `${seconds} s`;
	const minutes = Math.round(seconds / 60);
	if (minutes < 90) return `${minutes} min`;
	const hours = Math.round(minutes / 60);
	return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
