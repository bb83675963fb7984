import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asId, type ExecutionId } from '../../../../src/core/base/ids';
import type { Json } from '../../../../src/core/base/json';
import type { Firing, TriggerOutputs } from '../../../../src/core/flow/triggers/starter';
import { WebhookServer, type Hook } from '../../../../src/core/flow/triggers/webhookServer';
import { systemClock } from '../../../../src/core/base/clock';
import { ManualClock } from '../../../fakes/manualClock';

interface Call {
	readonly method?: string;
	readonly path?: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly token?: string | null;
	readonly body?: string | Buffer;
	/** Sent in parts, without saying how long it is. */
	readonly isChunked?: boolean;
}

interface Reply {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	readonly body: { readonly [key: string]: Json };
}

const execution = asId<ExecutionId>('run-1');
let server: WebhookServer;
let port: number;
let given: TriggerOutputs[];
let result: Promise<{ status: 'succeeded' | 'failed'; outputs: Record<string, Json>; error: string | null }>;

beforeEach(async () => {
	server = new WebhookServer(systemClock);
	port = await server.open({ port: 0, isFixed: false });
	given = [];
	result = Promise.resolve({ status: 'succeeded', outputs: { result: 'done' }, error: null });
});

afterEach(() => server.dispose());

function hook(more: Partial<Hook> = {}): Hook {
	return {
		path: 'deploy',
		method: 'POST',
		token: 'secret-token',
		waitMs: null,
		fire: outputs => {
			given.push(outputs);
			return Promise.resolve({ kind: 'started', run: { execution, result } });
		},
		...more,
	};
}

function call({ method = 'POST', path = '/hooks/deploy', token = 'secret-token', ...more }: Call = {}): Promise<Reply> {
	return new Promise((resolve, reject) => {
		const headers = { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...more.headers };
		const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, response => {
			let text = '';
			response.setEncoding('utf8').on('data', (part: string) => (text += part));
			response.on('end', () => {
				resolve({ status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(text) as never });
			});
		});
		sent.on('error', reject);
		if (more.isChunked === true) sent.write(more.body);
		sent.end(more.isChunked === true ? undefined : more.body);
	});
}

const json = { 'content-type': 'application/json' };

describe('webhooks', () => {
	test('a call with its token starts a run and is answered at once', async () => {
		server.add(hook());
		const reply = await call({ path: '/hooks/deploy?from=ci', headers: json, body: '{"status":"ok","n":0}' });
		expect(reply.status).toBe(202);
		expect(reply.body).toEqual({ status: 'running', execution: 'run-1' });
		expect(given).toMatchObject([{ body: { status: 'ok', n: 0 }, query: { from: 'ci' }, method: 'POST' }]);
		const { headers } = given[0] as { headers: Record<string, string> };
		expect(headers['content-type']).toBe('application/json');
		expect(JSON.stringify(given)).not.toContain('secret-token');
	});

	test('bodies are read as what they say they are', async () => {
		server.add(hook());
		const form = { 'content-type': 'application/x-www-form-urlencoded' };
		await call({ headers: form, body: 'a=1&b=two' });
		await call({ headers: { 'content-type': 'text/plain' }, body: '{"a":1}' });
		await call({ headers: { 'content-type': 'application/vnd.api+json' }, body: 'false' });
		await call({ headers: json });
		expect(given.map(({ body }) => body)).toEqual([{ a: '1', b: 'two' }, '{"a":1}', false, null]);
		expect((await call({ headers: json, body: '{"a":' })).status).toBe(400);
		expect(given).toHaveLength(4);
	});

	test('the output is waited for when the node says so, and not for ever', async () => {
		server.add(hook({ waitMs: 20_000 }));
		expect(await call()).toMatchObject({
			status: 200,
			body: { status: 'succeeded', execution: 'run-1', outputs: { result: 'done' } },
		});
		result = Promise.resolve({ status: 'failed', outputs: {}, error: 'The build broke.' });
		expect(await call()).toMatchObject({ status: 500, body: { status: 'failed', error: 'The build broke.' } });
		result = new Promise(() => undefined);
		server.add(hook({ waitMs: 30 }));
		expect(await call()).toMatchObject({ status: 202, body: { status: 'running', execution: 'run-1' } });
	});

	test.each<[string, Call, number]>([
		['no token', { token: null }, 401],
		['another token', { token: 'secret-tokem' }, 401],
		['an address that is not there', { path: '/hooks/other' }, 401],
		['the path of nothing', { path: '/' }, 401],
		['a forged host', { headers: { host: 'evil.example' } }, 403],
		['a host that was bound again', { headers: { host: 'evil.example:80' } }, 403],
		['a page of another origin', { headers: { origin: 'https://evil.example' } }, 403],
		['a page without an origin', { headers: { origin: 'null' } }, 403],
		['a page of this machine', { headers: { 'sec-fetch-site': 'same-site' } }, 403],
		['a preflight', { method: 'OPTIONS', headers: { origin: 'https://evil.example' } }, 403],
		['another method', { method: 'DELETE' }, 405],
		['a body of 2 MB', { body: Buffer.alloc(2 * 1024 * 1024, 'a') }, 413],
		['a body of 2 MB in parts', { body: Buffer.alloc(2 * 1024 * 1024, 'a'), isChunked: true }, 413],
	])('%s is refused', async (_, wish, status) => {
		server.add(hook());
		const reply = await call(wish);
		expect(reply.status).toBe(status);
		expect(typeof reply.body['error']).toBe('string');
		expect(reply.headers['access-control-allow-origin']).toBeUndefined();
		if (status === 405) expect(reply.headers['allow']).toBe('POST');
		expect(given).toEqual([]);
	});

	test('what the trigger refuses is told to the caller', async () => {
		const refusals: readonly [Extract<Firing, { kind: 'refused' }>['why'], number][] = [
			['busy', 409],
			['cap', 429],
			['off', 404],
			['failed', 500],
		];
		for (const [why, status] of refusals) {
			const fire = (): Promise<Firing> => Promise.resolve({ kind: 'refused', why, reason: 'No.', retryMs: 90_000 });
			server.add(hook({ fire }));
			const reply = await call();
			expect([reply.status, reply.body['error'], reply.headers['retry-after']]).toEqual([
				status,
				'No.',
				status === 429 ? '90' : undefined,
			]);
		}
	});

	test('calls, and calls without a token above all, are limited', async () => {
		const clock = new ManualClock();
		server.dispose();
		server = new WebhookServer(clock);
		port = await server.open({ port: 0, isFixed: false });
		server.add(hook());
		const statuses = async (count: number, wish: Call): Promise<Set<number>> => {
			const found = new Set<number>();
			for (let at = 0; at < count; at++) found.add((await call(wish)).status);
			return found;
		};
		expect(await statuses(60, {})).toEqual(new Set([202]));
		const reply = await call();
		expect([reply.status, reply.headers['retry-after']]).toEqual([429, '60']);
		expect(await statuses(30, { token: null })).toEqual(new Set([401]));
		expect((await call({ token: null })).status).toBe(429);
		clock.advance(60_001);
		expect((await call()).status).toBe(202);
	});

	test('it listens on loopback alone, and only while there is a hook', async () => {
		const first = server.add(hook());
		const second = server.add(hook({ path: 'other' }));
		first.dispose();
		expect(server.port).toBe(port);
		second.dispose();
		expect(server.port).toBeUndefined();
		await expect(call()).rejects.toThrow(/ECONNREFUSED/);
	});

	test('a port that is taken: told when it was asked for, else the next free one', async () => {
		const other = createServer();
		await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
		const taken = (other.address() as AddressInfo).port;
		const second = new WebhookServer(systemClock);
		try {
			await expect(second.open({ port: taken, isFixed: true })).rejects.toThrow(
				`Webhooks cannot listen on port ${taken}: another program has it.`,
			);
			expect(await second.open({ port: taken, isFixed: false })).not.toBe(taken);
		} finally {
			second.dispose();
			other.close();
		}
	});
});
