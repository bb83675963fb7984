import { describe, expect, test } from 'vitest';
import { guardrails, judge, spanText, type GuardFacts } from '../../../src/core/monitors/guardrails';
import { limits } from '../../../src/core/monitors/limits';
import type { RepairRecord } from '../../../src/core/monitors/repairLog';

const now = Date.UTC(2026, 0, 15, 12);
const incident = { key: 'service.down provider:ollama', since: now - 60_000 };
const runbook = { id: 'restart-service', needsLevel: 3, coolDownMs: 120_000 } as const;
const calm: GuardFacts = {
	now,
	killSwitch: { isOn: false, why: '', since: null },
	level: 3,
	isTrusted: true,
	by: 'monitor',
	incident,
	runbook,
	touches: 1,
	mostTouched: 1,
	history: [],
	running: null,
};

function record(more: Partial<RepairRecord> = {}): RepairRecord {
	return {
		id: 'r',
		runbook: runbook.id,
		key: incident.key,
		since: incident.since,
		at: now - 600_000,
		outcome: 'failed',
		...more,
	};
}

const triggers: readonly Partial<GuardFacts>[] = [
	{ killSwitch: { isOn: true, why: 'You switched it on.', since: now } },
	{ level: 0 },
	{ history: [record(), record(), record()] },
	{ running: { at: now - 1_000, title: 'Restart n8n' } },
	{ history: [record({ at: now - 1_000 })] },
];

describe('each guardrail alone', () => {
	test('nothing stands in the way', () => {
		expect(judge(calm)).toEqual({ kind: 'act' });
	});

	test('the kill switch, whoever asks', () => {
		const killSwitch = { isOn: true, why: 'Its file is damaged, which counts as on.', since: null };
		for (const by of ['user', 'monitor'] as const)
			expect(judge({ ...calm, by, killSwitch })).toEqual({
				kind: 'refused',
				guardrail: 'killSwitch',
				why: 'The kill switch is on. Its file is damaged, which counts as on.',
			});
	});

	test('the autonomy level', () => {
		const kinds = ([0, 1, 2, 3, 4] as const).map(level => judge({ ...calm, level }).kind);
		expect(kinds).toEqual(['refused', 'suggest', 'ask', 'act', 'act']);
		const byUser = ([0, 1, 2, 3, 4] as const).map(level => judge({ ...calm, level, by: 'user' }).kind);
		expect(byUser).toEqual(['refused', 'act', 'act', 'act', 'act']);
		expect(judge({ ...calm, runbook: { ...runbook, needsLevel: 4 } }).kind).toBe('ask');
		expect(judge({ ...calm, level: 4, runbook: { ...runbook, needsLevel: 4 } }).kind).toBe('act');
	});

	test('an untrusted folder is level 0, also for who clicks', () => {
		for (const by of ['user', 'monitor'] as const)
			expect(judge({ ...calm, level: 4, by, isTrusted: false })).toMatchObject({
				kind: 'refused',
				guardrail: 'autonomy',
			});
	});

	test('three attempts for an incident', () => {
		const two = [record(), record({ runbook: 'free-port' })];
		expect(judge({ ...calm, history: two }).kind).toBe('act');
		expect(judge({ ...calm, history: [...two, record()] })).toMatchObject({ kind: 'refused', guardrail: 'attempts' });
		// The next time that it goes down is another incident.
		expect(judge({ ...calm, history: [...two, record({ since: 1 })] }).kind).toBe('act');
	});

	test('six attempts in an hour, of whatever', () => {
		const others = Array.from({ length: limits.attemptsPerHour }, () => record({ key: 'other', since: 1 }));
		expect(judge({ ...calm, history: others })).toMatchObject({ kind: 'refused', guardrail: 'attempts' });
		expect(judge({ ...calm, history: others.map(each => ({ ...each, at: now - limits.hourMs })) }).kind).toBe('act');
	});

	test('one repair at a time, until it is stale', () => {
		const running = { at: now - limits.staleMs + 1, title: 'Restart n8n' };
		expect(judge({ ...calm, running })).toEqual({
			kind: 'refused',
			guardrail: 'oneAtATime',
			why: 'Another repair is under way: Restart n8n.',
		});
		expect(judge({ ...calm, running: { ...running, at: now - limits.staleMs } }).kind).toBe('act');
	});

	test('a cool-down that is applied, also to who clicks', () => {
		const history = [record({ at: now - 100_000 })];
		for (const by of ['user', 'monitor'] as const)
			expect(judge({ ...calm, by, history })).toEqual({
				kind: 'refused',
				guardrail: 'coolDown',
				why: 'It was tried a moment ago; it may be tried again in 20 s.',
			});
		expect(judge({ ...calm, history: [record({ at: now - 120_000 })] }).kind).toBe('act');
		expect(judge({ ...calm, history: [record({ at: now - 1, key: 'other' })] }).kind).toBe('act');
	});

	test('the blast radius asks', () => {
		expect(judge({ ...calm, touches: 2 })).toEqual({
			kind: 'ask',
			why: 'It reaches 2 things, and more than 1 is asked about.',
		});
		// Their word was for exactly this.
		expect(judge({ ...calm, touches: 2, by: 'user' }).kind).toBe('act');
	});
});

test('they are asked in the order in which they stand', () => {
	for (const [first, facts] of triggers.entries()) {
		const all = triggers.slice(first).reduce<Partial<GuardFacts>>((sum, each) => {
			const history = [...(sum.history ?? []), ...(each.history ?? [])];
			return { ...each, ...sum, history };
		}, {});
		expect(judge({ ...calm, ...facts, ...all, touches: 9 })).toMatchObject({
			kind: 'refused',
			guardrail: guardrails[first],
		});
	}
});

test('an ask does not hide a later refusal', () => {
	expect(judge({ ...calm, level: 2, running: { at: now, title: 'Restart n8n' } })).toMatchObject({
		guardrail: 'oneAtATime',
	});
});

test('spans are told in the unit that fits', () => {
	expect([400, 40_000, 89_000, 200_000, 7_200_000, 400_000_000].map(spanText)).toEqual([
		'1 s',
		'40 s',
		'89 s',
		'3 min',
		'2 h',
		'5 days',
	]);
});
