import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../../src/core/base/clock';
import type { McpPorts, McpSignIn } from '../../../src/core/mcp/ports';
import { FakeHttpServer, type HttpServerOptions } from '../../fakes/mcp/httpServer';
import { HubWorld, textOf } from '../../fakes/mcp/hubWorld';

vi.setConfig({ testTimeout: 30_000 });

const id = 'settings:web';

async function makeServer(options: HttpServerOptions = {}): Promise<FakeHttpServer> {
	const server = await FakeHttpServer.start(options);
	onTestFinished(() => server.close());
	return server;
}

function makeWorld(ports: Partial<McpPorts> = {}): HubWorld {
	const world = new HubWorld(ports);
	onTestFinished(() => world.close());
	return world;
}

describe('servers over HTTP', () => {
	test('streamable HTTP, with headers of the definition and a session that is ended', async () => {
		const [server, world] = [await makeServer(), makeWorld()];
		await world.define({ web: { url: server.url, headers: { 'X-Key': 'k' } } });
		await world.hub.start(id);
		expect(textOf(await world.hub.callTool(id, 'hello', {}))).toBe('hello');
		expect(world.hub.server(id)).toMatchObject({ state: 'running', transport: 'http', version: '2.0.0', pid: null });
		expect(server.requests.every(({ headers }) => headers['x-key'] === 'k')).toBe(true);
		await world.hub.stop(id);
		expect(server.requests.at(-1)?.method).toBe('DELETE');
	});

	test('a server of 2024 is spoken to over SSE', async () => {
		const [server, world] = [await makeServer({ kind: 'sse' }), makeWorld()];
		await world.define({ web: { url: server.url } });
		await world.hub.start(id);
		expect(textOf(await world.hub.callTool(id, 'hello', {}))).toBe('hello');
		expect(world.hub.log(id).lines.map(({ text }) => text)).toContain(
			'The server does not speak streamable HTTP; trying SSE.',
		);
	});

	test('a session that the server forgot is opened anew, once, and the calls still get their answers', async () => {
		const [server, world] = [await makeServer(), makeWorld()];
		await world.define({ web: { url: server.url } });
		await world.hub.start(id);
		server.forgetSessions();
		const calls = await Promise.all(Array.from({ length: 10 }, () => world.hub.callTool(id, 'hello', {})));
		expect(calls.map(textOf)).toEqual(Array.from({ length: 10 }, () => 'hello'));
		expect(world.hub.server(id)?.state).toBe('running');
		expect(world.hub.log(id).lines.filter(({ text }) => text.includes('forgotten'))).toHaveLength(1);
	});

	test('an answer beyond the limit fails its call', async () => {
		const [server, world] = [await makeServer(), makeWorld({ limits: { messageLength: 1024 * 1024 } })];
		await world.define({ web: { url: server.url } });
		await world.hub.start(id);
		await expect(world.hub.callTool(id, 'big', {})).rejects.toThrow('The server sent more than 1 MB at once.');
		expect(textOf(await world.hub.callTool(id, 'hello', {}))).toBe('hello');
	});

	test('nobody there, and something else there', async () => {
		const [gone, server, world] = [await makeServer(), await makeServer(), makeWorld()];
		const { url } = gone;
		await gone.close();
		await world.define({ web: { url }, other: { url: `${server.origin}/.well-known/oauth-authorization-server` } });
		await expect(world.hub.start(id)).rejects.toMatchObject({
			code: 'mcp.unreachable',
			message: 'The MCP server “web” cannot be reached: nothing listens there.',
		});
		expect(world.hub.server(id)?.state).toBe('failed');
		await expect(world.hub.start('settings:other')).rejects.toMatchObject({
			code: 'mcp.notMcp',
			message: 'The MCP server “other” answered “initialize” with something that is not MCP. Check its address.',
		});
	});
});

describe('signing in', () => {
	interface SignedIn {
		readonly server: FakeHttpServer;
		readonly world: HubWorld;
		readonly pages: McpSignIn[];
	}

	async function setUp(ports: Partial<McpPorts> = {}, redirectUrl = 'http://127.0.0.1:9/callback'): Promise<SignedIn> {
		const server = await makeServer({ needsAuth: true });
		const pages: McpSignIn[] = [];
		const world = makeWorld({
			browser: {
				redirectUrl: () => Promise.resolve(redirectUrl),
				signIn: request => {
					pages.push(request);
					return server.auth.browse(request.url);
				},
			},
			...ports,
		});
		await world.define({ web: { url: server.url } });
		return { server, world, pages };
	}

	test('by itself a start opens no browser; the user then signs in, and the tokens last', async () => {
		const { server, world, pages } = await setUp();
		await world.hub.startEnabled();
		expect(world.hub.server(id)).toMatchObject({
			state: 'needs-auth',
			lastError: { message: 'The MCP server “web” needs you to sign in.' },
		});
		expect([pages, server.auth.registrations]).toEqual([[], 0]);
		await world.hub.start(id, { isInteractive: true });
		expect(textOf(await world.hub.callTool(id, 'hello', {}))).toBe('hello');
		expect(pages.map(({ reason, url }) => [reason, url.origin])).toEqual([['signIn', server.origin]]);
		await world.hub.stop(id);
		await world.hub.start(id);
		expect([pages.length, server.auth.registrations, server.auth.grants]).toEqual([1, 1, ['authorization_code']]);
		expect(JSON.stringify([world.hub.servers(), world.hub.log(id)])).not.toContain(
			JSON.parse(world.secrets.get(id) ?? '{}').tokens.access_token,
		);
		await world.hub.signOut(id);
		expect(world.secrets.size).toBe(0);
		await expect(world.hub.start(id)).rejects.toMatchObject({ code: 'mcp.needsAuth' });
	});

	test('tokens are renewed before they end, once for all calls that run', async () => {
		let now = Date.now();
		const { server, world } = await setUp({ clock: { ...systemClock, now: () => now } });
		await world.hub.start(id, { isInteractive: true });
		server.auth.expireAll();
		now += 3_600_000;
		await Promise.all(Array.from({ length: 20 }, () => world.hub.callTool(id, 'hello', {})));
		expect(server.auth.grants).toEqual(['authorization_code', 'refresh_token']);
	});

	test('a token that the server dropped early is renewed too', async () => {
		const { server, world, pages } = await setUp();
		await world.hub.start(id, { isInteractive: true });
		server.auth.expireAll();
		expect(textOf(await world.hub.callTool(id, 'hello', {}))).toBe('hello');
		expect([server.auth.grants.at(-1), pages.length]).toEqual(['refresh_token', 1]);
	});

	test('tokens that were dropped early are renewed once for all calls that run', async () => {
		const { server, world } = await setUp();
		await world.hub.start(id, { isInteractive: true });
		server.auth.expireAll();
		await Promise.all(Array.from({ length: 20 }, () => world.hub.callTool(id, 'hello', {})));
		expect(server.auth.grants).toEqual(['authorization_code', 'refresh_token']);
	});

	test('two windows share the tokens: what one renewed, the other takes', async () => {
		const { server, world } = await setUp();
		await world.hub.start(id, { isInteractive: true });
		const other = makeWorld({
			browser: { redirectUrl: () => Promise.resolve(''), signIn: () => Promise.resolve(undefined) },
			secrets: {
				get: key => Promise.resolve(world.secrets.get(key)),
				set: (key, value) => Promise.resolve(void world.secrets.set(key, value)),
				delete: key => Promise.resolve(void world.secrets.delete(key)),
			},
		});
		await other.define({ web: { url: server.url } });
		await other.hub.start(id);
		server.auth.expireAll();
		for (const hub of [world.hub, other.hub, world.hub]) await hub.callTool(id, 'hello', {});
		expect(server.auth.grants).toEqual(['authorization_code', 'refresh_token']);
	});

	test('when nothing is good any more, the person is asked during the call', async () => {
		const { server, world, pages } = await setUp();
		await world.hub.start(id, { isInteractive: true });
		server.auth.revokeAll();
		expect(textOf(await world.hub.callTool(id, 'hello', {}))).toBe('hello');
		expect(pages).toHaveLength(2);
	});

	test('calls that all need a sign-in ask for one', async () => {
		const { server, world, pages } = await setUp();
		await world.hub.start(id, { isInteractive: true });
		server.auth.revokeAll();
		const results = await Promise.allSettled([1, 2, 3].map(() => world.hub.callTool(id, 'hello', {})));
		expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
		expect(pages).toHaveLength(2);
	});

	test('the answer to another sign-in is refused', async () => {
		const { server, world } = await setUp();
		server.auth.forgedState = 'forged';
		await expect(world.hub.start(id, { isInteractive: true })).rejects.toThrow('the answer to another sign-in');
		expect(server.auth.grants).toEqual([]);
	});

	test('a browser that comes back elsewhere the next time is registered for anew', async () => {
		let port = 1001;
		const server = await makeServer({ needsAuth: true });
		const world = makeWorld({
			browser: {
				redirectUrl: () => Promise.resolve(`http://127.0.0.1:${port}/callback`),
				signIn: ({ url }) => server.auth.browse(url),
			},
		});
		await world.define({ web: { url: server.url } });
		await world.hub.start(id, { isInteractive: true });
		server.auth.revokeAll();
		port++;
		expect(textOf(await world.hub.callTool(id, 'hello', {}))).toBe('hello');
		expect(server.auth.registrations).toBe(2);
	});

	test('a server of 2024 that needs a sign-in', async () => {
		const server = await makeServer({ needsAuth: true, kind: 'sse' });
		const world = makeWorld({
			browser: {
				redirectUrl: () => Promise.resolve('http://127.0.0.1:9/callback'),
				signIn: ({ url }) => server.auth.browse(url),
			},
		});
		await world.define({ web: { type: 'sse', url: server.url } });
		await expect(world.hub.start(id)).rejects.toMatchObject({ code: 'mcp.needsAuth' });
		await world.hub.start(id, { isInteractive: true });
		expect(textOf(await world.hub.callTool(id, 'hello', {}))).toBe('hello');
	});

	test('a person who gives up leaves it needing a sign-in', async () => {
		const { world } = await setUp({
			browser: { redirectUrl: () => Promise.resolve('http://127.0.0.1:9/'), signIn: () => Promise.resolve(undefined) },
		});
		await expect(world.hub.start(id, { isInteractive: true })).rejects.toMatchObject({ code: 'mcp.needsAuth' });
		expect(world.hub.server(id)?.state).toBe('needs-auth');
	});

	test('tokens of one address are not sent to another', async () => {
		const { world } = await setUp();
		await world.hub.start(id, { isInteractive: true });
		const thief = await makeServer({ needsAuth: true });
		await world.define({ web: { url: thief.url } });
		await expect(world.hub.start(id)).rejects.toMatchObject({ code: 'mcp.needsAuth' });
		expect(thief.requests.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
	});

	test('a token of the user in the headers is used as it is, and its refusal is said', async () => {
		const { server, world, pages } = await setUp();
		await world.define({ web: { url: server.url, headers: { Authorization: 'Bearer mine' } } });
		await expect(world.hub.start(id, { isInteractive: true })).rejects.toMatchObject({ code: 'mcp.http' });
		expect(pages).toEqual([]);
		expect(server.requests[0]?.headers.authorization).toBe('Bearer mine');
	});
});
