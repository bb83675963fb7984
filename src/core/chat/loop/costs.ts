import { toNano, type CostBasis, type NanoDollars } from '../../base/money';
import type { CostRow, SessionCosts } from '../../claude/costs';
import { addUsage, noUsage, type Usage } from '../../ledger/events';
import { modelRefText, type ModelRef } from '../../providers/provider';
import type { LoopProviders } from './ports';

const order: readonly CostBasis[] = ['reported', 'priced', 'unpriced'];

/** What the running turn of a loop used, by provider and model. */
export class LoopCosts implements SessionCosts {
	readonly #providers: Pick<LoopProviders, 'price'>;
	readonly #rows = new Map<string, CostRow>();
	#isFinal = false;

	constructor(providers: Pick<LoopProviders, 'price'>) {
		this.#providers = providers;
	}

	begin(): void {
		this.#rows.clear();
		this.#isFinal = false;
	}

	/** Nothing more comes for this turn. */
	finish(): void {
		this.#isFinal = true;
	}

	rows(): readonly CostRow[] {
		return [...this.#rows.values()].map(row => ({ ...row, isFinal: this.#isFinal }));
	}

	/** What is known to be spent; unknown parts are not in it. */
	get spent(): NanoDollars {
		return [...this.#rows.values()].reduce((sum, row) => sum + (row.cost ?? 0), 0);
	}

	/** Counts one response. @param usage `null` when the server did not count */
	add(ref: ModelRef, usage: Usage | null, reportedUsd: number | null): void {
		const counted = usage ?? noUsage;
		const { cost, basis } =
			reportedUsd === null ? this.#priced(ref, usage) : { cost: toNano(reportedUsd), basis: 'reported' as const };
		const known = this.#rows.get(modelRefText(ref));
		const worst = order[Math.max(order.indexOf(basis), order.indexOf(known?.basis ?? 'reported'))] ?? 'unpriced';
		this.#rows.set(modelRefText(ref), {
			provider: ref.provider,
			model: ref.model,
			usage: addUsage(known?.usage ?? noUsage, counted),
			// A sum with an unknown part is unknown.
			cost: cost === null || known?.cost === null ? null : (known?.cost ?? 0) + cost,
			basis: worst,
			isFinal: false,
		});
	}

	/** Uncounted tokens of a model with a price cost something that nobody knows. */
	#priced(ref: ModelRef, usage: Usage | null): { readonly cost: NanoDollars | null; readonly basis: CostBasis } {
		const price = this.#providers.price(ref, usage ?? noUsage);
		return usage === null && price.basis !== 'reported' ? { cost: null, basis: 'unpriced' } : price;
	}
}
