import type { Clock } from '../../base/clock';
import type { Logger } from '../../base/logger';
import type { CostBasis, NanoDollars } from '../../base/money';
import type { Usage } from '../../ledger/events';
import type { ModelRef, Provider, ProviderModel } from '../../providers/provider';
import type { Gate } from '../../safety/gate';
import type { Toolbox } from '../../tools/toolbox';
import type { ToolRunner } from '../../tools/toolRunner';

/** The providers that are set up. */
export interface LoopProviders {
	find(id: string): Provider | undefined;
	/** What is known of a model; `null` where its provider does not list it. Rejects when nothing answers. */
	model(ref: ModelRef, signal: AbortSignal): Promise<ProviderModel | null>;
	/** What to ask next when `ref` does not answer, in order. */
	fallbacks(ref: ModelRef): readonly ModelRef[];
	/** What one response costs; `null` for a model without a price. */
	price(ref: ModelRef, usage: Usage): { readonly cost: NanoDollars | null; readonly basis: CostBasis };
}

/** What one turn may take. 0 means: no limit. */
export interface LoopLimits {
	readonly maxSteps: number;
	readonly maxMinutes: number;
	readonly maxCost: NanoDollars;
}

/** What a loop needs from outside. */
export interface LoopPorts {
	readonly clock: Clock;
	readonly log: Logger;
	/** Folder of the transcripts. */
	readonly folder: string;
	readonly providers: LoopProviders;
	readonly toolbox: Pick<Toolbox, 'list'>;
	/** Runs calls through the gate below. */
	readonly runner: Pick<ToolRunner, 'run'>;
	readonly gate: Pick<Gate, 'authorize'>;
	/** As they are now; asked at the start of each turn. */
	readonly limits: () => LoopLimits;
	/** What the budgets leave today and this month; `null` without a budget. */
	remainingBudget(): Promise<NanoDollars | null>;
	/** `linux`, `darwin`, `win32`, as the system prompt says it. */
	readonly platform: string;
}
