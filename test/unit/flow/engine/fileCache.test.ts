import { appendFileSync, mkdtempSync, readdirSync, rmSync, utimesSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FileCache } from '../../../../src/core/flow/engine/fileCache';
import { flowOf, runFlow, runs, states } from './support';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'flow-cache-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const key = (digit: string): string => digit.repeat(64);
const hex = (number: number): string => number.toString(16).padStart(64, '0');

test('keeps results for the next program, and takes no harm from torn or foreign lines', async () => {
	const first = await FileCache.open({ folder });
	first.set(key('a'), { out: 'ä', none: 0 });
	first.set(key('b'), { out: [1] });
	expect(first.get(key('a'))).toEqual({ out: 'ä', none: 0 });
	await first.settled();
	first.set(key('c'), { out: null });
	await first.settled();
	const [file] = readdirSync(folder);
	appendFileSync(join(folder, file!), `not ours\n{"key":"${key('d')}","outputs":{"ou`);
	const second = await FileCache.open({ folder, maxMemory: 1 });
	expect(second.size).toBe(3);
	for (const [name, value] of [
		['a', { out: 'ä', none: 0 }],
		['b', { out: [1] }],
		['c', { out: null }],
	] as const)
		expect(await second.get(key(name))).toEqual(value);
	expect(second.get(key('d'))).toBeUndefined();
	rmSync(join(folder, file!));
	expect(await second.get(key('b'))).toBeUndefined();
});

test('is bounded in size and age, and can be emptied', async () => {
	const cache = await FileCache.open({ folder });
	cache.set(key('a'), { out: 'x'.repeat(2_000_000) });
	cache.set(key('b'), { out: 'x'.repeat(1000) });
	await cache.settled();
	expect((await FileCache.open({ folder, maxBytes: 2000 })).size).toBe(1);
	expect((await FileCache.open({ folder, maxBytes: 500 })).size).toBe(0);
	cache.set(key('c'), { out: 1 });
	await cache.settled();
	const old = new Date(Date.now() - 40 * 24 * 3600_000);
	for (const name of readdirSync(folder)) utimesSync(join(folder, name), old, old);
	expect((await FileCache.open({ folder })).size).toBe(0);
	cache.set(key('d'), { out: 1 });
	await cache.clear();
	expect([cache.size, cache.get(key('d')), readdirSync(folder)]).toEqual([0, undefined, []]);
});

test('answers the nodes of another run', async () => {
	let count = 0;
	const pure = runs('pure', () => ({ out: ++count }), { effects: 'pure' });
	const flow = flowOf({ p: 'pure', q: 'add' }, ['p -> q']);
	const first = await FileCache.open({ folder });
	await runFlow(flow, { types: [pure], cache: first });
	await first.settled();
	const { events } = await runFlow(flow, { types: [pure], cache: await FileCache.open({ folder }) });
	expect(states(events)).toEqual({ p: 'cached', q: 'cached' });
	expect(count).toBe(1);
});

test('one program does not fill the disk, and many do not leave many files', async () => {
	const cache = await FileCache.open({ folder, maxBytes: 20_000 });
	for (let at = 0; at < 60; at++) {
		cache.set(hex(at), { out: 'x'.repeat(1000) });
		await cache.settled();
	}
	expect(readdirSync(folder)).toHaveLength(1);
	expect(statSync(join(folder, readdirSync(folder)[0]!)).size).toBeLessThan(12_000);
	expect(await cache.get(hex(59))).toMatchObject({ out: expect.stringContaining('xxx') });
	for (let at = 0; at < 5; at++) {
		const other = await FileCache.open({ folder, maxFiles: 3 });
		other.set(hex(100 + at), { out: at });
		await other.settled();
	}
	expect(readdirSync(folder).length).toBeLessThanOrEqual(4);
});
