import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SafetyContext } from '../../../src/core/safety/approval';
import { classify } from '../../../src/core/safety/classify';
import { globToPattern } from '../../../src/core/safety/globs';
import { PathRules } from '../../../src/core/safety/paths';
import { context, cwd } from './context';

const rules = new PathRules(context);
const tierOf = (text: string, access: 'list' | 'read' | 'write' | 'delete', isRecursive = false): string =>
	rules.judge(text, cwd, access, isRecursive).tier;

describe('where a path lies', () => {
	test.each([
		['src/a.ts', 'GREEN', 'YELLOW', 'YELLOW'],
		['/home/dev/project/../project/a', 'GREEN', 'YELLOW', 'YELLOW'],
		['/tmp/a', 'YELLOW', 'YELLOW', 'YELLOW'],
		['~/a', 'YELLOW', 'ORANGE', 'RED'],
		['../a', 'YELLOW', 'ORANGE', 'RED'],
		['/home/dev/project2/a', 'YELLOW', 'ORANGE', 'RED'],
		['/opt/a', 'YELLOW', 'RED', 'RED'],
		['/usr/local/bin/a', 'YELLOW', 'RED', 'RED'],
		['/etc/hosts', 'YELLOW', 'BLACK', 'BLACK'],
		['~', 'YELLOW', 'ORANGE', 'BLACK'],
		['/', 'YELLOW', 'RED', 'BLACK'],
		['.', 'GREEN', 'YELLOW', 'RED'],
		['.git', 'GREEN', 'RED', 'RED'],
		['.git/hooks/pre-commit', 'GREEN', 'RED', 'RED'],
		['.GIT/Hooks/pre-commit', 'GREEN', 'RED', 'RED'],
		['.vscode/settings.json', 'GREEN', 'ORANGE', 'ORANGE'],
		['.env', 'ORANGE', 'ORANGE', 'ORANGE'],
		['.env.example', 'GREEN', 'YELLOW', 'YELLOW'],
		['~/.bashrc', 'YELLOW', 'RED', 'RED'],
		['~/.ssh/id_rsa', 'BLACK', 'BLACK', 'BLACK'],
		['~/.claude/plans/a.md', 'GREEN', 'YELLOW', 'YELLOW'],
		['~/.claude/settings.json', 'YELLOW', 'RED', 'RED'],
		['/dev/null', 'GREEN', 'GREEN', 'GREEN'],
		['/dev/sda', 'RED', 'RED', 'RED'],
	])('%s: read %s, write %s, delete %s', (path, read, write, remove) => {
		expect([tierOf(path, 'read'), tierOf(path, 'write'), tierOf(path, 'delete')]).toEqual([read, write, remove]);
	});

	test('a folder with everything in it is ORANGE to delete', () => {
		expect(tierOf('build', 'delete', true)).toBe('ORANGE');
	});

	test('the user can protect more, and nothing less', () => {
		const stricter = new PathRules({ ...context, protectedPaths: ['infra/**', '~/notes', '*.sql'] });
		const tiers = ['infra/a.tf', 'infra', '~/notes/x', 'db/a.sql', 'src/a.ts'].map(
			path => stricter.judge(path, cwd, 'read').tier,
		);
		expect(tiers).toEqual(['BLACK', 'BLACK', 'BLACK', 'BLACK', 'GREEN']);
	});

	test('our own folders are out of reach wherever they lie', () => {
		const own = new PathRules({ ...context, storageFolders: ['/home/dev/project/.data [1]'] });
		expect(own.judge('.data [1]/journal/a.jsonl', cwd, 'read').tier).toBe('BLACK');
	});
});

describe('a configuration of the CLI that was moved', () => {
	const moved = new PathRules({ ...context, claudeFolders: ['/tmp/claude [1]', '/home/dev/.claude'] });
	const judge = (path: string, access: 'read' | 'write'): string => moved.judge(path, cwd, access).tier;

	test('is guarded as the usual one is', () => {
		for (const file of ['settings.json', 'hooks/a.sh', 'projects/-home-dev-app/a.jsonl', 'CLAUDE.md', 'plans/a.md'])
			expect([file, judge(`/tmp/claude [1]/${file}`, 'read'), judge(`/tmp/claude [1]/${file}`, 'write')]).toEqual([
				file,
				judge(`~/.claude/${file}`, 'read'),
				judge(`~/.claude/${file}`, 'write'),
			]);
		expect(judge('/tmp/claude [1]/settings.json', 'write')).toBe('RED');
		expect(judge('/tmp/claude [1]/.credentials.json', 'read')).toBe(judge('~/.claude/.credentials.json', 'read'));
	});
});

describe('other systems', () => {
	const windows: SafetyContext = {
		...context,
		workspaceFolders: ['C:\\Users\\dev\\project'],
		home: 'C:\\Users\\dev',
		platform: 'win32',
	};
	const judge = (path: string, access: 'read' | 'write' | 'delete'): string =>
		new PathRules(windows).judge(path, 'C:\\Users\\dev\\project', access).tier;

	test('Windows paths in each of their spellings', () => {
		expect(judge('src\\a.ts', 'write')).toBe('YELLOW');
		expect(judge('c:/users/DEV/project/a', 'write')).toBe('YELLOW');
		expect(judge('/c/Users/dev/project/a', 'write')).toBe('YELLOW');
		expect(judge('..\\..\\other', 'delete')).toBe('RED');
		expect(judge('C:\\Windows\\System32\\a.dll', 'write')).toBe('BLACK');
		expect(judge('C:\\Users\\dev\\.ssh\\id_rsa', 'read')).toBe('BLACK');
		expect(judge('C:\\Users\\dev\\.ssh.\\id_rsa', 'read')).toBe('BLACK');
		expect(judge('C:\\', 'delete')).toBe('BLACK');
	});

	test('letter case does not matter on macOS', () => {
		const mac = new PathRules({
			...context,
			platform: 'darwin',
			home: '/Users/dev',
			workspaceFolders: ['/Users/dev/App'],
		});
		expect(mac.judge('/users/DEV/app/a', '/', 'write').tier).toBe('YELLOW');
	});
});

describe('links', () => {
	const root = realpathSync(mkdtempSync(join(tmpdir(), 'safety-')));
	const workspace = join(root, 'home/project');
	const here: SafetyContext = {
		...context,
		workspaceFolders: [workspace],
		home: join(root, 'home'),
		platform: process.platform,
	};

	function read(path: string): string {
		return classify({ tool: 'Read', input: { file_path: join(workspace, path) }, cwd: workspace }, here).tier;
	}

	beforeAll(() => {
		mkdirSync(join(workspace, 'src'), { recursive: true });
		mkdirSync(join(root, 'home/.ssh'));
		mkdirSync(join(root, 'home/other/deep'), { recursive: true });
		writeFileSync(join(root, 'home/.ssh/id_rsa'), 'x');
		symlinkSync(join(root, 'home/.ssh'), join(workspace, 'keys'));
		symlinkSync(join(root, 'home/other/deep'), join(workspace, 'out'));
		symlinkSync(join(root, 'home/new.txt'), join(workspace, 'dangling'));
		symlinkSync('/etc', join(workspace, 'system'));
	});
	afterAll(() => rmSync(root, { recursive: true }));

	test.runIf(process.platform !== 'win32').each([
		['cat keys/id_rsa', 'BLACK'],
		['cat src/../keys/id_rsa', 'BLACK'],
		['cp keys/id_rsa .', 'BLACK'],
		['echo x > out/a', 'ORANGE'],
		['rm out/a', 'RED'],
		['rm -rf out/../x', 'RED'],
		['echo x > dangling', 'ORANGE'],
		['echo x > system/hosts', 'BLACK'],
		['cd system && touch hosts', 'BLACK'],
		['cd out && rm ../x', 'RED'],
		['cat src/a.ts', 'GREEN'],
	])('%s is %s', (command, tier) => {
		expect(classify({ tool: 'Bash', input: { command }, cwd: workspace }, here).tier).toBe(tier);
	});

	test.runIf(process.platform !== 'win32')('a file tool follows them too', () => {
		expect([read('keys/id_rsa'), read('src/a.ts'), read('out/a')]).toEqual(['BLACK', 'GREEN', 'YELLOW']);
	});
});

function matches(glob: string, path: string): boolean {
	return globToPattern(glob).test(path);
}

test('globs become patterns that match no more than they say', () => {
	expect(matches('**/.ssh/**', '/a/.ssh/b/c')).toBe(true);
	expect(matches('**/.ssh/**', '/a/.sshx/b')).toBe(false);
	expect(matches('/a/*.ts', '/a/b.ts')).toBe(true);
	expect(matches('/a/*.ts', '/a/b/c.ts')).toBe(false);
	expect(matches('/a/{b,c}/[xy]?', '/a/c/y1')).toBe(true);
	expect(matches('/a.b', '/axb')).toBe(false);
	expect(matches('/a/[z-a]', '/a/q')).toBe(true);
});
