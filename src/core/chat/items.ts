import type { ConversationId, ExecutionId, ItemId } from '../base/ids';
import type { CostBasis, NanoDollars } from '../base/money';
import type { ErrorAction } from '../base/errors';
import type { Usage } from '../ledger/events';
import type { ApprovalView } from '../safety/approval';

/** Something the user put beside the text of a prompt. */
export type AttachmentView =
	| {
			readonly kind: 'file';
			readonly path: string;
			readonly label: string;
			/** Size on disk; absent for folders and where nobody looked. */
			readonly bytes?: number;
	  }
	| {
			readonly kind: 'selection';
			readonly path: string;
			readonly label: string;
			/** Lines counted from 1, both included. */
			readonly startLine: number;
			readonly endLine: number;
			readonly text: string;
	  }
	| {
			readonly kind: 'symbol';
			readonly path: string;
			readonly label: string;
			readonly startLine: number;
			readonly endLine: number;
	  }
	| {
			readonly kind: 'image';
			readonly label: string;
			readonly mediaType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
			/** Base64. Dropped from stored items: kept by content hash in the ledger's folder. */
			readonly data: string;
	  }
	| {
			readonly kind: 'text';
			readonly label: string;
			readonly text: string;
			/** What a document is and what its text leaves out: `PDF, 12 pages`. */
			readonly detail?: string;
			/** Tokens that the text takes, roughly. */
			readonly tokens?: number;
			/** Size of the file that the text is from. */
			readonly bytes?: number;
	  };

interface ItemBase {
	readonly id: ItemId;
	/** Milliseconds since 1970. */
	readonly at: number;
	/** The tool item of the sub-agent that this item belongs to. */
	readonly parent: ItemId | null;
}

export interface UserItem extends ItemBase {
	readonly kind: 'user';
	readonly text: string;
	readonly attachments: readonly AttachmentView[];
	/** `queued` items can still be edited or dropped. */
	readonly state: 'queued' | 'sent';
}

export interface TextItem extends ItemBase {
	readonly kind: 'text';
	readonly text: string;
	readonly isStreaming: boolean;
}

export interface ThinkingItem extends ItemBase {
	readonly kind: 'thinking';
	readonly text: string;
	readonly isStreaming: boolean;
	/** Milliseconds it took, once finished. */
	readonly duration: number | null;
}

export type ToolState = 'preparing' | 'running' | 'waiting' | 'done' | 'failed' | 'refused' | 'stopped';

export interface ToolItem extends ItemBase {
	readonly kind: 'tool';
	readonly tool: string;
	/** The call's input once it is complete; large strings are cut, `fullText` gives the rest. */
	readonly input: Readonly<Record<string, unknown>>;
	readonly state: ToolState;
	/** The result as text, at most `rowTextLimit` units; `outputTotal` says how much there is. */
	readonly output: string | null;
	readonly outputTotal: number;
	/** Lines of the change, for Edit and Write, as a unified diff without headers; cut like `output`. */
	readonly diff: string | null;
	/** Set while the call waits for a person. */
	readonly approval: ApprovalView | null;
	/** One line on how it was decided: `allowed by you`, `allowed for this session`, `refused: …`. */
	readonly decision: string | null;
	readonly duration: number | null;
	/** What a sub-agent is doing, in its own words, and at last how it ended. */
	readonly progress?: string;
}

export interface NoticeItem extends ItemBase {
	readonly kind: 'notice';
	readonly level: 'info' | 'warning' | 'error';
	/** What happened: `api-retry`, `compacted`, `not-signed-in`, `crashed`, `cleared`, `budget`, … */
	readonly code: string;
	readonly text: string;
	/** Longer text behind "Show details". */
	readonly details: string | null;
	readonly actions: readonly ErrorAction[];
}

/** Closes a turn: what it took and what it changed. */
export interface TurnItem extends ItemBase {
	readonly kind: 'turn';
	readonly execution: ExecutionId;
	readonly status: 'succeeded' | 'failed' | 'stopped';
	readonly duration: number;
	readonly usage: Usage;
	readonly cost: NanoDollars | null;
	readonly basis: CostBasis | null;
	/** Absolute paths that tools of this turn changed. */
	readonly changedFiles: readonly string[];
	/** The session's id of the last message of the turn, where a fork or a retry may start from. */
	readonly lastMessage: string | null;
	/** The model that answered, written as in a `ModelRef`; absent in rows of before and where no model answered. */
	readonly model?: string;
	/** Why Auto chose that model, in one line. */
	readonly why?: string;
}

export type ChatItem = UserItem | TextItem | ThinkingItem | ToolItem | NoticeItem | TurnItem;

/** Text of one row that crosses to the page; more is behind "Show more". */
export const rowTextLimit = 15_000;

/** The same for an answer and for what was thought, which are read more than looked at. */
export const answerTextLimit = rowTextLimit * 4;

export type ConversationStatus = 'idle' | 'starting' | 'running' | 'waiting' | 'failed';
/** `autonomous` is for our own loop alone: it works on inside the workspace without asking. */
export type PermissionMode = 'default' | 'plan' | 'acceptEdits' | 'autonomous';
export type Effort = 'default' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

export interface ModelChoice {
	/** What is passed to the provider: `default`, `opus`, a full name. */
	readonly value: string;
	readonly label: string;
	readonly description: string;
	readonly efforts: readonly Effort[];
}

/** How far a turn of our own loop is from its limits. A limit of 0 is none. */
export interface TurnLimitsView {
	/** Requests to the model so far. */
	readonly steps: number;
	readonly maxSteps: number;
	/** Time that the model and the tools took, without waiting for a person; at the moment `at`. */
	readonly workedMs: number;
	readonly maxMinutes: number;
	/** What is known of the cost. */
	readonly cost: NanoDollars;
	readonly maxCost: NanoDollars;
	readonly at: number;
}

export interface SlashCommand {
	/** Without the slash. */
	readonly name: string;
	readonly description: string;
	readonly argumentHint: string;
}

/** Everything about a conversation but its items. */
export interface ConversationView {
	readonly id: ConversationId;
	readonly title: string;
	readonly status: ConversationStatus;
	/** What it is doing, in a few words, while running: `Thinking`, `Running Bash`, `Waiting for you`. */
	readonly activity: string | null;
	/** When the current turn began, for a running clock. */
	readonly turnStartedAt: number | null;
	/** Why it can only be read here: its turn runs in another window. */
	readonly readOnly: string | null;
	/** Queued prompts wait for the user after a turn that failed or was stopped. */
	readonly isQueueHeld: boolean;
	/** Of the chosen model; `auto` while Auto chooses. */
	readonly provider: string;
	/** As in a `ModelRef`: `default` and the like are the CLI's, `auto` leaves it to the rules. */
	readonly model: string;
	/** What is known of a chosen model that is not among `models`. */
	readonly chosen: ModelChoice | null;
	readonly mode: PermissionMode;
	readonly effort: Effort;
	readonly models: readonly ModelChoice[];
	readonly commands: readonly SlashCommand[];
	readonly context: { readonly used: number; readonly max: number } | null;
	/** Of the running turn, and while idle of the last one; `null` where the CLI runs its own loop. */
	readonly limits: TurnLimitsView | null;
	/** What all turns of this conversation cost so far. */
	readonly cost: NanoDollars | null;
	readonly basis: CostBasis | null;
}

/** One line of the conversation list. */
export interface ConversationSummary {
	readonly id: ConversationId;
	readonly title: string;
	readonly status: ConversationStatus;
	readonly updatedAt: number;
	readonly cost: NanoDollars | null;
}

/** One change of a conversation. A batch of them is one message at most every 50 ms. */
export type ItemChange =
	| { readonly op: 'add'; readonly item: ChatItem; /** Before this item, else at the end. */ readonly before?: ItemId }
	| { readonly op: 'replace'; readonly item: ChatItem }
	/** Text that streams in at the end of a text or thinking item. */
	| { readonly op: 'append'; readonly id: ItemId; readonly text: string }
	| { readonly op: 'remove'; readonly id: ItemId };

/** Applies one change and returns the new list; the old one is untouched. An unknown id changes nothing. */
export function applyChange(items: readonly ChatItem[], change: ItemChange): readonly ChatItem[] {
	if (change.op === 'add') {
		if (items.some(item => item.id === change.item.id)) return replaceItem(items, change.item);
		const at = change.before === undefined ? -1 : items.findIndex(item => item.id === change.before);
		return at < 0 ? [...items, change.item] : [...items.slice(0, at), change.item, ...items.slice(at)];
	}
	if (change.op === 'replace') return replaceItem(items, change.item);
	if (change.op === 'remove') return items.filter(item => item.id !== change.id);
	const item = items.findLast(candidate => candidate.id === change.id);
	if (item?.kind !== 'text' && item?.kind !== 'thinking') return items;
	return replaceItem(items, { ...item, text: item.text + change.text });
}

function replaceItem(items: readonly ChatItem[], next: ChatItem): readonly ChatItem[] {
	const at = items.findLastIndex(item => item.id === next.id);
	return at < 0 ? items : items.with(at, next);
}
