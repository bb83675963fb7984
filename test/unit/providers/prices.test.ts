import { describe, expect, test } from 'vitest';
import { noUsage, type Usage } from '../../../src/core/ledger/events';
import { modelPriceFileSchema, modelPrices, priceUsage } from '../../../src/core/providers/prices';
import table from '../../../src/core/providers/prices.json';
import { presets } from '../../../src/core/providers/presets';

const million: Usage = { ...noUsage, input: 1_000_000, output: 1_000_000 };
const openai = (model: string) => ({ provider: 'mine', preset: 'openai', model, isOwnMachine: false });

describe('the table', () => {
	test('has its shape, and names services that we know', () => {
		expect(modelPriceFileSchema.safeParse(table).error).toBeUndefined();
		const known = new Set(presets.map(({ id }) => id));
		expect(Object.keys(table.models).filter(key => !known.has(key.split('/')[0] ?? ''))).toEqual([]);
	});

	test('holds no price that is out of order: an answer costs more than a prompt, a cached prompt less', () => {
		const odd = Object.entries(modelPriceFileSchema.parse(table).models).filter(
			([, { input, output, cacheRead = 0 }]) => !(cacheRead < input && input < output),
		);
		expect(odd).toEqual([]);
	});
});

describe('a cost', () => {
	const prices = modelPrices();

	test('is counted from the table, kind by kind', () => {
		expect(prices.costOf(openai('gpt-4.1'), million)).toEqual({ cost: 10_000_000_000, basis: 'priced' });
		expect(prices.costOf(openai('gpt-4.1'), { ...noUsage, cacheRead: 1000 })).toEqual({
			cost: 500_000,
			basis: 'priced',
		});
	});

	test('of a snapshot is that of its model, unless the snapshot has its own', () => {
		expect(prices.priceOf(openai('gpt-4o-2024-11-20'))?.input).toBe(2.5);
		expect(prices.priceOf(openai('gpt-4o-2024-05-13'))?.input).toBe(5);
	});

	test('of a long prompt is the long prompt’s', () => {
		const price = prices.priceOf({ ...openai('gemini-2.5-pro'), preset: 'gemini' });
		expect(price && priceUsage(price, { ...noUsage, input: 200_000 })).toBe(250_000_000);
		expect(price && priceUsage(price, { ...noUsage, input: 200_001 })).toBe(500_002_500);
	});

	test('of an unknown model is unknown, never 0', () => {
		expect(prices.costOf(openai('gpt-99'), million)).toEqual({ cost: null, basis: 'unpriced' });
		// The same name on another server is another model.
		expect(prices.costOf({ ...openai('gpt-4.1'), preset: undefined }, million)).toEqual({
			cost: null,
			basis: 'unpriced',
		});
	});

	test('on the user’s own machine is nothing, by declaration', () => {
		const model = { provider: 'ollama', model: 'qwen3:4b', isOwnMachine: true };
		expect(prices.costOf(model, million)).toEqual({ cost: 0, basis: 'reported' });
	});

	test('is the user’s own where they gave one, also for their own machine', () => {
		const wrong: string[] = [];
		const mine = modelPrices(
			{
				'ollama/qwen3:4b': { input: 0.01, output: 0.02 },
				'gpt-4.1': { input: 1, output: 1 },
				bad: { input: -1, output: 1 },
			},
			model => wrong.push(model),
		);
		const local = { provider: 'ollama', model: 'qwen3:4b', isOwnMachine: true };
		expect(mine.costOf(local, million)).toEqual({ cost: 30_000_000, basis: 'priced' });
		expect(mine.costOf(openai('gpt-4.1'), million)).toEqual({ cost: 2_000_000_000, basis: 'priced' });
		expect(mine.costOf({ ...local, provider: 'far' }, million)).toEqual({ cost: 0, basis: 'reported' });
		expect(wrong).toEqual(['bad']);
	});

	test('of cached tokens without a price of their own is the input’s', () => {
		expect(priceUsage({ input: 2, output: 4 }, { ...noUsage, cacheRead: 1000, cacheWrite5m: 1000 })).toBe(4_000_000);
	});
});
