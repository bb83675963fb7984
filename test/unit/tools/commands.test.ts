import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test, vi } from 'vitest';
import { systemProcessTable } from '../../../src/core/process/processTable';
import { textOf } from './toolsForTest';
import { ToolWorld } from './worldForTools';

vi.setConfig({ testTimeout: 40_000 });

const table = systemProcessTable();
const isAlive = async (pid: number): Promise<boolean> => (await table.startOf(pid)) !== undefined;

describe.runIf(process.platform !== 'win32')('a command', () => {
	test('gives its output and its exit code, both streams in order', async () => {
		await using world = await ToolWorld.make();
		const result = await world.run('run_command', { command: 'echo one; echo two >&2; echo three; exit 3' });
		expect(result.isError).toBe(true);
		expect(textOf(result)).toMatch(/^one\ntwo\nthree\n\[exit code 3, [\d.]+ s\]$/u);
	});

	test('runs in the working folder, reads no input, and shows no colours', async () => {
		await using world = await ToolWorld.make();
		const command = String.raw`pwd; cat; printf '\033[31mred\033[0m\n10%%\r100%%\n'`;
		const text = textOf(await world.run('run_command', { command }));
		expect(text).toMatch(/^[^\n]+\nred\n100%\n\[exit code 0/u);
		expect(text).toContain(world.folder);
	});

	test('does not take the profile or the injected start file of the shell', async () => {
		await using world = await ToolWorld.make({ environment: { ...process.env, BASH_ENV: '/nowhere/evil', ENV: 'x' } });
		expect(textOf(await world.run('run_command', { command: 'echo "[$BASH_ENV$ENV]"' }))).toMatch(/^\[\]\n/u);
	});

	test('tells how it goes on', async () => {
		await using world = await ToolWorld.make();
		const seen: string[] = [];
		const stop = new AbortController();
		const working = world.run(
			'run_command',
			{ command: 'echo first; sleep 30' },
			{ onProgress: text => seen.push(text), signal: stop.signal },
		);
		await vi.waitFor(() => expect(seen).toContain('first'));
		stop.abort();
		const text = textOf(await working);
		expect(text).toMatch(/^first\n\[ended by/u);
	});

	test('that takes too long is ended with what it says so far', async () => {
		await using world = await ToolWorld.make();
		const result = await world.run('run_command', { command: 'echo begun; sleep 30', timeout_seconds: 1 });
		expect(result.isError).toBe(true);
		expect(textOf(result)).toBe('begun\n[ended after 1 seconds, with everything it had started]');
	});

	test('leaves nothing running, wherever it moved', async () => {
		await using world = await ToolWorld.make();
		const command = `(trap '' HUP INT TERM; setsid sleep 300 & echo $! > child); nohup sleep 300 > /dev/null 2>&1 & echo $! > other; echo done`;
		expect(textOf(await world.run('run_command', { command }))).toContain('done');
		for (const name of ['child', 'other']) {
			const pid = Number(await readFile(world.path(name), 'utf8'));
			expect(pid).toBeGreaterThan(1);
			expect(await isAlive(pid), name).toBe(false);
		}
		expect(world.supervisor.live).toEqual([]);
	});

	test('that writes 100 MB neither fills the memory nor holds up the host', async () => {
		await using world = await ToolWorld.make();
		const before = process.memoryUsage().rss;
		let longest = 0;
		let last = performance.now();
		const timer = setInterval(() => {
			longest = Math.max(longest, performance.now() - last);
			last = performance.now();
		}, 10);
		const command = `head -c 100000000 /dev/zero | tr '\\0' x; echo; echo the end`;
		const text = textOf(await world.run('run_command', { command }));
		clearInterval(timer);
		expect(text.length).toBeLessThan(700_000);
		expect(text).toContain('bytes left out');
		expect(text).toMatch(/the end\n\[exit code 0/u);
		expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
		expect(longest).toBeLessThan(5000);
	});

	test('that cannot be started is said', async () => {
		await using world = await ToolWorld.make({ shell: '/nowhere/bash' });
		expect(textOf(await world.run('run_command', { command: 'true' }))).toContain('could not be started');
	});
});

describe('Git', () => {
	const git = (world: ToolWorld, ...args: string[]): string =>
		execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.org', ...args], {
			cwd: world.folder,
			encoding: 'utf8',
		});
	const repository = async (): Promise<ToolWorld> => {
		const identity = { GIT_AUTHOR_NAME: 'T', GIT_AUTHOR_EMAIL: 't@example.org' };
		const committer = { GIT_COMMITTER_NAME: 'T', GIT_COMMITTER_EMAIL: 't@example.org', GIT_CONFIG_GLOBAL: '/dev/null' };
		const world = await ToolWorld.make({ environment: { ...process.env, ...identity, ...committer } });
		git(world, 'init', '--quiet', '--initial-branch=main');
		await world.write('a.txt', 'one\n');
		git(world, 'add', '.');
		git(world, 'commit', '--quiet', '-m', 'First');
		return world;
	};

	test('status, difference and log', async () => {
		await using world = await repository();
		await world.write('a.txt', 'two\n');
		await world.write('b.txt', 'new\n');
		expect(textOf(await world.run('git_status', {}))).toBe('## main\n M a.txt\n?? b.txt');
		expect(textOf(await world.run('git_diff', {}))).toContain('-one\n+two');
		expect(textOf(await world.run('git_diff', { path: 'b.txt' }))).toBe('There is no difference.');
		expect(textOf(await world.run('git_diff', { is_staged: true }))).toBe('There is no difference.');
		expect(textOf(await world.run('git_log', { limit: 1 }))).toMatch(/^[0-9a-f]+ \d{4}-\d\d-\d\d T {2}First$/u);
		expect(await world.run('git_log', { revision: 'nowhere' })).toMatchObject({ isError: true });
	});

	test('a commit of the named files alone', async () => {
		await using world = await repository();
		await world.write('a.txt', 'two\n');
		await world.write('b.txt', 'new\n');
		expect(await world.run('git_commit', { message: 'Second "one"\n\nBody', paths: ['b.txt'] })).toMatchObject({
			isError: false,
		});
		expect(git(world, 'log', '-1', '--format=%B').trim()).toBe('Second "one"\n\nBody');
		expect(textOf(await world.run('git_status', {}))).toBe('## main\n M a.txt');
		expect(await world.run('git_commit', { message: 'Nothing' })).toMatchObject({ isError: true });
	});

	test('paths and messages are never options or patterns', async () => {
		await using world = await repository();
		await world.write('a.txt', 'two\n');
		expect(textOf(await world.run('git_diff', { path: '--output=evil' }))).toBe('There is no difference.');
		expect(textOf(await world.run('git_diff', { path: '*' }))).toBe('There is no difference.');
		expect(await world.run('git_diff', { from: '--output=evil' })).toMatchObject({ isError: true });
		await world.run('git_commit', { message: '--amend', paths: ['a.txt'] });
		expect(git(world, 'log', '--format=%s')).toBe('--amend\nFirst\n');
		await expect(readFile(world.path('evil'))).rejects.toThrow('ENOENT');
	});

	test('a repository cannot have its programs run by looking at it', async () => {
		await using world = await repository();
		git(world, 'config', 'diff.external', `touch ${world.path('evil')}; true`);
		git(world, 'config', 'core.fsmonitor', `touch ${world.path('evil')}; true`);
		git(world, 'config', 'diff.x.textconv', `touch ${world.path('evil')}; cat`);
		await writeFile(world.path('.gitattributes'), '*.txt diff=x\n');
		await world.write('a.txt', 'two\n');
		await world.run('git_status', {});
		expect(textOf(await world.run('git_diff', {}))).toContain('+two');
		await expect(readFile(world.path('evil'))).rejects.toThrow('ENOENT');
	});

	test('a difference does not show the files of secrets', async () => {
		await using world = await repository();
		await world.write('.env', 'KEY=one\n');
		git(world, 'add', '-f', '.env');
		git(world, 'commit', '--quiet', '-m', 'Oops');
		await world.write('.env', 'KEY=two\n');
		await world.write('a.txt', 'two\n');
		for (const input of [{}, { from: 'HEAD' }, { path: '.env' }, { from: 'HEAD~1', to: 'HEAD' }]) {
			expect(textOf(await world.run('git_diff', input)), JSON.stringify(input)).not.toContain('KEY=');
		}
		expect(textOf(await world.run('git_diff', {}))).toContain('+two');
	});

	test('outside a repository says so', async () => {
		await using world = await ToolWorld.make();
		expect(textOf(await world.run('git_status', {}))).toContain('not a git repository');
	});
});

describe('a terminal', () => {
	test('shows its last commands', async () => {
		const terminals = () => [
			{ name: 'zsh', isActive: false, commands: [] },
			{
				name: 'bash',
				isActive: true,
				commands: [{ command: 'npm test', exitCode: 1, isRunning: false, output: '\u001b[31mfailed\u001b[0m\r\n' }],
			},
		];
		await using world = await ToolWorld.make({ terminals: { terminals } });
		expect(textOf(await world.run('terminal_output', {}))).toBe(
			'Terminal bash (active):\n$ npm test\nfailed\n[exit code 1]\n\nTerminal zsh: nothing was seen to run in it.',
		);
		expect(textOf(await world.run('terminal_output', { name: 'fish' }))).toContain('There are: zsh, bash.');
	});
});
