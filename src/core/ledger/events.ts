import type { ApprovalId, ConversationId, ExecutionId, ItemId, MemoryId, StepId } from '../base/ids';
import type { CostBasis, NanoDollars } from '../base/money';
import type { MachineEvent } from './machineEvents';

/** What an execution runs. */
export type ExecutionKind = 'chat' | 'flow' | 'schedule' | 'runbook';
/** Who or what started an execution. */
export type Trigger = 'user' | 'schedule' | 'flow' | 'tool' | 'alert' | 'webhook' | 'files' | 'git';
export type ExecutionStatus = 'running' | 'waiting' | 'succeeded' | 'failed' | 'stopped' | 'interrupted';
export type StepKind = 'model' | 'tool' | 'node' | 'approval';
export type StepStatus = 'running' | 'waiting' | 'succeeded' | 'failed' | 'refused' | 'stopped' | 'interrupted';
export const memoryTiers = ['conversation', 'episodic', 'permanent'] as const;
/** How long a fact is kept from its last use: 7 days, 30 days, for good. */
export type MemoryTier = (typeof memoryTiers)[number];
export const memoryCategories = ['preference', 'fact', 'project', 'decision', 'incident', 'summary'] as const;
export type MemoryCategory = (typeof memoryCategories)[number];
export const memorySources = ['user', 'learned', 'tool', 'import'] as const;
/** Who wrote a fact: the person, a model that was told to learn, a model by its memory tool, a file. */
export type MemorySource = (typeof memorySources)[number];
/** How far a call reaches; the order is total. */
export type Tier = 'GREEN' | 'YELLOW' | 'ORANGE' | 'RED' | 'BLACK';

/** Token counts of model responses, by kind. Cache counts are additive to `input`, as the Messages API counts them. */
export interface Usage {
	readonly input: number;
	readonly output: number;
	readonly cacheRead: number;
	/** Tokens written to the cache that lives 5 minutes. */
	readonly cacheWrite5m: number;
	/** Tokens written to the cache that lives 1 hour. */
	readonly cacheWrite1h: number;
	/** Joules that the GPUs of this machine drew meanwhile, of a model on it; absent where nothing measures them. */
	readonly gpuJoules?: number;
}

/**
 * One event of the ledger. Every event belongs to records that one window owns, so that events of two windows may be
 * applied in any order. `at` (milliseconds since 1970), `id` and the writing host are added by the journal.
 */
export type LedgerEvent =
	| MachineEvent
	| {
			readonly type: 'execution.started';
			readonly execution: ExecutionId;
			readonly kind: ExecutionKind;
			readonly trigger: Trigger;
			readonly title: string;
			/** The agent or flow that runs, where it has a name. */
			readonly agent: string | null;
			/** Absolute path of the workspace folder. */
			readonly project: string | null;
			readonly provider: string;
			readonly model: string | null;
			readonly conversation: ConversationId | null;
	  }
	| {
			readonly type: 'execution.updated';
			readonly execution: ExecutionId;
			readonly status?: 'running' | 'waiting';
			readonly title?: string;
			readonly model?: string;
			/** Goes with `model`: which provider answers was not known when the execution began, or has changed. */
			readonly provider?: string;
	  }
	| {
			readonly type: 'execution.ended';
			readonly execution: ExecutionId;
			readonly status: 'succeeded' | 'failed' | 'stopped';
			/** A sentence for the user, for `failed`. */
			readonly error: string | null;
	  }
	| {
			readonly type: 'step.started';
			readonly execution: ExecutionId;
			readonly step: StepId;
			readonly parent: StepId | null;
			readonly kind: StepKind;
			/** The tool's, node's or model's name. */
			readonly name: string;
			/** One line that says what it does: the command, the path, the prompt's beginning. */
			readonly title: string;
			/** The whole input as text (JSON for tools). Stays in the journal; rows only refer to it. */
			readonly input: string | null;
	  }
	| {
			readonly type: 'step.ended';
			readonly execution: ExecutionId;
			readonly step: StepId;
			readonly status: 'succeeded' | 'failed' | 'refused' | 'stopped';
			readonly output: string | null;
			/** What this step alone used, where that is known. Shown, never summed: totals come from `usage.recorded`. */
			readonly usage: Usage | null;
			readonly cost: NanoDollars | null;
	  }
	| {
			/**
			 * What one execution used of one model so far. The newest event of an (execution, provider, model) replaces the
			 * earlier ones, and a final one is never replaced by a provisional one, so nothing is counted twice.
			 */
			readonly type: 'usage.recorded';
			readonly execution: ExecutionId;
			readonly provider: string;
			readonly model: string;
			readonly usage: Usage;
			/** `null` when the basis is `unpriced`. */
			readonly cost: NanoDollars | null;
			readonly basis: CostBasis;
			readonly isFinal: boolean;
			/** Local calendar day, `YYYY-MM-DD`, to which the usage counts; fixed when the execution starts. */
			readonly day: string;
	  }
	| {
			readonly type: 'approval.requested';
			readonly approval: ApprovalId;
			readonly execution: ExecutionId | null;
			readonly conversation: ConversationId | null;
			readonly tool: string;
			readonly tier: Tier;
			/** What exactly would happen: the command, the diff's title, the arguments. */
			readonly effect: string;
	  }
	| {
			readonly type: 'approval.decided';
			readonly approval: ApprovalId;
			readonly decision: 'allowed' | 'refused' | 'expired';
			/** `user`, `policy`, or `grant:session`, `grant:workspace`. */
			readonly by: string;
			readonly reason: string | null;
	  }
	| {
			/** A call the gate decided without asking (GREEN, YELLOW in auto-edit, a grant, or a BLACK refusal). */
			readonly type: 'gate.decided';
			readonly execution: ExecutionId | null;
			readonly tool: string;
			readonly tier: Tier;
			readonly decision: 'allowed' | 'refused';
			readonly by: string;
			readonly effect: string;
	  }
	| {
			readonly type: 'conversation.changed';
			readonly conversation: ConversationId;
			readonly title?: string;
			readonly project?: string | null;
			readonly provider?: string;
			/** The provider's own id to resume with; `null` once it cannot be resumed. */
			readonly session?: string | null;
			readonly isArchived?: boolean;
			/** Model, permission mode, effort and the like: what the user chose, as JSON. */
			readonly options?: string;
	  }
	| {
			/** One row of a conversation, written when it is finished and again when it changes; the newest wins. */
			readonly type: 'conversation.item';
			readonly conversation: ConversationId;
			readonly item: ItemId;
			/** Position in the conversation; ties are broken by item id. */
			readonly order: number;
			/** The item as JSON (see `core/chat/items.ts`), or `null` when it was removed. */
			readonly body: string | null;
	  }
	| {
			/**
			 * One remembered fact, whole, each time it changes; the newest wins. A forgotten one has no text, and what stood
			 * before leaves the disk when the journal is next tidied.
			 */
			readonly type: 'memory.changed';
			readonly memory: MemoryId;
			readonly tier: MemoryTier;
			readonly category: MemoryCategory;
			/** `null` once it is forgotten. */
			readonly text: string | null;
			readonly source: MemorySource;
			/** 0 to 1. */
			readonly confidence: number;
			/** Absolute path of the workspace folder that it is about; `null` for all. */
			readonly project: string | null;
			/** Where it was learned, and for the tier `conversation` where alone it holds. */
			readonly conversation: ConversationId | null;
			/** Milliseconds since 1970. */
			readonly createdAt: number;
			/** When it was last given to a model; `null` for never. */
			readonly usedAt: number | null;
	  }
	| {
			/** What a host said about itself when it opened the journal; written before its first other event. */
			readonly type: 'host.opened';
			readonly version: string;
			readonly pid: number;
	  };

/** Roll-ups of days whose events are gone: rows of strings and whole numbers, see `projection/rollups.ts`. */
export interface RetiredEvent {
	readonly type: 'ledger.retired';
	/** Days before this local day are closed: their costs are those in `rollups`, whatever else arrives. */
	readonly beforeDay: string;
	/** Milliseconds since 1970: executions and conversations that ended before are forgotten. */
	readonly beforeAt: number;
	/** JSON of all closed days so far, so that the newest event of this type suffices. */
	readonly rollups: string | null;
}

/** All that a journal may hold: what features append, and what the ledger says to itself. */
export type JournalEvent = LedgerEvent | RetiredEvent;

export const noUsage: Usage = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };

/** The sum of two usages, kind by kind. */
export function addUsage(left: Usage, right: Usage): Usage {
	const isMeasured = left.gpuJoules !== undefined || right.gpuJoules !== undefined;
	return {
		...(isMeasured ? { gpuJoules: (left.gpuJoules ?? 0) + (right.gpuJoules ?? 0) } : {}),
		input: left.input + right.input,
		output: left.output + right.output,
		cacheRead: left.cacheRead + right.cacheRead,
		cacheWrite5m: left.cacheWrite5m + right.cacheWrite5m,
		cacheWrite1h: left.cacheWrite1h + right.cacheWrite1h,
	};
}
