import type { CostBasis, NanoDollars } from '../base/money';
import type { Usage } from '../ledger/events';

/** What one model used in the current execution. Maps one to one to a `usage.recorded` event. */
export interface CostRow {
	/** Absent: the provider of the conversation. */
	readonly provider?: string;
	readonly model: string;
	readonly usage: Usage;
	/** `null` when the basis is `unpriced`. */
	readonly cost: NanoDollars | null;
	readonly basis: CostBasis;
	/** Said by the CLI's own `result`; a provisional row is counted from the stream. */
	readonly isFinal: boolean;
}

/** Counts one process's usage, execution by execution, so that nothing is counted twice. */
export interface SessionCosts {
	/** From here on usage belongs to a new execution. Call it right before the first message of a turn is handled. */
	begin(): void;
	/** Everything the current execution used so far; each row replaces the earlier row of its model. */
	rows(): readonly CostRow[];
}
