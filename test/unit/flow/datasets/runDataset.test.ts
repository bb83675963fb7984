import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../../../src/core/base/clock';
import type { Json } from '../../../../src/core/base/json';
import { silentLogger } from '../../../../src/core/base/logger';
import { toNano } from '../../../../src/core/base/money';
import { Coverage, coverageCounts } from '../../../../src/core/flow/datasets/coverage';
import { readDataset } from '../../../../src/core/flow/datasets/readDataset';
import {
	cappedServices,
	runDataset,
	type DatasetReport,
	type DatasetRunOptions,
} from '../../../../src/core/flow/datasets/runDataset';
import type { RunEvent } from '../../../../src/core/flow/engine/events';
import { RunState } from '../../../../src/core/flow/engine/runState';
import type { RunServices } from '../../../../src/core/flow/engine/services';
import { expressionEngine } from '../../../../src/core/flow/expressions/engine';
import type { Flow } from '../../../../src/core/flow/model/flow';
import { builtInCatalog } from '../../../../src/core/flow/nodes/catalog';
import { RunBook } from '../../../../src/core/flow/runs/runBook';
import type { LedgerEvent } from '../../../../src/core/ledger/events';
import { edge, flowOf } from '../engine/support';
import { useSandbox } from '../sandbox/support';

vi.setConfig({ testTimeout: 60_000 });

const sandbox = useSandbox();
const world = { flow: () => undefined, tool: () => undefined };
let folder: string;
let ledger: LedgerEvent[];
let asked: string[];
let running: number;
let mostRunning: number;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'qd-dataset-'));
	[ledger, asked, running, mostRunning] = [[], [], 0, 0];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A model that costs a cent a call: it says how long the prompt is, or gives half of the points. */
const services: RunServices = {
	models: {
		resolve: () => ({ provider: 'fake', model: 'small' }),
		complete: async ({ messages, format }, call) => {
			mostRunning = Math.max(mostRunning, ++running);
			await new Promise(resolve => setTimeout(resolve, 5));
			running--;
			const said = JSON.stringify(messages);
			asked.push(said);
			const usage = { input: 1, output: 1, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
			call.used({ provider: 'fake', model: 'small', usage, cost: toNano(0.01), basis: 'priced' });
			const object: Json = { reason: 'Half of it is there.', points: said.includes('easy') ? 0.9 : 0.5 };
			const text = format ? JSON.stringify(object) : `answer`;
			return { text, thinking: '', calls: [], model: 'small', usage, ...(format ? { object } : {}) };
		},
	},
};

const numbers: Flow = {
	...flowOf({
		check: { type: 'control.if@1', params: { condition: 'flow.n > 10' } },
		big: { type: 'text.template@1', params: { template: 'big {{ flow.n }}' } },
		small: { type: 'data.value@1', params: { value: '{{ ({ size: flow.n, tags: ["small"] }) }}' } },
		bigOut: { type: 'flow.output@1', params: { name: 'big' } },
		smallOut: { type: 'flow.output@1', params: { name: 'small' } },
	}),
	inputs: { n: { type: 'number' } },
	edges: [
		edge('check.true -> big.value'),
		edge('check.false -> small.after'),
		edge('big.text -> bigOut.value'),
		edge('small.value -> smallOut.value'),
	],
};

const newBook: DatasetRunOptions['newBook'] = left =>
	new RunBook({
		folder: join(folder, 'runs'),
		clock: systemClock,
		log: silentLogger,
		catalog: () => builtInCatalog,
		world,
		expressions: expressionEngine,
		services: () => Promise.resolve(cappedServices(services, left)),
		limits: () => ({}),
		append: event => ledger.push(event),
	});

async function run(
	flow: Flow,
	rows: readonly object[],
	more: Partial<DatasetRunOptions> = {},
): Promise<DatasetReport & { readonly said: readonly string[] }> {
	const text = rows.map(row => JSON.stringify(row)).join('\n');
	const dataset = readDataset(text);
	expect(dataset.problems).toEqual([]);
	const box = sandbox();
	const report = await runDataset({
		file: '/home/ada/shop/test.flow.dataset.jsonl',
		flow,
		hash: 'hash',
		cwd: folder,
		rows: dataset.rows,
		baseline: { rows: {} },
		concurrency: 3,
		maxCost: null,
		newBook,
		script: (source, values, signal) => box.script(source, values, signal),
		signal: new AbortController().signal,
		...more,
	});
	const said = report.results.map(
		({ row, status, failures }) => `${row.title}: ${status}${failures.map(({ message }) => ` | ${message}`).join('')}`,
	);
	return { ...report, said };
}

describe('rows of a file of tests', () => {
	test('run as the flow does, and what came out is held against them', async () => {
		const is = (name: string, n: number, ...assertions: object[]): object => ({ name, inputs: { n }, assertions });
		const { said } = await run(numbers, [
			is('equals', 20, { output: 'big', equals: 'big 20' }),
			is('another', 20, { output: 'big', equals: 'big 21' }),
			is('object', 3, { output: 'small', equals: { tags: ['small'], size: 3 } }),
			is('path', 3, { output: 'small', path: 'tags[0]', equals: 'small' }, { output: 'small', path: 'x', equals: 1 }),
			is('contains', 20, { output: 'big', contains: 'ig 2' }, { output: 'big', not: true, contains: 'small' }),
			is('part', 3, { output: 'small', contains: { size: 3 } }, { output: 'small', path: 'tags', contains: 'big' }),
			is(
				'regex',
				20,
				{ output: 'big', regex: '^BIG \\d+$' },
				{ output: 'big', regex: { pattern: '^BIG', flags: 'i' } },
			),
			is('schema', 3, { output: 'small', schema: { required: ['size', 'color'] } }),
			is('within', 3, { output: 'small', path: 'size', within: { value: 4, delta: 0.5 } }),
			is('not', 20, { output: 'big', not: true, equals: 'big 20' }),
			is('absent', 20, { output: 'small', equals: 1 }),
		]);
		expect(said).toEqual([
			'equals: passed',
			"another: failed | 'big' is another value.",
			'object: passed',
			"path: failed | 'small' at x does not exist.",
			'contains: passed',
			'part: failed | \'small\' at tags does not contain a text "big".'.replace('a text ', ''),
			"regex: failed | 'big' does not fit /^BIG \\d+$/.",
			expect.stringContaining("schema: failed | 'small' does not fit the schema"),
			"within: failed | 'small' at size is not within 4 ± 0.5.",
			'not: failed | \'big\' is not to be so: equal to "big 20".',
			"absent: failed | Nothing came out at 'small'.",
		]);
		expect(ledger.filter(({ type }) => type === 'execution.ended')).toHaveLength(11);
		expect(ledger[0]).toMatchObject({
			type: 'execution.started',
			kind: 'flow',
			title: expect.stringContaining('Test “'),
		});
	});

	test('tell both sides of what differs, in one order of keys', async () => {
		const { results } = await run(numbers, [
			{ inputs: { n: 3 }, assertions: [{ output: 'small', equals: { tags: [], size: 3 } }] },
		]);
		expect(results[0]?.failures[0]).toEqual({
			message: "'small' is another value.",
			expected: '{\n  "size": 3,\n  "tags": []\n}',
			actual: '{\n  "size": 3,\n  "tags": [\n    "small"\n  ]\n}',
		});
	});

	test('show which nodes ran and which ways were taken', async () => {
		const ways = async (...all: readonly number[]) => {
			const { coverage } = await run(
				numbers,
				all.map(n => ({ inputs: { n } })),
			);
			return coverage.nodes(builtInCatalog, world);
		};
		const half = await ways(20, 30);
		expect(coverageCounts(half)).toEqual({ nodes: [3, 5], branches: [1, 2] });
		expect(half.find(({ node }) => node === 'check')).toMatchObject({
			count: 2,
			branches: [
				{ port: 'true', count: 2, edge: { to: 'big' } },
				{ port: 'false', count: 0, edge: { to: 'small' } },
			],
		});
		expect(coverageCounts(await ways(20, 3))).toEqual({ nodes: [5, 5], branches: [2, 2] });
	});

	test('show what ran in the flows that are called, however deep, and of those that no run came to', async () => {
		const sized = { ...numbers, id: 'sized' };
		const call = (path: string): Flow['nodes'][string] => ({ type: 'flow.call@1', params: { path } });
		const middle: Flow = {
			...flowOf({ each: 'control.map@1', inner: { ...call('lib/sized.flow.json'), in: 'each' } }),
			id: 'middle',
			inputs: { items: { type: 'list' } },
			edges: [],
		};
		const never: Flow = { ...flowOf({ only: 'log@1' }), id: 'never' };
		const flows: Readonly<Record<string, Flow>> = {
			'lib/sized.flow.json': sized,
			'lib/middle.flow.json': middle,
			'lib/never.flow.json': never,
			'lib/muted.flow.json': never,
		};
		const called = { ...world, flow: (path: string) => flows[path] };
		const outer = flowOf({
			direct: call('lib/sized.flow.json'),
			deep: call('lib/middle.flow.json'),
			off: call('lib/never.flow.json'),
			muted: { ...call('lib/muted.flow.json'), skip: 'mute' },
		});
		const coverage = new Coverage(outer);
		const at = (frame: string, node: string, ...outputs: readonly string[]): RunEvent => ({
			type: 'node.ended',
			node,
			frame,
			attempt: 1,
			state: 'succeeded',
			outputs: Object.fromEntries(outputs.map(port => [port, { value: 1, bytes: 1 }])),
			error: null,
			durationMs: 1,
			cost: null,
		});
		const events = [
			at('', 'direct'),
			at('direct#0', 'check', 'true'),
			at('direct~2#0', 'check', 'true'),
			at('', 'deep'),
			at('deep#0', 'each'),
			at('deep#0/each#0/inner#0', 'check', 'false'),
			at('deep#0/each#1/inner#0', 'check', 'false'),
		];
		coverage.add(RunState.of(events.map(event => ({ event, at: 1 }))));
		const [first, second, third, ...rest] = coverage.called(builtInCatalog, called);
		expect(rest).toEqual([]);
		expect(first?.path).toBe('lib/sized.flow.json');
		expect(first?.nodes.find(({ node }) => node === 'check')).toMatchObject({
			count: 4,
			branches: [
				{ port: 'true', count: 2 },
				{ port: 'false', count: 2 },
			],
		});
		expect(second).toMatchObject({ path: 'lib/middle.flow.json' });
		expect(coverageCounts(second?.nodes ?? []).nodes).toEqual([1, 2]);
		expect(third?.path).toBe('lib/never.flow.json');
		expect(coverageCounts(third?.nodes ?? []).nodes).toEqual([0, 1]);
		expect(coverageCounts(coverage.nodes(builtInCatalog, called)).nodes).toEqual([2, 3]);
	});

	test('take mocks for runs of nodes, and may be made to fail or left out', async () => {
		const calls: Flow = {
			...flowOf({
				fetch: { type: 'http.request@1', params: { url: 'https://shop.example/{{ flow.id }}' } },
				out: 'flow.output@1',
			}),
			inputs: { id: { type: 'text' } },
			edges: [edge('fetch.body -> out.value')],
		};
		const { said, coverage } = await run(calls, [
			{ name: 'mocked', inputs: { id: 'a' }, mocks: { fetch: { body: 'hello' } }, assertions: [{ equals: 'hello' }] },
			{ name: 'fails', inputs: { id: 'a' }, fails: true },
			{ name: 'reason', inputs: { id: 'a' }, fails: 'no such words' },
			{ name: 'surprise', inputs: { id: 'a' }, mocks: { fetch: { body: 'x' } }, fails: true },
			{ name: 'failed', inputs: { id: 'a' } },
			{ name: 'skipped', inputs: { id: 'a' }, skip: true },
			{ name: 'wrong', inputs: {} },
		]);
		expect(said).toEqual([
			'mocked: passed',
			'fails: passed',
			'reason: failed | The run failed for another reason.',
			'surprise: failed | The run was to fail, and did not.',
			expect.stringContaining("failed: failed | 'fetch' failed:"),
			'skipped: skipped',
			"wrong: errored | The flow needs the input 'id'.",
		]);
		expect(coverageCounts(coverage.nodes(builtInCatalog, world)).nodes).toEqual([2, 2]);
	});

	test('without assertions give what was accepted, if anything was', async () => {
		const rows = [
			{ name: 'same', inputs: { n: 20 } },
			{ name: 'other', inputs: { n: 20 } },
			{ name: 'new', inputs: { n: 20 } },
			{ name: 'asserted', inputs: { n: 20 }, assertions: [{ output: 'big', baseline: true }] },
			{ name: 'unknown', inputs: { n: 20 }, assertions: [{ output: 'big', baseline: true }] },
		];
		const accepted = { same: { big: 'big 20' }, other: { big: 'big 19' }, asserted: { big: 'big 21' } };
		const { said } = await run(numbers, rows, { baseline: { rows: accepted } });
		expect(said).toEqual([
			'same: passed',
			'other: failed | The outputs are not those that were accepted.',
			'new: passed',
			"asserted: failed | 'big' is not what was accepted.",
			"unknown: failed | 'big' has not been accepted yet: use Accept as Baseline.",
		]);
	});

	test('a pattern that would never end is ended, and another row goes on', async () => {
		const { said } = await run(numbers, [
			{ name: 'evil', inputs: { n: 20 }, assertions: [{ output: 'big', regex: '^(?:(?:[a-z0-9 ]*)*){9}!$' }] },
			{ name: 'good', inputs: { n: 20 }, assertions: [{ output: 'big', regex: '^big' }] },
		]);
		expect(said[1]).toBe('good: passed');
		expect(said[0]).toMatch(/^evil: (?:errored \| 'big' could not be checked|failed \| 'big' does not fit)/);
	});
});

const model: Flow = {
	...flowOf({ ask: { type: 'llm.chat@1', params: { prompt: '{{ flow.text }}' } }, out: 'flow.output@1' }),
	inputs: { text: { type: 'text' } },
	edges: [edge('ask.text -> out.value')],
};

describe('what tests may use', () => {
	test('a model judges by criteria, sees the value as data, and is counted', async () => {
		const judged = (name: string, judge: Json): object => ({ name, inputs: { text: name }, assertions: [{ judge }] });
		const { said, cost, results } = await run(model, [
			judged('easy one', 'It is easy'),
			judged('hard one', 'It is hard'),
			judged('half is enough', { criteria: 'It is hard', atLeast: 0.5 }),
		]);
		expect(said).toEqual([
			'easy one: passed',
			"hard one: failed | 'out' got 0.5 of the 0.7 points it needs: Half of it is there.",
			'half is enough: passed',
		]);
		expect(cost).toBe(toNano(0.06));
		expect(results[0]?.cost).toBe(toNano(0.02));
		expect(asked.filter(text => text.includes('Criteria:'))).toHaveLength(3);
	});

	test('a cap holds over all of them, judges too', async () => {
		const rows = Array.from({ length: 6 }, (_, at) => ({ name: `r${at}`, inputs: { text: `t${at}` } }));
		const { said, cost } = await run(model, rows, { maxCost: toNano(0.025), concurrency: 1 });
		expect(said.slice(0, 3)).toEqual(['r0: passed', 'r1: passed', 'r2: passed']);
		expect(said.slice(3)).toEqual(
			[3, 4, 5].map(at => `r${at}: errored | The tests may cost $0.0250 together, and that is used up.`),
		);
		expect(cost).toBe(toNano(0.03));
	});

	test('so many rows run at once, and no more', async () => {
		const rows = Array.from({ length: 12 }, (_, at) => ({ inputs: { text: `t${at}` } }));
		await run(model, rows, { concurrency: 3 });
		expect(mostRunning).toBeLessThanOrEqual(3);
	});

	test('Stop ends what runs, and begins nothing more', async () => {
		const stop = new AbortController();
		const rows = Array.from({ length: 5 }, (_, at) => ({ name: `r${at}`, inputs: { text: `t${at}` } }));
		const started: string[] = [];
		const { results } = await run(model, rows, {
			signal: stop.signal,
			concurrency: 1,
			onStart: row => {
				started.push(row.title);
				if (row.title === 'r1') stop.abort();
			},
		});
		expect(results.map(({ status }) => status)).toEqual(['passed', 'stopped', 'stopped', 'stopped', 'stopped']);
		expect(ledger.filter(({ type }) => type === 'execution.started')).toHaveLength(1);
	});

	test('attended, rows are runs of the flow that stop at breakpoints and ask people', async () => {
		const approval: Flow = {
			...flowOf({ approve: { type: 'people.approval@1', params: { title: 'Go?' } }, out: 'flow.output@1' }),
			edges: [edge('approve.comment -> out.value')],
		};
		const file = '/home/ada/shop/test.flow.json';
		const book = newBook(() => null);
		const person = async (): Promise<void> => {
			await vi.waitFor(() => expect(book.live[0]?.run?.holds).toHaveLength(1));
			const live = book.live[0]?.run;
			live?.resume();
			await vi.waitFor(() => expect(live?.waits).toHaveLength(1));
			live?.answer(live.waits[0]?.ask.id ?? '', { kind: 'approval', isApproved: true, comment: 'fine' });
		};
		const attending = person();
		const { said } = await run(approval, [{ name: 'asks', assertions: [{ equals: 'fine' }] }], {
			attended: { book, file, breakpoints: [{ node: 'approve', when: 'before' }] },
		});
		await attending;
		expect(said).toEqual(['asks: passed']);
		expect(await book.list(file)).toHaveLength(1);
		await book.settled();
		book.dispose();
	});

	test('a node that asks a person ends its row with what to do', async () => {
		const approval: Flow = {
			...flowOf({ approve: { type: 'people.approval@1', params: { title: 'Go?' } }, out: 'flow.output@1' }),
			edges: [edge('approve.approved -> out.value')],
		};
		const { said } = await run(approval, [
			{ name: 'asks' },
			{ name: 'mocked', mocks: { approve: { approved: 'yes' } }, assertions: [{ equals: 'yes' }] },
		]);
		expect(said).toEqual([
			`asks: errored | 'approve' asks a person, and a test has none: say in "mocks" what it gives.`,
			'mocked: passed',
		]);
	});
});
