import { spawn } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseStat, ProcessReader } from '../../../src/core/hardware/linux/processes';
import { StatFiles } from '../../../src/core/hardware/linux/statFiles';
import { FakeRoot } from './folders';

interface Fake {
	readonly pid: number;
	readonly name: string;
	readonly parent?: number;
	readonly ticks?: number;
	readonly started?: number;
	readonly pages?: number;
	readonly command?: string;
}

function stat({ pid, name, parent = 1, ticks = 0, started = 500, pages = 100 }: Fake): string {
	return `${pid} (${name}) S ${parent} 1 1 0 -1 4194304 1 0 0 0 ${ticks} 0 0 0 20 0 1 0 ${started} 99999 ${pages} 184467 0 0\n`;
}

function files(...processes: readonly Fake[]): Record<string, string> {
	return Object.fromEntries(
		processes.flatMap(fake => [
			[`proc/${fake.pid}/stat`, stat(fake)],
			...(fake.command === undefined ? [] : [[`proc/${fake.pid}/cmdline`, fake.command]]),
		]),
	);
}

const moment = (at: number): { at: number; longestGapMs: number } => ({ at, longestGapMs: 60_000 });
const none = new Map<number, number>();

function readerOf(root: FakeRoot): ProcessReader {
	const reader = new ProcessReader(root.proc, 99);
	onTestFinished(() => reader.dispose());
	return reader;
}

describe.skipIf(process.platform !== 'linux')('the files of processes', () => {
	const openOnes = (): readonly string[] =>
		readdirSync('/proc/self/fd').flatMap(name => {
			try {
				return [readlinkSync(`/proc/self/fd/${name}`)].filter(target => /^\/proc\/\d+\/stat$/.test(target));
			} catch {
				return []; // That of this very list.
			}
		});

	test('stay open as long as somebody looks, tell nothing of a process that ended, and are closed at the end', async () => {
		const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 60_000)'], { stdio: 'ignore' });
		onTestFinished(() => void child.kill('SIGKILL'));
		const own = String(process.pid);
		const other = String(child.pid);
		const files = new StatFiles('/proc');
		onTestFinished(() => files.dispose());
		const look = (): readonly boolean[] => {
			const told = [own, other].map(pid => parseStat(files.read(pid, true)) !== undefined);
			files.end();
			return told;
		};
		expect([look(), look(), openOnes()]).toEqual([
			[true, true],
			[true, true],
			[`/proc/${own}/stat`, `/proc/${other}/stat`],
		]);
		const ended = new Promise(resolve => void child.once('exit', resolve));
		child.kill('SIGKILL');
		await ended;
		expect([look(), openOnes()]).toEqual([[true, false], [`/proc/${own}/stat`]]);
		files.forget();
		expect(openOnes()).toEqual([]);
		look();
		files.dispose();
		expect(openOnes()).toEqual([]);
	});
});

describe('processes', () => {
	test('fields count from the last parenthesis of a name', () => {
		expect(parseStat(stat({ pid: 7, name: 'a) S 1 (b', parent: 3, ticks: 12 }))).toMatchObject({
			pid: 7,
			name: 'a) S 1 (b',
			parent: 3,
			ticks: 12,
		});
		expect(parseStat('')).toBeUndefined();
		expect(parseStat('12 (torn) S 1')).toBeUndefined();
	});

	test('that run models come first, with all they started; secrets of a command line are not shown', () => {
		const root = new FakeRoot(
			files(
				{ pid: 1, name: 'systemd', parent: 0, pages: 9000, command: '/sbin/init' },
				{ pid: 10, name: 'ollama', pages: 50, command: '/usr/bin/ollama\0serve' },
				{ pid: 11, name: 'runner', parent: 10, pages: 4000, command: 'runner\0--model\0x' },
				{
					pid: 20,
					name: 'python3',
					pages: 60,
					command: 'python3\0-m\0vllm.entrypoints\0--api-key=sk-ant-api03-abcdefghijklmnop1234567890abcdefghijklmnop',
				},
				{ pid: 21, name: 'python3', pages: 70, command: 'python3\0backup.py' },
				{ pid: 30, name: 'MainThread', parent: 99, pages: 80, command: '/usr/bin/node\0server.js' },
				{ pid: 31, name: 'sh', parent: 30, pages: 5, command: 'sh' },
				{ pid: 99, name: 'node', parent: 1, pages: 81, command: 'node\0host.js' },
			),
		);
		const reader = readerOf(root);
		const listed = reader.read(moment(0), new Map([[21, 1024]]));
		expect(listed.filter(({ isAi }) => isAi).map(({ pid }) => pid)).toEqual([11, 21, 20, 10]);
		expect(
			listed
				.filter(({ isOurs }) => isOurs)
				.map(({ pid }) => pid)
				.toSorted((left, right) => left - right),
		).toEqual([30, 31]);
		expect(listed.find(({ pid }) => pid === 30)?.name).toBe('node');
		expect(listed.find(({ pid }) => pid === 21)?.gpuMemory).toBe(1024);
		expect(listed.find(({ pid }) => pid === 20)?.command).not.toContain('abcdefghijklmnop');
	});

	test('have no load at the first look, and a pid that was used again begins anew', () => {
		const root = new FakeRoot(files({ pid: 5, name: 'cc1', ticks: 1000 }));
		const reader = readerOf(root);
		expect(reader.read(moment(0), none)[0]).not.toHaveProperty('cpu');
		root.write(files({ pid: 5, name: 'cc1', ticks: 1150 }));
		expect(reader.read(moment(1000), none)[0]?.cpu).toBeCloseTo(150);
		root.write(files({ pid: 5, name: 'cc1', ticks: 9000, started: 501 }));
		expect(reader.read(moment(2000), none)[0]).not.toHaveProperty('cpu');
	});

	test('that sleep use nothing, which is told, and are told anew once they do something', () => {
		const root = new FakeRoot(files({ pid: 5, name: 'cc1', ticks: 1000 }));
		const reader = readerOf(root);
		const cpu = (at: number): number | undefined => reader.read(moment(at), none)[0]?.cpu;
		expect([cpu(0), cpu(1000), cpu(2000)]).toEqual([undefined, 0, 0]);
		root.write(files({ pid: 5, name: 'cc1', ticks: 1050 }));
		expect([cpu(3000), cpu(4000)]).toEqual([50, 0]);
		// After a pause nothing is known of now.
		expect([cpu(900_000), cpu(901_000)]).toEqual([undefined, 0]);
		root.write(files({ pid: 5, name: 'ollama', ticks: 1050 }));
		expect(reader.read(moment(902_000), none)[0]).toMatchObject({ name: 'ollama', isAi: true, cpu: 0 });
	});

	test('five thousand of them: few are named, and only those have their command lines read', () => {
		const many = Array.from({ length: 5_000 }, (_, index) => ({
			pid: index + 100,
			name: `job${index}`,
			pages: 10 + index,
		}));
		const root = new FakeRoot(files(...many, { pid: 10, name: 'ollama', pages: 5, command: 'ollama\0serve' }));
		const reader = readerOf(root);
		const listed = reader.read(moment(0), none);
		expect(listed[0]).toMatchObject({ pid: 10, isAi: true });
		expect(listed.length).toBeLessThanOrEqual(31);
		expect(listed[1]?.pid).toBe(5_099);
	});

	test('a circle of parents, as pids that were used again could make, ends', () => {
		const root = new FakeRoot(files({ pid: 5, name: 'a', parent: 6 }, { pid: 6, name: 'b', parent: 5 }));
		expect(readerOf(root).read(moment(0), none)).toHaveLength(2);
	});
});
