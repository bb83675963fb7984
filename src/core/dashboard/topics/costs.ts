import type { NanoDollars } from '../../base/money';
import type { Budgets } from '../../ledger/views/budget';
import { defineTopic, noParams } from '../topic';

export interface CostSum {
	readonly cost: NanoDollars;
	readonly executions: number;
	/** Executions of which some part has no known price: the sum reads "at least". */
	readonly unpriced: number;
}

export interface CostsView {
	readonly today: CostSum;
	readonly month: CostSum;
	/** The last 14 days, today last; every day is there. */
	readonly days: readonly { readonly day: string; readonly cost: NanoDollars }[];
	readonly budgets: Budgets;
}

export const costsTopic = defineTopic<null, CostsView>({ name: 'costs', read: noParams });
