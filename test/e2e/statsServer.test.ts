import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { Editor } from './driver/editor.ts';
import { until } from './driver/until.ts';

const run = promisify(execFile);

let editor: Editor;
let url = '';
let token = '';

beforeAll(async () => {
	editor = await Editor.start({ extensions: inject('extensions'), hasClaude: false });
	await editor.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
});

afterEach(async context => {
	if (context.task.result?.state === 'fail') await editor.screenshot('stats-failed');
});

afterAll(async () => {
	await editor?.close();
});

function clipboard(): Promise<string> {
	return editor.page.evaluate(() => navigator.clipboard.readText());
}

/** What a command puts on the clipboard. */
async function copied(command: string, isIt: (text: string) => boolean): Promise<string> {
	await editor.page.evaluate(() => navigator.clipboard.writeText(''));
	await editor.command(command);
	return until(`“${command}” on the clipboard`, async () => {
		const text = await clipboard();
		return isIt(text) ? text : undefined;
	});
}

async function curl(...args: readonly string[]): Promise<{ readonly status: number; readonly text: string }> {
	const { stdout } = await run('curl', ['-s', '-m', '20', '-w', '\n%{http_code}', ...args]);
	const at = stdout.lastIndexOf('\n');
	return { status: Number(stdout.slice(at + 1)), text: stdout.slice(0, at) };
}

/** What a WebSocket client is told first, or that it was refused. */
function firstMessage(protocols: string[]): Promise<unknown> {
	return new Promise(resolve => {
		const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/stats`, protocols);
		socket.addEventListener('message', ({ data }) => {
			resolve(JSON.parse(String(data)));
			socket.close();
		});
		socket.addEventListener('error', () => resolve('refused'));
	});
}

test('it is off until a setting turns it on, and says so', async () => {
	await editor.command('Quarterdeck: Stats Server: Copy Address');
	await editor.notifications().filter({ hasText: 'The stats server is off' }).waitFor();
	await editor.changeSettings({ 'quarterdeck.statsServer.enable': true, 'quarterdeck.statsServer.port': 0 });
	url = await copied('Quarterdeck: Stats Server: Copy Address', text => /^http:\/\/127\.0\.0\.1:\d+$/.test(text));
});

test('curl reads the machine with what was copied, and nothing without it', async () => {
	const call = await copied('Quarterdeck: Stats Server: Copy as curl', text => text.startsWith('curl '));
	[, token = ''] = /Bearer ([\w-]+)'/.exec(call) ?? [];
	expect(token.length).toBeGreaterThan(30);
	const bearer = ['-H', `Authorization: Bearer ${token}`];
	const stats = await curl(`${url}/api/stats`, ...bearer);
	expect(stats.status).toBe(200);
	const told = JSON.parse(stats.text) as {
		cpu: { usage: number; cores: number };
		memory: { total: number };
		disk: unknown[];
	};
	expect(told.cpu.cores).toBeGreaterThan(0);
	expect(told.cpu.usage).toBeGreaterThanOrEqual(0);
	expect(told.memory.total).toBeGreaterThan(1e8);
	expect(told.disk.length).toBeGreaterThan(0);
	expect((await curl(`${url}/metrics`, ...bearer)).text).toContain('quarterdeck_memory_used_bytes ');
	expect((await curl(`${url}/api/stats`)).status).toBe(401);
	expect((await curl(`${url}/api/stats`, '-H', 'Authorization: Bearer wrong')).status).toBe(401);
	expect((await curl(`${url}/api/stats`, ...bearer, '-H', 'Host: evil.example')).status).toBe(403);
	expect((await curl(`${url}/api/stats`, ...bearer, '-H', 'Origin: https://evil.example')).status).toBe(403);
});

test('a document is uploaded and comes back as text', async () => {
	const file = join(editor.place.folder, 'notes.md');
	writeFileSync(file, '# Notes\n\nThe ship sails at dawn.\n');
	const form = ['-F', `file=@${file}`, '-H', `Authorization: Bearer ${token}`];
	const { status, text } = await curl(`${url}/api/file/upload`, ...form);
	expect([status, JSON.parse(text)]).toMatchObject([200, { success: true, fileType: 'markdown', wordCount: 7 }]);
});

test('a WebSocket client is told with its token, and not without', async () => {
	expect(await firstMessage(['quarterdeck.stats', `bearer.${token}`])).toMatchObject({ cpu: {}, memory: {}, gpu: [] });
	expect(await firstMessage(['quarterdeck.stats'])).toBe('refused');
});

test('a new token closes what the old one opened', async () => {
	const next = await copied('Quarterdeck: Stats Server: New Token', () => true).then(async () => {
		const notice = editor.notifications().filter({ hasText: 'has a new token' });
		await notice.waitFor();
		return copied('Quarterdeck: Stats Server: Copy Token', text => text.length > 30);
	});
	expect(next).not.toBe(token);
	await until('the old token to open nothing', async () => {
		const { status } = await curl(`${url}/api/stats`, '-H', `Authorization: Bearer ${token}`);
		return status === 401;
	});
	expect((await curl(`${url}/api/health`, '-H', `Authorization: Bearer ${next}`)).status).toBe(200);
});

test('a collector is sent metrics of this machine, and nothing but numbers and names', async () => {
	const got: { readonly path: string; readonly body: string }[] = [];
	const collector = createServer((request: IncomingMessage, response) => {
		let body = '';
		request.on('data', part => (body += String(part)));
		request.on('end', () => {
			got.push({ path: request.url ?? '', body });
			response.end('{}');
		});
	});
	await new Promise<void>(resolve => collector.listen(0, '127.0.0.1', resolve));
	const { port } = collector.address() as AddressInfo;
	try {
		await editor.changeSettings({
			'quarterdeck.otlp.endpoint': `http://127.0.0.1:${port}`,
			'quarterdeck.otlp.intervalSeconds': 5,
			'quarterdeck.statsServer.enable': false,
		});
		await until(
			'metrics',
			() => got.some(({ path, body }) => path === '/v1/metrics' && body.includes('quarterdeck.memory.used')),
			60_000,
		);
		await expect(fetch(`${url}/api/health`)).rejects.toThrow();
	} finally {
		collector.close();
		collector.closeAllConnections();
	}
});
