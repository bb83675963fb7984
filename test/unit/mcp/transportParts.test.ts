import { array, assert, nat, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../../src/core/base/clock';
import { LineReader } from '../../../src/core/mcp/lineReader';
import { idOfTorn, toMessage } from '../../../src/core/mcp/message';
import { Limiter } from '../../../src/core/base/async';
import { TimeLimit } from '../../../src/core/mcp/patience';
import { ServerLog } from '../../../src/core/mcp/serverLog';

function readLines(chunks: readonly Buffer[], limit: number): readonly (string | readonly [string, string, number])[] {
	const read: (string | readonly [string, string, number])[] = [];
	const reader = new LineReader(limit, {
		onLine: text => read.push(text),
		onTooLong: (head, tail, bytes) => read.push([head.slice(0, 3), tail.slice(-3), bytes]),
	});
	for (const chunk of chunks) reader.push(chunk);
	reader.end();
	return read;
}

/** Time that moves when a test says so. */
class FakeClock implements Clock {
	#now = 0;
	readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();

	now(): number {
		return this.#now;
	}

	monotonic(): number {
		return this.#now;
	}

	after(ms: number, run: () => void): { dispose(): void } {
		const timer = { at: this.#now + ms, run };
		this.#timers.add(timer);
		return { dispose: () => void this.#timers.delete(timer) };
	}

	pass(ms: number): void {
		this.#now += ms;
		for (const timer of Array.from(this.#timers)) if (timer.at <= this.#now && this.#timers.delete(timer)) timer.run();
	}
}

describe('lines', () => {
	test('are the same however the bytes are cut', () => {
		assert(
			property(array(string({ unit: 'grapheme' })), array(nat(40)), (texts, cuts) => {
				const lines = texts.map(text => text.replaceAll(/[\r\n]/g, '').trim());
				const bytes = Buffer.from(lines.map(line => `${line}\n`).join(''));
				const chunks: Buffer[] = [];
				let start = 0;
				for (const cut of cuts) {
					chunks.push(bytes.subarray(start, start + cut));
					start += cut;
				}
				chunks.push(bytes.subarray(start));
				expect(readLines(chunks, 10_000)).toEqual(lines.filter(line => line !== ''));
			}),
		);
	});

	test('one that is too long is told once, and the next one is read', () => {
		const chunks = ['ok\nabc', 'd'.repeat(50), 'e'.repeat(2000), 'xyz\nnext\n'].map(text => Buffer.from(text));
		expect(readLines(chunks, 40)).toEqual(['ok', ['abc', 'xyz', 2056], 'next']);
	});

	test('the id of a message that was given up', () => {
		expect(idOfTorn('{"jsonrpc":"2.0","id":12,"result":{', 'xxx"}}')).toBe(12);
		expect(idOfTorn('{"result":{"id":3', '"}]},"jsonrpc":"2.0","id":7}')).toBe(7);
		expect(idOfTorn('{"result":{', '"}]},"id":7,"jsonrpc":"2.0"}')).toBe(7);
		expect(idOfTorn('{"method":"x","params":{', '}}')).toBeUndefined();
	});
});

describe('messages', () => {
	test.each([
		[{ jsonrpc: '2.0', id: 1, result: {} }, true],
		[{ id: 1, result: {} }, true],
		[{ jsonrpc: '2.0', method: 'x' }, true],
		[{ jsonrpc: '2.0', method: 'x', params: [1] }, true],
		[{ jsonrpc: '1.0', id: 1, result: {} }, false],
		[{ level: 'info', msg: 'x' }, false],
		[{ method: 'GET', path: '/' }, false],
		[{ jsonrpc: '2.0', id: null, result: {} }, false],
		[{ jsonrpc: '2.0' }, false],
		[[1], false],
		[null, false],
	])('%j', (value, isMessage) => {
		expect(toMessage(value) !== undefined).toBe(isMessage);
	});

	test('an error without a code or a text still fails its call', () => {
		expect(toMessage({ jsonrpc: '2.0', id: 1, error: { reason: 'x' } })).toEqual({
			jsonrpc: '2.0',
			id: 1,
			error: { code: -32_603, message: '{"reason":"x"}' },
		});
	});
});

describe('limits', () => {
	test('time stands still while a person is asked, and progress gives all of it back', () => {
		const clock = new FakeClock();
		let ended = 0;
		const limit = new TimeLimit(clock, 100, false, () => ended++);
		clock.pass(60);
		limit.pause();
		clock.pass(10_000);
		limit.resume();
		clock.pass(30);
		limit.reset();
		clock.pass(90);
		expect(ended).toBe(0);
		limit.pause();
		limit.reset();
		clock.pass(1000);
		limit.resume();
		clock.pass(99);
		expect(ended).toBe(0);
		clock.pass(1);
		expect(ended).toBe(1);
		limit.dispose();
	});

	test('so many at once, the others in order, and a failure makes room', async () => {
		const limiter = new Limiter(2);
		let running = 0;
		let most = 0;
		const order: number[] = [];
		const results = await Promise.allSettled(
			[0, 1, 2, 3, 4, 5].map(index =>
				limiter.run(async () => {
					order.push(index);
					most = Math.max(most, ++running);
					await Promise.resolve();
					running--;
					if (index % 2 === 0) throw new Error('no');
				}),
			),
		);
		expect([most, order, results.filter(({ status }) => status === 'rejected').length]).toEqual([
			2,
			[0, 1, 2, 3, 4, 5],
			3,
		]);
	});
});

describe('the log', () => {
	test('keeps the latest, names answers by their requests, and cuts long texts', () => {
		const log = new ServerLog(new FakeClock());
		for (let id = 0; id < 1000; id++) {
			const request = { jsonrpc: '2.0', id, method: 'tools/call' } as const;
			log.message('sent', request, JSON.stringify(request));
			log.message('received', { jsonrpc: '2.0', id, result: {} }, 'x'.repeat(100_000));
		}
		// The server's own request has the same id, and its answer is named by it.
		log.message('received', { jsonrpc: '2.0', id: 999, method: 'roots/list' }, '{}');
		log.message('sent', { jsonrpc: '2.0', id: 999, result: {} }, '{}');
		const { traffic } = log.get();
		expect(traffic).toHaveLength(300);
		expect(traffic.slice(-3).map(({ type, method, id }) => [type, method, id])).toEqual([
			['result', 'tools/call', 999],
			['request', 'roots/list', 999],
			['result', 'roots/list', 999],
		]);
		expect(traffic.at(-3)?.size).toBe(100_000);
		expect(traffic.at(-3)?.text.length).toBeLessThan(10_000);
		log.dispose();
	});
});
