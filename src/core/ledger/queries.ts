import type { Event } from '../base/event';
import type { ApprovalId, ConversationId, ExecutionId, ItemId, MemoryId, StepId } from '../base/ids';
import type { CostBasis, NanoDollars } from '../base/money';
import type {
	ExecutionKind,
	ExecutionStatus,
	LedgerEvent,
	MemoryCategory,
	MemorySource,
	MemoryTier,
	StepKind,
	StepStatus,
	Tier,
	Trigger,
	Usage,
} from './events';
import type { Alert, ServiceChange, ServiceHour } from './machineEvents';

export interface ExecutionRow {
	readonly id: ExecutionId;
	readonly kind: ExecutionKind;
	readonly trigger: Trigger;
	readonly status: ExecutionStatus;
	readonly title: string;
	readonly agent: string | null;
	readonly project: string | null;
	readonly provider: string;
	readonly model: string | null;
	readonly conversation: ConversationId | null;
	/** Milliseconds since 1970. */
	readonly startedAt: number;
	readonly endedAt: number | null;
	readonly error: string | null;
	readonly usage: Usage;
	/** Sum of what is priced or reported; `null` when nothing is. */
	readonly cost: NanoDollars | null;
	/** `unpriced` when any part is unknown, so that the sum reads "at least". */
	readonly basis: CostBasis | null;
	readonly stepCount: number;
}

export interface ExecutionFilter {
	/** Half-open range of start times, milliseconds since 1970. */
	readonly from?: number;
	readonly to?: number;
	readonly statuses?: readonly ExecutionStatus[];
	readonly kinds?: readonly ExecutionKind[];
	readonly agent?: string;
	/** Executions that used this model, as their own model or in their usage. */
	readonly model?: string;
	readonly project?: string;
	readonly conversation?: ConversationId;
	/** Full-text search over titles and step text; words are joined with AND, the last one matches as a prefix. */
	readonly text?: string;
	/** At most this many rows, newest first; 200 when absent. */
	readonly limit?: number;
	/** Rows that started before this one's start: for paging. */
	readonly before?: number;
}

export interface StepRow {
	readonly id: StepId;
	readonly execution: ExecutionId;
	readonly parent: StepId | null;
	readonly kind: StepKind;
	readonly name: string;
	readonly title: string;
	readonly status: StepStatus;
	readonly startedAt: number;
	readonly endedAt: number | null;
	readonly usage: Usage | null;
	readonly cost: NanoDollars | null;
	/** Bytes of the input and output that `stepText` gives. */
	readonly inputBytes: number;
	readonly outputBytes: number;
}

export interface UsageRow {
	readonly execution: ExecutionId;
	readonly provider: string;
	readonly model: string;
	readonly usage: Usage;
	readonly cost: NanoDollars | null;
	readonly basis: CostBasis;
	readonly isFinal: boolean;
}

export type CostDimension = 'day' | 'month' | 'model' | 'provider' | 'agent' | 'project';

export interface CostQuery {
	/** Local days, both included, `YYYY-MM-DD`. */
	readonly fromDay: string;
	readonly toDay: string;
	readonly by: readonly CostDimension[];
	readonly project?: string;
}

export interface CostRow {
	/** One value per dimension asked for, in that order; '' where an execution has none. */
	readonly key: readonly string[];
	readonly cost: NanoDollars;
	readonly usage: Usage;
	readonly executions: number;
	/** Executions of which some part has no known price. */
	readonly unpriced: number;
}

export interface ConversationRow {
	readonly id: ConversationId;
	readonly title: string;
	readonly project: string | null;
	readonly provider: string;
	readonly session: string | null;
	readonly isArchived: boolean;
	readonly options: string | null;
	readonly createdAt: number;
	readonly updatedAt: number;
	readonly itemCount: number;
}

export interface ItemRow {
	readonly item: ItemId;
	readonly order: number;
	readonly body: string;
}

/** A question about a call, or a decision of the gate without one, other than letting a GREEN call pass. */
export interface ApprovalRow {
	readonly id: ApprovalId;
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly execution: ExecutionId | null;
	readonly conversation: ConversationId | null;
	readonly tool: string;
	readonly tier: Tier;
	readonly effect: string;
	/** `null` while it is open, and for ever when the host died with it. */
	readonly decision: 'allowed' | 'refused' | 'expired' | null;
	readonly by: string | null;
	readonly reason: string | null;
	readonly decidedAt: number | null;
}

/** One remembered fact. */
export interface MemoryRow {
	readonly id: MemoryId;
	readonly tier: MemoryTier;
	readonly category: MemoryCategory;
	readonly text: string;
	readonly source: MemorySource;
	readonly confidence: number;
	readonly project: string | null;
	readonly conversation: ConversationId | null;
	/** Milliseconds since 1970. */
	readonly createdAt: number;
	readonly updatedAt: number;
	readonly usedAt: number | null;
}

export interface MemoryFilter {
	/** Full-text search: any of the words, best match first; absent or empty gives all, newest first. */
	readonly text?: string;
	/** Facts about this folder, and those about all. */
	readonly project?: string;
	/** Facts of the tier `conversation` are given for this one alone, where it is named. */
	readonly conversation?: ConversationId;
	readonly limit?: number;
	/** Facts whose time is over at this moment are left out, milliseconds since 1970. */
	readonly now: number;
}

export interface MetricQuery {
	/** Half-open range, minutes since 1970. The last 25 hours are kept. */
	readonly from: number;
	readonly to: number;
	/** Names of metrics; absent: all that were recorded. */
	readonly metrics?: readonly string[];
}

/** The machine over time: minutes that were recorded, ascending, and by metric a pair for each, or `null`. */
export interface MetricMinutes {
	readonly minutes: readonly number[];
	readonly values: Readonly<Record<string, readonly (readonly [mean: number, max: number] | null)[]>>;
}

export interface ServiceChangeRow extends ServiceChange {
	/** Milliseconds since 1970. */
	readonly at: number;
}

export interface AlertFilter {
	/** Those that are not resolved, or those that are; absent: all. */
	readonly isOpen?: boolean;
	/** 200 when absent. */
	readonly limit?: number;
}

/** What the ledger says about itself. */
export interface LedgerHealth {
	readonly events: number;
	readonly segments: number;
	readonly journalBytes: number;
	/** Lines that could not be read and were kept aside, with the file that holds each. */
	readonly rejected: readonly { readonly segment: string; readonly lines: number }[];
	/** Events that a later version wrote: kept, and not shown by this one. */
	readonly future: number;
	/** The greatest order of any event; the host's own next ones go behind it. */
	readonly lastSeq: number;
	/** Executions, conversations and approvals from before this are forgotten, only their costs are kept; `null` if none. */
	readonly forgottenBefore: number | null;
	/** Segments that cannot be read at the moment, with the reason. */
	readonly unreadable: readonly { readonly segment: string; readonly reason: string }[];
	/** Set while events wait in memory because the disk is full or a sync failed. */
	readonly waiting: { readonly events: number; readonly reason: string } | null;
	readonly snapshotAt: number | null;
}

/** What changed in the projection since the last notice, small enough to send often. */
export interface LedgerChange {
	readonly executions: readonly ExecutionId[];
	readonly conversations: readonly ConversationId[];
	readonly costs: boolean;
	readonly approvals: boolean;
	readonly memories: boolean;
	/** States of services or their hours. */
	readonly services: boolean;
	readonly alerts: boolean;
}

/** A notice in which nothing changed. */
export const noChange: LedgerChange = {
	executions: [],
	conversations: [],
	costs: false,
	approvals: false,
	memories: false,
	services: false,
	alerts: false,
};

/** What the ledger worker answers. Every query sees all events that were appended before it was asked. */
export interface LedgerContract {
	requests: {
		open: {
			params: { readonly folder: string; readonly retentionDays: number; readonly retentionMb: number };
			result: LedgerHealth;
		};
		/** Reads what was appended to the segments since; called right after a commit. */
		poke: { params: null; result: void };
		executions: { params: ExecutionFilter; result: readonly ExecutionRow[] };
		execution: {
			params: { readonly id: ExecutionId };
			result: {
				readonly execution: ExecutionRow;
				readonly steps: readonly StepRow[];
				readonly usage: readonly UsageRow[];
			} | null;
		};
		/** The whole text of a step, a slice of it at a time. Offsets count UTF-16 units. */
		stepText: {
			params: {
				readonly step: StepId;
				readonly part: 'input' | 'output';
				readonly offset: number;
				readonly length: number;
			};
			result: { readonly text: string; readonly total: number };
		};
		costs: { params: CostQuery; result: readonly CostRow[] };
		conversations: {
			params: { readonly project?: string; readonly withArchived?: boolean; readonly limit?: number };
			result: readonly ConversationRow[];
		};
		conversation: { params: { readonly id: ConversationId }; result: ConversationRow | null };
		/** Items in order; the last `limit` of those before `before` (an order), or of all. */
		items: {
			params: { readonly conversation: ConversationId; readonly before?: number; readonly limit: number };
			result: { readonly items: readonly ItemRow[]; readonly earlier: number };
		};
		/** Questions and decisions, newest first. */
		approvals: {
			params: { readonly execution?: ExecutionId; readonly before?: number; readonly limit?: number };
			result: readonly ApprovalRow[];
		};
		memories: { params: MemoryFilter; result: readonly MemoryRow[] };
		/** What the machine did, minute by minute. */
		metrics: { params: MetricQuery; result: MetricMinutes };
		/** How services did, hour by hour, in order. `from` and `to`: half-open, hours since 1970; 40 days are kept. */
		serviceHours: {
			params: { readonly from: number; readonly to: number; readonly service?: string };
			result: readonly ServiceHour[];
		};
		/** Changes of services' states, newest first; 40 days are kept. */
		serviceChanges: {
			params: { readonly service?: string; readonly limit: number };
			result: readonly ServiceChangeRow[];
		};
		/** Alerts, newest first. */
		alerts: { params: AlertFilter; result: readonly Alert[] };
		health: { params: null; result: LedgerHealth };
		/** Writes a snapshot now. Also done by itself when idle. */
		snapshot: { params: null; result: void };
		close: { params: null; result: void };
	};
	events: { changed: LedgerChange };
}

/** The ledger as features of the host see it. */
export interface Ledger {
	/** Resolves when the event is on disk. */
	append(event: LedgerEvent): Promise<void>;
	query<K extends Exclude<keyof LedgerContract['requests'], 'open' | 'close' | 'poke'>>(
		name: K,
		params: LedgerContract['requests'][K]['params'],
	): Promise<LedgerContract['requests'][K]['result']>;
	readonly onDidChange: Event<LedgerChange>;
}
