import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits, type AutonomyLevel } from '../../../src/core/monitors/limits';
import { newWorld, pass, settle, type World } from './world';

const services = ['provider:ollama', 'mcp:files', 'user:web'] as const;

const happening = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.record({
			kind: fc.constant('state' as const),
			id: fc.constantFrom(...services),
			state: fc.constantFrom(
				'unhealthy',
				'unhealthy',
				'healthy',
				'degraded',
				'unhealthy',
				'unreachable',
				'unknown' as const,
			),
			intent: fc.constantFrom('unasked', 'unasked', 'user' as const),
		}),
	},
	{
		weight: 3,
		arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 600 }) }),
	},
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('level' as const), level: fc.integer({ min: 0, max: 4 }) }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('switch' as const), isOn: fc.boolean() }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('repairs' as const), help: fc.boolean() }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('answer' as const), isYes: fc.boolean() }) },
	{ weight: 1, arbitrary: fc.constant({ kind: 'click' as const }) },
	{
		weight: 1,
		arbitrary: fc.record({ kind: fc.constant('clock' as const), minutes: fc.integer({ min: -600, max: 600 }) }),
	},
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

interface Act {
	readonly what: string;
	/** Of the clock that never jumps. */
	readonly at: number;
	readonly isSwitchedOff: boolean;
	readonly level: number;
}

/** Lets things happen, and says what was touched, when, and what held then. */
async function play(happenings: readonly Happening[]): Promise<readonly Act[]> {
	const world = newWorld();
	// The most that may go wrong, until something says otherwise.
	world.rules.level = 4;
	world.health.afterAct = undefined;
	const acts: Act[] = [];
	let isOn = false;
	for (const id of services) world.health.add(id, { kind: id.startsWith('mcp:') ? 'mcp' : 'http' });
	const act = world.health.act.bind(world.health);
	world.health.act = (id, action, intent) => {
		acts.push({ what: id, at: world.clock.monotonic(), isSwitchedOff: !isOn, level: world.rules.level });
		return act(id, action, intent);
	};
	for (const each of happenings) {
		if (each.kind === 'switch') ({ isOn } = each);
		await happen(world, each);
		await settle();
	}
	world.monitors.dispose();
	await settle();
	return acts;
}

async function happen(world: World, each: Happening): Promise<void> {
	const { health, clock, rules, killSwitch, monitors, approvals } = world;
	switch (each.kind) {
		case 'state':
			health.set(each.id, each.state, each.intent);
			break;
		case 'wait':
			await pass(clock, each.seconds * 1_000, 6_000);
			break;
		case 'level':
			rules.level = each.level as AutonomyLevel;
			break;
		case 'switch':
			await killSwitch.set(each.isOn, clock.now());
			break;
		case 'repairs':
			health.afterAct = each.help ? 'healthy' : undefined;
			break;
		case 'clock':
			clock.wall += each.minutes * 60_000;
			break;
		case 'answer':
			for (const view of approvals.pending) {
				if (!each.isYes) approvals.decide(view.id, { outcome: 'refuse', reason: 'No' });
				else
					approvals.decide(view.id, {
						outcome: 'allow',
						scope: 'once',
						...(view.word === null ? {} : { word: view.word }),
					});
			}
			break;
		default: {
			const [first] = await monitors.suggestions();
			// It may wait for an answer, which comes or does not.
			if (first) void monitors.allow(first.incident.key, first.runbook);
		}
	}
}

test('whatever happens, nothing acts with the kill switch on or at level 0, and no limit is passed', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(happening, { minLength: 5, maxLength: 40 }), async happenings => {
			const acts = await play(happenings);
			expect(acts.filter(({ isSwitchedOff, level }) => !isSwitchedOff || level === 0)).toEqual([]);
			const isClockStill = !happenings.some(({ kind }) => kind === 'clock');
			if (!isClockStill) return;
			for (const { at } of acts) {
				const hour = acts.filter(other => other.at >= at && other.at < at + limits.hourMs);
				expect(hour.length).toBeLessThanOrEqual(limits.attemptsPerHour);
			}
			for (const id of services) {
				const times = acts.filter(({ what }) => what === id).map(({ at }) => at);
				const gaps = times.slice(1).map((at, index) => at - times[index]!);
				expect(gaps.filter(gap => gap < 60_000)).toEqual([]);
			}
		}),
		{ numRuns: 40, endOnFailure: true },
	);
}, 120_000);
