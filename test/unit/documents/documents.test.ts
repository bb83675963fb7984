import { strFromU8, strToU8, zipSync } from 'fflate';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { documentKind } from '../../../src/core/documents/kinds';
import { documentHandlers } from '../../../src/core/documents/protocol';
import { documentText, readDocument } from '../../../src/core/documents/read';
import { makeExcel, makePdf, makeWord, paragraph } from '../../fakes/documents';

/** A small archive, one part of which says that it unpacks to so many bytes. */
function makeBomb(name: string, size: number, content = 'x'): Uint8Array {
	const bytes = zipSync({ [name]: strToU8(content) });
	const view = new DataView(bytes.buffer);
	for (let at = 0; at < bytes.length - 4; at++)
		if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, size, true);
	return bytes;
}

/** What Office writes for a file with a password, and what its old formats are. */
const compound = new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ...Array<number>(600).fill(0)]);

const noise = Array.from({ length: 2_000 }, (_, n) => ((n * 7919) % 4093).toString(36)).join(' ');

/** Entities that would grow to gigabytes, and one that names a file. */
function makeWithEntities(): Uint8Array {
	const grow = Array.from({ length: 8 }, (_, n) => `<!ENTITY e${n + 1} "${`&e${n};`.repeat(50)}">`).join('');
	const head = `<!DOCTYPE x [<!ENTITY e0 "lol"><!ENTITY f SYSTEM "file:///etc/hostname">${grow}]>`;
	return zipSync({ 'word/document.xml': strToU8(`<?xml version="1.0"?>${head}<x>&f;&e8;</x>`) });
}

/** A PDF that only opens with a password. */
function makeLockedPdf(): Uint8Array {
	const word = `<${'ab'.repeat(32)}>`;
	const lock = `/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O ${word} /U ${word} >> /ID [${word} ${word}]`;
	return strToU8(strFromU8(makePdf(['secret']), true).replace('/Root 1 0 R', `/Root 1 0 R ${lock}`), true);
}

const text = (value: string): Uint8Array => strToU8(value);

describe('documents', () => {
	test('a PDF is read page by page, and pages without text are named', async () => {
		const pages = ['The quick brown fox\njumps over (dogs)', '', '', 'Second chapter'];
		const document = await readDocument('Report.PDF', makePdf(pages));
		expect(document).toEqual({
			what: 'PDF, 4 pages',
			pages: 4,
			parts: [
				{ label: 'Page 1', text: 'The quick brown fox\njumps over (dogs)' },
				{ label: 'Page 4', text: 'Second chapter' },
			],
			notes: ['2 pages without text: 2 to 3.'],
			unread: 0,
		});
		expect(documentText(document, 1000).text).toContain('[Page 4]\nSecond chapter');
	});

	test('a Word document keeps headings, lists and tables', async () => {
		const cell = (value: string): string => `<w:tc>${paragraph(value)}</w:tc>`;
		const table = `<w:tbl><w:tr>${cell('Name')}${cell('Fare')}</w:tr><w:tr>${cell('Ada')}${cell('12')}</w:tr></w:tbl>`;
		const document = await readDocument(
			'a.docx',
			makeWord(`${paragraph('Fares', 'Heading1')}${paragraph('Some text')}${table}`),
		);
		expect(document.parts[0]?.text).toBe('# Fares\n\nSome text\n\nName | Fare\nAda | 12');
	});

	test('each sheet of an Excel file is CSV under its name', async () => {
		const document = await readDocument(
			'a.xlsx',
			makeExcel({
				Fares: [
					['route', 'price'],
					['A, B', 12.5],
				],
				Empty: [],
			}),
		);
		expect(document).toEqual({
			what: 'Excel, 2 sheets',
			parts: [{ label: 'Sheet “Fares”, 2 rows', text: 'route,price\n"A, B",12.5' }],
			notes: ['1 sheet without a value left out.'],
		});
	});

	test('CSV is told with its shape, and left as it is', async () => {
		const csv = '\uFEFFa;b\n1;"x\ny"\n';
		expect(await readDocument('a.csv', text(csv))).toMatchObject({
			what: 'CSV, 2 rows of 2 columns',
			parts: [{ text: 'a;b\n1;"x\ny"\n' }],
		});
	});

	test('HTML loses its scripts and keeps its words', async () => {
		const html =
			'<html><head><style>p{}</style><script>alert(1)</script></head><body><h2>T</h2><p>a <b>b</b></p></body>';
		expect((await readDocument('a.html', text(html))).parts).toEqual([{ label: '', text: '## T\n\na **b**' }]);
	});

	test('a notebook is read cell by cell, with what was printed', async () => {
		const notebook = {
			metadata: { kernelspec: { language: 'python' } },
			cells: [
				{ cell_type: 'markdown', source: ['# Title\n', 'text'] },
				{
					cell_type: 'code',
					source: 'print(1)',
					outputs: [
						{ output_type: 'stream', text: ['1\n'] },
						{ output_type: 'display_data', data: { 'image/png': 'aaaa', 'text/plain': ['<Figure>'] } },
						{ output_type: 'error', ename: 'ValueError', evalue: 'no' },
					],
				},
			],
		};
		expect(await readDocument('a.ipynb', text(JSON.stringify(notebook)))).toEqual({
			what: 'Notebook, 2 cells of python',
			parts: [
				{ label: 'Cell 1 (markdown)', text: '# Title\ntext' },
				{ label: 'Cell 2 (code)', text: 'print(1)\n\nOutput:\n1\n<Figure>\nValueError: no' },
			],
			notes: ['1 picture is not in this text.'],
		});
	});
});

describe('the worker', () => {
	const folder = mkdtempSync(join(tmpdir(), 'qd-documents-'));
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	test.each([
		['a.pdf', makePdf(['one']), 'PDF, 1 page'],
		['a.docx', makeWord(paragraph('one')), 'Word'],
		['a.xlsx', makeExcel({ S: [['one']] }), 'Excel, 1 sheet'],
		['a.csv', text('a,b'), 'CSV, 1 row of 2 columns'],
	])('reads %s from disk as it does from bytes', async (name, bytes, detail) => {
		const { readFile, readBytes } = documentHandlers();
		writeFileSync(join(folder, name), bytes);
		const fromFile = await readFile({ path: join(folder, name), limit: 1000 });
		expect(fromFile.detail).toBe(detail);
		expect(await readBytes({ name, bytes, limit: 1000 })).toEqual(fromFile);
	});
});

test('of a long PDF only as much is read as can be used, and the rest is counted', async () => {
	const pages = Array.from({ length: 40 }, (_, n) => `page ${n} `.repeat(10));
	const document = await readDocument('long.pdf', makePdf(pages), 500);
	expect(document.parts.length).toBeLessThan(10);
	expect(document.parts.length + (document.unread ?? 0)).toBe(40);
	expect(documentText(document, 500).detail).toMatch(
		/^PDF, 40 pages\. .*: the last 3[0-9] parts of 40 are missing or cut\.$/,
	);
});

describe('files that cannot be read', () => {
	test.each([
		['scan.pdf', makePdf(['', '']), /“scan\.pdf” holds no text: it is probably a scan/],
		['broken.pdf', text('%PDF-1.4 nothing more'), /“broken\.pdf” is not a PDF that can be read/],
		['broken.docx', text('PK not a zip'), /“broken\.docx” is not a Word document/],
		['broken.xlsx', text('PK not a zip'), /“broken\.xlsx” is not an Excel file/],
		['empty.csv', text(''), /“empty\.csv” is empty/],
		['blank.csv', text('\n\n'), /“blank\.csv” is empty/],
		['empty.pdf', text(''), /“empty\.pdf” is empty/],
		[
			'bomb.xlsx',
			makeBomb('xl/worksheets/sheet1.xml', 600_000_000),
			/“bomb\.xlsx” unpacks to 600 MB of text; up to 200 MB/,
		],
		['bomb.docx', makeBomb('word/document.xml', 600_000_000), /“bomb\.docx” unpacks to 600 MB/],
		['liar.docx', makeBomb('word/document.xml', 10, noise), /“liar\.docx” is damaged: a part of it is not of the size/],
		['liar.xlsx', makeBomb('xl/workbook.xml', 10, noise), /“liar\.xlsx” is damaged/],
		['locked.docx', compound, /“locked\.docx” is protected by a password, or is an old \.doc\. Save it as \.docx/],
		['locked.xlsx', compound, /“locked\.xlsx” is protected by a password, or is an old \.xls\. Save it as \.xlsx/],
		['locked.pdf', makeLockedPdf(), /“locked\.pdf” is protected by a password/],
		['picture.pdf', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), /“picture\.pdf” is not a PDF/],
		['report.docx', makePdf(['a PDF']), /“report\.docx” is not a Word document/],
		['entities.docx', makeWithEntities(), /“entities\.docx” is not a Word document/],
		['deep.ipynb', text('['.repeat(1_000_000)), /“deep\.ipynb” is not a notebook/],
		['binary.csv', new Uint8Array([0xff, 0xff, 0, 1]), /“binary\.csv” is not text in UTF-8/],
		['broken.ipynb', text('{"cells": 1}'), /“broken\.ipynb” is not a notebook/],
		['a.exe', text('MZ'), /“a\.exe” is of a kind that cannot be read/],
	])('%s is refused with a sentence', async (name, bytes, sentence) => {
		await expect(readDocument(name, bytes)).rejects.toThrow(sentence);
		await expect(readDocument(name, bytes)).rejects.toMatchObject({ code: 'unreadable-document' });
	});

	test('a table that an old program of Windows saved is read with its umlauts', async () => {
		const bytes = Buffer.from('Ort;Preis\nGr\xf6\xdfe;5 \x80\n', 'latin1');
		expect(JSON.stringify(await readDocument('latin.csv', bytes))).toMatch(/Größe.*5 €/);
	});

	test('only what needs reading is taken as a document', () => {
		expect(['a.pdf', 'b.PDF', 'c.tar.xlsx'].map(documentKind)).toEqual(['pdf', 'pdf', 'xlsx']);
		expect(['a.ts', 'pdf', 'constructor', 'a.doc', '.constructor'].map(documentKind)).toEqual(Array(5).fill(undefined));
	});
});

test('past the limit the rest is left out, and the text says so', async () => {
	const document = await readDocument('long.pdf', makePdf(['one '.repeat(20), 'two '.repeat(20), 'three']));
	const { text: cut, detail, tokens } = documentText(document, 120);
	expect(cut).toContain('[Page 1]');
	expect(cut).not.toContain('three');
	expect(detail).toBe(
		'PDF, 3 pages. Only the first 120 characters are here: the last 2 parts of 3 are missing or cut.',
	);
	expect(tokens).toBe(Math.ceil(cut.length / 4));
});

test('a table of 10 MB is read', async () => {
	const rows = Array.from({ length: 250_000 }, (_, n) => `${n},some text that fills the row,${n * 2}`).join('\n');
	expect(rows.length).toBeGreaterThan(10_000_000 - 1_000_000);
	const { what } = await readDocument('large.csv', text(rows));
	expect(what).toBe('CSV, 250,000 rows of 3 columns');
});

describe('pages that were made to take for ever', () => {
	const half = '</div></b></td></tr></table></ul></li></blockquote>';
	test.each([
		['<div>', 200_000],
		['<b><i>', 100_000],
		['<ul><li>a', 20_000],
		['<blockquote>a', 20_000],
		['<table><tr><td>a', 20_000],
		['<div><table><tr><td></div>', 20_000],
		['<p><b x=1>', 20_000],
		['<!--', 300_000],
		['<', 300_000],
		['<a title="', 100_000],
		[`<li>${half}<div>`, 20_000],
	])(
		'%s, again and again, is read in seconds',
		async (tag, times) => {
			const name = 'deep.html';
			const document = await readDocument(name, text(`<h1>Head</h1>${tag.repeat(times)}<p>tail`));
			expect(document.parts[0]?.text).toContain('Head');
		},
		60_000,
	);

	test('keep their text where tags are left out, and honest pages all of their form', async () => {
		const deep = await readDocument('deep.html', text(`${'<div><p>x'.repeat(500)}tail`));
		expect(deep.parts[0]?.text).toMatch(/tail$/u);
		const rows = '<tr><td><p>a<td><b>b</b>'.repeat(300);
		const items = '<li>one<p>two'.repeat(300);
		const honest = `<script>if (a<div>b) "<ul>"</script><table>${rows}</table><ul>${items}</ul><h2>End</h2>`;
		const read = await readDocument('honest.html', text(honest));
		expect(read.parts[0]?.text.match(/a \| \*\*b\*\*/gu)).toHaveLength(300);
		expect(read.parts[0]?.text).toMatch(/## End$/u);
	});
});

test('a file of 100 MB is refused before it is read, by what it is on disk', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'qd-documents-'));
	try {
		const path = join(folder, 'book.pdf');
		writeFileSync(path, '');
		truncateSync(path, 100_000_000);
		const asked = documentHandlers().readFile({ path, limit: 1000 });
		await expect(asked).rejects.toThrow('“book.pdf” has 100 MB; documents up to 50 MB are read. Attach a part of it.');
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
});
