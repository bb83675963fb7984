import { mkdtemp, readdir, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Deferred } from '../../../../src/core/base/async';
import { systemClock } from '../../../../src/core/base/clock';
import type { ExecutionId } from '../../../../src/core/base/ids';
import { silentLogger } from '../../../../src/core/base/logger';
import { expressionEngine } from '../../../../src/core/flow/expressions/engine';
import { pruneRuns } from '../../../../src/core/flow/runs/retention';
import { RunBook } from '../../../../src/core/flow/runs/runBook';
import { RunFolders } from '../../../../src/core/flow/runs/runFolders';
import { catalogOf, flowOf, testType, testTypes } from '../engine/support';

vi.setConfig({ testTimeout: 30_000 });

const file = '/home/ada/shop/release.flow.json';
const day = 24 * 3600_000;
let folder: string;
let gate: Deferred<void>;
const books: RunBook[] = [];

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'qd-retention-'));
	gate = new Deferred();
});

afterEach(async () => {
	gate.resolve();
	for (const book of books.splice(0)) {
		await book.settled();
		book.dispose();
	}
	await rm(folder, { recursive: true, force: true });
});

function open(): RunBook {
	const wait = testType('wait', {
		effects: 'reads',
		run: async () => {
			await gate.promise;
			return { out: 1 };
		},
	});
	const book = new RunBook({
		folder,
		clock: systemClock,
		log: silentLogger,
		catalog: () => catalogOf([...testTypes, wait]),
		world: { flow: () => undefined, tool: () => undefined },
		expressions: expressionEngine,
		services: () => Promise.resolve({}),
		limits: () => ({}),
		append: () => undefined,
	});
	books.push(book);
	return book;
}

async function start(book: RunBook, type: string, value: string): Promise<ExecutionId> {
	const live = await book.start({
		file,
		flow: flowOf({ a: { type: 'value', params: { value } }, b: type }, ['a -> b']),
		hash: 'hash',
		cwd: '/home/ada/shop',
		trigger: 'user',
		scope: { kind: 'all' },
		inputs: {},
		breakpoints: [],
		pins: new Map(),
	});
	return live.execution;
}

/** As if everything that is there had been written so many days ago. */
async function age(days: number, of = ''): Promise<void> {
	const at = new Date(Date.now() - days * day);
	for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
		const isWanted = entry.isFile() && entry.name.startsWith(of) && !entry.parentPath.endsWith('leases');
		if (isWanted) await utimes(join(entry.parentPath, entry.name), at, at);
	}
}

const blobs = async (): Promise<number> =>
	(await readdir(join(folder, 'blobs'), { recursive: true, withFileTypes: true }).catch(() => [])).filter(entry =>
		entry.isFile(),
	).length;

/** What is written down of all runs. */
async function journals(): Promise<string> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const files = entries.filter(entry => entry.isFile() && entry.name.endsWith('.jsonl'));
	return (await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')))).join('');
}

describe('old runs', () => {
	test('go by their age, all that is kept of them and large values a while later', async () => {
		const book = open();
		const old = await start(book, 'pass', 'x'.repeat(100_000));
		await book.settled();
		await age(40);
		const young = await start(book, 'pass', 'y');
		await book.settled();
		expect(await book.prune(365)).toBe(0);
		expect(await book.prune(30)).toBe(1);
		expect((await book.list(file)).map(({ id }) => id)).toEqual([young]);
		const left = await readdir(folder, { recursive: true });
		expect(left.filter(name => name.includes(old))).toEqual([]);
		expect(await blobs()).toBe(2);
		await age(91);
		await book.prune(30);
		expect(await blobs()).toBe(0);
	});

	test('that go on, here or in another window, stay', async () => {
		const [here, there] = [open(), open()];
		const id = await start(there, 'wait', 'z'.repeat(100_000));
		// Large values are written before the line that names them.
		await vi.waitFor(async () => expect(await journals()).toContain('"node.ended","node":"a"'));
		expect(await blobs()).toBe(2);
		await age(300);
		expect(await here.prune(7)).toBe(0);
		expect(await there.prune(7)).toBe(0);
		expect(await blobs()).toBe(2);
		gate.resolve();
		await there.settled();
		await age(300);
		expect(await here.prune(7)).toBe(1);
		expect(await here.read(file, id).catch((error: unknown) => error)).toMatchObject({ code: 'no-run' });
	});

	test('that were cut off stay as long as they can be gone on with', async () => {
		const killed = open();
		const id = await start(killed, 'wait', 'v');
		await killed.abandon();
		const book = open();
		await age(20);
		expect(await book.prune(7)).toBe(0);
		expect((await book.interrupted(() => true)).map(({ summary }) => summary.id)).toEqual([id]);
		expect(await book.fileOf(id)).toBe(file);
		await age(31);
		expect(await book.prune(7)).toBe(1);
		expect(await book.interrupted(() => true)).toEqual([]);
		expect(await book.fileOf(id)).toBeUndefined();
	});

	test('beyond the most of a flow go, the oldest first', async () => {
		const book = open();
		const ids: ExecutionId[] = [];
		for (const [at, name] of ['a', 'b', 'c'].entries()) {
			const id = await start(book, 'pass', name);
			ids.push(id);
			await book.settled();
			await age(3 - at, id);
		}
		const folders = new RunFolders(folder);
		expect(await pruneRuns({ folders, now: Date.now(), days: 30, most: 2 })).toBe(1);
		expect(new Set((await book.list(file)).map(({ id }) => id))).toEqual(new Set(ids.slice(1)));
	});
});

test('two windows run the same flow at once: each its own run, seen by both', async () => {
	const [left, right] = [open(), open()];
	const ids = [await start(left, 'wait', 'left'), await start(right, 'wait', 'right')];
	for (const book of [left, right]) {
		expect((await book.list(file)).map(({ status }) => status)).toEqual(['running', 'running']);
		expect(await book.interrupted(() => true)).toEqual([]);
	}
	await expect(left.resume(file, ids[1]!)).rejects.toMatchObject({ code: 'run-elsewhere' });
	gate.resolve();
	await Promise.all([left.settled(), right.settled()]);
	for (const book of [left, right]) {
		const list = await book.list(file);
		expect(list.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
		expect(new Set(list.map(({ id }) => id))).toEqual(new Set(ids));
	}
});
