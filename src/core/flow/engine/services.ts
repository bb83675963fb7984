import type { ExecutionId, StepId } from '../../base/ids';
import type { Json } from '../../base/json';
import type { CostBasis, NanoDollars } from '../../base/money';
import type { Usage } from '../../ledger/events';
import type { ToolOffer } from '../../providers/provider';
import type { ToolOutcome } from '../../tools/toolRunner';
import type { Flow } from '../model/flow';
import type { AgentAnswer, AgentRequest, FlowModelRequest, ModelAnswer } from '../nodes/context';
import type { NodePlace } from './events';
import type { Budget } from './limits';

/** What one call of a model used. */
export interface ModelUse {
	readonly provider: string;
	readonly model: string;
	/** `null` when the server does not count. */
	readonly usage: Usage | null;
	/** `null` when the basis is `unpriced`. */
	readonly cost: NanoDollars | null;
	readonly basis: CostBasis;
}

/** On whose behalf a service works. */
export interface ServiceCall {
	readonly execution: ExecutionId;
	readonly place: NodePlace;
	/** The node's step in the ledger. */
	readonly step: StepId;
	/** Unique in the run. */
	readonly call: string;
	/** For the person who is asked: `Review › fetch`. */
	readonly asker: string;
	readonly cwd: string;
	readonly signal: AbortSignal;
	/** Of a tool call: what `${secret:name}` in its input stands for. For the tool alone. */
	readonly secrets?: Readonly<Record<string, string>>;
	/** What the call may cost; `null` without a cap. */
	readonly maxCost: NanoDollars | null;
	/** The answer so far. */
	progress(text: string): void;
	/** Called for each model once what was used is known, also when the call failed. */
	used(use: ModelUse): void;
}

export interface ModelService {
	/** Which provider and model a request goes to; '' is the user's default. Throws a sentence when there is none. */
	resolve(model: string): { readonly provider: string; readonly model: string };
	/** Rejects with a `ProviderError`, or a `CancelledError` when the signal aborts. */
	complete(request: FlowModelRequest, call: ServiceCall): Promise<ModelAnswer>;
	/** Requests at once to a provider; absent: the run's default. */
	readonly concurrency?: (provider: string) => number | undefined;
}

export interface ToolService {
	/** Takes the call through the gate. Never rejects for what is refused or fails. */
	call(name: string, input: Readonly<Record<string, unknown>>, call: ServiceCall): Promise<ToolOutcome>;
	/** Tools whose names fit any of the patterns (`*` for any characters). */
	offers(patterns: readonly string[]): Promise<readonly ToolOffer[]>;
}

export interface AgentService {
	/** Rejects with a `ProviderError` or an `ExpectedError`, or a `CancelledError` when the signal aborts. */
	run(request: AgentRequest, call: ServiceCall): Promise<AgentAnswer>;
}

/** A sub-flow as it was read. */
export interface LoadedFlow {
	readonly flow: Flow;
	/** SHA-256 of the canonical document. */
	readonly hash: string;
}

/** What the nodes of a run may reach. What is absent fails with a sentence when a node asks for it. */
export interface RunServices {
	readonly models?: ModelService;
	readonly tools?: ToolService;
	readonly agents?: AgentService;
	readonly budget?: Budget;
	/** The value of a secret that the user bound to this name. */
	readonly secret?: (name: string) => Promise<string | undefined>;
	/** Runs JavaScript in the sandbox; what it logs goes to `onLog`. */
	readonly script?: (
		source: string,
		values: Readonly<Record<string, Json>>,
		signal: AbortSignal,
		onLog: (text: string) => void,
	) => Promise<Json>;
	/** Reads the flow of a path, which starts at the workspace folder. Rejects with a sentence. */
	readonly loadFlow?: (path: string) => Promise<LoadedFlow>;
}
