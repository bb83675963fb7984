import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { buildWorkers } from '../../../scripts/build/workers.mjs';
import type { DiagramsContract } from '../../../src/core/artifacts/diagram';
import { unpack } from '../../../src/core/base/packed';
import type { DocumentsContract } from '../../../src/core/documents/protocol';
import type { HardwareContract } from '../../../src/core/hardware/protocol';
import type { Sample } from '../../../src/core/hardware/sample';
import { connect, type Client, type Contract } from '../../../src/core/rpc/rpc';
import type { PageContract } from '../../../src/core/tools/web/pageProtocol';
import { makeExcel, makePdf, makeWord, paragraph } from '../../fakes/documents';

// The workers as they are in the package: minified, in chunks, their libraries compressed and pruned.
let folder = '';

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'qd-workers-'));
	await buildWorkers(folder);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start<C extends Contract>(name: string): Client<C> {
	const worker = new Worker(join(folder, name));
	const client = connect<C>({
		// oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window: there is no origin
		post: message => worker.postMessage(message),
		onMessage: listener => {
			worker.on('message', listener);
			return { dispose: () => worker.off('message', listener) };
		},
	});
	onTestFinished(async () => {
		client.dispose();
		await worker.terminate();
	});
	return client;
}

test.each([
	['a.pdf', () => makePdf(['First page', 'Second page']), 'First page'],
	['a.docx', () => makeWord(paragraph('A heading', 'Heading1') + paragraph('Some text')), '# A heading'],
	['a.xlsx', () => makeExcel({ One: [['name', 1]] }), 'name,1'],
	['a.html', () => new TextEncoder().encode('<h1>Title</h1><p>Text</p>'), '# Title'],
])('%s is read with an unpacked library', async (name, make, text) => {
	const client = start<DocumentsContract>('documents.js');
	const read = await client.call('readBytes', { name, bytes: make(), limit: 10_000 });
	expect(read.text).toContain(text);
});

test('a diagram is drawn with an unpacked library', async () => {
	const client = start<DiagramsContract>('diagrams.js');
	const colours = { background: '#fff', foreground: '#000', line: '#888', accent: '#00f' };
	expect(await client.call('draw', { text: 'graph TD\n A-->B', colours })).toMatch(/^<svg/u);
});

test('a web page is read with an unpacked library', async () => {
	const client = start<PageContract>('pages.js');
	const html = `<html><body><article><h1>Title</h1><p>${'Some words of text. '.repeat(60)}</p></article></body></html>`;
	expect(JSON.stringify(await client.call('read', { html, url: 'https://example.org/' }))).toContain('Some words');
});

test('errors of an unpacked library name its file, and nothing of it is written', async () => {
	const client = start<DiagramsContract>('diagrams.js');
	const colours = { background: '#fff', foreground: '#000', line: '#888', accent: '#00f' };
	await expect(client.call('draw', { text: 'no diagram', colours })).rejects.toMatchObject({ code: 'bad-diagram' });
	expect(existsSync(join(folder, 'mermaid.js'))).toBe(false);
	expect(readdirSync(folder).filter(name => name.endsWith('.br'))).toContain('mermaid.js.br');
});

test('the machine is looked at', async () => {
	const client = start<HardwareContract>('hardware.js');
	expect(await client.call('facts', null)).toMatchObject({ hostname: expect.any(String), cores: expect.any(Number) });
	const heard: Sample[] = [];
	const listening = client.on('sample', sample => heard.push(sample));
	await client.call('pace', { ms: 50, withProcesses: process.platform === 'linux' });
	await expect.poll(() => heard.length, { timeout: 20_000 }).toBeGreaterThan(1);
	expect(heard[1]?.memory.total).toBeGreaterThan(0);
	// Lists of processes come less often than the rest.
	const listed = (): boolean => heard.some(({ processes }) => (processes?.length ?? 0) > 0);
	if (process.platform === 'linux') await expect.poll(listed, { timeout: 20_000 }).toBe(true);
	listening.dispose();
});

test('what tells of macOS and Windows is unpacked with the answers that are used, and no others', () => {
	const library = unpack(join(folder, 'system.js.br')) as Record<string, unknown>;
	const kinds = Object.entries(library).map(([name, value]) => [name, typeof value]);
	expect(Object.fromEntries(kinds)).toEqual({
		battery: 'function',
		graphics: 'function',
		mem: 'function',
		networkStats: 'function',
		processes: 'function',
	});
});
