import type { ErrorAction } from '../base/errors';
import type { ApprovalId, ConversationId, ExecutionId, ItemId } from '../base/ids';
import type { Decision } from '../safety/approval';
import type {
	AttachmentView,
	ChatItem,
	ConversationSummary,
	ConversationView,
	Effort,
	ItemChange,
	ModelChoice,
	PermissionMode,
} from './items';

/** Why nothing can be asked right now, with what to do about it. */
export interface Obstacle {
	readonly code: 'untrusted' | 'no-folder' | 'cli-missing' | 'cli-too-old' | 'cli-broken';
	readonly title: string;
	/** Markdown. */
	readonly text: string;
	readonly actions: readonly ErrorAction[];
	/** What can answer all the same, shown before what stands in the way. */
	readonly instead?: { readonly title: string; readonly text: string; readonly actions: readonly ErrorAction[] };
}

/** Whether an obstacle is of the CLI alone: other models can be asked all the same. */
export function isCliObstacle({ code }: Pick<Obstacle, 'code'>): boolean {
	return code.startsWith('cli-');
}

/** A conversation as a page shows it when it opens, is shown again, or has missed a change. */
export interface ChatSnapshot {
	readonly conversation: ConversationView;
	/** The newest items, oldest first. */
	readonly items: readonly ChatItem[];
	/** How many older items there are, to be fetched with `earlier`. */
	readonly earlier: number;
	/** Number of the last change that is included; the next `changed` event has the number after it. */
	readonly sequence: number;
	readonly draft: string;
	readonly obstacle: Obstacle | null;
	/** The found CLI: `Claude Code 2.1.329`, with its path; `null` when there is none. */
	readonly cli: { readonly version: string; readonly path: string } | null;
	/** The folder of the workspace; paths below it are shown relative to it. */
	readonly root: string | null;
}

/** What the open editor offers to attach. */
export interface EditorContext {
	readonly file: { readonly path: string; readonly label: string } | null;
	readonly selection: Extract<AttachmentView, { kind: 'selection' }> | null;
}

/** What an MCP server has to read, offered after `@`; it is read when it is picked. */
export interface ResourceMention {
	readonly kind: 'resource';
	readonly server: string;
	readonly uri: string;
	readonly label: string;
}

/** A file, symbol or resource offered after `@`. `matches` are indexes of `label` to highlight. */
export interface MentionHit {
	readonly attachment: Extract<AttachmentView, { kind: 'file' | 'symbol' }> | ResourceMention;
	readonly label: string;
	readonly detail: string;
	readonly matches: readonly number[];
}

export interface RestorePreview {
	readonly canRestore: boolean;
	/** Why not, where it cannot. */
	readonly reason: string | null;
	readonly files: readonly string[];
	readonly insertions: number;
	readonly deletions: number;
}

/** What the CLI says of a live session beside the conversation itself. */
export interface SessionDetails {
	readonly context: {
		readonly used: number;
		readonly max: number;
		readonly categories: readonly { readonly name: string; readonly tokens: number }[];
	} | null;
	/** Limits of the account's plan, where it has any. */
	readonly limits: readonly {
		/** `5 hours`, `7 days`, … */
		readonly label: string;
		/** 0 to 100. */
		readonly usedPercent: number;
		/** Milliseconds since 1970. */
		readonly resetsAt: number | null;
	}[];
	readonly mcpServers: readonly {
		readonly name: string;
		readonly status: string;
		readonly error: string | null;
		readonly toolCount: number;
	}[];
}

/** The models of one provider, as the picker shows them. */
export interface ModelGroup {
	readonly provider: string;
	readonly label: string;
	/** Nothing of the conversation leaves this machine. */
	readonly isLocal: boolean;
	/** Why there is nothing to choose from, and what to do about it; `null` where there is. */
	readonly problem: { readonly text: string; readonly actions: readonly ErrorAction[] } | null;
	readonly models: readonly ModelChoice[];
}

type ById = { readonly conversation: ConversationId };
type ByItem = ById & { readonly item: ItemId };

/** Between the chat page and the host. The page never names a path or a command that the host does not check. */
export interface ChatContract {
	requests: {
		/** The page's conversation: the named one, or the one this view showed last, or a new one. */
		open: { params: { readonly conversation: ConversationId | null }; result: ChatSnapshot };
		earlier: {
			params: ById & { readonly before: ItemId; readonly count: number };
			result: { readonly items: readonly ChatItem[]; readonly earlier: number };
		};
		conversations: { params: { readonly text: string }; result: readonly ConversationSummary[] };
		create: { params: null; result: ChatSnapshot };
		rename: { params: ById & { readonly title: string }; result: void };
		archive: { params: ById; result: void };
		send: {
			params: ById & { readonly text: string; readonly attachments: readonly AttachmentView[] };
			result: { readonly item: ItemId };
		};
		stop: { params: ById; result: void };
		/** Changes the text of a queued prompt; `null` drops it. */
		editQueued: { params: ByItem & { readonly text: string | null }; result: void };
		/** Sends the queued prompts now, after a turn that failed or was stopped held them. */
		sendQueued: { params: ById; result: void };
		/** Goes back to a user item and sends it again, changed or not, in a fork of the session. */
		retry: { params: ByItem & { readonly text: string }; result: void };
		/** A new conversation that begins with everything up to this item. */
		fork: { params: ByItem; result: ChatSnapshot };
		/** Undoes what tools wrote to files since this user item. `isDryRun` only says what would change. */
		restoreFiles: { params: ByItem & { readonly isDryRun: boolean }; result: RestorePreview };
		decide: { params: { readonly approval: ApprovalId; readonly decision: Decision }; result: void };
		/** Opens VS Code's diff editor on a proposed edit; its outcome arrives as a decision. */
		reviewEdit: { params: { readonly approval: ApprovalId }; result: void };
		/** Context, plan limits and MCP servers of the live session; `null` while none runs. */
		details: { params: ById; result: SessionDetails | null };
		/** Every model that can be chosen, by provider, with the state of each; asked anew where `isFresh`. */
		models: { params: { readonly isFresh: boolean }; result: readonly ModelGroup[] };
		setModel: { params: ById & { readonly model: string }; result: void };
		setMode: { params: ById & { readonly mode: PermissionMode }; result: void };
		setEffort: { params: ById & { readonly effort: Effort }; result: void };
		/** Files and symbols of the workspace for `@`; empty text gives the open and recent files. */
		mentions: { params: { readonly text: string; readonly limit: number }; result: readonly MentionHit[] };
		/** Turns dropped URIs (`text/uri-list`) into attachments; what cannot be attached is left out and named. */
		attachUris: {
			params: { readonly uris: readonly string[] };
			result: { readonly attachments: readonly AttachmentView[]; readonly refused: readonly string[] };
		};
		/** The same for files that were picked after `@`: documents and pictures by what they hold. */
		attachPaths: {
			params: { readonly paths: readonly string[] };
			result: { readonly attachments: readonly AttachmentView[]; readonly refused: readonly string[] };
		};
		/** Reads a resource of an MCP server, to be attached as what it holds. */
		attachResource: { params: { readonly server: string; readonly uri: string }; result: readonly AttachmentView[] };
		/** Lets the user pick files in VS Code's own dialog. */
		/** Reads a document that was dropped from another program; its text comes back as an attachment. */
		attachData: { params: { readonly name: string; readonly bytes: Uint8Array }; result: AttachmentView };
		pickFiles: { params: null; result: readonly AttachmentView[] };
		/** What was cut from a row, a slice at a time. */
		fullText: {
			params: ByItem & { readonly part: 'text' | 'input' | 'output'; readonly offset: number; readonly length: number };
			result: { readonly text: string; readonly total: number };
		};
		copy: { params: { readonly text: string }; result: void };
		insertAtCursor: { params: { readonly text: string }; result: void };
		/** Shows a code block as what it is, in a tab: a page, a picture, a chart, a table. */
		openArtifact: { params: { readonly text: string; readonly language: string }; result: void };
		openAsFile: { params: { readonly text: string; readonly language: string }; result: void };
		/** Shows a code block as a diff against the open editor's file, to apply or refuse. */
		applyAsDiff: { params: { readonly text: string; readonly language: string }; result: void };
		openFile: { params: { readonly path: string; readonly line: number | null }; result: void };
		/** Opens the whole input or output of a tool in an editor. */
		openInEditor: { params: ByItem & { readonly part: 'input' | 'output' }; result: void };
		/** One diff of everything a turn changed. */
		openTurnDiff: { params: ById & { readonly execution: ExecutionId }; result: void };
		openExecution: { params: { readonly execution: ExecutionId }; result: void };
		openInTab: { params: ById; result: void };
		exportMarkdown: { params: ById; result: void };
		/** Opens a link of an answer after VS Code's own check; http and https only. */
		openLink: { params: { readonly href: string }; result: void };
		/** Runs an action that an obstacle, a notice or an error offered; other commands are refused. */
		runAction: { params: { readonly action: ErrorAction }; result: void };
		saveDraft: { params: ById & { readonly text: string }; result: void };
		/** Earlier prompts of this workspace, newest first, for Up and Down in the composer. */
		promptHistory: { params: { readonly limit: number }; result: readonly string[] };
	};
	events: {
		/** Changes of the shown conversation, in order. A gap in `sequence` means: ask for a snapshot. */
		changed: {
			readonly conversation: ConversationId;
			readonly sequence: number;
			readonly items: readonly ItemChange[];
			readonly view: Partial<ConversationView> | null;
		};
		/** The list of conversations or their states changed. */
		conversations: readonly ConversationSummary[];
		/** Show this conversation now (a command, a notification or the tree asked for it). */
		show: { readonly conversation: ConversationId; readonly item: ItemId | null };
		obstacle: Obstacle | null;
		editorContext: EditorContext;
		/** Put something into the composer: a selection added by a command. */
		attach: { readonly attachments: readonly AttachmentView[] };
		focusComposer: null;
	};
}
