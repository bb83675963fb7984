import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Deferred } from '../../../../src/core/base/async';
import { systemClock } from '../../../../src/core/base/clock';
import type { Json } from '../../../../src/core/base/json';
import { silentLogger } from '../../../../src/core/base/logger';
import { expressionEngine } from '../../../../src/core/flow/expressions/engine';
import { RunBook, type RunWish } from '../../../../src/core/flow/runs/runBook';
import { findInValues, nodeValues, valueAt } from '../../../../src/core/flow/runs/runValues';
import { comparisonOf, replayOf, stateOf, storedView } from '../../../../src/core/flow/runs/runViews';
import { applyRunChange, type RunView } from '../../../../src/core/flow/runView';
import type { LedgerEvent } from '../../../../src/core/ledger/events';
import { catalogOf, flowOf, testType, testTypes } from '../engine/support';

vi.setConfig({ testTimeout: 20_000 });

const file = '/project/release.flow.json';
let folder: string;
let ledger: LedgerEvent[];
let gate: Deferred<void>;
let runsOfWait: number;
const books: RunBook[] = [];

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'qd-runs-'));
	ledger = [];
	gate = new Deferred();
	runsOfWait = 0;
});

afterEach(async () => {
	for (const book of books.splice(0)) book.dispose();
	await rm(folder, { recursive: true, force: true });
});

/** A window: a book of its own over the same folder. */
function open(): RunBook {
	const wait = testType('wait', {
		effects: 'reads',
		run: async inputs => {
			runsOfWait++;
			await gate.promise;
			return { out: inputs['in'] ?? null };
		},
	});
	const catalog = catalogOf([...testTypes, wait]);
	const book = new RunBook({
		folder,
		clock: systemClock,
		log: silentLogger,
		catalog: () => catalog,
		world: { flow: () => undefined, tool: () => undefined },
		expressions: expressionEngine,
		services: () => Promise.resolve({}),
		limits: () => ({}),
		append: event => ledger.push(event),
	});
	books.push(book);
	return book;
}

const chain = (value: Json, middle = 'pass'): RunWish => ({
	file,
	flow: flowOf({ a: { type: 'value', params: { value } }, b: middle, c: 'pass' }, ['a -> b', 'b -> c']),
	hash: 'hash',
	cwd: '/project',
	trigger: 'user',
	scope: { kind: 'all' },
	inputs: {},
	breakpoints: [],
	pins: new Map(),
});

async function finished(book: RunBook, wish: RunWish): Promise<string> {
	const live = await book.start(wish);
	await live.run?.result;
	await vi.waitFor(() => expect(book.live).toEqual([]));
	return live.execution;
}

describe('runs of flows', () => {
	test('are listed, looked into, searched, compared and played again', async () => {
		const book = open();
		const first = await finished(book, chain('hello world'));
		const second = await finished(book, chain('goodbye'));
		const list = await book.list(file);
		expect(list.map(({ status, title }) => `${title} ${status}`)).toEqual(['Run all succeeded', 'Run all succeeded']);
		expect(new Set(list.map(({ id }) => id))).toEqual(new Set([first, second]));
		const stored = await book.read(file, list.find(({ id }) => id === first)!.id);
		const other = await book.read(file, list.find(({ id }) => id === second)!.id);
		const values = { flow: stored.flow, state: stateOf(stored), valueOf: stored.valueOf.bind(stored) };
		expect(nodeValues(values, 'c', null)).toMatchObject({
			frames: [''],
			inputs: { in: { value: 'hello world' } },
			outputs: { out: { value: 'hello world' } },
			error: null,
		});
		expect(valueAt(values, { node: 'b', frame: '', side: 'output', port: 'out' })).toBe('hello world');
		expect(findInValues(values, 'O WORLD')).toEqual(['a', 'b', 'c']);
		expect(Object.keys(comparisonOf(stored, other, () => 'succeeded').nodes)).toEqual(['a', 'b', 'c']);
		const film = replayOf(stored);
		const view = storedView(stored, 'succeeded');
		const played = film.steps.reduce<RunView>((run, { change }) => applyRunChange(run, change), {
			...view,
			nodes: {},
			log: [],
		});
		expect(played.nodes).toEqual(view.nodes);
		expect(ledger.filter(({ type }) => type === 'execution.ended')).toHaveLength(2);
	});

	test('that a window left are resumed by another, once, and repeat nothing', async () => {
		const killed = open();
		const live = await killed.start(chain(1, 'wait'));
		await vi.waitFor(() => expect(runsOfWait).toBe(1));
		expect(await open().interrupted(() => true)).toEqual([]);
		await killed.abandon();
		gate = new Deferred();
		const [left, right] = [open(), open()];
		const [found] = await left.interrupted(() => true);
		expect(found).toMatchObject({ file, flowName: 'Test', summary: { status: 'interrupted', id: live.execution } });
		const again = await left.resume(file, live.execution);
		await expect(right.resume(file, live.execution)).rejects.toMatchObject({ code: 'run-elsewhere' });
		expect(await right.interrupted(() => true)).toEqual([]);
		expect(again.view.nodes['a']?.state).toBe('succeeded');
		gate.resolve();
		expect(await again.run?.result).toMatchObject({ status: 'succeeded' });
		await vi.waitFor(async () => expect((await right.list(file))[0]?.status).toBe('succeeded'));
		expect(runsOfWait).toBe(2);
	});

	test('that are discarded are not offered again', async () => {
		const killed = open();
		const live = await killed.start(chain(1, 'wait'));
		await killed.abandon();
		const book = open();
		await book.discard(file, live.execution);
		expect(await book.interrupted(() => true)).toEqual([]);
		expect((await book.list(file))[0]?.status).toBe('stopped');
		gate.resolve();
	});

	test('build on what the last one left, where nothing before has changed', async () => {
		const book = open();
		await finished(book, chain('kept'));
		const live = await book.start({ ...chain('kept'), scope: { kind: 'only', node: 'c' } });
		await live.run?.result;
		expect(live.state.at({ node: 'b', frame: '' })?.state).toBe('cached');
		expect(live.state.at({ node: 'c', frame: '' })?.outputs).toEqual({ out: { value: 'kept', bytes: 6 } });
		await vi.waitFor(() => expect(book.live).toEqual([]));
		expect(await book.lastInputs(file)).toEqual({});
	});

	test('tell a watcher at most ten times a second, and the end at once', async () => {
		const book = open();
		const live = await book.start(chain(1, 'wait'));
		const told: number[] = [];
		live.onDidChange(() => told.push(performance.now()));
		live.setOutdated(true);
		gate.resolve();
		await live.run?.result;
		expect(live.view).toMatchObject({ status: 'succeeded', isOutdated: true });
		expect(told.length).toBeLessThanOrEqual(4);
		await vi.waitFor(() => expect(book.live).toEqual([]));
	});
});
