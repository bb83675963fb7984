import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import * as fc from 'fast-check';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import {
	acceptKey,
	FrameReader,
	isSocketKey,
	opcodes,
	serverFrame,
	SocketError,
} from '../../../src/core/stats/socketFrames';
import { usualSocketLimits } from '../../../src/core/stats/statsSocket';
import { ManualClock } from '../../fakes/manualClock';
import { sampleAt, token, World, type WorldOptions } from './world';

const worlds: World[] = [];
const clients: WebSocket[] = [];

async function open(options: WorldOptions = {}): Promise<World> {
	const world = await World.open(options);
	worlds.push(world);
	return world;
}

afterEach(() => {
	for (const client of clients.splice(0)) client.close();
	for (const world of worlds.splice(0)) world.dispose();
});

interface Told {
	readonly client: WebSocket;
	readonly messages: { readonly cpu: { readonly usage: number } }[];
	readonly closed: { code: number; reason: string }[];
}

/** The WebSocket client that Node has, as a page would use it. */
function listen(world: World, protocols: string[] = ['quarterdeck.stats', `bearer.${token}`]): Told {
	const client = new WebSocket(`ws://127.0.0.1:${world.port}/ws/stats`, protocols);
	const told: Told = { client, messages: [], closed: [] };
	client.addEventListener('message', ({ data }) =>
		told.messages.push(JSON.parse(String(data)) as Told['messages'][number]),
	);
	client.addEventListener('close', ({ code, reason }) => told.closed.push({ code, reason }));
	client.addEventListener('error', () => undefined);
	clients.push(client);
	return told;
}

const upgradeHeaders = {
	connection: 'Upgrade',
	upgrade: 'websocket',
	'sec-websocket-version': '13',
	'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

/** A client that a test speaks for, frame by frame. */
function joinRaw(world: World): Promise<{ readonly socket: Socket; readonly received: () => Buffer }> {
	return new Promise((resolve, reject) => {
		const asked = request({
			host: '127.0.0.1',
			port: world.port,
			path: '/ws/stats',
			headers: { ...upgradeHeaders, authorization: `Bearer ${token}` },
			agent: false,
		});
		asked.on('upgrade', (_, socket: Socket, head) => {
			let all = head;
			socket.on('data', (part: Buffer) => (all = Buffer.concat([all, part])));
			socket.on('error', () => undefined);
			resolve({ socket, received: () => all });
		});
		asked.on('error', reject);
		asked.end();
	});
}

function masked(first: number, payload: Uint8Array, mask = Buffer.from([1, 2, 3, 4])): Buffer {
	const { length } = payload;
	const head = length < 126 ? [first, 0x80 | length] : [first, 0x80 | 126, length >> 8, length & 0xff];
	const body = Buffer.from(payload).map((byte, at) => byte ^ mask[at % 4]!);
	return Buffer.concat([Buffer.from(head), mask, body]);
}

describe('a client of the WebSocket', () => {
	test('is told everything at once, and again at the pace of the service', async () => {
		const clock = new ManualClock();
		const world = await open({ clock });
		const { client, messages } = listen(world);
		await vi.waitFor(() => expect(messages).toHaveLength(1));
		expect(client.protocol).toBe('quarterdeck.stats');
		expect(Object.keys(messages[0]!)).toEqual([
			'cpu',
			'memory',
			'disk',
			'network',
			'gpu',
			'processes',
			'uptime',
			'timestamp',
		]);
		expect(JSON.parse((await world.call('/api/health')).text)).toMatchObject({ activeConnections: 1 });
		clock.advance(1_999);
		world.feed.latest = sampleAt(clock.now(), { cpu: { cores: 8, usage: 77 } });
		clock.advance(1);
		await vi.waitFor(() => expect(messages.map(({ cpu }) => cpu.usage)).toEqual([12.5, 77]));
		expect(world.feed.watching).toEqual(['gauge']);
		client.close();
		await vi.waitFor(() => expect(world.server.connections).toBe(0));
		clock.advance(10_000);
		expect(world.feed.watching).toEqual([]);
	});

	test('may bring the token as a header too', async () => {
		const { received } = await joinRaw(await open());
		await vi.waitFor(() => expect(received().toString()).toContain('"cpu"'));
	});

	test.each([
		['no token', ['quarterdeck.stats']],
		['a wrong one', ['quarterdeck.stats', 'bearer.wrong']],
	])('is refused with %s', async (_, protocols) => {
		const world = await open();
		const { closed, messages } = listen(world, protocols);
		await vi.waitFor(() => expect(closed).toHaveLength(1));
		expect([messages, world.server.connections, world.feed.watching]).toEqual([[], 0, []]);
	});

	test.each([
		['of a web page', { origin: 'https://evil.example' }, 403],
		['under another name', { host: 'evil.example' }, 403],
		['of another version', { 'sec-websocket-version': '8' }, 426],
		['with a key that is none', { 'sec-websocket-key': 'short' }, 400],
	])('is refused %s', async (_, headers, status) => {
		const world = await open();
		const reply = await world.call('/ws/stats', { headers: { ...upgradeHeaders, ...headers } });
		expect([reply.status, world.server.connections]).toEqual([status, 0]);
		expect(JSON.parse(reply.text)).toHaveProperty('error');
	});

	test('is refused elsewhere, and when there are too many', async () => {
		const world = await open({ limits: { sockets: 1 } });
		expect((await world.call('/api/stats', { headers: upgradeHeaders })).status).toBe(404);
		const first = listen(world);
		await vi.waitFor(() => expect(first.messages).toHaveLength(1));
		const refused = await world.call('/ws/stats', { headers: upgradeHeaders });
		expect([refused.status, refused.headers['retry-after']]).toEqual([503, '10']);
	});

	test('that is refused keeps no place, even if it never hangs up', async () => {
		const world = await open({ limits: { connections: 2 } });
		const lines = Object.entries(upgradeHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
		const asked = `GET /ws/stats HTTP/1.1\r\nhost: 127.0.0.1:${world.port}\r\n${lines.join('')}\r\n`;
		for (let caller = 0; caller < 4; caller++) {
			const socket = connect({ port: world.port, host: '127.0.0.1', allowHalfOpen: true });
			onTestFinished(() => void socket.destroy());
			socket.write(asked);
			let answer = '';
			socket.on('data', (part: Buffer) => (answer += part.toString()));
			await once(socket, 'end');
			expect(answer).toMatch(/^HTTP\/1\.1 401 /);
		}
		await vi.waitFor(async () => expect((await world.call('/api/health')).status).toBe(200));
	});

	test('is let go when the token changes, and when the server ends', async () => {
		const world = await open();
		const first = listen(world);
		await vi.waitFor(() => expect(first.messages).toHaveLength(1));
		world.server.dropConnections();
		await vi.waitFor(() => expect(first.closed).toEqual([{ code: 1001, reason: 'The token is another one now.' }]));
		const second = listen(world);
		await vi.waitFor(() => expect(second.messages).toHaveLength(1));
		world.server.dispose();
		await vi.waitFor(() => expect(second.closed).toEqual([{ code: 1001, reason: 'The server ends.' }]));
	});

	test('that is gone is noticed by its silence', async () => {
		const clock = new ManualClock();
		const world = await open({ clock });
		const alive = listen(world);
		const { socket, received } = await joinRaw(world);
		await vi.waitFor(() => expect([alive.messages.length, world.server.connections]).toEqual([1, 2]));
		clock.advance(30_000);
		await vi.waitFor(() => expect(received().includes(Buffer.from([0x89, 0]))).toBe(true));
		// Node's client has answered the ping by the time the raw one has read it twice over.
		await vi.waitFor(() => expect(alive.messages.length).toBeGreaterThan(1));
		clock.advance(30_000);
		await vi.waitFor(() => expect(world.server.connections).toBeLessThan(2));
		await vi.waitFor(() => expect(socket.readyState).not.toBe('open'));
	});

	test('that does not read is let go before much waits for it', async () => {
		const clock = new ManualClock();
		const world = await open({ clock, limits: { socket: { ...usualSocketLimits, pingMs: 1e9, unreadBytes: 10_000 } } });
		const name = 'x'.repeat(1_000_000);
		const { socket } = await joinRaw(world);
		socket.pause();
		await vi.waitFor(() => {
			world.feed.latest = sampleAt(clock.now(), { disks: [{ mount: name, total: 1, free: 1, used: 0 }] });
			clock.advance(2_000);
			expect(world.server.connections).toBe(0);
		});
		socket.destroy();
	});
});

describe('what a client sends', () => {
	test('a ping is answered, a text is passed over, a close is answered', async () => {
		const world = await open();
		const { socket, received } = await joinRaw(world);
		socket.write(masked(0x80 | opcodes.text, Buffer.from('hello')));
		socket.write(masked(0x80 | opcodes.ping, Buffer.from('are you there')));
		await vi.waitFor(() =>
			expect(received().includes(serverFrame(opcodes.pong, Buffer.from('are you there')))).toBe(true),
		);
		socket.write(masked(0x80 | opcodes.close, Buffer.from([0x03, 0xe8])));
		await vi.waitFor(() => expect(received().includes(Buffer.from([0x88, 2, 0x03, 0xe8]))).toBe(true));
		await vi.waitFor(() => expect(world.server.connections).toBe(0));
	});

	test.each([
		['without a mask', Buffer.from([0x81, 1, 65]), 1002],
		['of an extension', masked(0xc1, Buffer.from('a')), 1002],
		['of no kind', masked(0x83, Buffer.from('a')), 1002],
		['that is controlling and long', masked(0x89, Buffer.alloc(126)), 1002],
		['that goes on with nothing', masked(0x80, Buffer.from('a')), 1002],
		['of a million gigabytes', Buffer.from([0x81, 0xff, 0, 3, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]), 1009],
		['that is too large', masked(0x81, Buffer.alloc(20_000)), 1009],
	])('a frame %s ends the connection', async (_, frame, code) => {
		const world = await open();
		const { socket, received } = await joinRaw(world);
		socket.write(frame);
		await vi.waitFor(() => expect(received().includes(Buffer.from([code >> 8, code & 0xff]))).toBe(true));
		await vi.waitFor(() => expect(world.server.connections).toBe(0));
	});

	test('too many messages end the connection', async () => {
		const world = await open();
		const { socket, received } = await joinRaw(world);
		for (let count = 0; count < 200; count++) socket.write(masked(0x81, Buffer.from('again')));
		await vi.waitFor(() => expect(received().toString('latin1')).toContain('Too many messages'));
		await vi.waitFor(() => expect(world.server.connections).toBe(0));
	});
});

describe('frames', () => {
	test('the key of the standard’s example', () => {
		expect(acceptKey('dGhlIHNhbXBsZSBub25jZQ==')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
		expect([isSocketKey('dGhlIHNhbXBsZSBub25jZQ=='), isSocketKey('x'), isSocketKey(undefined)]).toEqual([
			true,
			false,
			false,
		]);
	});

	test.each([0, 125, 126, 65_535, 65_536])('a frame of %i bytes says how long it is', length => {
		const frame = serverFrame(opcodes.text, Buffer.alloc(length, 7));
		const short = frame[1]!;
		const told = short < 126 ? short : short === 126 ? frame.readUInt16BE(2) : Number(frame.readBigUInt64BE(2));
		expect([told, frame.length - length]).toEqual([length, short < 126 ? 2 : short === 126 ? 4 : 10]);
	});

	test('messages come whole, whatever pieces they arrive in', () => {
		const message = fc.record({
			parts: fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 4 }),
			mask: fc.uint8Array({ minLength: 4, maxLength: 4 }),
			hasPing: fc.boolean(),
		});
		fc.assert(
			fc.property(
				fc.array(message, { maxLength: 5 }),
				fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
				(sent, cuts) => {
					const frames = sent.flatMap(({ parts, mask, hasPing }) =>
						parts.flatMap((part, index) => {
							const isLast = index === parts.length - 1;
							const opcode = index === 0 ? opcodes.binary : opcodes.continuation;
							const frame = masked((isLast ? 0x80 : 0) | opcode, part, Buffer.from(mask));
							return hasPing && !isLast ? [frame, masked(0x80 | opcodes.ping, Buffer.from('p'))] : [frame];
						}),
					);
					const bytes = Buffer.concat(frames);
					const reader = new FrameReader(10_000);
					const got: Buffer[] = [];
					let at = 0;
					for (let index = 0; at < bytes.length; index++) {
						const end = at + cuts[index % cuts.length]!;
						for (const { opcode, payload } of reader.take(bytes.subarray(at, end)))
							if (opcode === opcodes.binary) got.push(payload);
						at = end;
					}
					expect(got).toEqual(sent.map(({ parts }) => Buffer.concat(parts)));
				},
			),
			{ numRuns: 100 },
		);
	});

	test('any bytes are read or refused, and never more is kept than a message', () => {
		fc.assert(
			fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), pieces => {
				const reader = new FrameReader(1_000);
				try {
					for (const piece of pieces) reader.take(piece);
				} catch (error) {
					expect(error).toBeInstanceOf(SocketError);
				}
			}),
		);
	});
});
