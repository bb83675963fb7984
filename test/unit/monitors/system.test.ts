import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
	findingOfCaches,
	flowResults,
	keepNewest,
	leftovers,
	lookAtCaches,
	storageOf,
} from '../../../src/core/monitors/ownStorage';
import { endHolderOfPort, holderOfPort, type PortSearch } from '../../../src/core/monitors/portHolder';
import { systemProcessTable } from '../../../src/core/process/processTable';
import { markerVariable } from '../../../src/core/process/tree';
import { newFolder } from './world';

function write(path: string, bytes: number, ageMs = 0): string {
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, 'x'.repeat(bytes));
	const at = (Date.now() - ageMs) / 1000;
	utimesSync(path, at, at);
	return path;
}

const day = 24 * 3_600_000;

describe('what we keep on disk', () => {
	test('is told by folder, the largest first', async () => {
		const folder = newFolder();
		write(join(folder, 'ledger', 'journal', 'a.jsonl'), 300);
		write(join(folder, 'flows', 'cache', 'b.jsonl'), 500);
		write(join(folder, 'note.txt'), 10);
		mkdirSync(join(folder, 'empty'));
		expect(await storageOf(folder)).toEqual([
			{ name: 'flows', bytes: 500 },
			{ name: 'ledger', bytes: 300 },
			{ name: 'note.txt', bytes: 10 },
		]);
	});

	test('results of flow nodes are cleared by whoever has them open, else by us, and nothing beside them', async () => {
		const folder = newFolder();
		const result = write(join(folder, 'a.jsonl'), 500);
		const other = write(join(folder, 'lease.json'), 5);
		const open = flowResults(folder, () => Promise.resolve(true));
		expect([await open.bytes(), await open.clear(), existsSync(result)]).toEqual([500, 0, true]);
		const closed = flowResults(folder, () => Promise.resolve(false));
		expect([await closed.clear(), existsSync(result), existsSync(other)]).toEqual([500, false, true]);
	});

	test('of what was written beside others, only what is a day old and has the name of one goes', async () => {
		const folder = newFolder();
		const old = write(join(folder, 'ledger', `snapshot.bin.${randomUUID()}.tmp`), 100, 2 * day);
		const young = write(join(folder, 'ledger', `snapshot.bin.${randomUUID()}.tmp`), 100);
		const named = write(join(folder, 'ledger', 'notes.tmp'), 100, 2 * day);
		const area = leftovers(folder, Date.now);
		expect([await area.bytes(), await area.clear()]).toEqual([100, 100]);
		expect([old, young, named].map(path => existsSync(path))).toEqual([false, true, true]);
	});

	test('too much of it is an incident, and what is left of reports are the newest', async () => {
		const area = (bytes: number) => ({
			name: 'x',
			bytes: () => Promise.resolve(bytes),
			clear: () => Promise.resolve(0),
		});
		expect(findingOfCaches(await lookAtCaches([area(2 ** 27), area(2 ** 27)]), 5)).toMatchObject({
			kind: 'opened',
			incident: { condition: 'storage.large', since: 5, name: 'Quarterdeck’s caches take 256 MB' },
		});
		expect(findingOfCaches(await lookAtCaches([area(2 ** 27)]), 5)).toMatchObject({ kind: 'over' });
		const folder = newFolder();
		const files = [3, 1, 2].map(age => write(join(folder, `${age}.md`), 1, age * day));
		await keepNewest(folder, 2);
		expect(files.map(path => existsSync(path))).toEqual([false, true, true]);
		expect(statSync(folder).isDirectory()).toBe(true);
	});
});

describe.runIf(process.platform === 'linux')('who keeps a port', () => {
	/** A process that starts another one, which listens; resolves with the port. */
	async function start(
		marker: string,
	): Promise<{ readonly child: ChildProcess; readonly port: number; readonly inner: number }> {
		const inner = `require('node:net').createServer().listen(0, '127.0.0.1', function () { process.stdout.write(this.address().port + ' ' + process.pid + '\\n'); })`;
		const outer = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(inner)}], { stdio: 'inherit' }); setInterval(() => {}, 1000)`;
		const child = spawn(process.execPath, ['-e', outer], {
			env: { PATH: process.env['PATH'], [markerVariable]: marker },
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		onTestFinished(() => void child.kill('SIGKILL'));
		const text = await new Promise<string>(resolve =>
			child.stdout.once('data', (data: Buffer) => resolve(data.toString())),
		);
		const [port = 0, pid = 0] = text.trim().split(' ').map(Number);
		onTestFinished(() => {
			try {
				process.kill(pid, 'SIGKILL');
			} catch {
				// It was ended, which is what the test is about.
			}
		});
		return { child, port, inner: pid };
	}

	test('is found among what our processes started, and alone is ended', async () => {
		const marker = randomUUID();
		const table = systemProcessTable();
		const { child, port, inner } = await start(marker);
		const startTime = await table.startOf(child.pid!);
		const live = [
			{ pid: child.pid, startTime, marker, label: 'claude', stop: () => Promise.reject(new Error('never')) },
		];
		const search: PortSearch = { table, live: () => live };
		const holder = await holderOfPort(search, port);
		expect(holder).toMatchObject({ pid: inner, label: expect.stringMatching(/, started by claude,$/) as string });
		await expect(endHolderOfPort(search, port, { ...holder!, pid: inner + 1 })).rejects.toThrow(/is not kept by/);
		await endHolderOfPort(search, port, holder!);
		await vi.waitFor(async () => expect(await table.startOf(inner)).toBeUndefined());
		expect(await table.startOf(child.pid!)).toBe(startTime);
		expect(await holderOfPort(search, port)).toBeUndefined();
	}, 60_000);

	test('is nobody where the process is not ours', async () => {
		const marker = randomUUID();
		const { port } = await start(marker);
		const search: PortSearch = { table: systemProcessTable(), live: () => [] };
		expect(await holderOfPort(search, port)).toBeUndefined();
		expect(await holderOfPort(search, 1)).toBeUndefined();
	}, 60_000);
});
