import { describe, expect, test } from 'vitest';
import { toNano } from '../../../../src/core/base/money';
import type { Json } from '../../../../src/core/base/json';
import type { RunServices, ServiceCall } from '../../../../src/core/flow/engine/services';
import { ProviderError } from '../../../../src/core/providers/provider';
import { ManualClock } from '../../../fakes/manualClock';
import { flowOf, runFlow, runs, startRun, states, valuesOf } from './support';

const usage = { input: 100, output: 50, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };

/** Models that answer at once and cost so many dollars a request. */
function paidModels(dollars: number | null, seen: ServiceCall[] = []): RunServices {
	return {
		models: {
			resolve: model => ({ provider: 'fake', model }),
			complete: async (request, call) => {
				seen.push(call);
				call.used({
					provider: 'fake',
					model: request.model,
					usage,
					cost: dollars === null ? null : toNano(dollars),
					basis: dollars === null ? 'unpriced' : 'priced',
				});
				return { text: 'yes', thinking: '', calls: [], model: request.model, usage };
			},
		},
	};
}

const ask = runs('ask', (_, __, context) =>
	context.complete({ model: 'm', messages: [] }).then(({ text }) => ({ out: text })),
);

describe('attempts', () => {
	test('a node is tried again after a delay that grows, and the attempts are told', async () => {
		const clock = new ManualClock();
		let count = 0;
		const flaky = runs('flaky', (_, __, { attempt, idempotencyKey }) => {
			count++;
			if (attempt < 3) throw new Error(`no ${attempt}`);
			return { out: [attempt, idempotencyKey.replace(/^[^/]*/, '')] };
		});
		const flow = flowOf({ a: { type: 'flaky', retry: { max: 3, delayMs: 100 } } });
		const { events, result } = await startRun(flow, { types: [flaky], clock, random: () => 0 });
		await expect.poll(() => (clock.advance(10), count)).toBe(3);
		expect(await result).toMatchObject({ status: 'succeeded' });
		const retries = events.flatMap(event =>
			event.type === 'node.retrying' ? [[event.attempt, event.delayMs, event.error]] : [],
		);
		expect(retries).toEqual([
			[1, 50, 'no 1'],
			[2, 100, 'no 2'],
		]);
		expect(valuesOf(events, 'a')).toEqual({ out: [3, '/a'] });
	});

	test("a server's Retry-After wins, and what cannot go well another time is not tried again", async () => {
		const clock = new ManualClock();
		let limited = 0;
		const types = [
			runs('limited', () => {
				if (++limited === 1) throw new ProviderError('rate-limited', 'slow down', { retryAfterMs: 5000 });
				return { out: 1 };
			}),
			runs('wrong', () => {
				throw new ProviderError('wrong-key', 'no');
			}),
		];
		const retry = { max: 5, delayMs: 1 };
		const flow = flowOf({ a: { type: 'limited', retry }, b: { type: 'wrong', retry, onError: 'branch' } });
		const { events, result } = await startRun(flow, { types, clock, random: () => 0 });
		clock.advance(4999);
		expect(limited).toBe(1);
		clock.advance(1);
		expect(await result).toMatchObject({ status: 'succeeded' });
		expect(events.filter(({ type }) => type === 'node.retrying')).toMatchObject([{ node: 'a', delayMs: 5000 }]);
	});

	test('other branches go on while one waits for its next attempt, also with one slot', async () => {
		const clock = new ManualClock();
		const failing = runs('failing', (_, __, { attempt }) => {
			if (attempt === 1) throw new Error('once');
			return {};
		});
		const flow = flowOf({ a: { type: 'failing', retry: { max: 1, delayMs: 60_000 } }, b: 'value', c: 'pass' }, [
			'b -> c',
		]);
		const { events, result } = await startRun(flow, {
			types: [failing],
			clock,
			limits: { concurrency: 1 },
			random: () => 1,
		});
		expect(states(events)).toEqual({ b: 'succeeded', c: 'succeeded' });
		clock.advance(60_000);
		expect(await result).toMatchObject({ status: 'succeeded' });
	});

	test('a node that never ends is ended by its timeout, and is not waited for', async () => {
		const clock = new ManualClock();
		let isAborted = false;
		const hang = runs('hang', (_, __, { signal }) => {
			signal.addEventListener('abort', () => (isAborted = true));
			return new Promise(() => undefined);
		});
		const flow = flowOf({ a: { type: 'hang', timeoutMs: 1000, onError: 'branch' }, b: 'pass' }, ['a.error -> b']);
		const { events, result } = await startRun(flow, { types: [hang], clock });
		clock.advance(1000);
		await result;
		expect(isAborted).toBe(true);
		expect(valuesOf(events, 'b')).toEqual({
			out: { message: 'It took longer than 1 seconds.', code: 'node-timeout', node: 'a' },
		});
	});

	test('what an attempt gives after its timeout does not count', async () => {
		const clock = new ManualClock();
		const late: ((value: unknown) => void)[] = [];
		const slow = runs('slow', () => new Promise(resolve => late.push(resolve)));
		const flow = flowOf({ a: { type: 'slow', timeoutMs: 10_000, retry: { max: 1, delayMs: 1 } } });
		const { events, result } = await startRun(flow, { types: [slow], clock, random: () => 1 });
		clock.advance(10_000);
		await expect.poll(() => (clock.advance(1), late.length)).toBe(2);
		late[0]!({ out: 'late' });
		late[1]!({ out: 'right' });
		await result;
		expect(valuesOf(events, 'a')).toEqual({ out: 'right' });
	});
});

describe('caps', () => {
	test('steps: a warning at 80 %, then the end, and no error branch catches it', async () => {
		const nodes = Object.fromEntries(
			Array.from({ length: 12 }, (_, index) => [`n${index}`, { type: 'add', onError: 'branch' as const }]),
		);
		const { status, error, events, spent } = await runFlow({ ...flowOf(nodes), limits: { maxSteps: 10 } });
		expect({ status, error }).toEqual({
			status: 'failed',
			error: 'The run was stopped after 10 runs of nodes, the most it may make.',
		});
		expect(spent.steps).toBe(10);
		expect(events.filter(({ type }) => type === 'run.warning')).toEqual([
			{ type: 'run.warning', cap: 'steps', used: 8, limit: 10 },
		]);
	});

	test('time: waiting for a person does not count', async () => {
		const clock = new ManualClock();
		const approve = runs('approve', (_, __, { people }) =>
			people
				.approve({ title: 'ok?', detail: '', timeoutMs: null })
				.then(answer => ({ out: answer as unknown as Json })),
		);
		const hang = runs('hang', () => new Promise(() => undefined));
		const flow = { ...flowOf({ a: 'approve', h: 'hang' }, ['a -> h']), limits: { maxMinutes: 1 } };
		const { run, events, result } = await startRun(flow, { types: [approve, hang], clock });
		clock.advance(3_600_000);
		expect(events.at(-1)).toEqual({ type: 'run.status', status: 'waiting' });
		run.answer(run.waits[0]!.ask.id, { kind: 'approval', isApproved: true, comment: '' });
		await expect.poll(() => events.some(event => event.type === 'node.started' && event.node === 'h')).toBe(true);
		clock.advance(48_000);
		expect(events.at(-1)).toMatchObject({ type: 'run.warning', cap: 'time' });
		clock.advance(12_000);
		expect(await result).toMatchObject({ status: 'failed', cause: { code: 'limit-time' } });
	});

	test('money: a call is not made when what earlier ones cost would pass the cap', async () => {
		const nodes = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`n${index}`, 'ask']));
		const chain = Array.from({ length: 8 }, (_, index) => `n${index} -> n${index + 1}`);
		const seen: ServiceCall[] = [];
		const services = paidModels(0.03, seen);
		const result = await runFlow({ ...flowOf(nodes, chain), limits: { maxCostUsd: 0.1 } }, { types: [ask], services });
		expect(result).toMatchObject({ status: 'failed', cause: { code: 'limit-money' }, spent: { cost: toNano(0.09) } });
		expect(seen.map(({ maxCost }) => maxCost)).toEqual([0.1, 0.07, 0.04].map(toNano));
		expect(result.error).toBe(
			'The run was stopped: it has cost $0.0900 of the $0.1000 it may, and the next call may cost $0.0300.',
		);
		expect(result.events.filter(({ type }) => type === 'run.warning')).toMatchObject([
			{ cap: 'money', used: toNano(0.09) },
		]);
	});

	test('money: calls that run at once count before they have ended', async () => {
		const first = paidModels(0.04);
		const pending: (() => void)[] = [];
		let asked = 0;
		const services: RunServices = {
			models: {
				...first.models!,
				complete: async (request, call) => {
					if (++asked > 1) await new Promise<void>(resolve => pending.push(resolve));
					return first.models!.complete(request, call);
				},
			},
		};
		const flow = flowOf({ a: 'ask', b: 'ask', c: 'ask', d: 'ask' }, ['a -> b', 'a -> c', 'a -> d']);
		const { result } = await startRun({ ...flow, limits: { maxCostUsd: 0.1 } }, { types: [ask], services });
		expect(await result).toMatchObject({ status: 'failed', cause: { code: 'limit-money' } });
		expect(asked).toBe(2);
	});

	test('the budgets of the day are asked before each call', async () => {
		const left = [toNano(1), 0];
		const services = { ...paidModels(0.01), budget: { remaining: async () => left.shift() ?? 0 } };
		const result = await runFlow(flowOf({ a: 'ask', b: 'ask' }, ['a -> b']), { types: [ask], services });
		expect(result).toMatchObject({ status: 'failed', cause: { code: 'budget' }, node: null });
	});

	test('tokens, and a model without a price', async () => {
		const flow = flowOf({ a: 'ask', b: 'ask', c: 'ask' }, ['a -> b', 'b -> c']);
		const result = await runFlow(
			{ ...flow, limits: { maxTokens: 300, maxCostUsd: 5 } },
			{ types: [ask], services: paidModels(null) },
		);
		expect(result).toMatchObject({
			status: 'failed',
			cause: { code: 'limit-tokens' },
			spent: { tokens: 300, cost: 0 },
		});
		const warnings = result.events.flatMap(event => (event.type === 'run.warning' ? [[event.cap, event.note]] : []));
		expect(warnings).toEqual([
			['money', 'What fake/m costs is not known.'],
			['tokens', undefined],
		]);
	});

	test('how many run at once: of a run, of a type and of a provider', async () => {
		const count = { run: 0, mostRun: 0, type: 0, mostType: 0, asks: 0, mostAsks: 0 };
		const tick = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 2));
		const busy = runs('busy', async () => {
			count.mostRun = Math.max(count.mostRun, ++count.run);
			await tick();
			count.run--;
			return {};
		});
		const few = runs(
			'few',
			async () => {
				count.mostType = Math.max(count.mostType, ++count.type);
				await tick();
				count.type--;
				return {};
			},
			{ concurrency: 2 },
		);
		const services: RunServices = {
			models: {
				resolve: () => ({ provider: 'p', model: 'm' }),
				complete: async () => {
					count.mostAsks = Math.max(count.mostAsks, ++count.asks);
					await tick();
					count.asks--;
					return { text: '', thinking: '', calls: [], model: 'm', usage: null };
				},
				concurrency: () => 3,
			},
		};
		const many = (type: string): Record<string, string> =>
			Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${type}${index}`, type]));
		const flow = { ...flowOf({ ...many('busy'), ...many('few'), ...many('ask') }), limits: { concurrency: 6 } };
		expect(await runFlow(flow, { types: [busy, few, ask], services })).toMatchObject({ status: 'succeeded' });
		expect(count).toMatchObject({ mostRun: 6, mostType: 2, mostAsks: 3 });
	});
});

describe('faults', () => {
	const circular: Record<string, unknown> = {};
	circular['self'] = circular;

	test.each([
		['a circular value', () => ({ out: circular }), 'node-output'],
		['a bigint', () => ({ out: 1n }), 'node-output'],
		['a function', () => ({ out: () => 1 }), 'node-output'],
		['a text in place of ports', () => 'text', 'node-output'],
		['a value that is too large', () => ({ out: 'x'.repeat(2000) }), 'limit-output'],
	])('%s fails the node', async (_, run, code) => {
		const flow = flowOf({ a: { type: 'odd', onError: 'branch' }, b: 'pass' }, ['a.error -> b']);
		const { events } = await runFlow(flow, { types: [runs('odd', run)], limits: { maxValue: 1000 } });
		expect(valuesOf(events, 'b')).toMatchObject({ out: { code, node: 'a' } });
	});

	test.each([
		['a text', 'just text', 'just text'],
		['nothing', undefined, 'undefined'],
		['an object', { a: 1 }, 'The node failed without a word.'],
		['an object that cannot be a text', Object.create(null), 'The node failed without a word.'],
	])('%s is thrown', async (_, thrown: unknown, message) => {
		const odd = runs('odd', () => {
			throw thrown;
		});
		const { status, error } = await runFlow(flowOf({ a: 'odd' }), { types: [odd] });
		expect({ status, error }).toEqual({ status: 'failed', error: `'a' failed: ${message}` });
	});

	test('dates, NaN, missing fields and instances become JSON', async () => {
		class Point {
			x = 1;
		}
		const odd = runs('odd', () => ({ out: { at: new Date(0), none: undefined, nan: Number.NaN, point: new Point() } }));
		const { events } = await runFlow(flowOf({ a: 'odd', b: 'pass' }, ['a -> b']), { types: [odd] });
		expect(valuesOf(events, 'b')).toEqual({ out: { at: '1970-01-01T00:00:00.000Z', nan: null, point: { x: 1 } } });
	});

	test('a flood of progress and of log lines is thinned', async () => {
		const flood = runs('flood', async (_, __, context) => {
			for (let count = 0; count < 20_000; count++) {
				context.progress(`line ${count}`);
				context.log(`line ${count}`);
			}
			return {};
		});
		const { events } = await runFlow(flowOf({ a: 'flood' }), { types: [flood], clock: new ManualClock() });
		expect(events.filter(({ type }) => type === 'node.progress')).toHaveLength(1);
		expect(events.filter(({ type }) => type === 'run.log')).toHaveLength(1000);
	});

	test('what a node does after it was stopped is not heard', async () => {
		let context: { log(text: string): void; progress(text: string): void } | undefined;
		const hang = runs('hang', (_, __, own) => {
			context = own;
			return new Promise(() => undefined);
		});
		const { run, events, result } = await startRun(flowOf({ a: 'hang' }), { types: [hang] });
		run.stop();
		await result;
		const count = events.length;
		context!.log('late');
		context!.progress('late');
		expect(events).toHaveLength(count);
	});
});
