import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../../../src/core/base/clock';
import { silentLogger } from '../../../../src/core/base/logger';
import { gitFolders, gitState } from '../../../../src/core/flow/triggers/gitState';
import { GitWatch, type GitWatchOptions } from '../../../../src/core/flow/triggers/gitWatch';

vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let repo: string;
let fired: Record<string, unknown>[];
const open: GitWatch[] = [];

const exec = promisify(execFile);
async function git(...args: readonly string[]): Promise<string> {
	return gitIn(repo, ...args);
}
async function gitIn(cwd: string, ...args: readonly string[]): Promise<string> {
	const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'commit.gpgsign=false'];
	const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
	return (await exec('git', [...identity, ...args], { cwd, env })).stdout.trim();
}
async function commit(name: string, message: string): Promise<string> {
	await writeFile(join(repo, name), message);
	await git('add', '.');
	await git('commit', '-q', '-m', message);
	return git('rev-parse', 'HEAD');
}

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'qd-git-'));
	repo = join(folder, 'repo');
	await mkdir(repo);
	await git('init', '-q', '-b', 'main');
	fired = [];
});

afterEach(async () => {
	for (const watch of open.splice(0)) watch.dispose();
	await rm(folder, { recursive: true, force: true });
});

async function watch(cwd = repo, more: Partial<GitWatchOptions> = {}): Promise<void> {
	const made = await GitWatch.open({
		clock: systemClock,
		log: silentLogger,
		cwd,
		events: ['commit', 'checkout', 'pull'],
		branches: [],
		fire: outputs => fired.push(outputs),
		...more,
	});
	if (made) open.push(made);
}

const last = async (count: number): Promise<Record<string, unknown>> => {
	await vi.waitFor(() => expect(fired).toHaveLength(count));
	return fired[count - 1]!;
};

describe('what is checked out', () => {
	test('is read from a work tree, a folder below it, and packed branches', async () => {
		const empty = await gitFolders(repo);
		expect(await gitState(empty!)).toEqual({ branch: 'main', commit: '' });
		const first = await commit('a.txt', 'First');
		await git('pack-refs', '--all');
		await mkdir(join(repo, 'deep', 'er'), { recursive: true });
		const below = await gitFolders(join(repo, 'deep', 'er'));
		expect(await gitState(below!)).toEqual({ branch: 'main', commit: first });
		await git('checkout', '-q', '--detach');
		expect(await gitState(below!)).toEqual({ branch: '', commit: first });
		expect(await gitFolders(folder)).toBeUndefined();
	});
});

describe('a Git trigger', () => {
	test('fires with a commit, with what was there before', async () => {
		await watch();
		const first = await commit('a.txt', 'First');
		expect(await last(1)).toEqual({ event: 'commit', branch: 'main', commit: first, before: '', message: 'First' });
		const second = await commit('a.txt', 'Second: with a colon');
		expect(await last(2)).toEqual({
			event: 'commit',
			branch: 'main',
			commit: second,
			before: first,
			message: 'Second: with a colon',
		});
		await git('commit', '-q', '--amend', '-m', 'Better');
		expect(await last(3)).toMatchObject({ event: 'commit', before: second, message: 'Better' });
	});

	test('fires with a checkout, and with what others committed', async () => {
		const first = await commit('a.txt', 'First');
		await watch();
		await git('checkout', '-q', '-b', 'topic/new');
		expect(await last(1)).toMatchObject({ event: 'checkout', branch: 'topic/new', commit: first, before: first });
		const second = await commit('b.txt', 'Second');
		expect(await last(2)).toMatchObject({ event: 'commit', branch: 'topic/new', commit: second });
		await git('checkout', '-q', 'main');
		expect(await last(3)).toMatchObject({ event: 'checkout', branch: 'main', commit: first, before: second });
		await git('merge', '-q', 'topic/new');
		expect(await last(4)).toMatchObject({ event: 'pull', branch: 'main', commit: second, before: first });
		await git('reset', '-q', '--hard', first);
		expect(await last(5)).toMatchObject({ event: 'pull', commit: first, before: second });
	});

	test('fires with a pull from another repository', async () => {
		await commit('a.txt', 'First');
		const clone = join(folder, 'clone');
		await gitIn(folder, 'clone', '-q', repo, clone);
		await watch(clone);
		const second = await commit('a.txt', 'Second');
		await gitIn(clone, 'pull', '-q');
		expect(await last(1)).toMatchObject({ event: 'pull', branch: 'main', commit: second });
	});

	test('a rebase fires once, when it is over', async () => {
		await commit('a.txt', 'First');
		await git('checkout', '-q', '-b', 'topic');
		await commit('b.txt', 'On topic');
		await commit('c.txt', 'On topic, too');
		await git('checkout', '-q', 'main');
		await commit('d.txt', 'On main');
		await git('checkout', '-q', 'topic');
		await watch();
		await git('rebase', '-q', 'main');
		expect(await last(1)).toMatchObject({ event: 'pull', branch: 'topic', commit: await git('rev-parse', 'HEAD') });
	});

	test('a linked work tree has its own: what happens in the other one is not its business', async () => {
		const first = await commit('a.txt', 'First');
		const tree = join(folder, 'tree');
		await git('worktree', 'add', '-q', tree, '-b', 'side');
		await watch(tree);
		await commit('b.txt', 'Elsewhere');
		await writeFile(join(tree, 'c.txt'), 'Here');
		await gitIn(tree, 'add', '.');
		await gitIn(tree, 'commit', '-q', '-m', 'Here');
		expect(await last(1)).toMatchObject({ event: 'commit', branch: 'side', before: first, message: 'Here' });
	});

	test('only events and branches that count', async () => {
		await commit('a.txt', 'First');
		await watch(repo, { events: ['commit'], branches: ['release'] });
		await commit('a.txt', 'Not here');
		await git('checkout', '-q', '-b', 'release');
		const third = await commit('a.txt', 'Here');
		expect(await last(1)).toMatchObject({ branch: 'release', commit: third });
	});

	test('a folder without a repository has none', async () => {
		await watch(folder);
		expect(open).toEqual([]);
	});
});
