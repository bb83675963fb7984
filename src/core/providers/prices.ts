import * as z from 'zod/mini';
import type { CostBasis, NanoDollars } from '../base/money';
import type { Usage } from '../ledger/events';
import table from './prices.json';

const amount = z.number().check(z.nonnegative());
const kinds = {
	input: amount,
	output: amount,
	/** As dear as the input where it is not given: that is what a provider without a discount takes. */
	cacheRead: z.optional(amount),
	cacheWrite5m: z.optional(amount),
	cacheWrite1h: z.optional(amount),
};

/** US dollars per million tokens of one model. */
export const modelPriceSchema = z.strictObject({
	...kinds,
	/** Other prices for responses whose prompt is longer. */
	longPrompt: z.optional(z.strictObject({ above: z.int().check(z.positive()), ...kinds })),
});
export type ModelPrice = z.infer<typeof modelPriceSchema>;

/** The shape of `prices.json`, for the test that holds it. Keys are `preset/model`. */
export const modelPriceFileSchema = z.strictObject({
	version: z.literal(1),
	date: z.iso.date(),
	source: z.string(),
	unit: z.literal('US dollars per million tokens'),
	models: z.record(z.string().check(z.regex(/^[a-z]+\/\S+$/)), modelPriceSchema),
});

/** What one response costs at a price. */
export function priceUsage(price: ModelPrice, usage: Usage): NanoDollars {
	const prompt = usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
	const rate = price.longPrompt && prompt > price.longPrompt.above ? price.longPrompt : price;
	// A dollar per million tokens is a thousand nano-dollars per token.
	return Math.round(
		1000 *
			(usage.input * rate.input +
				usage.output * rate.output +
				usage.cacheRead * (rate.cacheRead ?? rate.input) +
				usage.cacheWrite5m * (rate.cacheWrite5m ?? rate.input) +
				usage.cacheWrite1h * (rate.cacheWrite1h ?? rate.input)),
	);
}

/** Whose model is priced. */
export interface PricedModel {
	/** The provider's id in the settings. */
	readonly provider: string;
	/** The service it is, where it is known to be that service itself and no other server in its place. */
	readonly preset?: string | undefined;
	readonly model: string;
	/** It runs on the user's own machine. */
	readonly isOwnMachine: boolean;
}

export interface Cost {
	/** `null` when the basis is `unpriced`. */
	readonly cost: NanoDollars | null;
	readonly basis: CostBasis;
}

export interface ModelPrices {
	/** Day of the table. */
	readonly date: string;
	priceOf(model: PricedModel): ModelPrice | undefined;
	costOf(model: PricedModel, usage: Usage): Cost;
}

/**
 * Our table with the user's prices over it; theirs are written `provider/model`, or `model` for any provider. A model on
 * the user's own machine costs nothing by declaration, which is `reported`: the provider says so by where it runs. The
 * user may price it all the same. What has no known price is `unpriced`, and never 0.
 */
export function modelPrices(
	overrides: Readonly<Record<string, unknown>> = {},
	onInvalid: (model: string) => void = () => undefined,
): ModelPrices {
	const listed = new Map<string, ModelPrice>(Object.entries(table.models));
	const own = new Map<string, ModelPrice>();
	for (const [model, raw] of Object.entries(overrides)) {
		const price = modelPriceSchema.safeParse(raw);
		if (price.success) own.set(model, price.data);
		else onInvalid(model);
	}
	const priceOf = ({ provider, preset, model }: PricedModel): ModelPrice | undefined =>
		own.get(`${provider}/${model}`) ??
		own.get(model) ??
		(preset === undefined
			? undefined
			: (listed.get(`${preset}/${model}`) ?? listed.get(`${preset}/${undated(model)}`)));
	const costOf = (model: PricedModel, usage: Usage): Cost => {
		const price = priceOf(model);
		if (price) return { cost: priceUsage(price, usage), basis: 'priced' };
		return model.isOwnMachine ? { cost: 0, basis: 'reported' } : { cost: null, basis: 'unpriced' };
	};
	return { date: table.date, priceOf, costOf };
}

/** A model's name without the day of its snapshot, which costs the same unless the table has it by itself. */
function undated(model: string): string {
	return model.replace(/-\d{4}-\d{2}-\d{2}$/, '');
}
