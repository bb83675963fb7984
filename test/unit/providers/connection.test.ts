import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { CancelledError } from '../../../src/core/base/errors';
import { Connection, isLoopback, networkReason, type ConnectionFailure } from '../../../src/core/providers/connection';
import { jsonLines } from '../../../src/core/providers/jsonLines';
import { ProviderError } from '../../../src/core/providers/provider';
import { ManualClock } from './scripted';

class Failed extends Error {
	readonly failure: ConnectionFailure;
	constructor(failure: ConnectionFailure) {
		super(failure.type);
		this.failure = failure;
	}
}

function open(fetch: typeof globalThis.fetch, signal = new AbortController().signal) {
	const clock = new ManualClock();
	const silence = { firstByteMs: 1_000, gapMs: 100 };
	const connection = new Connection({ signal, clock, silence, fetch, fail: failure => new Failed(failure) });
	return { clock, connection };
}

/** A server whose answer a test writes piece by piece. */
function written() {
	let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
	const body = new ReadableStream<Uint8Array>({ start: made => void (controller = made) });
	const write = (text: string): void => controller?.enqueue(new TextEncoder().encode(text));
	const fetch: typeof globalThis.fetch = async (_, init) => {
		init?.signal?.addEventListener('abort', () => controller?.error(init.signal?.reason));
		return new Response(body);
	};
	return { write, fetch, fail: (error: Error) => controller?.error(error) };
}

/** The stream asks for its next piece a moment after it was read from. */
const isWatched = (clock: ManualClock) => vi.waitFor(() => expect(clock.waiting).toBe(1));

const failureOf = (work: Promise<unknown>) =>
	work.catch((error: unknown) => (error instanceof Failed ? error.failure : error));

describe('a connection', () => {
	test('waits longer for the first byte than between two pieces', async () => {
		const server = written();
		const { clock, connection } = open(server.fetch);
		const reader = (await connection.fetch('http://x')).body!.getReader();
		const first = reader.read();
		await isWatched(clock);
		clock.advance(999);
		server.write('a');
		expect(new TextDecoder().decode((await first).value)).toBe('a');
		const second = reader.read();
		await isWatched(clock);
		clock.advance(99);
		server.write('b');
		await second;
		const third = failureOf(reader.read());
		await isWatched(clock);
		clock.advance(100);
		expect(await third).toEqual({ type: 'timeout', afterMs: 100 });
		expect(clock.waiting).toBe(0);
	});

	test('does not count the time in which nobody reads', async () => {
		const server = written();
		const { clock, connection } = open(server.fetch);
		const reader = (await connection.fetch('http://x')).body!.getReader();
		server.write('a');
		await reader.read();
		clock.advance(60_000);
		server.write('b');
		expect((await reader.read()).done).toBe(false);
		connection.dispose();
		expect(clock.waiting).toBe(0);
	});

	test('that breaks is told apart from one that was never made', async () => {
		const server = written();
		const { connection } = open(server.fetch);
		const reader = (await connection.fetch('http://x')).body!.getReader();
		server.fail(new Error('reset'));
		expect(await failureOf(reader.read())).toMatchObject({ type: 'cut-off' });
		const never = open(async () => {
			throw new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) });
		});
		expect(await failureOf(never.connection.fetch('http://x'))).toMatchObject({
			type: 'offline',
			reason: 'nothing listens there',
		});
		never.connection.dispose();
	});

	test('ended by the user, or by the client library, is cancelled', async () => {
		const abort = new AbortController();
		const { connection } = open(written().fetch, abort.signal);
		const reader = (await connection.fetch('http://x')).body!.getReader();
		const read = failureOf(reader.read());
		abort.abort();
		expect(await read).toBeInstanceOf(CancelledError);
		const library = new AbortController();
		const other = open(written().fetch);
		const response = await other.connection.fetch('http://x', { signal: library.signal });
		const text = failureOf(response.text());
		library.abort();
		expect(await text).toBeInstanceOf(CancelledError);
	});

	test('refuses a redirect', async () => {
		const fetch: typeof globalThis.fetch = async (_, init) => {
			expect(init?.redirect).toBe('manual');
			return new Response(null, { status: 308, headers: { location: 'http://10.0.0.1/' } });
		};
		expect(await failureOf(open(fetch).connection.fetch('http://x'))).toEqual({
			type: 'redirected',
			to: 'http://10.0.0.1/',
		});
	});
});

test('why a connection could not be made is said in words, however deep it hides', () => {
	const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
	expect([
		networkReason(new TypeError('fetch failed', { cause: new AggregateError([refused]) })),
		networkReason(new TypeError('fetch failed', { cause: Object.assign(new Error(''), { code: 'ENOTFOUND' }) })),
		networkReason(new TypeError('fetch failed', { cause: Object.assign(new Error(''), { code: 'EODD' }) })),
		networkReason('odd'),
	]).toEqual(['nothing listens there', 'no machine has this name', 'EODD', 'odd']);
});

test.each([
	['http://127.0.0.1:11434', true],
	['http://127.8.8.8', true],
	['http://localhost:1', true],
	['http://[::1]:1', true],
	['http://a.localhost', true],
	['http://127.0.0.1.evil.example', false],
	['http://192.168.1.2', false],
	['http://0.0.0.0', false],
	['nonsense', false],
])('%s is on this machine: %s', (url, isHere) => expect(isLoopback(url)).toBe(isHere));

describe('JSON lines', () => {
	const streamOf = (pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> =>
		new ReadableStream({
			start(controller) {
				for (const piece of pieces) controller.enqueue(piece);
				controller.close();
			},
		});

	test('arrive whole however they are cut', async () => {
		const texts = fc.array(fc.record({ text: fc.string({ unit: 'grapheme' }) }), { minLength: 1, maxLength: 8 });
		const cutting = fc.array(fc.nat({ max: 40 }), { maxLength: 30 });
		await fc.assert(
			fc.asyncProperty(texts, cutting, fc.boolean(), async (objects, cuts, hasLastBreak) => {
				const bytes = new TextEncoder().encode(
					objects.map(value => JSON.stringify(value)).join('\n') + (hasLastBreak ? '\n' : ''),
				);
				const pieces: Uint8Array[] = [];
				let at = 0;
				for (const length of cuts) pieces.push(bytes.subarray(at, (at += length)));
				pieces.push(bytes.subarray(at));
				const read: unknown[] = [];
				for await (const batch of jsonLines(streamOf(pieces))) read.push(...batch);
				expect(read).toEqual(objects);
			}),
		);
	});

	test.each(['nonsense', '[1]', '"text"', 'null'])('a line that is no object ends them: %s', async bad => {
		const read: unknown[] = [];
		const run = (async () => {
			const bytes = new TextEncoder().encode(`{"a":1}\n${bad}\n{"a":2}\n`);
			for await (const batch of jsonLines(streamOf([bytes]))) read.push(...batch);
		})();
		await expect(run).rejects.toBeInstanceOf(ProviderError);
		expect(read).toEqual([{ a: 1 }]);
	});

	test('a line without an end does not fill the memory', async () => {
		const piece = new TextEncoder().encode('x'.repeat(1024 * 1024));
		let sent = 0;
		const endless = new ReadableStream<Uint8Array>({
			pull(controller) {
				sent += 1;
				controller.enqueue(piece);
			},
		});
		await expect(jsonLines(endless).next()).rejects.toThrow('without an end');
		expect(sent).toBeLessThan(10);
	});
});
