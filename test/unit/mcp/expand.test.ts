import { describe, expect, test } from 'vitest';
import { expandAll, inputsOf, type Expansions } from '../../../src/core/mcp/expand';
import { readSetting } from '../../../src/core/mcp/configs';

const expansions: Expansions = {
	environment: { HOME: '/home/ada', EMPTY: '' },
	home: '/home/ada',
	folder: '/repo',
	input: id => Promise.resolve(`<${id}>`),
};

describe('what ${…} stands for', () => {
	test.each([
		['${workspaceFolder}/x', '/repo/x'],
		['${workspaceFolderBasename}', 'repo'],
		['${userHome}', '/home/ada'],
		['${env:HOME}', '/home/ada'],
		['${env:NOT_SET}', ''],
		['${HOME}', '/home/ada'],
		['${NOT_SET:-a}', 'a'],
		['${EMPTY:-a}', 'a'],
		['${NOT_SET:-}', ''],
		['${HOME:-a}', '/home/ada'],
		['Bearer ${input:key} ${input:key}', 'Bearer <key> <key>'],
		['$HOME {x} $', '$HOME {x} $'],
	])('%s', async (text, expected) => {
		expect(await expandAll(text, expansions)).toBe(expected);
	});

	test('what is not known is said', async () => {
		await expect(expandAll('${NOT_SET}', expansions)).rejects.toThrow('The environment variable NOT_SET is not set.');
		await expect(expandAll('${command:x}', expansions)).rejects.toThrow('“${command:x}” is not known here.');
		await expect(expandAll('${workspaceFolder}', { ...expansions, folder: null })).rejects.toThrow(
			'needs an open folder',
		);
	});

	test('a value that looks like a variable is not expanded again', async () => {
		const input = (): Promise<string> => Promise.resolve('${HOME}');
		expect(await expandAll({ a: ['${input:x}'] }, { ...expansions, input })).toEqual({ a: ['${HOME}'] });
	});

	test('the inputs that a definition uses', () => {
		const [definition] = readSetting(
			{ a: { command: 'x', args: ['${input:b}'], env: { K: '${input:a}${input:b}' } } },
			null,
		).definitions;
		expect(inputsOf(definition!)).toEqual(['b', 'a']);
	});
});
