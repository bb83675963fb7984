import type { Tier } from '../ledger/events';
import type { GrantScope } from './approval';

/** All tiers, the mildest first. The order is total. */
export const tiers = ['GREEN', 'YELLOW', 'ORANGE', 'RED', 'BLACK'] as const satisfies readonly Tier[];

const ranks: Readonly<Record<Tier, number>> = { GREEN: 0, YELLOW: 1, ORANGE: 2, RED: 3, BLACK: 4 };

/** A number that grows with the tier's reach. */
export function rankOf(tier: Tier): number {
	return ranks[tier];
}

/** Whether `left` reaches further than `right`. */
export function isWorse(left: Tier, right: Tier): boolean {
	return ranks[left] > ranks[right];
}

/** Whether a value that came from settings or a file names a tier. */
export function isTier(value: unknown): value is Tier {
	return typeof value === 'string' && Object.hasOwn(ranks, value);
}

/** Tiers that several places set by tool name, put together: the worst of each counts. What is no tier is left out. */
export function worstTiers(places: readonly Readonly<Record<string, unknown>>[]): Readonly<Record<string, Tier>> {
	const worst = new Map<string, Tier>();
	for (const [name, tier] of places.flatMap(place => Object.entries(place))) {
		const known = worst.get(name);
		if (isTier(tier) && (known === undefined || isWorse(tier, known))) worst.set(name, tier);
	}
	return Object.fromEntries(worst);
}

/** The allowances that a tier offers, the default first. */
export function grantsOf(tier: Tier, furthest: GrantScope = 'workspace'): readonly GrantScope[] {
	const byTier: Readonly<Record<Tier, readonly GrantScope[]>> = {
		GREEN: ['once'],
		YELLOW: ['once', 'session', 'workspace'],
		ORANGE: ['once', 'session'],
		RED: ['once'],
		BLACK: [],
	};
	const order: readonly GrantScope[] = ['once', 'session', 'workspace'];
	return byTier[tier].filter(scope => order.indexOf(scope) <= order.indexOf(furthest));
}
