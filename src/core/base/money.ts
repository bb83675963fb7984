/** Money is whole nano-dollars (1e-9 USD): sums of many small costs stay exact up to 9 million dollars. */
export type NanoDollars = number;

const nanoPerDollar = 1_000_000_000;

/** Rounds dollars, as the CLI and price tables give them, to whole nano-dollars. */
export function toNano(dollars: number): NanoDollars {
	return Math.round(dollars * nanoPerDollar);
}

/** Dollars, for a setting or a flag that takes them. Not for sums. */
export function toDollars(nano: NanoDollars): number {
	return nano / nanoPerDollar;
}

/** Where a cost comes from: said by the provider, computed from our price table, or unknown (never shown as 0). */
export type CostBasis = 'reported' | 'priced' | 'unpriced';

/** `$0.0123`, `$1.23`, `<$0.0001`. Sums below a cent keep four digits so that small runs do not read as free. */
export function formatCost(nano: NanoDollars): string {
	if (nano === 0) return '$0.00';
	const dollars = Math.abs(nano) / nanoPerDollar;
	const sign = nano < 0 ? '-' : '';
	if (dollars < 0.0001) return `${sign}<$0.0001`;
	return `${sign}$${dollars.toFixed(dollars < 1 ? 4 : 2)}`;
}
