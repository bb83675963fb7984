import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../src/core/base/json';
import { flowOf, runFlow, runs, startRun, states, valuesOf } from './support';

const list = (value: Json): { type: string; params: { value: Json } } => ({ type: 'value', params: { value } });
const tick = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

describe('containers', () => {
	test('map runs its inside for every item, so many at once, results in order', async () => {
		let [running, most] = [0, 0];
		const slow = runs('slow', async inputs => {
			most = Math.max(most, ++running);
			await tick(5 - Number(inputs['in']));
			running--;
			return { out: Number(inputs['in']) * 10 };
		});
		const flow = flowOf(
			{ v: list([0, 1, 2, 3, 4]), m: { type: 'map', params: { concurrency: 2 } }, s: { type: 'slow', in: 'm' } },
			['v -> m.items', 'm.item -> s', 's -> m.result'],
		);
		const { status, events } = await runFlow(flow, { types: [slow] });
		expect({ status, most }).toEqual({ status: 'succeeded', most: 2 });
		expect(valuesOf(events, 'm')).toEqual({ results: [0, 10, 20, 30, 40] });
	});

	test('map over nothing, an empty body and an untaken branch inside', async () => {
		const flow = flowOf(
			{
				none: list([]),
				some: list([1, 0]),
				a: 'map',
				b: 'map',
				c: 'map',
				i: { type: 'if', in: 'c' },
			},
			['none -> a.items', 'some -> b.items', 'some -> c.items', 'c.item -> i', 'i.yes -> c.result'],
		);
		const { events } = await runFlow(flow);
		expect([valuesOf(events, 'a'), valuesOf(events, 'b'), valuesOf(events, 'c')]).toEqual([
			{ results: [] },
			{ results: [null, null] },
			{ results: [1, null] },
		]);
	});

	test.each([
		['stop', undefined, 'failed'],
		['skip', { results: [1, 3], errors: [{ index: 1, message: 'odd', code: 'failed', node: 'f' }] }, 'succeeded'],
		['null', { results: [1, null, 3], errors: [{ index: 1, message: 'odd', code: 'failed', node: 'f' }] }, 'succeeded'],
	] as const)('an item that fails: %s', async (onItemError, outputs, status) => {
		const picky = runs('picky', ({ in: value }) => {
			if (value === 2) throw new Error('odd');
			return { out: value };
		});
		const flow = flowOf(
			{ v: list([1, 2, 3]), m: { type: 'map', params: { onItemError } }, f: { type: 'picky', in: 'm' } },
			['v -> m.items', 'm.item -> f', 'f -> m.result'],
		);
		const result = await runFlow(flow, { types: [picky] });
		expect(result.status).toBe(status);
		if (outputs) expect(valuesOf(result.events, 'm')).toEqual(outputs);
		else expect(result.error).toBe("'f' failed: odd");
	});

	test('forEach sees what came before, nested, with a value from outside and expressions', async () => {
		const flow = flowOf(
			{
				v: list([1, 2]),
				ten: list(10),
				outer: 'forEach',
				w: { type: 'value', params: { value: ['{{ item }}', '{{ item + 1 }}'] }, in: 'outer' },
				inner: { type: 'forEach', in: 'outer' },
				sum: {
					type: 'value',
					params: { value: '{{ item * nodes.ten.out + (previous ?? 0) + input.in }}' },
					in: 'inner',
				},
			},
			['v -> outer.items', 'w -> inner.items', 'ten -> sum', 'sum -> inner.result', 'inner.last -> outer.result'],
		);
		const { events, error } = await runFlow(flow);
		expect(error).toBeNull();
		// First: 1*10+10 = 20, 2*10+20+10 = 50. Second: 2*10+10 = 30, 3*10+30+10 = 70.
		expect(valuesOf(events, 'outer')).toEqual({ results: [50, 70], last: 70 });
	});

	test('while goes on until its condition is false, or no next value comes, or it was often enough', async () => {
		const loop = (params: Readonly<Record<string, Json>>, inner = 'add'): Promise<unknown> =>
			runFlow(
				flowOf({ v: list(0), w: { type: 'while', params }, a: { type: inner, in: 'w' } }, [
					'v -> w.value',
					'w.value -> a',
					inner === 'if' ? 'a.yes -> w.next' : 'a -> w.next',
				]),
			).then(({ events }) => valuesOf(events, 'w'));
		expect(await loop({ condition: 'value < 5' })).toEqual({ value: 5, count: 5 });
		expect(await loop({ maxIterations: 3 })).toEqual({ value: 3, count: 3 });
		expect(await loop({}, 'if')).toEqual({ value: 0, count: 1 });
		expect(await loop({ condition: 'false' })).toEqual({ value: 0, count: 0 });
	});

	test('try catches what fails inside, also deeper, and stops what runs there', async () => {
		const hang = runs('hang', () => new Promise(() => undefined));
		const flow = flowOf(
			{
				v: list([1]),
				t: 'try',
				m: { type: 'map', in: 't' },
				f: { type: 'fail', in: 'm' },
				h: { type: 'hang', in: 't' },
				e: 'pass',
				n: 'pass',
			},
			['v -> t.input', 't.input -> m.items', 'm.item -> f', 'm.results -> t.result', 't.error -> e', 't.result -> n'],
		);
		const { status, events } = await runFlow(flow, { types: [hang] });
		expect(status).toBe('succeeded');
		expect(valuesOf(events, 'e')).toEqual({ out: { message: 'broken', code: 'failed', node: 'f' } });
		expect(states(events)).toMatchObject({ 't#0/h': 'stopped', 't#0/m': 'failed', t: 'succeeded', n: 'skipped' });
	});

	test('race takes the first result, forgives failures and fails only when all have', async () => {
		let isAborted = false;
		const slow = runs('slow', (_, __, { signal }) => {
			signal.addEventListener('abort', () => (isAborted = true));
			return new Promise(() => undefined);
		});
		const quick = runs('quick', () => tick(5).then(() => ({ out: 'quick' })));
		const nodes = {
			r: 'race',
			a: { type: 'slow', in: 'r' },
			b: { type: 'quick', in: 'r' },
			c: { type: 'fail', in: 'r' },
		};
		const won = await runFlow(flowOf(nodes, ['a -> r.result', 'b -> r.result', 'c -> r.result']), {
			types: [slow, quick],
		});
		expect(valuesOf(won.events, 'r')).toEqual({ result: 'quick', winner: 'b' });
		expect(isAborted).toBe(true);
		const lost = await runFlow(flowOf({ r: 'race', c: { type: 'fail', in: 'r' } }, ['c -> r.result']));
		expect(lost).toMatchObject({ status: 'failed', error: "'r' failed: 'c' failed: broken" });
	});

	test('a container that fails is tried again, with frames of its own', async () => {
		let count = 0;
		const second = runs('second', () => {
			if (++count < 2) throw new Error('not yet');
			return { out: count };
		});
		const flow = flowOf(
			{ t: { type: 'map', retry: { max: 1, delayMs: 1 } }, v: list([7]), s: { type: 'second', in: 't' } },
			['v -> t.items', 's -> t.result'],
		);
		const { status, events } = await runFlow(flow, { types: [second] });
		expect(status).toBe('succeeded');
		expect(states(events)).toMatchObject({ 't#0/s': 'failed', 't~2#0/s': 'succeeded' });
	});

	test('200 containers within each other', async () => {
		const depth = 200;
		const ids = Array.from({ length: depth }, (_, index) => `t${index}`);
		const nodes = Object.fromEntries(ids.map((id, at) => [id, at === 0 ? 'try' : { type: 'try', in: ids[at - 1]! }]));
		const edges = ids
			.slice(1)
			.flatMap((id, at) => [`${ids[at]}.input -> ${id}.input`, `${id}.result -> ${ids[at]}.result`]);
		const flow = flowOf({ ...nodes, v: list(1), p: { type: 'add', in: ids.at(-1)! } }, [
			...edges,
			'v -> t0.input',
			`${ids.at(-1)}.input -> p`,
			`p -> ${ids.at(-1)}.result`,
		]);
		const { events } = await runFlow(flow);
		expect(valuesOf(events, 't0')).toEqual({ result: 2 });
	});

	test('Stop ends what runs in frames within frames', async () => {
		const hang = runs('hang', () => new Promise(() => undefined));
		const flow = flowOf({ v: list([1, 2]), m: 'map', t: { type: 'try', in: 'm' }, h: { type: 'hang', in: 't' } }, [
			'v -> m.items',
			'm.item -> t.input',
			't.input -> h',
		]);
		const { run, events, result } = await startRun(flow, { types: [hang] });
		await expect.poll(() => events.filter(event => event.type === 'node.started' && event.node === 'h').length).toBe(2);
		run.stop();
		await result;
		expect(states(events)).toMatchObject({ 'm#0/t#0/h': 'stopped', 'm#1/t': 'stopped', m: 'stopped' });
	});
});

describe('sub-flows', () => {
	const call = runs('call', (inputs, { path, value }, context) =>
		context
			.runFlow(String(path), { x: (inputs['in'] ?? value ?? null) as Json })
			.then(outputs => ({ out: outputs['y'] })),
	);
	const double = {
		...flowOf({ d: { type: 'value', params: { value: '{{ flow.x * 2 }}' } }, y: 'output' }, ['d -> y.value']),
		inputs: { x: { type: 'number' as const } },
	};

	test('run inside the run, with inputs and outputs of their own', async () => {
		const flow = flowOf({ v: list(4), c: { type: 'call', params: { path: 'double' } } }, ['v -> c']);
		const loadFlow = async (): Promise<{ flow: typeof double; hash: string }> => ({ flow: double, hash: 'h' });
		const { events, error } = await runFlow(flow, {
			types: [call],
			services: { loadFlow },
			limits: { concurrency: 1 },
		});
		expect(error).toBeNull();
		expect(valuesOf(events, 'c')).toEqual({ out: 8 });
		expect(states(events)).toEqual({ v: 'succeeded', 'c#0/d': 'succeeded', 'c#0/y': 'succeeded', c: 'succeeded' });
	});

	test('a flow that calls itself ends at the depth that is allowed', async () => {
		const again = {
			...flowOf({ c: { type: 'call', params: { path: 'self', value: 1 } } }),
			inputs: { x: { type: 'any' as const } },
		};
		const loadFlow = async (): Promise<{ flow: typeof again; hash: string }> => ({ flow: again, hash: 'h' });
		const { status, error } = await runFlow(again, { types: [call], services: { loadFlow }, inputs: { x: 1 } });
		expect(status).toBe('failed');
		expect(error).toContain("Does 'self' call itself?");
	});

	test('what is wrong with one is said by the node that calls it', async () => {
		const flow = flowOf(
			{ c: { type: 'call', params: { path: 'double', value: 'text' }, onError: 'branch' }, p: 'pass' },
			['c.error -> p'],
		);
		const loadFlow = async (): Promise<{ flow: typeof double; hash: string }> => ({ flow: double, hash: 'h' });
		const { events } = await runFlow(flow, { types: [call], services: { loadFlow } });
		expect(valuesOf(events, 'p')).toMatchObject({ out: { code: 'flow-input', node: 'c' } });
	});
});
