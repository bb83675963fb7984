import { describe, expect, test } from 'vitest';
import { asId, type ExecutionId } from '../../../../src/core/base/ids';
import { toNano } from '../../../../src/core/base/money';
import { changedNodes, compareRuns } from '../../../../src/core/flow/engine/compareRuns';
import { compileFlow } from '../../../../src/core/flow/engine/compile';
import type { RunEvent } from '../../../../src/core/flow/engine/events';
import { standingOutputs } from '../../../../src/core/flow/engine/reuse';
import { RunRecorder } from '../../../../src/core/flow/engine/runRecorder';
import { RunState } from '../../../../src/core/flow/engine/runState';
import type { RunServices } from '../../../../src/core/flow/engine/services';
import { expressionEngine } from '../../../../src/core/flow/expressions/engine';
import type { Flow } from '../../../../src/core/flow/model/flow';
import type { LedgerEvent } from '../../../../src/core/ledger/events';
import { catalogOf, flowOf, runFlow, runs, testTypes, type TestOptions } from './support';

const usage = { input: 10, output: 5, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
const services: RunServices = {
	models: {
		resolve: () => ({ provider: 'fake', model: 'small' }),
		complete: async (_, call) => {
			call.used({ provider: 'fake', model: 'small', usage, cost: toNano(0.01), basis: 'priced' });
			return { text: 'yes', thinking: '', calls: [], model: 'small', usage };
		},
	},
};
const ask = runs('ask', (_, __, context) =>
	context
		.complete({ model: '', messages: [{ role: 'user', parts: [{ type: 'text', text: 'Is it\n so?' }] }] })
		.then(({ text }) => ({ out: text })),
);

async function stateOf(flow: Flow, options: TestOptions = {}): Promise<RunState> {
	const state = new RunState();
	await runFlow(flow, { ...options, onEvent: (event, at) => state.apply(event, at) });
	return state;
}

describe('the ledger', () => {
	test('has an execution, a step for each attempt and call, and what each model used', async () => {
		const execution = asId<ExecutionId>('run');
		const events: LedgerEvent[] = [];
		const flaky = runs('flaky', (_, __, { attempt }) => {
			if (attempt === 1) throw new Error('once');
			return { out: 'text' };
		});
		const flow = flowOf(
			{
				v: { type: 'value', params: { value: [1] } },
				m: 'map',
				a: { type: 'ask', in: 'm', name: 'Ask it' },
				b: { type: 'ask', in: 'm' },
				f: { type: 'flaky', name: 'Shaky', retry: { max: 1, delayMs: 1 } },
				s: { type: 'add', skip: 'mute' },
			},
			['v -> m.items', 'a -> b', 'b -> m.result'],
		);
		const recorder = new RunRecorder({
			execution,
			flow,
			trigger: 'user',
			project: '/w',
			append: event => events.push(event),
		});
		await runFlow(flow, { types: [ask, flaky], services, execution, onEvent: (event, at) => recorder.add(event, at) });
		expect(events[0]).toMatchObject({
			type: 'execution.started',
			kind: 'flow',
			title: 'Test',
			agent: 'Test',
			project: '/w',
		});
		const steps = events.flatMap(event =>
			event.type === 'step.started' ? [[event.step, event.parent, event.kind, event.title]] : [],
		);
		expect(steps).toEqual(
			expect.arrayContaining([
				['run/v@1', null, 'node', 'v'],
				['run/f@1', null, 'node', 'Shaky'],
				['run/f@2', null, 'node', 'Shaky (attempt 2)'],
				['run/m@1', null, 'node', 'm'],
				['run/m#0/a@1', 'run/m@1', 'node', 'a'],
				['run:1', 'run/m#0/a@1', 'model', 'Is it so?'],
				['run/m#0/b@1', 'run/m@1', 'node', 'b'],
			]),
		);
		const ends = events.flatMap(event =>
			event.type === 'step.ended' ? [[event.step, event.status, event.output, event.cost]] : [],
		);
		expect(ends).toEqual(
			expect.arrayContaining([
				['run/f@1', 'failed', 'once', null],
				['run/f@2', 'succeeded', 'text', null],
				['run/m#0/a@1', 'succeeded', 'yes', toNano(0.01)],
			]),
		);
		expect(ends).toHaveLength(steps.length);
		expect(events.filter(({ type }) => type === 'usage.recorded').at(-1)).toMatchObject({
			provider: 'fake',
			model: 'small',
			usage: { input: 20, output: 10 },
			cost: toNano(0.02),
			basis: 'priced',
			isFinal: true,
		});
		expect(events.at(-1)).toMatchObject({ type: 'execution.ended', status: 'succeeded', error: null });
	});
});

describe('two runs', () => {
	test('differ where a value, a state or an error does', async () => {
		const flow = (value: number): Flow =>
			flowOf({ v: { type: 'value', params: { value } }, if: 'if', y: 'add', n: 'add', same: 'value' }, [
				'v -> if',
				'if.yes -> y',
				'if.no -> n',
			]);
		const [first, second] = [await stateOf(flow(0)), await stateOf(flow(2))];
		const differences = compareRuns(first, second);
		expect([...changedNodes(differences)].sort()).toEqual(['if', 'n', 'v', 'y']);
		expect(differences.find(({ place }) => place.node === 'y')).toMatchObject({ states: ['skipped', 'succeeded'] });
		expect(differences.find(({ place }) => place.node === 'v')!.ports).toMatchObject({
			out: [{ value: 0 }, { value: 2 }],
		});
		expect(compareRuns(first, first)).toEqual([]);
	});
});

describe('the state of a run', () => {
	test('at any moment of a replay, and again after a resume', () => {
		const place = { node: 'a', frame: '' };
		const events: RunEvent[] = [
			{
				type: 'run.started',
				execution: asId<ExecutionId>('x'),
				flow: 'h',
				inputs: {},
				cached: ['z'],
				scope: { kind: 'all' },
			},
			{ type: 'node.started', ...place, attempt: 1 },
			{ type: 'node.progress', ...place, text: 'half' },
			{ type: 'node.retrying', ...place, attempt: 1, delayMs: 5, error: 'no', durationMs: 3, cost: 2 },
			{ type: 'node.waiting', ...place, for: 'breakpoint', when: 'before' },
			{ type: 'run.resumed', finished: 0 },
		];
		const seen = events.map((_, index) => {
			const state = RunState.of(events.slice(0, index + 1).map(event => ({ event, at: 100 })));
			const run = state.at(place);
			return [run?.state, run?.progress, run?.cost, run?.durationMs];
		});
		expect(seen).toEqual([
			[undefined, undefined, undefined, undefined],
			['running', '', null, 0],
			['running', 'half', null, 0],
			['retrying', 'half', 2, 3],
			['paused', 'half', 2, 3],
			['paused', 'half', 2, 3],
		]);
	});
});

describe('earlier results', () => {
	const base = flowOf(
		{ a: { type: 'value', params: { value: 1 } }, b: 'add', c: 'add', m: 'map', i: { type: 'add', in: 'm' }, x: 'add' },
		['a -> b', 'b -> c', 'a -> x', 'x -> m.items'],
	);
	const compile = (flow: Flow): ReturnType<typeof compileFlow> =>
		compileFlow(flow, catalogOf(testTypes), { expressions: expressionEngine });
	const flow = {
		...base,
		edges: base.edges.filter(({ to }) => to !== 'm'),
		nodes: { ...base.nodes, v: { type: 'value', params: { value: [1] } } },
	};
	const full = { ...flow, edges: [...flow.edges, { from: 'v', output: 'out', to: 'm', input: 'items' }] };

	test('stand up to what has changed', async () => {
		const state = await stateOf(full);
		const standing = (now: Flow, inputs = {}): string[] =>
			[
				...standingOutputs(compile(now), inputs, {
					flow: full,
					state,
					valueOf: stored => ('value' in stored ? stored.value : undefined),
				}).keys(),
			].sort();
		expect(standing(full)).toEqual(['a', 'b', 'c', 'm', 'v', 'x']);
		const changed = { ...full, nodes: { ...full.nodes, b: { type: 'add', params: { by: 2 } } } };
		expect(standing(changed)).toEqual(['a', 'm', 'v', 'x']);
		const inside = { ...full, nodes: { ...full.nodes, i: { type: 'pass', in: 'm' } } };
		expect(standing(inside)).toEqual(['a', 'b', 'c', 'v', 'x']);
		const rewired = { ...full, edges: full.edges.map(edge => (edge.to === 'c' ? { ...edge, from: 'a' } : edge)) };
		expect(standing(rewired)).toEqual(['a', 'b', 'm', 'v', 'x']);
		const named = { ...full, nodes: { ...full.nodes, b: { type: 'add', name: 'Add one', note: 'for people' } } };
		expect(standing(named)).toEqual(['a', 'b', 'c', 'm', 'v', 'x']);
		expect(standing(full, { other: 1 })).toEqual([]);
	});
});
