import * as fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ExpectedError } from '../../../src/core/base/errors';
import { Refusal } from '../../../src/core/base/localHttp';
import { parseFile } from '../../../src/core/documents/parse';
import { formFile } from '../../../src/core/stats/multipart';
import { uploadLimit, type ParseUpload } from '../../../src/core/stats/upload';
import { makePdf, makeWord } from '../../fakes/documents';
import { World, type Call, type Reply } from './world';

const worlds: World[] = [];
const wordParagraph = '<w:p><w:r><w:t>A sentence</w:t></w:r></w:p>';
const parse: ParseUpload = (name, bytes) => parseFile(name, bytes);

async function open(with_: ParseUpload = parse): Promise<World> {
	const world = await World.open({ parse: with_ });
	worlds.push(world);
	return world;
}

afterEach(() => {
	for (const world of worlds.splice(0)) world.dispose();
});

function form(name: string, bytes: Uint8Array, field = 'file'): Pick<Call, 'body' | 'headers' | 'method'> {
	const boundary = '----formBoundary7MA4YWxkTrZu0gW';
	const head = `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
	return {
		method: 'POST',
		headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
		body: Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]),
	};
}

function upload(world: World, name: string, bytes: Uint8Array): Promise<Reply> {
	return world.call('/api/file/upload', form(name, bytes));
}

describe('POST /api/file/upload', () => {
	test('text as it is, in the shape of the widget service', async () => {
		const reply = await upload(await open(), 'notes.md', Buffer.from('# Größe\n\nThree words here'));
		expect([reply.status, JSON.parse(reply.text)]).toEqual([
			200,
			{
				filename: 'notes.md',
				fileType: 'markdown',
				text: '# Größe\n\nThree words here',
				wordCount: 5,
				metadata: { size: '27 bytes', extension: '.md', originalFilename: 'notes.md', description: 'MD' },
				success: true,
				processTime: expect.stringMatching(/^\d+\.\dms$/) as string,
			},
		]);
	});

	test.each([
		['a.txt', Buffer.from('one two'), 'txt', 'one two'],
		['a.log', Buffer.from('one two'), 'log', 'one two'],
		['a.json', Buffer.from('{"one":2}'), 'json', '{"one":2}'],
		['a.xml', Buffer.from('<a>one</a>'), 'xml', '<a>one</a>'],
		['a.csv', Buffer.from('one,two\n1,2'), 'csv', 'one,two'],
		['a.HTM', Buffer.from('<h1>One</h1><script>x</script>'), 'html', '# One'],
		['a.rtf', Buffer.from('{\\rtf1 one {\\b two}\\par}'), 'rtf', 'one two'],
		['a.docx', makeWord(wordParagraph), 'docx', 'A sentence'],
	])('%s is read', async (name, bytes, fileType, text) => {
		const told = JSON.parse((await upload(await open(), name, bytes)).text) as Record<string, unknown>;
		expect(told).toMatchObject({ success: true, fileType });
		expect(told['text']).toContain(text);
		expect(told).not.toHaveProperty('pages');
	});

	test('a PDF with its pages', async () => {
		const told = JSON.parse(
			(await upload(await open(), 'book.pdf', makePdf(['First page', 'Second page']))).text,
		) as Record<string, unknown>;
		expect(told).toMatchObject({
			success: true,
			fileType: 'pdf',
			pages: 2,
			wordCount: 4,
			text: 'First page\n\nSecond page',
		});
	});

	test('what cannot be read is an answer that says why', async () => {
		const world = await open();
		for (const [name, why] of [
			['broken.pdf', /damaged/],
			['program.exe', /of a kind that is not read here/],
			['binary.txt', /not text/],
		] as const) {
			const reply = await upload(world, name, Buffer.from([0, 1, 2, 0x81]));
			const told = JSON.parse(reply.text) as Record<string, unknown>;
			expect([reply.status, told['success'], told['text'], told['wordCount']]).toEqual([200, false, '', 0]);
			expect(told['error']).toMatch(why);
		}
	});

	test('10 MB are taken, and not a byte more', async () => {
		const seen: number[] = [];
		const world = await open((_, bytes) => {
			seen.push(bytes.length);
			return Promise.resolve({ text: '', pages: null, what: 'TXT', notes: [] });
		});
		expect((await upload(world, 'a.txt', Buffer.alloc(uploadLimit, 65))).status).toBe(200);
		const over = await upload(world, 'a.txt', Buffer.alloc(uploadLimit + 1, 65));
		expect([over.status, over.text]).toEqual([413, '{"error":"Files of at most 10 MB are read."}\n']);
		const far = await world
			.call('/api/file/upload', {
				...form('a.txt', Buffer.alloc(0)),
				body: Buffer.alloc(2 * uploadLimit),
			})
			.catch((error: Error) => error);
		// It may be cut off while it still sends, before it reads why.
		if (!(far instanceof Error)) expect(far.status).toBe(413);
		expect(seen).toEqual([uploadLimit]);
	});

	test('a call that brings no form, no file or no end of it is refused', async () => {
		const world = await open();
		const wrong: [Partial<Call>, number][] = [
			[{ body: 'text', headers: { 'content-type': 'text/plain' } }, 415],
			[{ body: 'text', headers: { 'content-type': 'multipart/form-data' } }, 415],
			[{ ...form('a.txt', Buffer.from('a'), 'document') }, 400],
			[{ body: '--b\r\n', headers: { 'content-type': 'multipart/form-data; boundary=b' } }, 400],
			[{ body: '', headers: { 'content-type': 'multipart/form-data; boundary=b' } }, 400],
		];
		for (const [call, status] of wrong) {
			const reply = await world.call('/api/file/upload', { method: 'POST', ...call });
			expect([reply.status, Object.keys(JSON.parse(reply.text) as object)]).toEqual([status, ['error']]);
		}
	});

	test('two at once; reading ends with the caller', async () => {
		const signals: AbortSignal[] = [];
		const world = await open((_, __, signal) => {
			signals.push(signal);
			return new Promise((_resolve, reject) => {
				signal.addEventListener('abort', () => reject(new ExpectedError('gone', 'gone')));
			});
		});
		const waiting = [upload(world, 'a.txt', Buffer.from('a')), upload(world, 'b.txt', Buffer.from('b'))];
		for (const each of waiting) each.catch(() => undefined);
		await vi.waitFor(() => expect(signals).toHaveLength(2));
		const third = await upload(world, 'c.txt', Buffer.from('c'));
		expect([third.status, third.headers['retry-after']]).toEqual([503, '2']);
		world.server.dispose();
		await vi.waitFor(() => expect(signals.every(({ aborted }) => aborted)).toBe(true));
		await Promise.allSettled(waiting);
	});
});

describe('forms', () => {
	const type = (boundary: string): string => `multipart/form-data; boundary="${boundary}"`;

	test('the file of the field, among others, by a name without folders', () => {
		const body = [
			'what stands before the first part',
			'--b',
			'Content-Disposition: form-data; name="note"',
			'',
			'a text',
			'--b \t',
			'content-disposition:form-data; name=file; filename="..\\\\..\\\\C:\\\\docs\\\\My \\"own\\" %22file%22\u0007.txt"',
			'',
			'--bb is no boundary',
			'--b--',
			'what stands behind',
		].join('\r\n');
		const { name, bytes } = formFile(Buffer.from(body), 'multipart/form-data; charset=utf-8; boundary=b', 'file');
		expect([name, bytes.toString()]).toEqual(['My "own" "file".txt', '--bb is no boundary']);
	});

	test('a name in the longer form', () => {
		const body = `--b\r\nContent-Disposition: form-data; name="file"; filename="x.txt"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.txt\r\n\r\n1\r\n--b--`;
		expect(formFile(Buffer.from(body), type('b'), 'file').name).toBe('Größe.txt');
	});

	test('any bytes arrive as they were, whatever the boundary', () => {
		const boundary = fc.stringMatching(/^[A-Za-z0-9'()+_,./:=?-]{1,60}[A-Za-z0-9]$/);
		fc.assert(
			fc.property(
				boundary,
				fc.array(fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.constant(Buffer.from('\r\n--')))),
				(mark, pieces) => {
					const bytes = Buffer.concat(pieces);
					fc.pre(!bytes.includes(`--${mark}`));
					const body = Buffer.concat([
						Buffer.from(`--${mark}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n`),
						bytes,
						Buffer.from(`\r\n--${mark}--\r\n`),
					]);
					expect(formFile(body, type(mark), 'file').bytes.equals(bytes)).toBe(true);
				},
			),
			{ numRuns: 200 },
		);
	});

	test('any body is read or refused', () => {
		const piece = fc.oneof(
			fc.uint8Array({ maxLength: 20 }),
			fc
				.constantFrom('--b', '--b--', '\r\n', '\r\n\r\n', 'Content-Disposition: form-data; name="file"; filename="')
				.map(text => Buffer.from(text)),
		);
		fc.assert(
			fc.property(fc.array(piece), pieces => {
				try {
					formFile(Buffer.concat(pieces), type('b'), 'file');
				} catch (error) {
					expect(error).toBeInstanceOf(Refusal);
				}
			}),
			{ numRuns: 300 },
		);
	});
});
