import * as z from 'zod/mini';
import type { NanoDollars } from '../base/money';
import type { Usage } from '../ledger/events';
import { priceUsage } from '../providers/prices';
import table from './prices.json';

const amount = z.number().check(z.nonnegative());
const kinds = { input: amount, output: amount, cacheRead: amount, cacheWrite5m: amount, cacheWrite1h: amount };

/** US dollars per million tokens of one model. */
export const priceSchema = z.strictObject({
	...kinds,
	/** Other prices for responses whose prompt is longer. */
	longPrompt: z.optional(z.strictObject({ above: z.int().check(z.positive()), ...kinds })),
});
export type Price = z.infer<typeof priceSchema>;

/** The shape of `prices.json`, for the test that holds it. */
export const priceFileSchema = z.strictObject({
	version: z.literal(1),
	date: z.iso.date(),
	source: z.string(),
	unit: z.literal('US dollars per million tokens'),
	models: z.record(z.string(), priceSchema),
});

export interface PriceTable {
	/** Day of the newest entry. */
	readonly date: string;
	priceOf(model: string): Price | undefined;
}

/** Our table, with the user's own prices over it. What an override gets wrong is reported by name, never guessed. */
export function priceTable(
	overrides: Readonly<Record<string, unknown>> = {},
	onInvalid: (model: string) => void = () => undefined,
): PriceTable {
	const models = new Map<string, Price>(Object.entries(table.models));
	for (const [model, raw] of Object.entries(overrides)) {
		const price = priceSchema.safeParse(raw);
		if (price.success) models.set(plainModel(model), price.data);
		else onInvalid(model);
	}
	return { date: table.date, priceOf: model => models.get(model) ?? models.get(plainModel(model)) };
}

/**
 * A model's name without what does not change its price: a date, the long-context mark, a cloud's prefix and version.
 * The CLI and the API do not always spell the same model alike.
 */
export function plainModel(model: string): string {
	return model
		.replace(/\[\w+\]$/, '')
		.replace(/^(?:[a-z-]+\.)?anthropic\./, '')
		.replace(/-v\d+(?::\d+)?$/, '')
		.replace(/[@-]\d{8}$/, '');
}

/** What one response costs, or `null` when its model has no known price. */
export function priceResponse(prices: PriceTable, model: string, usage: Usage): NanoDollars | null {
	const price = prices.priceOf(model);
	return price ? priceUsage(price, usage) : null;
}
