import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { silentLogger } from '../../../src/core/base/logger';
import { cleanEnvironment } from '../../../src/core/process/environment';
import { OutputTail } from '../../../src/core/process/outputTail';
import { systemProcessTable, type ProcessTable } from '../../../src/core/process/processTable';
import { ProcessRegister, type RegisterEntry } from '../../../src/core/process/register';
import { reapLeftovers } from '../../../src/core/process/reaper';
import { ProcessSupervisor, type SpawnRequest } from '../../../src/core/process/supervisor';

vi.setConfig({ testTimeout: 20_000 });

let folder: string;
let supervisor: ProcessSupervisor;
const table = systemProcessTable();

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'quarterdeck-'));
	supervisor = new ProcessSupervisor({ folder, table, logger: silentLogger });
});
afterEach(async () => {
	await supervisor.close();
	await rm(folder, { recursive: true, force: true });
});

const shell = (script: string): SpawnRequest => ({
	command: '/bin/sh',
	args: ['-c', script],
	cwd: tmpdir(),
	environment: cleanEnvironment(process.env),
	label: 'test',
});

describe.runIf(process.platform !== 'win32')('supervised processes', () => {
	test('are registered while they live, and forgotten after', async () => {
		const child = supervisor.spawn(shell('read line'));
		await vi.waitUntil(async () => (await readdir(folder)).length === 1);
		const [name = ''] = await readdir(folder);
		const entry = JSON.parse(await readFile(join(folder, name), 'utf8')) as RegisterEntry;
		expect(entry).toEqual({
			pid: child.pid,
			start: await table.startOf(child.pid ?? 0),
			marker: child.marker,
			label: 'test',
			hostPid: process.pid,
			hostStart: await table.startOf(process.pid),
		});
		child.endInput();
		expect(await child.ended).toEqual({ code: 1, signal: null, error: null, wasStopped: false });
		await vi.waitUntil(async () => (await readdir(folder)).length === 0);
		expect(supervisor.live).toEqual([]);
	});

	test('a stubborn one is killed with what it started, in every group', async () => {
		const child = supervisor.spawn(
			shell(
				`trap '' INT TERM HUP; (trap '' INT TERM; setsid tail -f /dev/null) & tail -f /dev/null & echo up; while :; do wait; tail -f /dev/null; done`,
			),
		);
		await new Promise(resolve => child.stdout.once('data', resolve));
		await child.stop();
		expect(await table.withEnvironment('QUARTERDECK_PROCESS', child.marker)).toEqual([]);
		expect(await child.ended).toMatchObject({ signal: 'SIGKILL', wasStopped: true });
	});

	test('one that ends by itself leaves nothing behind either', async () => {
		const child = supervisor.spawn(shell('(setsid tail -f /dev/null &) ; exit 7'));
		expect(await child.ended).toMatchObject({ code: 7, wasStopped: false });
		expect(await table.withEnvironment('QUARTERDECK_PROCESS', child.marker)).toEqual([]);
	});

	test('one that cannot be started says so', async () => {
		const child = supervisor.spawn({ ...shell(''), command: '/nowhere/program' });
		expect((await child.exited).error?.message).toContain('ENOENT');
		child.write('x');
		await child.stop();
	});

	test('closing stops all at once, and nothing starts after', async () => {
		const children = [1, 2, 3].map(() =>
			supervisor.spawn(shell(`trap '' INT; while :; do read line || tail -f /dev/null; done`)),
		);
		await supervisor.close();
		expect(children.map(child => child.isAlive)).toEqual([false, false, false]);
		expect(() => supervisor.spawn(shell(''))).toThrow('closed');
	});
});

const entry = (over: Partial<RegisterEntry>): RegisterEntry => ({
	pid: 10,
	start: 's10',
	marker: crypto.randomUUID(),
	hostPid: 5,
	hostStart: 's5',
	label: 'claude',
	...over,
});

describe('the reaper', () => {
	const nobody: ProcessTable = {
		list: () => Promise.resolve([]),
		startOf: () => Promise.resolve(undefined),
		withEnvironment: () => Promise.resolve([]),
	};

	test('keeps what a live window owns, and forgets what is gone', async () => {
		const register = new ProcessRegister(folder);
		await register.add(entry({}));
		const hostIsAlive: ProcessTable = { ...nobody, startOf: pid => Promise.resolve(pid === 5 ? 's5' : undefined) };
		expect(await reapLeftovers(register, hostIsAlive)).toEqual({ ended: [], kept: 1 });
		const pidWasReused: ProcessTable = { ...nobody, startOf: pid => Promise.resolve(pid === 5 ? 'later' : undefined) };
		expect(await reapLeftovers(register, pidWasReused)).toEqual({
			ended: [{ label: 'claude', pid: 10, left: 0 }],
			kept: 0,
		});
		expect(await register.list()).toEqual([]);
	});

	test('never touches a process that only has the same pid', async () => {
		const register = new ProcessRegister(folder);
		await register.add(entry({ pid: process.ppid, start: 'another start', hostPid: 999_999_999 }));
		const report = await reapLeftovers(register, table);
		expect(report).toEqual({ ended: [{ label: 'claude', pid: process.ppid, left: 0 }], kept: 0 });
		expect(() => process.kill(process.ppid, 0)).not.toThrow();
	});

	test('removes files that name nothing that could be ended safely', async () => {
		await writeFile(join(folder, 'a.json'), '{"pid":');
		await writeFile(join(folder, 'b.json'), JSON.stringify({ ...entry({}), pid: -1 }));
		await writeFile(join(folder, 'c.json'), JSON.stringify({ ...entry({}), marker: '../x' }));
		expect(await new ProcessRegister(folder).list()).toEqual([]);
		expect(await readdir(folder)).toEqual([]);
		expect(await new ProcessRegister(join(folder, 'none')).list()).toEqual([]);
	});
});

describe('output that is kept', () => {
	test('is the beginning and the end, with a note on what lies between', () => {
		const short = new OutputTail(4, 8);
		for (const part of ['ab', 'cd', 'ef']) short.push(Buffer.from(part));
		expect([short.text(), short.tail(), short.total]).toEqual(['abcdef', 'abcdef', 6]);
		const long = new OutputTail(4, 8);
		for (let at = 0; at < 1000; at++) long.push(Buffer.from(String(at).padStart(4, '0')));
		expect([long.text(), long.tail(), long.total]).toEqual([
			'0000\n[… 3988 bytes left out …]\n09980999',
			'09980999',
			4000,
		]);
		const whole = new OutputTail(4, 8);
		whole.push(Buffer.from('x'.repeat(100)));
		expect(whole.text()).toBe(`xxxx\n[… 88 bytes left out …]\nxxxxxxxx`);
	});
});
