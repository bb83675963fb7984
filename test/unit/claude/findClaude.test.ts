import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { claudeEnvironment } from '../../../src/core/claude/environment';
import { findClaude, thisMachine, type ClaudeMachine } from '../../../src/core/claude/findClaude';
import { launchArguments } from '../../../src/core/claude/launch';
import { compareVersions, parseVersion } from '../../../src/core/claude/version';

/** A machine on which programs print what `programs` says; an Error is thrown instead. */
function machine(programs: Readonly<Record<string, string | Error>>, over: Partial<ClaudeMachine> = {}): ClaudeMachine {
	return {
		platform: 'linux',
		home: '/home/ada',
		environment: { PATH: '/usr/local/bin:/usr/bin:bin:' },
		isFile: path => Promise.resolve(path in programs),
		read: path => Promise.resolve(typeof programs[path] === 'string' ? programs[path] : undefined),
		list: () => Promise.resolve([]),
		version: ({ command }) => {
			const said = programs[command] ?? new Error('ENOENT');
			return said instanceof Error ? Promise.reject(said) : Promise.resolve(said);
		},
		...over,
	};
}
const good = '2.1.329 (Claude Code)\n';

describe('finding the CLI', () => {
	test('the PATH comes first, then the usual places', async () => {
		const both = machine({ '/usr/bin/claude': good, '/home/ada/.local/bin/claude': good });
		expect(await findClaude(both)).toEqual({
			path: '/usr/bin/claude',
			version: '2.1.329',
			launch: { command: '/usr/bin/claude', args: [] },
		});
		const places = [
			'/home/ada/.local/bin',
			'/home/ada/.claude/local',
			'/opt/homebrew/bin',
			'/home/ada/.npm-global/bin',
		];
		for (const place of places)
			expect(await findClaude(machine({ [`${place}/claude`]: good }))).toMatchObject({ path: `${place}/claude` });
		const nvm = machine(
			{
				'/home/ada/.nvm/versions/node/v9.9.9/bin/claude': good,
				'/home/ada/.nvm/versions/node/v22.1.0/bin/claude': good,
			},
			{ list: folder => Promise.resolve(folder.endsWith('versions/node') ? ['v9.9.9', 'v22.1.0'] : []) },
		);
		expect(await findClaude(nvm)).toMatchObject({ path: '/home/ada/.nvm/versions/node/v22.1.0/bin/claude' });
	});

	test('the path of the setting is the only one, with ~ for home', async () => {
		const two = machine({ '/usr/bin/claude': good, '/home/ada/my/claude': good });
		expect(await findClaude(two, ' ~/my/claude ')).toMatchObject({ path: '/home/ada/my/claude' });
		await expect(findClaude(two, '/nowhere/claude')).rejects.toMatchObject({
			code: 'cli-missing',
			message: expect.stringContaining('/nowhere/claude') as string,
		});
	});

	test('a relative PATH entry is never searched: it would run a file of the workspace', async () => {
		await expect(findClaude(machine({ 'bin/claude': good, claude: good }))).rejects.toMatchObject({
			code: 'cli-missing',
		});
	});

	test('one that is too old or broken is passed over for a good one, else told', async () => {
		const old = '2.1.196 (Claude Code)';
		const broken = new Error('native binary not installed');
		expect(await findClaude(machine({ '/usr/local/bin/claude': old, '/usr/bin/claude': good }))).toMatchObject({
			path: '/usr/bin/claude',
		});
		await expect(
			findClaude(machine({ '/usr/local/bin/claude': broken, '/usr/bin/claude': old })),
		).rejects.toMatchObject({ code: 'cli-too-old' });
		await expect(findClaude(machine({ '/usr/bin/claude': broken }))).rejects.toMatchObject({
			code: 'cli-broken',
			message: expect.stringContaining('native binary') as string,
		});
		await expect(findClaude(machine({ '/usr/bin/claude': 'Claude Desktop 1.2' }))).rejects.toMatchObject({
			code: 'cli-broken',
		});
	});

	test('Windows: a shim of npm leads to the program behind it', async () => {
		const shim = 'C:\\Users\\ada\\AppData\\Roaming\\npm\\claude.cmd';
		const exe = 'C:\\Users\\ada\\AppData\\Roaming\\npm\\node_modules\\@anthropic-ai\\claude-code\\bin\\claude.exe';
		const programs = { [shim]: '"%dp0%\\node_modules\\@anthropic-ai\\claude-code\\bin\\claude.exe"   %*', [exe]: good };
		const windows = machine(programs, {
			platform: 'win32',
			home: 'C:\\Users\\ada',
			environment: { Path: 'C:\\Windows' },
		});
		expect(await findClaude(windows)).toEqual({ path: shim, version: '2.1.329', launch: { command: exe, args: [] } });
	});

	test('a program that answers with an error, or with nothing, is broken', async () => {
		const folder = await mkdtemp(join(tmpdir(), 'quarterdeck-'));
		const path = join(folder, 'claude');
		await writeFile(path, '#!/bin/sh\necho "native binary not installed" >&2\nexit 1\n');
		await chmod(path, 0o755);
		const failure = findClaude(thisMachine({ PATH: '/usr/bin:/bin' }, homedir()), path);
		await expect(failure).rejects.toMatchObject({
			code: 'cli-broken',
			message: expect.stringContaining('native binary') as string,
		});
		await rm(folder, { recursive: true });
	});

	test('versions', () => {
		expect([parseVersion(good), parseVersion('v22.1.0'), parseVersion('')]).toEqual(['2.1.329', undefined, undefined]);
		expect([
			compareVersions('2.1.197', '2.1.20') > 0,
			compareVersions('2.1.197', '2.1.197'),
			compareVersions('1.9.9', '2.0.0') < 0,
		]).toEqual([true, 0, true]);
	});
});

describe('what the CLI is started with', () => {
	test("its environment is the user's, without what belongs to VS Code or to a CLI around us", () => {
		const inherited = {
			PATH: '/bin',
			HTTPS_PROXY: 'http://proxy',
			ANTHROPIC_API_KEY: 'sk',
			CLAUDE_CONFIG_DIR: '/c',
			CLAUDE_CODE_USE_BEDROCK: '1',
			CLAUDE_CODE_GIT_BASH_PATH: 'C:\\bash.exe',
			CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
			VSCODE_GIT_ASKPASS_NODE: '/node',
			NODE_OPTIONS: '--inspect',
			VSCODE_INSPECTOR_OPTIONS: '{}',
			VSCODE_IPC_HOOK: '/sock',
			ELECTRON_RUN_AS_NODE: '1',
			CLAUDECODE: '1',
			CLAUDE_CODE_ENTRYPOINT: 'cli',
			CLAUDE_CODE_SSE_PORT: '1234',
			CLAUDE_CODE_SESSION_ID: 'x',
			EMPTY: undefined,
		};
		expect(claudeEnvironment(inherited, { EXTRA: 'yes' })).toEqual({
			PATH: '/bin',
			HTTPS_PROXY: 'http://proxy',
			ANTHROPIC_API_KEY: 'sk',
			CLAUDE_CONFIG_DIR: '/c',
			CLAUDE_CODE_USE_BEDROCK: '1',
			CLAUDE_CODE_GIT_BASH_PATH: 'C:\\bash.exe',
			CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
			VSCODE_GIT_ASKPASS_NODE: '/node',
			CLAUDE_CODE_ENTRYPOINT: 'quarterdeck',
			CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS: '1',
			CLAUDE_CODE_ENABLE_SDK_FILE_CHECKPOINTING: '1',
			DISABLE_AUTOUPDATER: '1',
			EXTRA: 'yes',
		});
	});

	test('its command line', () => {
		const always = [
			'-p',
			'--output-format',
			'stream-json',
			'--input-format',
			'stream-json',
			'--verbose',
			'--include-partial-messages',
			'--permission-prompt-tool',
			'stdio',
		];
		expect(launchArguments({ cwd: '/w', start: { kind: 'new', id: 'i' }, model: 'default' })).toEqual([
			...always,
			'--session-id',
			'i',
			'--permission-mode',
			'default',
		]);
		const fork = { kind: 'fork', id: 'n', from: 'o', at: 'm' } as const;
		expect(
			launchArguments({
				cwd: '/w',
				start: fork,
				model: 'opus',
				mode: 'plan',
				maxBudget: 1_500_000_000,
				additionalFolders: ['/a'],
			}),
		).toEqual([
			...always,
			'--resume',
			'o',
			'--fork-session',
			'--session-id',
			'n',
			'--resume-session-at',
			'm',
			'--permission-mode',
			'plan',
			'--model',
			'opus',
			'--max-budget-usd',
			'1.5',
			'--add-dir',
			'/a',
		]);
	});
});
