import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LedgerEvent } from '../../../src/core/ledger/events';
import type { Incident } from '../../../src/core/monitors/incident';
import { keyOf } from '../../../src/core/monitors/incident';
import { newFolder, newWorld, pass, settle, type World } from './world';

/** The executions of repairs: how each began, went and ended. */
function repairs({ events }: { readonly events: readonly LedgerEvent[] }): readonly string[] {
	return events.flatMap(event => {
		if (event.type === 'execution.started') return [`${event.kind} by ${event.trigger}: ${event.title}`];
		if (event.type === 'execution.ended') return [`${event.status}${event.error === null ? '' : `: ${event.error}`}`];
		if (event.type === 'step.ended') return [`step ${event.status}: ${event.output ?? ''}`];
		return [];
	});
}

const key = keyOf('service.down', 'provider:ollama');

async function down(world: World, id = 'provider:ollama'): Promise<void> {
	world.health.set(id, 'unhealthy');
	await pass(world.clock, 2_000);
}

function withOllama(world: World = newWorld()): World {
	world.health.add('provider:ollama', { name: 'Ollama' });
	return world;
}

describe('level 1, which is where everybody begins', () => {
	test('a service that stops answering is suggested once, and nothing is touched', async () => {
		const world = withOllama();
		await world.monitors.start();
		world.clock.advance(30_000);
		await down(world);
		await pass(world.clock, 60_000);
		expect(world.suggestions.map(({ text, verb }) => [text, verb])).toEqual([
			['Ollama stopped answering 1 s ago. Restart it?', 'Restart'],
		]);
		expect([world.health.acts, world.events]).toEqual([[], []]);
	});

	test('what the user allows is asked of the gate, done, verified and recorded', async () => {
		const world = withOllama();
		await down(world);
		const outcome = world.monitors.allow(key, 'restart-service');
		await settle();
		const [approval] = world.approvals.pending;
		expect(approval).toMatchObject({ tool: 'quarterdeck_restart_service', tier: 'ORANGE', asker: 'Restart Ollama' });
		expect(world.health.acts).toEqual([]);
		world.approvals.decide(approval!.id, { outcome: 'allow', scope: 'once', word: approval!.word! });
		expect(await outcome).toMatchObject({ kind: 'fixed' });
		expect(world.health.acts).toEqual(['restart provider:ollama']);
		expect(repairs(world)).toEqual([
			'runbook by user: Restart Ollama',
			'step succeeded: Ollama is unhealthy: It is unhealthy.',
			'step succeeded: Ollama was restarted: It is healthy.',
			'step succeeded: Ollama is healthy: It is healthy.',
			'succeeded',
		]);
		expect(await world.log.read()).toMatchObject([{ runbook: 'restart-service', key, outcome: 'fixed' }]);
		expect(world.monitors.incidents).toEqual([]);
	});

	test('what they do not want is not suggested again', async () => {
		const world = withOllama();
		await down(world);
		world.monitors.decline(key);
		await pass(world.clock, 120_000);
		expect(world.suggestions).toHaveLength(1);
		expect((await world.monitors.suggestions()).map(({ title }) => title)).toEqual(['Restart Ollama']);
	});

	test('a list says why what is suggested would be refused just now', async () => {
		const world = withOllama();
		world.health.afterAct = undefined;
		await down(world);
		const outcome = world.monitors.allow(key, 'restart-service');
		await settle();
		const [approval] = world.approvals.pending;
		world.approvals.decide(approval!.id, { outcome: 'allow', scope: 'once', word: approval!.word! });
		await pass(world.clock, 60_000);
		expect(await outcome).toMatchObject({ kind: 'failed' });
		expect(await world.monitors.suggestions()).toMatchObject([
			{ title: 'Restart Ollama', obstacle: expect.stringContaining('Refused (cool-down): ') as string },
		]);
	});

	test('an alert about it is left to the suggestion, until the user does not want that', async () => {
		const world = withOllama();
		const { monitors, alerts, health } = world;
		// It went down by way of answering badly, which is one incident.
		health.set('provider:ollama', 'degraded');
		await down(world);
		expect(monitors.incidents.map(({ condition }) => condition)).toEqual(['service.down']);
		const alert = alerts.raise('service:provider:ollama');
		expect(await monitors.speaksFor(alert)).toBe(true);
		expect(await monitors.speaksFor({ ...alert, subject: 'service:mcp:files' })).toBe(false);
		world.rules.level = 0;
		expect(await monitors.speaksFor(alert)).toBe(false);
		world.rules.level = 1;
		monitors.decline(key);
		expect(await monitors.speaksFor(alert)).toBe(false);
		// What a rule has raised itself is one incident with it.
		world.machine.idle = ['Fix the build'];
		expect(await monitors.speaksFor(alerts.raise('memory.usage'))).toBe(true);
	});

	test('a service that nobody here can start is not offered to be', async () => {
		const world = newWorld();
		world.health.add('provider:ollama', { actions: ['logs'] });
		await down(world);
		expect([world.suggestions, await world.monitors.suggestions()]).toEqual([[], []]);
	});
});

describe('what is no incident', () => {
	test('a recovery, a stop that somebody asked for, a service behind a dead one', async () => {
		const world = withOllama();
		world.rules.level = 4;
		world.health.set('provider:ollama', 'unhealthy', 'user');
		await pass(world.clock, 30_000);
		world.health.set('provider:ollama', 'healthy');
		await pass(world.clock, 30_000);
		world.health.set('provider:ollama', 'unreachable');
		await pass(world.clock, 30_000);
		expect([world.health.acts, world.suggestions, repairs(world)]).toEqual([[], [], []]);
	});

	test('one that is over before anybody looked', async () => {
		const world = withOllama();
		world.rules.level = 4;
		world.health.set('provider:ollama', 'unhealthy');
		world.health.set('provider:ollama', 'healthy');
		await pass(world.clock, 30_000);
		expect([world.health.acts, repairs(world)]).toEqual([[], []]);
	});
});

describe('levels 2 to 4', () => {
	test('2 asks for each, and a no holds for as long as the incident lasts', async () => {
		const world = withOllama();
		world.rules.level = 2;
		await down(world);
		expect(world.approvals.pending).toHaveLength(1);
		world.approvals.decide(world.approvals.pending[0]!.id, { outcome: 'refuse', reason: 'Not now' });
		await pass(world.clock, 600_000, 12_000);
		expect([world.approvals.pending, world.health.acts]).toEqual([[], []]);
		expect(repairs(world)).toEqual([
			'runbook by alert: Restart Ollama',
			'step succeeded: Ollama is unhealthy: It is unhealthy.',
			'step refused: Not now',
			'stopped',
		]);
	});

	test('a question that nobody answers is over after ten minutes and not asked again; one that is stopped is', async () => {
		const world = withOllama();
		world.rules.level = 2;
		await down(world);
		world.repairer.stop();
		await pass(world.clock, 12_000);
		expect([world.approvals.pending.length, repairs(world)[2]]).toEqual([1, 'stopped']);
		await pass(world.clock, 1_200_000, 30_000);
		expect([world.approvals.pending, world.health.acts]).toEqual([[], []]);
		expect(repairs(world).slice(-2)).toEqual(['step refused: Nobody answered in ten minutes.', 'stopped']);
	});

	test('3 acts and tells, 4 is quiet about what went well', async () => {
		for (const level of [3, 4] as const) {
			const world = withOllama();
			world.rules.level = level;
			await down(world);
			expect(world.health.acts).toEqual(['restart provider:ollama']);
			expect(repairs(world)).toHaveLength(5);
			expect(world.events).toContainEqual(
				expect.objectContaining({ type: 'gate.decided', decision: 'allowed', by: `autonomy:${level}` }),
			);
			expect(world.notices.map(({ text }) => text)).toEqual(
				level === 3
					? ['Ollama stopped answering. Ollama was restarted: It is healthy. Ollama is healthy: It is healthy.']
					: [],
			);
		}
	});

	test('RED is asked about at every level', async () => {
		const world = withOllama();
		world.rules.level = 4;
		world.raisedTiers['quarterdeck_restart_service'] = 'RED';
		await down(world);
		expect(world.health.acts).toEqual([]);
		expect(world.approvals.pending).toMatchObject([{ tier: 'RED', needsModal: true }]);
		world.repairer.stop();
		await settle();
		expect(repairs(world).at(-1)).toBe('stopped');
	});

	test('what reaches more than the user lets it is asked about', async () => {
		const world = newWorld();
		Object.assign(world.rules, { level: 4, mostTouched: 1 });
		world.machine.idle = ['Fix the build', 'Write the docs'];
		world.alerts.raise('memory.usage');
		await pass(world.clock, 2_000);
		expect(world.approvals.pending[0]?.reasons).toContain('It reaches 2 things, and more than 1 is asked about.');
		world.repairer.stop();
		await settle();
	});

	test('an untrusted folder acts at no level', async () => {
		const world = withOllama();
		Object.assign(world.rules, { level: 4, isTrusted: false });
		await down(world);
		expect([world.health.acts, world.suggestions, repairs(world)]).toEqual([[], [], []]);
		expect(await world.monitors.allow(key, 'restart-service')).toMatchObject({
			kind: 'refused',
			guardrail: 'autonomy',
		});
	});
});

describe('a repair that does not help', () => {
	test('is recorded as failed, cools down, and is given up after three', async () => {
		const world = withOllama();
		world.rules.level = 3;
		world.health.afterAct = undefined;
		await down(world);
		await pass(world.clock, 60_000);
		expect(repairs(world).slice(-2)).toEqual([
			'step succeeded: Ollama is unhealthy: It is unhealthy.',
			'failed: Ollama was restarted: It is unhealthy. It did not help: Ollama is unhealthy: It is unhealthy.',
		]);
		// Two minutes of cool-down, counted from the beginning.
		expect(world.health.acts).toHaveLength(1);
		await pass(world.clock, 30_000);
		expect(world.health.acts).toHaveLength(1);
		await pass(world.clock, 60_000);
		expect(world.health.acts).toHaveLength(2);
		await pass(world.clock, 3_600_000, 6_000);
		expect(world.health.acts).toHaveLength(3);
		expect(world.notices.map(({ kind }) => kind)).toEqual(['failed', 'failed', 'failed', 'gaveUp']);
		expect(world.notices.at(-1)?.text).toBe(
			'Restart Ollama: It was tried 3 times for this incident without lasting effect. It is unhealthy.',
		);
	});

	test('is watched for as long as its runbook says, and its late effect counts', async () => {
		const world = withOllama();
		world.rules.level = 3;
		world.health.afterAct = undefined;
		await down(world);
		await pass(world.clock, 20_000);
		world.health.set('provider:ollama', 'healthy', 'runbook');
		await settle();
		expect(repairs(world).at(-1)).toBe('succeeded');
		expect(world.notices).toMatchObject([{ kind: 'fixed' }]);
	});

	test('one whose action fails says why', async () => {
		const world = withOllama();
		world.rules.level = 3;
		world.health.actError = new Error('Its binary is gone.');
		await down(world);
		expect(repairs(world).slice(-2)).toEqual(['step failed: Its binary is gone.', 'failed: Its binary is gone.']);
	});
});

describe('the kill switch', () => {
	test('keeps everything from being done, also what the user clicks, and says so in the list', async () => {
		const world = withOllama();
		await world.killSwitch.set(true, world.clock.now());
		world.rules.level = 4;
		await down(world);
		await pass(world.clock, 60_000);
		const refused = {
			kind: 'refused',
			guardrail: 'killSwitch',
			why: 'The kill switch is on. You switched it on.',
			execution: null,
		};
		expect(await world.monitors.allow(key, 'restart-service')).toEqual(refused);
		expect([world.health.acts, repairs(world)]).toEqual([[], []]);
		expect(await world.monitors.suggestions()).toMatchObject([
			{ obstacle: 'Refused (kill switch): The kill switch is on. You switched it on.' },
		]);
		await world.killSwitch.set(false, world.clock.now());
		world.monitors.reconsider();
		await pass(world.clock, 2_000);
		expect(world.health.acts).toEqual(['restart provider:ollama']);
	});

	test('is read again after a person has answered', async () => {
		const world = withOllama();
		world.rules.level = 2;
		await down(world);
		await world.killSwitch.set(true, world.clock.now());
		const [approval] = world.approvals.pending;
		world.approvals.decide(approval!.id, { outcome: 'allow', scope: 'once', word: approval!.word! });
		await settle();
		expect(world.health.acts).toEqual([]);
		expect(repairs(world).slice(-2)).toEqual(['step refused: The kill switch is on. You switched it on.', 'stopped']);
		// It was refused before anything was touched: it is no attempt, and another one may begin.
		expect([await world.log.read(), await world.log.running()]).toEqual([[], null]);
	});

	test.each([
		['nothing', '', true],
		['no JSON', '{"isOn":fal', true],
		['no object', 'false', true],
		['no word of its own', '{"isOn":"false","since":1}', true],
		['off', '{"isOn":false,"since":1}', false],
	])('a file that holds %s', async (_, text, isOn) => {
		const { folder, killSwitch } = newWorld();
		writeFileSync(join(folder, 'kill-switch.json'), text);
		expect((await killSwitch.read()).isOn).toBe(isOn);
	});

	test('without a file it is off, and one that cannot be read is on', async () => {
		const { folder, killSwitch } = newWorld();
		expect(await killSwitch.read()).toEqual({ isOn: false, why: '', since: null });
		const { mkdirSync } = await import('node:fs');
		mkdirSync(join(folder, 'kill-switch.json'));
		expect(await killSwitch.read()).toMatchObject({
			isOn: true,
			why: expect.stringMatching(/^Its file cannot be read, which counts as on: /) as string,
		});
	});
});

describe('over time and windows', () => {
	test('attempts and cool-downs survive a reload, and nothing is told twice', async () => {
		const folder = newFolder();
		const first = withOllama(newWorld({ folder }));
		first.rules.level = 3;
		first.health.afterAct = undefined;
		await down(first);
		await pass(first.clock, 60_000);
		first.monitors.dispose();
		const { clock, health } = first;
		const second = newWorld({ folder, clock, health });
		second.rules.level = 3;
		await second.monitors.start();
		await pass(clock, 20_000);
		expect(health.acts).toHaveLength(1);
		await pass(clock, 60_000);
		expect(health.acts).toHaveLength(2);
		expect(await second.log.read()).toHaveLength(2);
	});

	test('of two windows one acts, and the other goes on when that is closed', async () => {
		const folder = newFolder();
		let holder = 'first';
		const first = withOllama(newWorld({ folder, isHolder: () => holder === 'first' }));
		const { clock, health, alerts } = first;
		const second = newWorld({ folder, clock, health, alerts, isHolder: () => holder === 'second' });
		first.rules.level = second.rules.level = 3;
		await down(first);
		expect([health.acts.length, repairs(first).length, repairs(second).length]).toEqual([1, 5, 0]);
		first.monitors.dispose();
		holder = 'second';
		await pass(clock, 600_000, 6_000);
		await down(second);
		expect([health.acts.length, repairs(second).length]).toEqual([2, 5]);
	});

	test('a window that takes over goes on with what the other one had begun', async () => {
		const folder = newFolder();
		let holder = 'first';
		const first = withOllama(newWorld({ folder, isHolder: () => holder === 'first' }));
		const { clock, health } = first;
		// What it is told ends with it: only the file knows.
		const second = newWorld({ folder, clock, health, isHolder: () => holder === 'second' });
		await second.monitors.start();
		first.rules.level = second.rules.level = 3;
		health.afterAct = undefined;
		await down(first);
		await pass(clock, 60_000);
		first.monitors.dispose();
		holder = 'second';
		await pass(clock, 100_000);
		expect([health.acts.length, repairs(second)[0]]).toEqual([2, 'runbook by alert: Restart Ollama']);
		expect((await second.log.read()).map(({ since }) => since)).toEqual([
			second.monitors.incidents[0]!.since,
			second.monitors.incidents[0]!.since,
		]);
	});

	test('looking at the list changes nothing in a window for which all is well: whoever looks at each change would look for ever', async () => {
		const folder = newFolder();
		const first = withOllama(newWorld({ folder }));
		const second = withOllama(newWorld({ folder, clock: first.clock, isHolder: () => false }));
		await second.monitors.start();
		await down(first);
		let changes = 0;
		const listening = second.monitors.onDidChange(() => changes++);
		expect([await second.monitors.suggestions(), await second.monitors.suggestions()]).toEqual([[], []]);
		expect(changes).toBe(0);
		// Here it is wrong as well, and that is told once.
		second.health.services = first.health.services;
		expect(await second.monitors.suggestions()).toHaveLength(1);
		expect(await second.monitors.suggestions()).toHaveLength(1);
		expect(changes).toBe(1);
		listening.dispose();
	});

	test('a list in another window knows what is wrong', async () => {
		const folder = newFolder();
		const first = withOllama(newWorld({ folder }));
		const second = withOllama(newWorld({ folder, clock: first.clock, isHolder: () => false }));
		await second.monitors.start();
		await down(first);
		// It shows what the first one has seen.
		second.health.services = first.health.services;
		expect(await second.monitors.suggestions()).toMatchObject([{ title: 'Restart Ollama' }]);
	});

	test('an MCP server is started again by its own window, whoever looks after the machine', async () => {
		const world = newWorld({ isHolder: () => false });
		world.rules.level = 3;
		world.health.add('mcp:files', { kind: 'mcp' });
		world.health.add('provider:ollama');
		await down(world);
		await down(world, 'mcp:files');
		expect(world.health.acts).toEqual(['restart mcp:files']);
	});

	test('two clicks in one moment are one repair', async () => {
		const folder = newFolder();
		const first = withOllama(newWorld({ folder }));
		const { clock, health } = first;
		const second = newWorld({ folder, clock, health });
		health.afterAct = undefined;
		await down(first);
		const incident = first.monitors.incidents[0]!;
		const outcomes = [first, second].map(async world => {
			const [repair] = await plans(world, incident);
			return world.repairer.repair({ ...repair!, by: 'user' });
		});
		await settle();
		for (const { approvals } of [first, second])
			approvals.decide(approvals.pending[0]!.id, {
				outcome: 'allow',
				scope: 'once',
				word: approvals.pending[0]!.word!,
			});
		await settle();
		expect(health.acts).toHaveLength(1);
		await pass(clock, 60_000);
		expect((await Promise.all(outcomes)).map(({ kind }) => kind).sort()).toEqual(['failed', 'refused']);
	});

	test('after a night asleep each round comes once', async () => {
		const world = withOllama();
		world.machine.storage = { kind: 'nothing' };
		// The wall clock jumps; what was due is due once.
		world.clock.wall += 8 * 3_600_000;
		await pass(world.clock, 1_800_000, 60_000);
		expect(world.machine.tidied).toBe(1);
	});

	test('a window that sees nothing of an old incident closes it by itself', async () => {
		const folder = newFolder();
		const first = withOllama(newWorld({ folder }));
		await down(first);
		first.monitors.dispose();
		const second = withOllama(newWorld({ folder, clock: first.clock }));
		await second.monitors.start();
		expect(second.monitors.incidents).toEqual([]);
	});
});

async function plans(world: World, incident: Incident) {
	const { plansFor } = await import('../../../src/core/monitors/runbook');
	const { builtInRunbooks } = await import('../../../src/core/monitors/builtIn');
	return (await plansFor(builtInRunbooks(world.ports), incident, () => undefined)).map(each => ({ incident, ...each }));
}
