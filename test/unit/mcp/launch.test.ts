import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { McpStdioConfig } from '../../../src/core/mcp/definition';
import { launchOf, type LaunchPlace, type ServerLaunch } from '../../../src/core/mcp/launch';

function makeFolder(): string {
	const folder = realpathSync(mkdtempSync(join(tmpdir(), 'quarterdeck-launch-')));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

function program(path: string, text = '#!/bin/sh\n'): string {
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, text, { mode: 0o755 });
	return path;
}

/** A package as npm installs it below `root`. */
function install(root: string, name: string, version: string, head = '#!/usr/bin/env node\n'): string {
	const folder = join(root, 'node_modules', name);
	const script = program(join(folder, 'cli.js'), head);
	writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version, bin: { server: 'cli.js' } }));
	return script;
}

interface Machine {
	readonly folder: string;
	readonly home: string;
	readonly node: string;
	readonly npx: string;
	readonly launch: (command: string, args: readonly string[], more?: Partial<McpStdioConfig>) => Promise<ServerLaunch>;
}

function makeMachine(): Machine {
	const home = makeFolder();
	const folder = join(home, 'repo');
	mkdirSync(folder);
	const bin = join(home, 'node', 'bin');
	const [node, npx] = [program(join(bin, 'node')), program(join(bin, 'npx'))];
	const place: LaunchPlace = { name: 'x', environment: { PATH: bin, NODE_OPTIONS: '--inspect' }, home, folder };
	const config = { type: 'stdio', env: {}, envFile: null, cwd: null } as const;
	return {
		folder,
		home,
		node,
		npx,
		launch: (command, args, more = {}) => launchOf({ ...config, command, args, ...more }, place),
	};
}

describe.runIf(process.platform !== 'win32')('what runs for a definition', () => {
	test('an exact version that npx has fetched runs without npx', async () => {
		const { home, node, launch } = makeMachine();
		const key = createHash('sha512').update('@org/server@1.2.3').digest('hex').slice(0, 16);
		const root = join(home, '.npm', '_npx', key);
		const script = install(root, '@org/server', '1.2.3');
		const result = await launch('npx', ['-y', '@org/server@1.2.3', '--flag', '/x']);
		expect([result.command, result.args, result.mayDownload]).toEqual([node, [script, '--flag', '/x'], false]);
		expect(result.environment['PATH']?.split(delimiter)).toContain(join(root, 'node_modules', '.bin'));
	});

	test('a package of the folder itself runs without npx, as npx would do', async () => {
		const { folder, node, launch } = makeMachine();
		const script = install(folder, 'server', '0.1.0');
		expect(await launch('npx', ['server', 'a'])).toMatchObject({ command: node, args: [script, 'a'] });
	});

	test.each([
		['no version, which npx would look for', ['-y', 'other'], 'other', '1.0.0', undefined],
		['a tag', ['-y', 'server@latest'], 'server', '1.0.0', undefined],
		['a range', ['-y', 'server@^1.0.0'], 'server', '1.0.0', undefined],
		['other options', ['-p', 'server@1.0.0', 'server'], 'server', '1.0.0', undefined],
		['another version in the cache', ['-y', 'server@1.0.1'], 'server', '1.0.0', undefined],
		['a program that node does not run', ['-y', 'server@1.0.0'], 'server', '1.0.0', '#!/bin/sh\n'],
	])('npx itself runs for %s', async (_, args, name, version, head) => {
		const { home, npx, launch } = makeMachine();
		for (const spec of [args.at(-1), args[1]]) {
			const key = createHash('sha512')
				.update(spec ?? '')
				.digest('hex')
				.slice(0, 16);
			install(join(home, '.npm', '_npx', key), name, version, head);
		}
		expect(await launch('npx', args)).toMatchObject({ command: npx, args, mayDownload: true, note: null });
	});

	test('a tool that uv has installed runs without uvx', async () => {
		const { home, launch } = makeMachine();
		const uvx = program(join(home, '.local', 'bin', 'uvx'));
		const tool = program(join(home, '.local', 'share', 'uv', 'tools', 'mcp-git', 'bin', 'mcp-git'));
		expect(await launch('uvx', ['mcp-git', '-r', '.'])).toMatchObject({ command: tool, args: ['-r', '.'] });
		expect(await launch('uvx', ['mcp-git@1.0'])).toMatchObject({ command: uvx, mayDownload: true });
	});

	test('a program that the path lacks is found where programs usually are, with its siblings', async () => {
		const { home, launch } = makeMachine();
		const found = program(join(home, '.cargo', 'bin', 'my-server'));
		const result = await launch('my-server', []);
		expect(result.command).toBe(found);
		expect(result.environment['PATH']?.split(delimiter)).toContain(dirname(found));
	});

	test('a program inside the workspace is never found through a relative path entry', async () => {
		const { folder, home } = makeMachine();
		program(join(folder, 'evil'));
		const config = { type: 'stdio', command: 'evil', args: [], env: {}, envFile: null, cwd: null } as const;
		const place = { name: 'x', environment: { PATH: '.:' }, home, folder };
		expect((await launchOf(config, place)).command).toBe('evil');
		expect((await launchOf({ ...config, command: './evil' }, place)).command).toBe(join(folder, 'evil'));
	});

	test("the environment is the host's without what only the host needs, then the file's, then the definition's", async () => {
		const { folder, launch } = makeMachine();
		writeFileSync(join(folder, '.env'), 'A=file\nB="two words"\n# C=no\n');
		const { environment, cwd } = await launch('node', [], { env: { A: 'own' }, envFile: '.env' });
		expect([environment['A'], environment['B'], environment['C'], environment['NODE_OPTIONS'], cwd]).toEqual([
			'own',
			'two words',
			undefined,
			undefined,
			folder,
		]);
		await expect(launch('node', [], { envFile: 'none' })).rejects.toMatchObject({ code: 'mcp.envFile' });
		await expect(launch('node', [], { cwd: 'none' })).rejects.toMatchObject({ code: 'mcp.noFolder' });
	});
});
