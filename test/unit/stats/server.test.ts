import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { graceMs } from '../../../src/core/stats/demand';
import { usualRates } from '../../../src/core/stats/rateLimit';
import { ManualClock } from '../../fakes/manualClock';
import { sampleAt, token, World, type WorldOptions } from './world';

const worlds: World[] = [];

async function open(options: WorldOptions = {}): Promise<World> {
	const world = await World.open(options);
	worlds.push(world);
	return world;
}

afterEach(() => {
	for (const world of worlds.splice(0)) world.dispose();
});

function errorOf(text: string): string {
	return (JSON.parse(text) as { error: string }).error;
}

describe('who may call', () => {
	test('whoever names this server as the host and brings the token', async () => {
		const world = await open();
		for (const host of ['127.0.0.1', 'localhost', '[::1]', 'LocalHost']) {
			const { status } = await world.call('/api/stats/cpu', { headers: { host: `${host}:${world.port}` } });
			expect([host, status]).toEqual([host, 200]);
		}
	});

	test('nobody who calls it by another name: a page whose name was pointed at this machine does', async () => {
		const world = await open();
		const { port } = world;
		for (const host of [
			'evil.example',
			`evil.example:${port}`,
			'127.0.0.1',
			'127.0.0.1:1',
			`127.0.0.1:${port}.evil.example`,
		]) {
			const { status, text } = await world.call('/api/stats', { headers: { host } });
			expect([host, status]).toEqual([host, 403]);
			expect(errorOf(text)).toContain(`http://127.0.0.1:${port}`);
		}
	});

	test('no web page, with the token or without; nor its preflight', async () => {
		const world = await open();
		for (const origin of ['https://evil.example', 'null', 'vscode-webview://abc', `http://127.0.0.1:${world.port}`]) {
			expect((await world.call('/api/stats', { headers: { origin } })).status).toBe(403);
			const preflight = await world.call('/api/stats', { method: 'OPTIONS', bearer: null, headers: { origin } });
			expect(preflight.status).toBe(403);
			expect(preflight.headers['access-control-allow-origin']).toBeUndefined();
		}
		const noOrigin = await world.call('/api/stats', { headers: { 'sec-fetch-site': 'cross-site' } });
		expect(noOrigin.status).toBe(403);
	});

	test('a page that the user lets in, and it needs the token as well', async () => {
		const origin = 'http://localhost:3000';
		const world = await open({ allowedOrigins: [`${origin}/`, 'null'] });
		const preflight = await world.call('/api/stats', { method: 'OPTIONS', bearer: null, headers: { origin } });
		expect([preflight.status, preflight.headers['access-control-allow-headers']]).toEqual([
			204,
			'authorization, content-type',
		]);
		const told = await world.call('/api/stats', { headers: { origin, 'sec-fetch-site': 'same-site' } });
		expect([told.status, told.headers['access-control-allow-origin']]).toEqual([200, origin]);
		expect((await world.call('/api/stats', { bearer: null, headers: { origin } })).status).toBe(401);
		expect((await world.call('/api/stats', { headers: { origin: 'null' } })).status).toBe(403);
		expect((await world.call('/api/stats', { headers: { origin: `${origin}0` } })).status).toBe(403);
	});

	test('nobody without the token, and the address says nothing of what there is', async () => {
		const world = await open();
		const wrong = [null, '', 'x', token.slice(0, -1), `${token}x`, token.toLowerCase()];
		for (const bearer of wrong) {
			for (const path of ['/api/stats', '/nothing', '/metrics', '/ws/stats', '/api/health']) {
				const reply = await world.call(path, { bearer, headers: { 'user-agent': path } });
				expect([reply.status, 401, 429]).toContain(reply.status);
				expect(reply.status).toBeGreaterThan(400);
				expect(reply.text).not.toContain(token);
			}
		}
		expect((await world.call(`/api/stats?token=${token}`, { bearer: null })).status).not.toBe(200);
		expect(
			(await world.call('/api/stats', { bearer: null, headers: { authorization: `Basic ${token}` } })).status,
		).not.toBe(200);
	});

	test('the token of now: an old one opens nothing', async () => {
		const world = await open();
		world.token = 'another';
		expect((await world.call('/api/stats', { bearer: token })).status).toBe(401);
		expect((await world.call('/api/stats')).status).toBe(200);
	});

	test('checks come in their order', async () => {
		const world = await open();
		const all = { host: 'evil.example', origin: 'https://evil.example' };
		expect(errorOf((await world.call('/x', { bearer: null, headers: all })).text)).toContain('Call this address as');
		const page = { origin: all.origin };
		expect(errorOf((await world.call('/x', { bearer: null, headers: page })).text)).toContain('Web pages are refused');
		expect(errorOf((await world.call('/x', { bearer: null })).text)).toContain('needs the token');
		expect((await world.call('/x')).status).toBe(404);
	});
});

describe('how often', () => {
	const clock = new ManualClock();

	test('each program so often, and it is told when to come again; others go on', async () => {
		const rates = { ...usualRates, client: { burst: 3, perSecond: 2 } };
		const world = await open({ clock, limits: { rates } });
		const ask = (agent: string): ReturnType<World['call']> =>
			world.call('/api/health', { headers: { 'user-agent': agent } });
		for (let count = 0; count < 3; count++) expect((await ask('busy')).status).toBe(200);
		const refused = await ask('busy');
		expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1']);
		expect((await ask('calm')).status).toBe(200);
		clock.advance(500);
		expect((await ask('busy')).status).toBe(200);
		expect((await ask('busy')).status).toBe(429);
	});

	test('all programs together so often', async () => {
		const rates = { ...usualRates, all: { burst: 5, perSecond: 1 } };
		const world = await open({ clock, limits: { rates } });
		const statuses: number[] = [];
		for (let count = 0; count < 6; count++)
			statuses.push((await world.call('/api/health', { headers: { 'user-agent': `program ${count}` } })).status);
		expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
	});

	test('calls without the token take nothing from those who have it', async () => {
		const rates = { ...usualRates, strangers: { burst: 2, perSecond: 0.1 } };
		const world = await open({ clock, limits: { rates } });
		const statuses: number[] = [];
		for (let count = 0; count < 4; count++) statuses.push((await world.call('/api/stats', { bearer: 'x' })).status);
		expect(statuses).toEqual([401, 401, 429, 429]);
		expect((await world.call('/api/stats')).status).toBe(200);
	});
});

describe('what it answers', () => {
	test('each part, the whole, health and formats', async () => {
		const world = await open();
		const whole = JSON.parse((await world.call('/api/stats')).text) as Record<string, unknown>;
		for (const part of ['cpu', 'memory', 'disk', 'network', 'gpu', 'processes'])
			expect(JSON.parse((await world.call(`/api/stats/${part}`)).text)).toEqual(whole[part]);
		const health = JSON.parse((await world.call('/api/health')).text) as Record<string, unknown>;
		expect(health).toEqual({
			status: 'healthy',
			service: 'quarterdeck',
			timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
			activeConnections: 0,
		});
		const formats = JSON.parse((await world.call('/api/file/supported-formats')).text) as Record<string, unknown>;
		expect(formats['supportedFormats']).toEqual(
			expect.arrayContaining(['txt', 'md', 'csv', 'json', 'xml', 'html', 'rtf', 'log', 'pdf', 'docx']),
		);
	});

	test('Prometheus in its own format', async () => {
		const world = await open();
		const { headers, text } = await world.call('/metrics');
		expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
		expect(text).toContain('# TYPE quarterdeck_cpu_usage_ratio gauge\nquarterdeck_cpu_usage_ratio 0.125\n');
	});

	test('what is nowhere, other methods, and a call that should have been a WebSocket', async () => {
		const world = await open();
		expect((await world.call('/api/../etc/passwd')).status).toBe(404);
		expect((await world.call('/constructor')).status).toBe(404);
		const posted = await world.call('/api/stats', { method: 'POST', body: '{}' });
		expect([posted.status, posted.headers.allow]).toEqual([405, 'GET']);
		expect((await world.call('/api/file/upload')).headers.allow).toBe('POST');
		expect((await world.call('/ws/stats')).status).toBe(426);
		expect((await world.call('/api/stats?x=1')).status).toBe(200);
	});

	test('nothing is kept by a cache or read as something else', async () => {
		const { headers } = await (await open()).call('/api/stats');
		expect([headers['cache-control'], headers['x-content-type-options'], headers['content-type']]).toEqual([
			'no-store',
			'nosniff',
			'application/json; charset=utf-8',
		]);
	});
});

describe('the machine is looked at while somebody asks', () => {
	test('from the first call until some time after the last', async () => {
		const clock = new ManualClock();
		const world = await open({ clock });
		expect(world.feed.watching).toEqual([]);
		await world.call('/api/health');
		expect(world.feed.watching).toEqual([]);
		await world.call('/api/stats');
		expect(world.feed.watching).toEqual(['gauge']);
		clock.advance(graceMs - 1);
		world.feed.latest = sampleAt(clock.now());
		await world.call('/api/stats');
		clock.advance(graceMs - 1);
		expect(world.feed.watching).toEqual(['gauge']);
		clock.advance(1);
		expect(world.feed.watching).toEqual([]);
	});

	test('the first one who asks waits for a look that is whole', async () => {
		const clock = new ManualClock();
		const world = await open({ clock });
		world.feed.latest = undefined;
		const asked = world.call('/api/stats/cpu');
		await vi.waitFor(() => expect(world.feed.watching).toEqual(['gauge']));
		world.feed.sample(sampleAt(clock.now(), { cpu: { cores: 8 } }));
		world.feed.sample(sampleAt(clock.now(), { cpu: { cores: 8, usage: 40 } }));
		expect(JSON.parse((await asked).text)).toMatchObject({ usage: 40 });
	});

	test('a machine that does not tell its use of the CPU is told without it', async () => {
		const clock = new ManualClock();
		const world = await open({ clock });
		world.feed.latest = undefined;
		const asked = world.call('/api/stats/cpu');
		await vi.waitFor(() => expect(world.feed.watching).toEqual(['gauge']));
		clock.advance(5_999);
		world.feed.sample(sampleAt(clock.now(), { cpu: { cores: 8 } }));
		clock.advance(1);
		expect(JSON.parse((await asked).text)).toMatchObject({ usage: null, cores: 8 });
	});

	test('a machine that is not told at all is a failure that passes, and not a machine of zeros', async () => {
		const clock = new ManualClock();
		const world = await open({ clock });
		world.feed.latest = sampleAt(clock.now() - 60_000);
		const asked = world.call('/api/stats');
		await vi.waitFor(() => expect(world.feed.watching).toEqual(['gauge']));
		clock.advance(6_000);
		const { status, headers } = await asked;
		expect([status, headers['retry-after']]).toEqual([503, '2']);
	});

	test('processes, which are looked at more rarely, are told as they were last', async () => {
		const world = await open();
		const { processes: _, ...without } = sampleAt(Date.now());
		world.feed.sample(sampleAt(Date.now()));
		world.feed.sample(without);
		expect(JSON.parse((await world.call('/api/stats/processes')).text)).toHaveLength(1);
	});
});

describe('ports', () => {
	test('the next one that is free, where it is taken', async () => {
		const blocker = createServer();
		await new Promise<void>(resolve => blocker.listen(0, '127.0.0.1', resolve));
		const { port } = blocker.address() as AddressInfo;
		const world = await open({ port });
		blocker.close();
		expect(world.port).not.toBe(port);
		expect((await world.call('/api/health')).status).toBe(200);
	});

	test('two servers are two ports', async () => {
		const first = await open();
		const second = await open({ port: first.port });
		expect(second.port).not.toBe(first.port);
	});

	test('on loopback only', async () => {
		const world = await open();
		const address = world.server as unknown as { readonly port: number };
		expect(address.port).toBeGreaterThan(0);
		await expect(fetch(`http://[::1]:${world.port}/api/health`)).rejects.toThrow();
	});

	test('nothing listens any more when it is disposed', async () => {
		const world = await open();
		world.server.dispose();
		await expect(world.call('/api/health')).rejects.toThrow(/ECONNREFUSED|ECONNRESET|hang up/);
	});
});

describe('callers that take their time', () => {
	const limits = { headersMs: 200, requestMs: 400, checkMs: 50 };

	test.each([
		['headers that never end', 'GET /api/stats HTTP/1.1\r\nHost: x\r\n', 'X-A: b\r\n'],
		[
			'a body that comes a byte at a time',
			`POST /api/file/upload HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nAuthorization: Bearer ${token}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n`,
			'-',
		],
	])('%s are cut off', async (_, start, drip) => {
		const world = await open({ limits });
		const socket = await world.socket();
		let isClosed = false;
		socket.on('close', () => (isClosed = true));
		socket.resume();
		socket.write(start.replace('PORT', String(world.port)));
		const dripping = setInterval(() => socket.write(drip), 40);
		await vi.waitFor(() => expect(isClosed).toBe(true));
		clearInterval(dripping);
	});

	test('whoever is refused is not waited for', async () => {
		const world = await open();
		const socket = await world.socket();
		let text = '';
		let isClosed = false;
		socket.on('data', part => (text += part.toString()));
		socket.on('close', () => (isClosed = true));
		socket.write(
			`POST /api/file/upload HTTP/1.1\r\nHost: 127.0.0.1:${world.port}\r\nContent-Length: 900000000\r\n\r\n`,
		);
		await vi.waitFor(() => expect(text).toContain('401'));
		expect(text.toLowerCase()).toContain('connection: close');
		socket.end();
		await vi.waitFor(() => expect(isClosed).toBe(true));
	});

	test('what is no HTTP is refused', async () => {
		const world = await open();
		const socket = await world.socket();
		let text = '';
		socket.on('data', part => (text += part.toString()));
		socket.write('\u0016\u0003\u0001 hello\r\n\r\n');
		await vi.waitFor(() => expect(text).toContain('400'));
		await sleep(0);
		expect((await world.call('/api/health')).status).toBe(200);
	});
});
