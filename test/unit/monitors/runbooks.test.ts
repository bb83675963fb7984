import { describe, expect, test } from 'vitest';
import { flowRunbook, readFlowRunbooks, type FlowRunner } from '../../../src/core/monitors/flowRunbooks';
import { newWorld, pass, settle, type World } from './world';

async function raise(world: World, subject: string): Promise<readonly string[]> {
	world.alerts.raise(subject, { startedAt: world.clock.now() });
	await pass(world.clock, 2_000);
	return world.suggestions.map(({ text }) => text);
}

describe('built-in runbooks', () => {
	test('the largest model is unloaded where the memory of the GPU is full', async () => {
		const world = newWorld();
		world.rules.level = 3;
		world.machine.loaded = [
			{ provider: 'ollama', model: 'qwen3:32b', bytes: 20 * 2 ** 30 },
			{ provider: 'ollama', model: 'tiny', bytes: 2 ** 30 },
		];
		await raise(world, 'gpu.memory:0');
		expect(world.machine.unloaded).toEqual(['qwen3:32b']);
	});

	test('idle agents are closed where memory is short and no model can go', async () => {
		const world = newWorld();
		world.machine.idle = ['Fix the build'];
		expect(await raise(world, 'memory.usage')).toEqual([
			'memory.usage is too high, for 1 s now. Close 1 idle agent? Their conversations go on with the next prompt.',
		]);
	});

	test('caches are cleared where there is something in them, and it says how much that gave', async () => {
		const world = newWorld();
		world.rules.level = 3;
		let left = 300 * 2 ** 20;
		const clear = (): Promise<number> => {
			const freed = left;
			left = 0;
			world.alerts.resolve(world.alerts.open[0]!.id);
			return Promise.resolve(freed);
		};
		world.machine.caches.push(
			{ name: 'results of flow nodes', bytes: () => Promise.resolve(left), clear },
			{ name: 'empty', bytes: () => Promise.resolve(0), clear: () => Promise.reject(new Error('never')) },
		);
		await raise(world, 'disk.usage:/home');
		expect(world.notices).toMatchObject([
			{ kind: 'fixed', text: expect.stringContaining('300 MB were given back.') as string },
		]);
	});

	test('one that cannot even look what it would do keeps no other one from it', async () => {
		const world = newWorld();
		world.machine.idle = ['Fix the build'];
		world.ports.loadedModels = () => Promise.reject(new Error('no such provider'));
		expect(await raise(world, 'memory.usage')).toHaveLength(1);
		expect(await world.monitors.suggestions()).toMatchObject([{ title: 'Close 1 idle agent' }]);
	});

	test('nothing is suggested where nothing can be done', async () => {
		const world = newWorld();
		for (const subject of ['disk.usage:/', 'memory.usage', 'gpu.memory:0', 'gpu.temperature:0', 'flow:x'])
			expect(await raise(world, subject)).toEqual([]);
		expect(world.monitors.incidents).toHaveLength(5);
	});

	test('a port is freed before the service is started again, and only of the very process that was shown', async () => {
		const world = newWorld();
		world.health.add('provider:ollama', { name: 'Ollama' });
		world.machine.ports = { 'provider:ollama': 11_434 };
		world.machine.holder = { pid: 4711, label: 'node, started by claude,' };
		world.health.set('provider:ollama', 'unhealthy');
		await pass(world.clock, 2_000);
		expect(world.suggestions.map(({ title }) => title)).toEqual(['Free port 11434']);
		const outcome = world.monitors.allow('service.down provider:ollama', 'free-port');
		await settle();
		world.machine.holder = { pid: 4712, label: 'another' };
		const [view] = world.approvals.pending;
		expect(view).toMatchObject({ tier: 'ORANGE', grants: ['once'] });
		world.approvals.decide(view!.id, { outcome: 'allow', scope: 'once', word: view!.word! });
		expect(await outcome).toMatchObject({ kind: 'failed', why: 'Port 11434 is not kept by process 4711 any more.' });
		expect(world.machine.ended).toEqual([]);
	});

	test('a server that we can start is offered to be, with what that means', async () => {
		const world = newWorld();
		const startNote = 'It ends when this window is closed.';
		world.health.add('provider:ollama', { name: 'Ollama', actions: ['start'], startNote });
		world.health.set('provider:ollama', 'unhealthy');
		await pass(world.clock, 2_000);
		expect(world.suggestions.map(({ title, text }) => [title, text])).toEqual([
			['Start Ollama', `Ollama stopped answering 1 s ago. Start it? ${startNote}`],
		]);
		world.rules.level = 3;
		void world.monitors.allow('service.down provider:ollama', 'restart-service');
		await settle();
		for (const { id, word } of world.approvals.pending)
			world.approvals.decide(id, { outcome: 'allow', scope: 'once', ...(word === null ? {} : { word }) });
		await pass(world.clock, 2_000);
		expect(world.health.acts).toEqual(['start provider:ollama']);
		expect(world.monitors.incidents).toEqual([]);
	});

	test('an alert that somebody acknowledges is theirs', async () => {
		const world = newWorld();
		world.rules.level = 3;
		world.machine.idle = ['Fix the build'];
		const { id } = world.alerts.raise('memory.usage');
		world.alerts.acknowledge(id);
		await pass(world.clock, 60_000);
		expect([world.events, world.monitors.incidents]).toEqual([[], []]);
	});
});

describe('flows as runbooks', () => {
	const runs: unknown[] = [];
	const runner: FlowRunner = {
		exists: flow => Promise.resolve(flow !== 'gone.flow.json'),
		run: (flow, inputs) => {
			runs.push([flow, inputs]);
			return Promise.resolve('It has run.');
		},
	};

	test('the setting is read entry by entry, and what is wrong is said', () => {
		const { configs, problems } = readFlowRunbooks(
			[
				{ condition: 'disk.full', flow: 'ops/tidy.flow.json' },
				{ condition: 'disk.empty', flow: 'ops/tidy.flow.json' },
				{ condition: 'hot', flow: 'ops/tidy.sh' },
				{ condition: 'hot', flow: 'a.flow.json', coolDownMinutes: 0 },
				'tidy',
				{
					condition: 'alert:nightly',
					flow: 'a.flow.json',
					subject: 'flow:x',
					title: 'Tidy',
					coolDownMinutes: 5,
					verifySeconds: 1,
				},
			],
			'user',
		);
		expect(configs).toEqual([
			{ condition: 'disk.full', flow: 'ops/tidy.flow.json', coolDownMinutes: 10, verifySeconds: 60, place: 'user' },
			{
				condition: 'alert:nightly',
				flow: 'a.flow.json',
				subject: 'flow:x',
				title: 'Tidy',
				coolDownMinutes: 5,
				verifySeconds: 1,
				place: 'user',
			},
		]);
		expect(problems.map(text => text.slice(0, 33))).toEqual(
			[2, 3, 4, 5].map(number => `Entry ${number} of quarterdeck.runbooks: `.slice(0, 33)),
		);
	});

	test.each(['user', 'workspace'] as const)('one of the %s at level 4', async place => {
		const { configs } = readFlowRunbooks([{ condition: 'disk.full', flow: 'ops/tidy.flow.json' }], place);
		const world = newWorld({ runbooks: configs.map(config => flowRunbook(config, runner)) });
		world.rules.level = 4;
		runs.length = 0;
		await raise(world, 'disk.usage:/home');
		if (place === 'user')
			expect(runs).toMatchObject([['ops/tidy.flow.json', { condition: 'disk.full', subject: 'disk.usage:/home' }]]);
		else
			expect([runs, world.approvals.pending[0]?.reasons]).toEqual([
				[],
				expect.arrayContaining(['It comes with the settings of this workspace, so it never acts by itself.']),
			]);
		world.repairer.stop();
		await settle();
	});

	test('one for another subject, or whose file is gone, is not offered', async () => {
		const settings = [
			{ condition: 'disk.full', flow: 'a.flow.json', subject: 'disk.usage:/srv' },
			{ condition: 'disk.full', flow: 'gone.flow.json' },
		];
		const { configs } = readFlowRunbooks(settings, 'user');
		const world = newWorld({ runbooks: configs.map(config => flowRunbook(config, runner)) });
		expect(await raise(world, 'disk.usage:/home')).toEqual([]);
	});
});
