import type { Clock } from '../base/clock';
import type { ConversationId, ExecutionId, StepId } from '../base/ids';
import type { Logger } from '../base/logger';
import type { NanoDollars } from '../base/money';
import type { CostRow } from '../claude/costs';
import type { HistoryMessage, SessionSummary } from '../claude/history/protocol';
import type { CommandInfo, ModelInfo } from '../claude/messages';
import type { StartAgentSession } from './agentSession';
import type { ConversationMemory } from './preamble';
import type { KnownInfo } from './conversationParts';
import type { AttachmentView, ModelChoice } from './items';
import type { RestorePreview } from './protocol';
import type { HookAnswer, HookCall, PermissionResult } from '../claude/session';
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

/** A prompt for which Auto chooses a model. */
export interface RouteAsk {
	readonly conversation: ConversationId;
	readonly text: string;
	readonly attachments: readonly AttachmentView[];
	/** The model that answered last in this conversation; `null` at its beginning. */
	readonly last: string | null;
	/** Characters of the conversation so far. */
	readonly historyLength: number;
}

/** What Auto chose, and why in one line. */
export interface RoutedModel {
	readonly model: string;
	readonly why: string;
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
	/** Starts a CLI or a loop, as the model says; rejects with a `ClaudeErrorCode`. */
	readonly startSession: StartAgentSession;
	/** Chooses a model for a prompt of a conversation that leaves it to Auto. */
	route(ask: RouteAsk): Promise<RoutedModel>;
	/** What is known of a model that is not Claude's; `null` while nothing is. */
	describeModel(model: string): Promise<ModelChoice | null>;
	/** Puts files back to what they were before these executions, or says what that would change. */
	restoreFiles(executions: readonly ExecutionId[], isDryRun: boolean): Promise<RestorePreview>;
	newGate(options: GateOptions): ConversationGate;
	readonly changes: TurnChangePort;
	/** Absent where nothing is remembered. */
	readonly memory?: ConversationMemory;
	/** What one response costs, of a model as in a `ModelRef`; `null` for one without a price. */
	price(model: string, usage: Usage): NanoDollars | null;
	/** What may still be spent today and this month; `null` without a budget. */
	remainingBudget(): Promise<NanoDollars | null>;
	/** Which budgets are used up, with their amounts, as a sentence. */
	budgetText(): Promise<string>;
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
