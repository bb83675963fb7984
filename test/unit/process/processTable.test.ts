import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { parseCim, parseProcStat, parsePs, systemProcessTable } from '../../../src/core/process/processTable';
import { pickMembers } from '../../../src/core/process/tree';
import type { ProcessEntry } from '../../../src/core/process/processTable';

const stat = (state: string): string =>
	`4242 (a (b) c) ${state} 1 4242 4242 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 20 18446744073709551615`;
const entry = (pid: number, parent: number, group: number, start = `s${pid}`): ProcessEntry => ({
	pid,
	parent,
	group,
	start,
});
const pids = (found: readonly ProcessEntry[]): readonly number[] => found.map(found => found.pid).sort((a, b) => a - b);

test('Linux: a name may hold spaces and parentheses; zombies are not alive', () => {
	expect(parseProcStat(stat('S'), 'boot')).toEqual({ pid: 4242, parent: 1, group: 4242, start: 'boot:987654' });
	expect([parseProcStat(stat('Z'), 'boot'), parseProcStat('', 'boot')]).toEqual([undefined, undefined]);
});

test('macOS: lines of ps', () => {
	const text =
		'    1     0     1 Ss   Mon Nov  2 08:00:00 2026    \n  501   499   499 Z    Sat Nov 21 09:01:02 2026\n 1234   501  1234 S+   Sat Nov 21 10:01:02 2026\n';
	expect(parsePs(text)).toEqual([
		{ pid: 1, parent: 0, group: 1, start: 'Mon Nov 2 08:00:00 2026' },
		{ pid: 1234, parent: 501, group: 1234, start: 'Sat Nov 21 10:01:02 2026' },
	]);
});

test('Windows: lines of our query', () => {
	expect(parseCim('4 0 638000000000000000\r\n\r\nnoise\r\n77 4 638000000000000001\r\n')).toEqual([
		{ pid: 4, parent: 0, group: 0, start: '638000000000000000' },
		{ pid: 77, parent: 4, group: 0, start: '638000000000000001' },
	]);
});

test.runIf(process.platform !== 'win32')(
	'this machine: a child is found by pid, by group and by its environment',
	async () => {
		const table = systemProcessTable();
		const value = crypto.randomUUID();
		const child = spawn('tail', ['-f', '/dev/null'], {
			detached: true,
			stdio: 'ignore',
			env: { ...process.env, PROBE: value },
		});
		await once(child, 'spawn');
		const pid = child.pid ?? 0;
		const start = await table.startOf(pid);
		expect((await table.list()).find(entry => entry.pid === pid)).toEqual({
			pid,
			parent: process.pid,
			group: pid,
			start,
		});
		expect(await table.withEnvironment('PROBE', value)).toEqual([pid]);
		expect(await table.withEnvironment('PROBE', value.slice(0, -1))).toEqual([]);
		child.kill('SIGKILL');
		await once(child, 'exit');
		expect(await table.startOf(pid)).toBeUndefined();
	},
);

test('a tree is the root, its descendants in any group, what carries the mark, and groups they lead', () => {
	const entries = [
		entry(1, 0, 1),
		entry(10, 1, 10), // the root
		entry(11, 10, 11), // a shell with a group of its own
		entry(12, 11, 11),
		entry(13, 1, 11), // orphaned inside that group
		entry(14, 1, 14), // orphaned in a session of its own, but marked
		entry(15, 14, 14),
		entry(20, 1, 20), // somebody else
		entry(21, 20, 20),
	];
	const root = { pid: 10, start: 's10', marker: 'm' };
	expect(pids(pickMembers(entries, root, new Set([14]), []))).toEqual([10, 11, 12, 13, 14, 15]);
	// Another process has the root's pid by now: it is none of ours.
	expect(pids(pickMembers(entries, { ...root, start: 'earlier' }, new Set(), []))).toEqual([]);
	expect(pids(pickMembers(entries, { ...root, start: undefined }, new Set([14]), []))).toEqual([14, 15]);
	// Seen before the root ended.
	expect(pids(pickMembers(entries.slice(2), root, new Set(), [entry(12, 11, 11), entry(20, 1, 20, 'reused')]))).toEqual(
		[12],
	);
});
