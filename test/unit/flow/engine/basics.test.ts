import { describe, expect, test } from 'vitest';
import { Deferred } from '../../../../src/core/base/async';
import { endsOf, flowOf, runFlow, runs, startRun, states, valuesOf } from './support';

describe('a run', () => {
	test('runs nodes in the order of their edges and passes values on', async () => {
		const flow = flowOf({ a: { type: 'value', params: { value: 1 } }, b: 'add', c: 'add', out: 'output' }, [
			'a -> b',
			'b -> c',
			'c -> out.value',
		]);
		const { status, outputs, events } = await runFlow(flow);
		expect({ status, outputs }).toEqual({ status: 'succeeded', outputs: { out: 3 } });
		expect(endsOf(events).map(({ node }) => node)).toEqual(['a', 'b', 'c', 'out']);
		expect(events.at(0)?.type).toBe('run.started');
		expect(events.at(-1)?.type).toBe('run.ended');
	});

	test.each([0, '', false, null, []])('%j is a value', async value => {
		const flow = flowOf({ a: 'pass', b: 'pass', c: 'pass' }, ['a -> b', 'b -> c']);
		const given = { ...flow, nodes: { ...flow.nodes, a: { type: 'value', params: { value: '{{ flow.x }}' } } } };
		const { events } = await runFlow({ ...given, inputs: { x: { type: 'any' } } }, { inputs: { x: value } });
		expect(valuesOf(events, 'c')).toEqual({ out: value });
	});

	test('of two edges into one port, the first that was taken gives the value, also when that is null', async () => {
		const flow = flowOf({ a: 'pass', b: { type: 'value', params: { value: 'late' } }, c: 'pass' }, [
			'a -> c',
			'b -> c',
		]);
		const given = { ...flow, nodes: { ...flow.nodes, a: { type: 'value', params: { value: '{{ flow.x }}' } } } };
		const { events } = await runFlow({ ...given, inputs: { x: { type: 'any' } } }, { inputs: { x: null } });
		expect(valuesOf(events, 'c')).toEqual({ out: null });
	});

	test('an empty flow ends at once', async () => {
		expect(await runFlow(flowOf({}))).toMatchObject({ status: 'succeeded', outputs: {} });
	});

	test('branches that are not taken are skipped, and what joins them runs with what came', async () => {
		const flow = flowOf(
			{
				a: { type: 'value', params: { value: 5 } },
				if: { type: 'if', params: { test: true } },
				yes: 'add',
				no: 'add',
				deep: 'add',
				end: 'list',
			},
			['a -> if', 'if.yes -> yes', 'if.no -> no', 'no -> deep', 'yes -> end', 'deep -> end'],
		);
		const { events } = await runFlow(flow);
		expect(states(events)).toEqual({
			a: 'succeeded',
			if: 'succeeded',
			yes: 'succeeded',
			no: 'skipped',
			deep: 'skipped',
			end: 'succeeded',
		});
		expect(valuesOf(events, 'end')).toEqual({ out: [6] });
	});

	test('a node without a value at a required port is skipped', async () => {
		const flow = flowOf({ v: { type: 'value', params: { value: 0 } }, if: 'if', n: 'needs', m: 'needs' }, [
			'v -> if',
			'if.yes -> n.a',
			'v -> n.b',
			'v -> m.a',
			'if.yes -> m.b',
		]);
		expect(states((await runFlow(flow)).events)).toMatchObject({ n: 'skipped', m: 'succeeded' });
	});

	test('ten branches run side by side', async () => {
		let started = 0;
		const all = new Deferred<void>();
		const slow = runs('slow', async () => {
			if (++started === 10) all.resolve();
			await all.promise;
			return { out: 1 };
		});
		const ids = Array.from({ length: 10 }, (_, index) => `n${index}`);
		const flow = flowOf(
			{ a: 'value', ...Object.fromEntries(ids.map(id => [id, 'slow'])), end: 'list' },
			ids.flatMap(id => [`a -> ${id}`, `${id} -> end`]),
		);
		const { events } = await runFlow(flow, { types: [slow] });
		expect(valuesOf(events, 'end')).toEqual({ out: Array(10).fill(1) });
	});

	test('a failing node ends the run and stops what runs beside it', async () => {
		let isAborted = false;
		const hang = runs('hang', (_, __, context) => {
			context.signal.addEventListener('abort', () => (isAborted = true));
			return new Promise(() => undefined);
		});
		const flow = flowOf({ a: 'value', b: 'hang', c: 'fail', d: 'pass' }, ['a -> b', 'a -> c', 'c -> d']);
		const { status, error, node, events } = await runFlow(flow, { types: [hang] });
		expect({ status, error, node, isAborted }).toEqual({
			status: 'failed',
			error: "'c' failed: broken",
			node: 'c',
			isAborted: true,
		});
		expect(states(events)).toEqual({ a: 'succeeded', b: 'stopped', c: 'failed' });
	});

	test('an error branch and a value in place of a failure', async () => {
		const flow = flowOf(
			{
				a: { type: 'fail', onError: 'branch' },
				b: 'pass',
				never: 'pass',
				c: { type: 'fail', onError: { value: { out: 0 } } },
				d: 'pass',
			},
			['a.error -> b', 'a -> never', 'c -> d'],
		);
		const { status, events } = await runFlow(flow);
		expect(status).toBe('succeeded');
		expect(valuesOf(events, 'b')).toEqual({ out: { message: 'broken', code: 'failed', node: 'a' } });
		expect(valuesOf(events, 'd')).toEqual({ out: 0 });
		expect(states(events)).toMatchObject({ a: 'failed', never: 'skipped', c: 'failed' });
	});

	test('Stop ends every node at once', async () => {
		const hang = runs('hang', () => new Promise(() => undefined));
		const flow = flowOf(
			{ a: 'hang', b: 'hang', m: 'map', v: { type: 'value', params: { value: [1, 2] } }, i: { type: 'hang', in: 'm' } },
			['v -> m.items', 'm.item -> i.in'],
		);

		const { run, events, result } = await startRun(flow, { types: [hang] });
		await expect.poll(() => events.filter(({ type }) => type === 'node.started').length).toBe(6);
		run.stop();
		expect(await result).toMatchObject({ status: 'stopped', error: null });
		expect(states(events)).toMatchObject({
			a: 'stopped',
			b: 'stopped',
			'm#0/i': 'stopped',
			'm#1/i': 'stopped',
			m: 'stopped',
		});
	});
});
