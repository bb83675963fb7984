import { describe, expect, test } from 'vitest';
import { CostLedger } from '../../../src/core/claude/costLedger';
import { responsesOf, rowsOf } from '../../../src/core/claude/history/usage';
import type { TranscriptLine } from '../../../src/core/claude/history/lines';
import type { ApiUsage, ClaudeMessage, ModelUsage, UnknownMessage } from '../../../src/core/claude/messages';
import { plainModel, priceFileSchema, priceResponse, priceTable } from '../../../src/core/claude/prices';
import prices from '../../../src/core/claude/prices.json';
import { noUsage } from '../../../src/core/ledger/events';

const model = 'claude-opus-5-5';
const table = priceTable();

function feed(ledger: CostLedger, ...messages: readonly object[]): number {
	let changes = 0;
	for (const message of messages) ledger.observe(message as ClaudeMessage | UnknownMessage, () => changes++);
	return changes;
}

const start = (id: string, usage: ApiUsage, name = model, parent: string | null = null): object => ({
	type: 'stream_event',
	parent_tool_use_id: parent,
	event: { type: 'message_start', message: { id, model: name, usage } },
});
const delta = (usage: ApiUsage, parent: string | null = null): object => ({
	type: 'stream_event',
	parent_tool_use_id: parent,
	event: { type: 'message_delta', delta: { stop_reason: null }, usage },
});
const assistant = (id: string, usage: ApiUsage, name = model): object => ({
	type: 'assistant',
	parent_tool_use_id: null,
	message: { id, model: name, content: [], stop_reason: null, usage },
});
const used = (
	inputTokens: number,
	outputTokens: number,
	costUSD: number,
	over: Partial<ModelUsage> = {},
): ModelUsage => ({
	inputTokens,
	outputTokens,
	cacheReadInputTokens: 0,
	cacheCreationInputTokens: 0,
	costUSD,
	...over,
});
const result = (modelUsage: Record<string, ModelUsage>, since?: Record<string, ModelUsage>): object => ({
	type: 'result',
	subtype: 'success',
	modelUsage,
	...(since ? { model_usage_since_last_result: since } : {}),
});
const reported = (input: number, output: number, cost: number): object => ({
	model,
	usage: { ...noUsage, input, output },
	cost,
	basis: 'reported',
	isFinal: true,
});

const line = (over: Partial<TranscriptLine>, usage: ApiUsage, id: string | null = 'm1'): TranscriptLine => ({
	type: 'assistant',
	timestamp: '2026-11-21T10:00:00.000Z',
	...over,
	message: { model, usage, ...(id === null ? {} : { id }) },
});
const outputs = (lines: readonly TranscriptLine[]): readonly number[] =>
	responsesOf(lines).map(response => response.usage.output);
const haikuCost = (input: number): number | null =>
	priceResponse(table, 'claude-haiku-5-5', { ...noUsage, input, output: 1000 });

function usageAfter(usage: ApiUsage): unknown {
	const ledger = new CostLedger(table);
	feed(ledger, start('m', usage));
	return ledger.rows()[0]?.usage;
}

describe('costs of a live process', () => {
	test('results are cumulative: each execution gets the difference', () => {
		const ledger = new CostLedger(table);
		feed(ledger, result({ [model]: used(100, 10, 0.1) }));
		expect(ledger.rows()).toEqual([reported(100, 10, 100_000_000)]);
		ledger.begin();
		expect(ledger.rows()).toEqual([]);
		feed(ledger, result({ [model]: used(150, 30, 0.25) }), result({ [model]: used(160, 31, 0.26) }));
		expect(ledger.rows()).toEqual([reported(60, 21, 160_000_000)]);
	});

	test('differences add up to the last report to the nano-dollar, however its fractions fall', () => {
		const ledger = new CostLedger(table);
		let sum = 0;
		let total = 0;
		for (let turn = 0; turn < 200; turn++) {
			total += 0.000_000_033_3 * (turn + 1);
			const since = { [model]: used(1, 1, 0.000_000_033_3 * (turn + 1)) };
			ledger.begin();
			feed(ledger, result({ [model]: used(turn + 1, turn + 1, total) }, since));
			sum += ledger.rows()[0]?.cost ?? 0;
		}
		expect(sum).toBe(Math.round(total * 1e9));
	});

	test('/clear sets the counters back: a lower reading counts from zero, also when the model is missing', () => {
		const ledger = new CostLedger(table);
		feed(ledger, result({ [model]: used(100, 10, 0.1) }));
		ledger.begin();
		feed(ledger, result({ [model]: used(40, 4, 0.04) }));
		expect(ledger.rows()).toEqual([reported(40, 4, 40_000_000)]);
		ledger.begin();
		feed(ledger, result({}), result({ [model]: used(90, 9, 0.09) }));
		expect(ledger.rows()).toEqual([reported(90, 9, 90_000_000)]);
	});

	test('a resumed session starts from what it had used before', () => {
		const ledger = new CostLedger(table);
		ledger.setBaseline({ [model]: used(1000, 100, 1) });
		feed(ledger, result({ [model]: used(1010, 101, 1.01) }));
		expect(ledger.rows()).toEqual([reported(10, 1, 10_000_000)]);
		const old = new CostLedger(table);
		old.setBaseline({});
		feed(old, result({ [model]: used(10, 1, 0.01) }));
		expect(old.rows()).toEqual([reported(10, 1, 10_000_000)]);
	});

	test('what the CLI says of the time since its last result wins over a difference that cannot be right', () => {
		const ledger = new CostLedger(table);
		// Counters that went on across a resume whose baseline we could not ask for.
		feed(ledger, result({ [model]: used(1010, 101, 1.01) }, { [model]: used(10, 1, 0.01) }));
		expect(ledger.rows()).toEqual([reported(10, 1, 10_000_000)]);
	});

	test('until the result comes, the stream is counted by message and priced by our table', () => {
		const ledger = new CostLedger(table);
		feed(ledger, start('m1', { input_tokens: 1000, output_tokens: 1 }), delta({ output_tokens: 50 }));
		expect(ledger.rows()).toEqual([
			{ model, usage: { ...noUsage, input: 1000, output: 50 }, cost: 5_000_000, basis: 'priced', isFinal: false },
		]);
		feed(ledger, result({ [model]: used(1000, 50, 0.005) }));
		expect(ledger.rows()).toEqual([reported(1000, 50, 5_000_000)]);
	});

	test('a provisional row under another spelling of the model never stays beside the final one', () => {
		const ledger = new CostLedger(table);
		feed(
			ledger,
			start('m1', { input_tokens: 10, output_tokens: 1 }, 'claude-opus-4-8'),
			result({ 'claude-opus-4-8[1m]': used(10, 9, 0.5) }),
		);
		expect(ledger.rows()).toMatchObject([{ model: 'claude-opus-4-8', cost: 500_000_000, isFinal: true }]);
		const other = new CostLedger(table);
		feed(
			other,
			start('m1', { input_tokens: 10, output_tokens: 1 }, 'some-deployment'),
			result({ [model]: used(10, 9, 0.5) }),
		);
		expect(other.rows()).toMatchObject([
			{ model, cost: 500_000_000, isFinal: true },
			{ model: 'some-deployment', usage: noUsage, cost: 0, isFinal: true },
		]);
	});

	test('sub-agents on other models have rows of their own', () => {
		const ledger = new CostLedger(table);
		const haiku = 'claude-haiku-5-5';
		feed(
			ledger,
			start('m1', { input_tokens: 10, output_tokens: 1 }),
			assistant('s1', { input_tokens: 20, output_tokens: 1 }, haiku),
		);
		expect(ledger.rows().map(row => [row.model, row.usage.input])).toEqual([
			[model, 10],
			[haiku, 20],
		]);
		feed(ledger, result({ [model]: used(10, 5, 0.1), [haiku]: used(20, 7, 0.2) }));
		expect(ledger.rows().map(row => row.cost)).toEqual([100_000_000, 200_000_000]);
	});

	test('an unknown model is unpriced, never free', () => {
		const ledger = new CostLedger(table);
		feed(ledger, start('m1', { input_tokens: 10, output_tokens: 1 }, 'llama-x'));
		expect(ledger.rows()).toMatchObject([{ cost: null, basis: 'unpriced', isFinal: false }]);
		feed(ledger, result({ 'llama-x': used(10, 5, 0.1, { costBasis: 'unknown' }) }));
		expect(ledger.rows()).toMatchObject([
			{ cost: null, basis: 'unpriced', isFinal: true, usage: { input: 10, output: 5 } },
		]);
	});

	test('an interrupted call that the CLI does not charge is not charged', () => {
		const ledger = new CostLedger(table);
		feed(ledger, start('m1', { input_tokens: 10, output_tokens: 1 }), result({}));
		expect(ledger.rows()).toEqual([{ model, usage: noUsage, cost: 0, basis: 'reported', isFinal: true }]);
	});

	test('synthetic answers and unknown messages count nothing', () => {
		const ledger = new CostLedger(table);
		expect(feed(ledger, assistant('m', { input_tokens: 9 }, '<synthetic>'), { type: 'new_thing', usage: {} })).toBe(0);
		expect(ledger.rows()).toEqual([]);
	});
});

describe('miscounts that others made', () => {
	test('one line for each content block repeats the usage: a response counts once', () => {
		const ledger = new CostLedger(table);
		const usage = { input_tokens: 100, output_tokens: 1 };
		feed(
			ledger,
			start('m1', usage),
			assistant('m1', usage),
			assistant('m1', usage),
			delta({ output_tokens: 40 }),
			assistant('m1', usage),
		);
		expect(ledger.rows()).toMatchObject([{ usage: { input: 100, output: 40 } }]);
	});

	test('several cumulative message_delta frames are not added up', () => {
		const ledger = new CostLedger(table);
		feed(
			ledger,
			start('m1', { input_tokens: 5, output_tokens: 1 }),
			delta({ output_tokens: 10 }),
			delta({ output_tokens: 30 }),
			delta({ output_tokens: 30 }),
		);
		expect(ledger.rows()).toMatchObject([{ usage: { input: 5, output: 30 } }]);
	});

	test('streams of sub-agents that interleave are kept apart', () => {
		const ledger = new CostLedger(table);
		feed(
			ledger,
			start('m1', { input_tokens: 1 }),
			start('m2', { input_tokens: 2 }, model, 'toolu_1'),
			delta({ output_tokens: 7 }),
			delta({ output_tokens: 9 }, 'toolu_1'),
		);
		expect(ledger.rows()).toMatchObject([{ usage: { input: 3, output: 16 } }]);
	});

	test('cache writes given only by lifetime, or only as a whole, are counted', () => {
		const split = { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 };
		expect(usageAfter({ cache_creation: split })).toEqual({ ...noUsage, cacheWrite5m: 3, cacheWrite1h: 4 });
		expect(usageAfter({ cache_creation_input_tokens: 7, cache_creation: split })).toEqual({
			...noUsage,
			cacheWrite5m: 3,
			cacheWrite1h: 4,
		});
		expect(usageAfter({ cache_creation_input_tokens: 7 })).toEqual({ ...noUsage, cacheWrite5m: 7 });
	});

	test('on disk: the first line of a response is a partial one, the largest counts', () => {
		expect(
			outputs([line({}, { output_tokens: 1 }), line({}, { output_tokens: 42 }), line({}, { output_tokens: 42 })]),
		).toEqual([42]);
	});

	test('on disk: a missing or new request id does not make a response count again', () => {
		const lines = [
			line({ requestId: 'r1' }, { output_tokens: 5 }),
			line({}, { output_tokens: 5 }),
			line({ requestId: 'r2', isSidechain: true }, { output_tokens: 5 }),
		];
		expect(outputs(lines)).toEqual([5]);
	});

	test('on disk: forks and resumes copy responses into other sessions, which count once', () => {
		expect(
			outputs([line({ sessionId: 'a' }, { output_tokens: 5 }), line({ sessionId: 'b' }, { output_tokens: 5 })]),
		).toEqual([5]);
	});

	test('on disk: turns are added up, and lines without any id count one by one', () => {
		expect(outputs([line({}, { output_tokens: 5 }), line({}, { output_tokens: 6 }, 'm2')])).toEqual([5, 6]);
		expect(
			outputs([line({ uuid: 'u1' }, { output_tokens: 5 }, null), line({ uuid: 'u2' }, { output_tokens: 5 }, null)]),
		).toEqual([5, 5]);
	});

	test('cache tokens are additive to input, and each kind has its price', () => {
		// The CLI's own figure for this response is $0.0216 at $5 and $25 a million.
		const usage = { input: 2000, output: 54, cacheRead: 10_000, cacheWrite5m: 200, cacheWrite1h: 400 };
		expect(priceResponse(table, 'claude-opus-4-8', { ...usage, cacheWrite1h: 0 })).toBe(
			10_000_000 + 1_350_000 + 5_000_000 + 1_250_000,
		);
		expect(priceResponse(table, 'claude-opus-4-8', usage)).toBe(21_600_000);
	});
});

describe('the price table', () => {
	test('is of the shape that the code reads, with plain names', () => {
		expect(priceFileSchema.safeParse(prices).error).toBeUndefined();
		expect(Object.keys(prices.models).filter(name => plainModel(name) !== name)).toEqual([]);
	});

	test('knows a model by any of its spellings', () => {
		const names = [
			'claude-opus-5-5',
			'claude-opus-5-5-20260801',
			'claude-opus-5-5[1m]',
			'us.anthropic.claude-opus-5-5-v1:0',
			'claude-opus-5-5@20260801',
		];
		expect(names.map(name => table.priceOf(name)?.input)).toEqual([4, 4, 4, 4, 4]);
		expect(table.priceOf('claude-opus-9')).toBeUndefined();
	});

	test('a long prompt has its own price', () => {
		expect([haikuCost(100_000), haikuCost(110_000)]).toEqual([10_500_000, 57_500_000]);
	});

	test('the user may set prices; a wrong one is named and ignored', () => {
		const wrong: string[] = [];
		const own = {
			'my-model': { input: 1, output: 2, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 },
			bad: { input: -1 },
		};
		const mine = priceTable(own, name => wrong.push(name));
		expect([mine.priceOf('my-model')?.output, mine.priceOf('bad'), wrong]).toEqual([2, undefined, ['bad']]);
		const lines: TranscriptLine[] = [
			{ type: 'assistant', message: { id: 'm', model: 'my-model', usage: { input_tokens: 1000 } } },
		];
		expect(rowsOf(responsesOf(lines), mine)).toEqual([
			{ model: 'my-model', usage: { ...noUsage, input: 1000 }, cost: 1_000_000, basis: 'priced', isFinal: true },
		]);
	});
});
