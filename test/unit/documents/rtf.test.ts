import { describe, expect, test } from 'vitest';
import { readRtf } from '../../../src/core/documents/rtf';

async function textOf(rtf: string): Promise<string> {
	const { parts } = await readRtf(Buffer.from(rtf, 'latin1'));
	return parts.map(({ text }) => text).join('');
}

describe('Rich Text', () => {
	test('what WordPad writes', async () => {
		const rtf =
			"{\\rtf1\\ansi\\ansicpg1252\\deff0\\nouicompat\\deflang1031{\\fonttbl{\\f0\\fnil\\fcharset0 Calibri;}}\r\n{\\colortbl ;\\red255\\green0\\blue0;}\r\n{\\*\\generator Riched20 10.0.19041}\\viewkind4\\uc1 \r\n\\pard\\sa200\\sl276\\slmult1\\f0\\fs22\\lang7 Caf\\'e9 \\b bold\\b0\\par\r\nSecond \\{line\\}\\par\r\n}";
		expect(await textOf(rtf)).toBe('Café bold\nSecond {line}');
	});

	test('Unicode with what other programs show instead of it, also of two halves', async () => {
		expect(await textOf('{\\rtf1\\uc1 \\u8364?5 and \\u-10179?\\u-8704? done}')).toBe('€5 and 😀 done');
		expect(await textOf("{\\rtf1\\uc2 \\u8364\\'3f\\'3f5}")).toBe('€5');
	});

	test('tabs, cells, dashes and hidden groups', async () => {
		const rtf = '{\\rtf1 a\\tab b\\cell c\\row d\\emdash e{\\pict 89504e47}{\\*\\foo{bar}}{\\info{\\title T}} f}';
		expect(await textOf(rtf)).toBe('a\tb\tc\nd—e f');
	});

	test('groups that are opened and never closed, and closed and never opened', async () => {
		expect(await textOf(`{\\rtf1 a${'{'.repeat(100_000)}b${'}'.repeat(200_000)}c`)).toBe('abc');
	});

	test('what is something else, and what holds nothing', async () => {
		await expect(textOf('hello')).rejects.toThrow('not a Rich Text file');
		await expect(textOf('{\\rtf1{\\info hello}}')).rejects.toThrow('holds no text');
	});
});
