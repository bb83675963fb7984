import { expect, test } from 'vitest';
import type { Json } from '../../../../src/core/base/json';
import type { Flow } from '../../../../src/core/flow/model/flow';
import { builtInCatalog } from '../../../../src/core/flow/nodes/catalog';
import { flowOf, startRun } from '../engine/support';

async function outputsOf(flow: Flow, inputs: Readonly<Record<string, Json>> = {}): Promise<unknown> {
	const { result } = await startRun(flow, { catalog: builtInCatalog, inputs });
	const { status, outputs, error } = await result;
	return status === 'succeeded' ? outputs : (error ?? status);
}

const output = (name: string) => ({ type: 'flow.output@1', params: { name } });

test('branches, expressions and a merge', async () => {
	const flow = flowOf(
		{
			start: { type: 'flow.input@1', params: { name: 'n' } },
			'is-large': { type: 'control.if@1', params: { condition: 'input.value > 10' } },
			large: { type: 'text.static@1', params: { text: '{{ nodes.start.value }} is large' } },
			small: { type: 'text.template@1', params: { template: '{{ input.n }} is small' } },
			both: { type: 'control.merge@1', params: { mode: 'first' } },
			end: output('said'),
		},
		[
			'start.value -> is-large.value',
			'is-large.true -> large.after',
			'is-large.false -> small.n',
			'large.text -> both.values',
			'small.text -> both.values',
			'both.value -> end.value',
		],
		{ inputs: { n: { type: 'number' } } },
	);
	expect(await outputsOf(flow, { n: 0 })).toEqual({ said: '0 is small' });
	expect(await outputsOf(flow, { n: 11 })).toEqual({ said: '11 is large' });
});

test('a map over a list, and what is made of its results', async () => {
	const flow = flowOf(
		{
			list: { type: 'data.value@1', params: { value: [3, 0, 2] } },
			each: { type: 'control.map@1', params: { concurrency: 2 } },
			double: { type: 'data.value@1', in: 'each', params: { value: '{{ item * 2 + index }}' } },
			sort: { type: 'data.sort@1' },
			sum: { type: 'data.aggregate@1', params: { columns: [{ name: 'sum', operation: 'sum', value: 'item' }] } },
			sorted: output('sorted'),
			total: output('total'),
		},
		[
			'list.value -> each.items',
			'double.value -> each.result',
			'each.results -> sort.items',
			'sort.items -> sum.items',
			'sort.items -> sorted.value',
			'sum.result -> total.value',
		],
	);
	expect(await outputsOf(flow)).toEqual({ sorted: [1, 6, 6], total: { sum: 13 } });
});

test('a loop goes on while its condition holds, and an error is caught', async () => {
	const flow = flowOf(
		{
			loop: { type: 'control.while@1', params: { condition: '(value ?? 0) < 5', maxIterations: 50 } },
			add: { type: 'data.value@1', in: 'loop', params: { value: '{{ (value ?? 0) + 2 }}' } },
			guard: { type: 'control.try@1' },
			stop: { type: 'control.fail@1', in: 'guard', params: { message: 'no: {{ input.value }}' } },
			end: output('count'),
			error: output('error'),
		},
		[
			'add.value -> loop.next',
			'loop.value -> guard.input',
			'guard.input -> stop.value',
			'loop.value -> end.value',
			'guard.error -> error.value',
		],
	);
	expect(await outputsOf(flow)).toMatchObject({
		count: 6,
		error: { message: expect.stringContaining('no: 6') as string },
	});
});

test('a switch takes one way, and what is missing is said with the parameter', async () => {
	const flow = flowOf(
		{
			kind: { type: 'data.value@1', params: { value: 'bug' } },
			way: { type: 'control.switch@1', params: { cases: [{ name: 'bug', when: 'input.value === "bug"' }] } },
			text: { type: 'text.static@1', params: { text: '{{ nodes.kind.none }}' } },
			end: output('end'),
		},
		['kind.value -> way.value', 'way.bug -> end.value'],
	);
	expect(String(await outputsOf(flow))).toContain('Parameter “text”: `nodes.kind.none` has no value yet.');
});
