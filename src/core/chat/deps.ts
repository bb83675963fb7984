import type { Clock } from '../base/clock';
import type { ConversationId, ExecutionId, StepId } from '../base/ids';
import type { Logger } from '../base/logger';
import type { NanoDollars } from '../base/money';
import type { CostRow } from '../claude/costs';
import type { HistoryMessage, SessionSummary } from '../claude/history/protocol';
import type { CommandInfo, ModelInfo } from '../claude/messages';
import type { KnownInfo } from './conversationParts';
import type { HookAnswer, HookCall, PermissionResult, StartClaudeSession } from '../claude/session';
import type { Ledger } from '../ledger/queries';
import type { LedgerEvent, Usage } from '../ledger/events';
import type { PermissionCall } from '../safety/cliCalls';

/** On whose behalf a call is made, for approvals and the journal. */
export interface CallOrigin {
	readonly conversation: ConversationId;
	/** The conversation's title. */
	readonly asker: string;
	readonly execution: ExecutionId | null;
	readonly step: StepId | null;
}

/** The gate of one conversation's CLI: see `CliGate`. */
export interface ConversationGate {
	onHook(call: HookCall): HookAnswer;
	onPermission(call: PermissionCall, signal: AbortSignal): Promise<PermissionResult>;
	/** The call's result arrived. */
	onResult(toolUseId: string): void;
	dispose(): void;
}

/** What a gate asks its conversation. */
export interface GateOptions {
	readonly cwd: string;
	readonly origin: (toolUseId: string) => CallOrigin;
	/** When the running turn began, milliseconds since 1970: its plan is not older. */
	readonly turnStartedAt: () => number;
}

/** Keeps what files were before a turn changed them. */
export interface TurnChangePort {
	beforeTool(execution: ExecutionId, path: string): Promise<void>;
	afterTool(execution: ExecutionId, path: string): Promise<void>;
}

/** What the CLI keeps of its sessions on disk. */
export interface SessionHistory {
	/** What a session used since a prompt, for a turn whose report never came; `null` when there is no transcript. */
	usage(cwd: string, session: string, since: string): Promise<readonly CostRow[] | null>;
	/** Sessions of a folder, newest first: also those that were begun in a terminal. */
	sessions(cwd: string): Promise<readonly SessionSummary[]>;
	conversation(cwd: string, session: string): Promise<{ readonly messages: readonly HistoryMessage[] } | null>;
}

/** What a conversation needs from outside. */
export interface ConversationDeps {
	readonly clock: Clock;
	readonly log: Logger;
	readonly ledger: Pick<Ledger, 'query'>;
	/** Journals an event; a failure to write is shown by the ledger itself. */
	readonly append: (event: LedgerEvent) => void;
	/** Resolves when everything journaled so far is on disk, or waits in memory because the disk is full. */
	readonly settled: () => Promise<void>;
	/** Starts a CLI; rejects with a `ClaudeErrorCode`. */
	readonly startSession: StartClaudeSession;
	newGate(options: GateOptions): ConversationGate;
	readonly changes: TurnChangePort;
	/** What one response costs; `null` for a model without a price. */
	price(model: string, usage: Usage): NanoDollars | null;
	/** What may still be spent today and this month; `null` without a budget. */
	remainingBudget(): Promise<NanoDollars | null>;
	/** A turn began or ended: a process that works is never closed to save memory. */
	onUse(conversation: ConversationId, isBusy: boolean): void;
	/** Workspace folders beside the one that a conversation works in. */
	readonly additionalFolders: (cwd: string) => readonly string[];
	/** A session said which models and commands there are. */
	readonly onInfo: (info: { readonly models: readonly ModelInfo[]; readonly commands: readonly CommandInfo[] }) => void;
	/** What sessions said of that last. */
	readonly knownInfo: () => KnownInfo;
	/** A process was started for a conversation, or ended. */
	onSession(conversation: ConversationId, isLive: boolean): void;
}
