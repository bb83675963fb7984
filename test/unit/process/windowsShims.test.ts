import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveShim } from '../../../src/core/process/windowsShims';

const fixtures = resolve(import.meta.dirname, '../../fixtures/windows-shims');
const folder = "C:\\Users\\O'Brien & Söhne\\AppData\\npm";
const shim = `${folder}\\claude.cmd`;

function resolveFixture(name: string, files: readonly string[]): ReturnType<typeof resolveShim> {
	const text = readFileSync(join(fixtures, name, 'claude.cmd'), 'utf8');
	return resolveShim(
		shim,
		{
			exists: path => Promise.resolve(files.includes(path)),
			read: path => Promise.resolve(path === shim ? text : undefined),
		},
		() => Promise.resolve('C:\\Program Files\\nodejs\\node.exe'),
	);
}

const none = (): Promise<undefined> => Promise.resolve(undefined);
const inPackage = (root: string, file: string): string => `${root}\\node_modules\\@anthropic-ai\\claude-code\\${file}`;

describe('Windows shims, as package managers write them', () => {
	const exe = inPackage(folder, 'bin\\claude.exe');
	const script = inPackage(folder, 'cli.js');
	const node = 'C:\\Program Files\\nodejs\\node.exe';

	test('npm', async () => {
		expect(await resolveFixture('npm-exe', [exe])).toEqual({ command: exe, args: [] });
		expect(await resolveFixture('npm-js', [script])).toEqual({ command: node, args: [script] });
		const own = `${folder}\\node.exe`;
		expect(await resolveFixture('npm-js', [script, own])).toEqual({ command: own, args: [script] });
	});

	test('pnpm and yarn', async () => {
		const pnpm = inPackage(`${folder}\\global\\5`, 'bin\\claude.exe');
		const pnpmScript = inPackage(`${folder}\\global\\5`, 'cli.js');
		expect(await resolveFixture('pnpm-exe', [pnpm])).toEqual({ command: pnpm, args: [] });
		expect(await resolveFixture('pnpm-js', [pnpmScript])).toEqual({ command: node, args: [pnpmScript] });
		const yarn = inPackage("C:\\Users\\O'Brien & Söhne\\AppData\\Data\\global", 'cli.js');
		expect(await resolveFixture('yarn-js', [yarn])).toEqual({ command: node, args: [yarn] });
	});

	test('what starts something else, or something that is gone, is not guessed at', async () => {
		expect(await resolveFixture('npm-exe', [])).toBeUndefined();
		expect(await resolveFixture('volta', [exe])).toBeUndefined();
		expect(await resolveFixture('foreign', ['C:\\Tools\\wrapper.cmd'])).toBeUndefined();
	});

	test('a program needs no resolving', async () => {
		const files = { exists: () => Promise.resolve(false), read: () => Promise.resolve(undefined) };
		expect(await resolveShim('C:\\x\\claude.exe', files, none)).toEqual({ command: 'C:\\x\\claude.exe', args: [] });
		expect(await resolveShim('C:\\x\\claude.ps1', files, none)).toBeUndefined();
	});

	test('every recorded layout has a test', () => {
		expect(readdirSync(fixtures).sort()).toEqual([
			'foreign',
			'npm-exe',
			'npm-js',
			'pnpm-exe',
			'pnpm-js',
			'volta',
			'yarn-js',
		]);
	});
});
