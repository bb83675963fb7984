import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { FetchPorts } from '../../../src/core/tools/web/guardedFetch';
import { gateForTest } from '../safety/gateForTest';
import { textOf } from './toolsForTest';
import { ToolWorld } from './worldForTools';

/** Every name leads to this machine, and this machine counts as public. */
const here: FetchPorts = {
	lookup: async () => [{ address: '127.0.0.1', family: 4 }],
	isAllowed: address => address === '127.0.0.1',
	agent: 'test',
};

async function world(answer: (request: IncomingMessage, response: ServerResponse, body: string) => void) {
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => answer(request, response, Buffer.concat(chunks).toString('utf8')));
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const tools = await ToolWorld.make({}, here);
	return {
		url: `http://example.test:${port}`,
		other: `http://other.test:${port}`,
		run: (input: Record<string, unknown>, secrets: Record<string, string> = {}, signal?: AbortSignal) =>
			tools.run('http_request', input, { secrets, ...(signal ? { signal } : {}) }),
		async [Symbol.asyncDispose](): Promise<void> {
			server.closeAllConnections();
			await new Promise(resolve => server.close(resolve));
			await tools[Symbol.asyncDispose]();
		},
	};
}

describe('a request', () => {
	test('sends method, headers and body, and gives status, headers and body', async () => {
		await using at = await world((request, response, body) => {
			response.writeHead(201, { 'content-type': 'application/json', 'x-seen': String(request.headers['x-one']) });
			response.end(JSON.stringify({ method: request.method, body, path: request.url }));
		});
		const result = await at.run({ method: 'POST', url: `${at.url}/a?b=1`, headers: { 'X-One': '1' }, body: '{"n":0}' });
		expect(result.isError).toBe(false);
		expect(result.value).toMatchObject({
			status: 201,
			headers: { 'x-seen': '1' },
			text: '{"method":"POST","body":"{\\"n\\":0}","path":"/a?b=1"}',
		});
		expect(textOf(result)).toContain('Status 201');
	});

	test('a status of an error is an answer', async () => {
		await using at = await world((_, response) => response.writeHead(500).end('broken'));
		expect(await at.run({ url: at.url })).toMatchObject({ isError: false, value: { status: 500, text: 'broken' } });
	});

	test('what is no text comes as base64', async () => {
		await using at = await world((_, response) => response.end(Buffer.from([0, 1, 2, 255])));
		expect((await at.run({ url: at.url })).value).toMatchObject({ base64: 'AAEC/w==' });
	});

	test('a secret goes to the server alone, and does not come back', async () => {
		await using at = await world((request, response) => {
			response.setHeader('x-echo', String(request.headers.authorization));
			response.end(`you are ${String(request.headers.authorization)}`);
		});
		const headers = { Authorization: 'Bearer ${secret:auth}' };
		const result = await at.run({ url: at.url, headers }, { auth: 'hunter2hunter2' });
		expect(JSON.stringify(result)).not.toContain('hunter2');
		expect(result.value).toMatchObject({ text: 'you are Bearer [secret]' });
		const none = await at.run({ url: at.url, headers: { a: '${secret:other}' } }, { auth: 'x' });
		expect(textOf(none)).toBe('There is no secret “other” for this request.');
	});

	test('a redirect to another server gets no headers and no body', async () => {
		const seen: string[] = [];
		await using at = await world((request, response, body) => {
			seen.push(`${request.method} ${request.headers.host?.split(':')[0]} ${String(request.headers['x-key'])} ${body}`);
			const { port } = request.socket.address() as AddressInfo;
			if (request.url === '/see') response.writeHead(303, { location: `http://other.test:${port}/end` }).end();
			else if (request.url === '/keep') response.writeHead(307, { location: `http://other.test:${port}/end` }).end();
			else if (request.url === '/same') response.writeHead(307, { location: '/end' }).end();
			else response.end('end');
		});
		const ask = (path: string) => at.run({ method: 'POST', url: at.url + path, headers: { 'X-Key': 'k' }, body: 'b' });
		expect((await ask('/see')).value).toMatchObject({ text: 'end' });
		expect(textOf(await ask('/keep'))).toMatch(/wants the request to go to http:\/\/other\.test/);
		expect((await ask('/same')).value).toMatchObject({ text: 'end' });
		expect(seen).toEqual([
			'POST example.test k b',
			'GET other.test undefined ',
			'POST example.test k b',
			'POST example.test k b',
			'POST example.test k b',
		]);
	});

	test.each([
		[{ 'Content-Length': '5' }, /written by this program/],
		[{ Host: 'x' }, /written by this program/],
		[{ 'a b': 'x' }, /no name of a header/],
		[{ a: 'x\r\nb: c' }, /no header may hold/],
	])('headers %j are refused', async (headers, sentence) => {
		await using at = await world((_, response) => response.end());
		expect(textOf(await at.run({ url: at.url, headers }))).toMatch(sentence);
	});

	test('private addresses are refused', async () => {
		await using tools = await ToolWorld.make();
		const result = await tools.run('http_request', { url: 'http://127.0.0.1:1/' });
		expect(textOf(result)).toMatch(/not on the public internet/);
	});

	test('Stop ends it', async () => {
		const stop = new AbortController();
		await using at = await world(() => stop.abort());
		await expect(at.run({ url: at.url }, {}, stop.signal)).rejects.toThrow('Cancelled');
	});
});

describe('the gate', () => {
	const { gate } = gateForTest();
	const classify = (input: Record<string, unknown>) =>
		gate.classify({ tool: 'quarterdeck_http_request', input, cwd: '/home/dev/project' });

	test('reading is like fetching a page; sending and signing in leave this machine', () => {
		expect(classify({ url: 'https://example.com/a' })).toMatchObject({
			tier: 'YELLOW',
			effect: 'GET https://example.com/a',
		});
		expect(classify({ url: 'https://example.com', method: 'HEAD' }).tier).toBe('YELLOW');
		for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'post']) {
			expect(classify({ url: 'https://example.com', method }).tier).toBe('ORANGE');
		}
		expect(classify({ url: 'https://example.com', headers: { a: '${secret:x}' } }).tier).toBe('ORANGE');
		expect(classify({ url: 'https://example.com', headers: { a: 'x'.repeat(3000) } }).tier).toBe('ORANGE');
		expect(classify({ url: 'http://169.254.169.254/' }).tier).toBe('BLACK');
		expect(classify({ url: 'file:///etc/passwd' }).tier).toBe('RED');
	});

	test('the question shows what is sent', () => {
		const { effect } = classify({ url: 'https://example.com', method: 'POST', body: 'all of it' });
		expect(effect).toBe('POST https://example.com\nall of it');
	});
});
