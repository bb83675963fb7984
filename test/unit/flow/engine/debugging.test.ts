import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../src/core/base/json';
import type { RunEvent } from '../../../../src/core/flow/engine/events';
import { ManualClock } from '../../../fakes/manualClock';
import { flowOf, runFlow, runs, startRun, states, valuesOf } from './support';

const chain = flowOf({ a: { type: 'value', params: { value: 1 } }, b: 'add', c: 'add', d: 'add' }, [
	'a -> b',
	'b -> c',
	'c -> d',
]);
const placesOf = (events: readonly RunEvent[]): string[] =>
	events.flatMap(event =>
		event.type === 'node.waiting' ? [`${event.when ?? event.for} ${event.frame}/${event.node}`] : [],
	);

describe('breakpoints', () => {
	test('before: the value at the port is changed, and the run goes on with it', async () => {
		const { run, events, result } = await startRun(chain, { breakpoints: [{ node: 'b', when: 'before' }] });
		expect(run.holds).toEqual([{ place: { node: 'b', frame: '' }, when: 'before' }]);
		expect(events.at(-1)).toEqual({ type: 'run.status', status: 'paused' });
		expect(run.value({ node: 'b', frame: '' }, 'input', 'in')).toBe(1);
		expect(run.setValue({ node: 'b', frame: '' }, 'input', 'in', 10)).toBe(true);
		expect(run.setValue({ node: 'd', frame: '' }, 'input', 'in', 10)).toBe(false);
		run.resume();
		await result;
		expect(valuesOf(events, 'd')).toEqual({ out: 13 });
	});

	test('after: what came out is changed before others see it', async () => {
		const { run, events, result } = await startRun(chain, { breakpoints: [{ node: 'b', when: 'after' }] });
		expect(states(events)).toEqual({ a: 'succeeded', b: 'succeeded' });
		expect(run.setValue({ node: 'b', frame: '' }, 'output', 'out', 100)).toBe(true);
		run.resume();
		await result;
		expect(valuesOf(events, 'd')).toEqual({ out: 102 });
	});

	test('on error: a value stands in for the failure; without one it fails', async () => {
		const flow = flowOf({ a: 'fail', b: 'add' }, ['a -> b']);
		const breakpoints = [{ node: 'a', when: 'error' as const }];
		const first = await startRun(flow, { breakpoints });
		first.run.setValue({ node: 'a', frame: '' }, 'output', 'out', 4);
		first.run.resume();
		expect(await first.result).toMatchObject({ status: 'succeeded' });
		expect(valuesOf(first.events, 'b')).toEqual({ out: 5 });
		const second = await startRun(flow, { breakpoints });
		second.run.resume();
		expect(await second.result).toMatchObject({ status: 'failed', node: 'a' });
	});

	test('a condition sees the ports; one that throws stops, and says so', async () => {
		const flow = flowOf(
			{ v: { type: 'value', params: { value: [1, 2, 3] } }, m: { type: 'forEach' }, p: { type: 'add', in: 'm' } },
			['v -> m.items', 'm.item -> p', 'p -> m.result'],
		);
		const hit = await startRun(flow, { breakpoints: [{ node: 'p', when: 'before', condition: 'input.in === 2' }] });
		expect(hit.run.holds).toMatchObject([{ place: { frame: 'm#1' } }]);
		hit.run.stop();
		const wrong = await startRun(flow, { breakpoints: [{ node: 'p', when: 'after', condition: 'output.out + (' }] });
		expect(wrong.run.holds).toMatchObject([{ place: { frame: 'm#0' } }]);
		expect(wrong.events.some(event => event.type === 'run.log' && event.text.startsWith('The condition'))).toBe(true);
		wrong.run.stop();
	});

	test('others go on while a node is held, but nothing new begins', async () => {
		const started: string[] = [];
		const slow = runs('slow', async (_, __, context) => {
			started.push(context.node);
			await new Promise(resolve => setTimeout(resolve, 5));
			return { out: 1 };
		});
		const flow = flowOf({ s: 'slow', t: 'slow', a: 'value', b: 'add' }, ['a -> b', 's -> t']);
		const { run, events, result } = await startRun(flow, {
			types: [slow],
			breakpoints: [{ node: 'b', when: 'before' }],
		});
		await expect.poll(() => states(events)['s']).toBe('succeeded');
		expect(started).toEqual(['s']);
		run.resume();
		await result;
		expect(started).toEqual(['s', 't']);
	});

	test('step by step through a chain, and stepping ends with the run', async () => {
		const { run, events, result } = await startRun(chain, { breakpoints: [{ node: 'a', when: 'before' }] });
		for (const node of ['b', 'c', 'd']) {
			expect(run.step('over')).toBe(true);
			await expect.poll(() => run.holds).toMatchObject([{ place: { node } }]);
		}
		expect(placesOf(events)).toEqual(['before /a', 'before /b', 'before /c', 'before /d']);
		run.step('into');
		expect(await result).toMatchObject({ status: 'succeeded' });
		expect(run.step('over')).toBe(false);
	});

	test('step over a container runs its inside; step into stops there', async () => {
		const flow = flowOf(
			{ v: { type: 'value', params: { value: [1, 2] } }, m: 'map', p: { type: 'add', in: 'm' }, e: 'pass' },
			['v -> m.items', 'm.item -> p', 'p -> m.result', 'm.results -> e'],
		);
		const breakpoints = [{ node: 'm', when: 'before' as const }];
		const over = await startRun(flow, { breakpoints });
		over.run.step('over');
		await expect.poll(() => over.run.holds).toMatchObject([{ place: { node: 'e', frame: '' } }]);
		over.run.resume();
		expect(await over.result).toMatchObject({ status: 'succeeded' });
		const into = await startRun(flow, { breakpoints });
		into.run.step('into');
		await expect.poll(() => into.run.holds).toMatchObject([{ place: { node: 'p', frame: 'm#0' } }]);
		into.run.resume();
		expect(await into.result).toMatchObject({ status: 'succeeded' });
		expect(valuesOf(into.events, 'e')).toEqual({ out: [2, 3] });
	});

	test('pause holds the next node; values of ended nodes can be changed; Stop works while paused', async () => {
		let go!: () => void;
		const slow = runs('slow', () => new Promise(resolve => (go = () => resolve({ out: 1 }))));
		const flow = flowOf({ s: 'slow', b: 'add', c: 'list' }, ['s -> b', 's -> c', 'b -> c']);
		const { run, events, result } = await startRun(flow, { types: [slow] });
		run.pause();
		go();
		await expect.poll(() => run.holds).toMatchObject([{ place: { node: 'b' }, when: 'before' }]);
		expect(run.setValue({ node: 's', frame: '' }, 'output', 'out', 5)).toBe(true);
		run.resume();
		await result;
		expect(valuesOf(events, 'c')).toEqual({ out: [5, 2] });
		const paused = await startRun(chain, { breakpoints: [{ node: 'b', when: 'before' }] });
		paused.run.stop();
		expect(await paused.result).toMatchObject({ status: 'stopped' });
	});

	test('breakpoints are changed while it runs', async () => {
		const { run, result } = await startRun(chain, { breakpoints: [{ node: 'a', when: 'before' }] });
		run.setBreakpoints([{ node: 'c', when: 'before' }]);
		run.resume();
		await expect.poll(() => run.holds).toMatchObject([{ place: { node: 'c' } }]);
		run.setBreakpoints([]);
		run.resume();
		expect(await result).toMatchObject({ status: 'succeeded' });
	});
});

describe('people', () => {
	const approve = runs(
		'approve',
		async (_, { ms }, { people }) => {
			const answer = await people.approve({
				title: 'Publish?',
				detail: 'v1',
				timeoutMs: (ms as number | undefined) ?? null,
			});
			if (answer === null) return { late: true };
			return answer.isApproved ? { yes: answer.comment } : { no: answer.comment };
		},
		{
			ports: {
				inputs: [],
				outputs: ['yes', 'no', 'late'].map(name => ({ name, title: name, kind: 'any' as const })),
			},
		},
	);
	const input = runs('input', async (_, __, { people }) => ({
		out: (await people.ask(
			[{ question: 'Which?', header: '', isMultiSelect: false, options: [] }],
			null,
		)) as unknown as Json,
	}));

	test('approval and input wait without holding others up, and their answers take the branch', async () => {
		const flow = flowOf({ a: 'approve', y: 'pass', n: 'pass', i: 'input', v: 'value', w: 'add' }, [
			'a.yes -> y',
			'a.no -> n',
			'v -> w',
		]);
		const { run, events, result } = await startRun(flow, { types: [approve, input], limits: { concurrency: 1 } });
		expect(states(events)).toEqual({ v: 'succeeded', w: 'succeeded' });
		expect(run.waits.map(({ node, kind, ask }) => [node, kind, ask.title])).toEqual([
			['a', 'approval', 'Publish?'],
			['i', 'input', 'Which?'],
		]);
		const [first, second] = run.waits;
		expect(run.answer(first!.ask.id, { kind: 'input', answers: {} })).toBe(false);
		expect(run.answer(first!.ask.id, { kind: 'approval', isApproved: false, comment: 'not now' })).toBe(true);
		expect(run.answer(first!.ask.id, { kind: 'approval', isApproved: true, comment: '' })).toBe(false);
		run.answer(second!.ask.id, { kind: 'input', answers: { 'Which?': 'this' } });
		await result;
		expect(valuesOf(events, 'n')).toEqual({ out: 'not now' });
		expect(valuesOf(events, 'i')).toEqual({ out: { 'Which?': 'this' } });
		expect(states(events)).toMatchObject({ y: 'skipped' });
	});

	test('a wait that is over takes the branch for that', async () => {
		const clock = new ManualClock();
		const flow = flowOf({ a: { type: 'approve', params: { ms: 3 * 86_400_000 } }, l: 'pass' }, ['a.late -> l']);
		const { run, events, result } = await startRun(flow, { types: [approve], clock });
		expect(run.waits[0]!.ask.until).toBe(clock.now() + 3 * 86_400_000);
		clock.advance(3 * 86_400_000);
		await result;
		expect(valuesOf(events, 'l')).toEqual({ out: true });
	});

	test('Stop ends a wait', async () => {
		const { run, result } = await startRun(flowOf({ a: 'approve' }), { types: [approve] });
		run.stop();
		expect(await result).toMatchObject({ status: 'stopped' });
		expect(run.waits).toEqual([]);
	});
});

describe('parts of a flow', () => {
	const flow = flowOf({ a: { type: 'value', params: { value: 1 } }, b: 'add', c: 'add', x: 'add', y: 'pass' }, [
		'a -> b',
		'b -> c',
		'a -> x',
		'c -> y',
	]);

	test('run to here runs what leads there, and stops at what is pinned', async () => {
		const here = await runFlow(flow, { scope: { kind: 'toHere', node: 'c' } });
		expect(states(here.events)).toEqual({ a: 'succeeded', b: 'succeeded', c: 'succeeded' });
		const pinned = await runFlow(flow, { scope: { kind: 'toHere', node: 'c' }, pins: new Map([['b', { out: 41 }]]) });
		expect(states(pinned.events)).toEqual({ b: 'pinned', c: 'succeeded' });
		expect(valuesOf(pinned.events, 'c')).toEqual({ out: 42 });
	});

	test('run from here and run only this use what an earlier run gave', async () => {
		const earlier = new Map([
			['a', { out: 1 }],
			['b', { out: 10 }],
		]);
		const from = await runFlow(flow, { scope: { kind: 'fromHere', node: 'c' }, earlier });
		expect(from.events[0]).toMatchObject({ type: 'run.started', cached: ['b'] });
		expect(states(from.events)).toEqual({ b: 'cached', c: 'succeeded', y: 'succeeded' });
		const only = await runFlow(flow, { scope: { kind: 'only', node: 'c' }, earlier });
		expect(states(only.events)).toEqual({ b: 'cached', c: 'succeeded' });
		await expect(runFlow(flow, { scope: { kind: 'only', node: 'c' } })).rejects.toMatchObject({ code: 'flow-scope' });
		await expect(runFlow(flow, { scope: { kind: 'toHere', node: 'nobody' } })).rejects.toMatchObject({
			code: 'flow-scope',
		});
	});

	test('to a node inside of a container: its inside runs as far as there, for every item', async () => {
		const inner = flowOf(
			{
				v: { type: 'value', params: { value: [1, 2] } },
				m: 'map',
				p: { type: 'add', in: 'm' },
				q: { type: 'add', in: 'm' },
				z: 'pass',
			},
			['v -> m.items', 'm.item -> p', 'p -> q', 'q -> m.result', 'm.results -> z'],
		);
		const { events, status } = await runFlow(inner, { scope: { kind: 'toHere', node: 'p' } });
		expect(status).toBe('succeeded');
		expect(states(events)).toEqual({ v: 'succeeded', 'm#0/p': 'succeeded', 'm#1/p': 'succeeded', m: 'succeeded' });
	});

	test('muted nodes and what hangs on them alone do not run; bypassed ones hand on their first input', async () => {
		const skip = flowOf(
			{
				a: { type: 'value', params: { value: 1 } },
				b: { type: 'add', skip: 'mute' },
				c: 'add',
				d: { type: 'add', skip: 'bypass' },
				e: 'add',
			},
			['a -> b', 'b -> c', 'a -> d', 'd -> e'],
		);
		const { events } = await runFlow(skip);
		expect(states(events)).toMatchObject({ b: 'skipped', c: 'skipped', d: 'succeeded' });
		expect(valuesOf(events, 'e')).toEqual({ out: 2 });
	});

	test('triggers: the one that started the run is taken, a person takes all', async () => {
		const triggers = {
			...flowOf({ t: 'trigger', u: 'trigger', a: 'pass', b: 'pass' }, ['t -> a', 'u -> b']),
			inputs: { x: { type: 'any' as const, default: 1 } },
		};
		const one = await runFlow(triggers, { trigger: { node: 't', outputs: { out: 'file' } } });
		expect(states(one.events)).toEqual({ t: 'succeeded', u: 'skipped', a: 'succeeded', b: 'skipped' });
		expect(valuesOf(one.events, 'a')).toEqual({ out: 'file' });
		const all = await runFlow(triggers);
		expect(valuesOf(all.events, 'b')).toEqual({ out: { x: 1 } });
	});

	test('a flow that cannot run says why, and nothing begins', async () => {
		await expect(runFlow(flowOf({ a: 'nothing' }))).rejects.toMatchObject({ code: 'flow-invalid' });
		await expect(runFlow(flowOf({ a: 'add', b: 'add' }, ['a -> b', 'b -> a']))).rejects.toThrow('in a circle');
		await expect(runFlow({ ...flowOf({}), inputs: { n: { type: 'number' } } }, { inputs: { n: 'x' } })).rejects.toThrow(
			"The input 'n' of 'Test' must be a number.",
		);
		await expect(runFlow({ ...flowOf({}), inputs: { n: { type: 'number' } } })).rejects.toThrow("needs the input 'n'");
	});
});

describe('the cache', () => {
	const store = (): {
		values: Map<string, Readonly<Record<string, Json | undefined>>>;
		get: (key: string) => never;
		set: (key: string, value: Readonly<Record<string, Json | undefined>>) => void;
	} => {
		const values = new Map<string, Readonly<Record<string, Json | undefined>>>();
		return { values, get: key => values.get(key) as never, set: (key, value) => void values.set(key, value) };
	};

	test('answers pure nodes of the same parameters and inputs, and no others', async () => {
		const cache = store();
		let [pure, reads] = [0, 0];
		const types = [
			runs('pure', ({ in: value }) => (pure++, { out: value }), { effects: 'pure' }),
			runs('reads', ({ in: value }) => (reads++, { out: value })),
		];
		const flow = (value: Json): ReturnType<typeof flowOf> =>
			flowOf({ v: { type: 'value', params: { value } }, a: 'pure', b: 'reads', c: { type: 'pure', cache: false } }, [
				'v -> a',
				'v -> b',
				'v -> c',
			]);
		await runFlow(flow(1), { types, cache });
		const again = await runFlow(flow(1), { types, cache });
		expect([pure, reads]).toEqual([3, 2]);
		expect(states(again.events)).toMatchObject({ v: 'cached', a: 'cached', b: 'succeeded', c: 'succeeded' });
		await runFlow(flow(2), { types, cache });
		expect([pure, reads]).toEqual([5, 3]);
	});

	test('a result that was made of more than its inputs is not kept', async () => {
		const cache = store();
		let count = 0;
		const reader = runs('reader', (_, __, context) => (count++, { out: context.evaluate('flow.x', {}) }), {
			effects: 'pure',
		});
		const flow = { ...flowOf({ r: 'reader' }), inputs: { x: { type: 'any' as const } } };
		await runFlow(flow, { types: [reader], cache, inputs: { x: 1 } });
		const { events } = await runFlow(flow, { types: [reader], cache, inputs: { x: 2 } });
		expect(valuesOf(events, 'r')).toEqual({ out: 2 });
		expect(count).toBe(2);
	});
});
