import type { ExpectedError } from '../base/errors';
import type { NanoDollars } from '../base/money';
import type { SessionCosts } from './costs';
import type {
	ClaudeEffort,
	ClaudeMessage,
	ClaudePermissionMode,
	CommandInfo,
	ContentBlock,
	ModelInfo,
	UnknownMessage,
} from './messages';

/** How a conversation with the CLI begins. Every id is a UUID. */
export type SessionStart =
	| { readonly kind: 'new'; readonly id: string }
	| { readonly kind: 'resume'; readonly id: string }
	/** A new session that begins with everything of another one, up to and including the message `at` where given. */
	| { readonly kind: 'fork'; readonly id: string; readonly from: string; readonly at?: string };

export interface ClaudeSessionOptions {
	/** Absolute path of the folder it works in. */
	readonly cwd: string;
	readonly start: SessionStart;
	/** As in `ModelInfo.value`; absent or `default` leaves it to the CLI. */
	readonly model?: string;
	readonly mode?: ClaudePermissionMode;
	/** Absent leaves it to the CLI. */
	readonly effort?: ClaudeEffort;
	/** The CLI stops between two model calls once this process has cost more. */
	readonly maxBudget?: NanoDollars;
	/** Further folders it may work in, absolute. */
	readonly additionalFolders?: readonly string[];
	/** Follows the user's own settings alone: nothing that comes with the folder runs or allows anything. */
	readonly isIsolated?: boolean;
	/** Answers with words alone: no tools, nothing but the user's own settings, and no transcript is kept. */
	readonly isOneShot?: boolean;
	/** Takes the place of the CLI's own. */
	readonly systemPrompt?: string;
	/** Added to the CLI's own. */
	readonly appendedPrompt?: string;
	/** The CLI's own tools that it has at all; absent for all of them. */
	readonly tools?: readonly string[];
	/** Its last answer is JSON that fits this schema: `structured_output` of the result. */
	readonly outputSchema?: Readonly<Record<string, unknown>>;
	/** Path of a file with MCP servers for this process, beside those of the CLI's own settings. */
	readonly mcpConfig?: string;
	/** Added to the cleaned environment. */
	readonly environment?: Readonly<Record<string, string>>;
}

/** A change of the CLI's own permission rules, offered by it or sent with an allowance. */
export interface PermissionUpdate {
	readonly type: 'addRules' | 'replaceRules' | 'removeRules' | 'setMode' | 'addDirectories' | 'removeDirectories';
	/** `localSettings` and the like write files; `session` does not. */
	readonly destination: 'userSettings' | 'projectSettings' | 'localSettings' | 'session' | 'cliArg';
	readonly rules?: readonly { readonly toolName: string; readonly ruleContent?: string }[];
	readonly behavior?: 'allow' | 'deny' | 'ask';
	readonly mode?: ClaudePermissionMode;
	readonly directories?: readonly string[];
}

/** A call that waits for a person: `AskUserQuestion` and `ExitPlanMode` come this way too. */
export interface PermissionRequest {
	readonly toolName: string;
	/** The tool is one that we serve to the CLI, of ours or of an MCP server of ours. */
	readonly isServedByUs?: boolean;
	readonly input: Readonly<Record<string, unknown>>;
	readonly toolUseId: string;
	readonly title: string | null;
	readonly description: string | null;
	readonly suggestions: readonly PermissionUpdate[];
	/** Plain text: escapes are removed. */
	readonly decisionReason: string | null;
	readonly decisionReasonType: string | null;
	/** The CLI holds that only a person may allow this, and that nothing may allow it for the future. */
	readonly isManualOnly: boolean;
	readonly blockedPath: string | null;
	/** Set when a sub-agent asks. */
	readonly agentId: string | null;
	/** Aborts when the question no longer stands: cancelled by the CLI, or the process ended. */
	readonly signal: AbortSignal;
}

export type PermissionResult =
	| {
			readonly behavior: 'allow';
			/** The call's input when it was changed, or the answers of a question. */
			readonly updatedInput?: Readonly<Record<string, unknown>>;
			readonly updatedPermissions?: readonly PermissionUpdate[];
	  }
	| {
			readonly behavior: 'deny';
			/** The model reads this. */
			readonly message: string;
			/** Ends the turn as well. */
			readonly interrupt?: boolean;
	  };

/** Every tool call, before any rule of the CLI is asked. */
export interface HookCall {
	readonly toolName: string;
	/** The tool is one that we serve to the CLI, of ours or of an MCP server of ours. */
	readonly isServedByUs?: boolean;
	readonly input: Readonly<Record<string, unknown>>;
	readonly toolUseId: string;
	readonly sessionId: string;
	readonly cwd: string;
	readonly permissionMode: string;
	readonly agentId: string | null;
	readonly agentType: string | null;
	/** Aborts when the CLI takes the question back, or the process ended. */
	readonly signal: AbortSignal;
}

/** `pass` leaves the call to the CLI's rules; `ask` forces a `PermissionRequest`; `deny` ends it, the model reads why. */
export type HookAnswer = 'pass' | { readonly decision: 'ask' | 'deny'; readonly reason: string };

export interface SessionExit {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	/** The last part of what it wrote to stderr. */
	readonly stderrTail: string;
	/** We stopped it. */
	readonly wasExpected: boolean;
	/** What to tell the user when it was not expected. */
	readonly failure: ExpectedError<ClaudeErrorCode> | null;
}

/** What can go wrong with the CLI, as codes to branch on. */
export type ClaudeErrorCode =
	/** None was found, or the path of the setting does not exist. */
	| 'cli-missing'
	/** It is older than what the transport was tried with. */
	| 'cli-too-old'
	/** It does not start or does not answer. */
	| 'cli-broken'
	/** The session to resume is not there (any more). */
	| 'session-missing'
	/** A session with this id exists already. */
	| 'session-in-use'
	/** A request was not answered in time. */
	| 'timeout'
	/** The CLI refused a control request. */
	| 'refused'
	/** The process has ended. */
	| 'ended';

/** What a session calls. Handlers are set before the process starts, so no message is ever missed. */
export interface ClaudeSessionHandlers {
	/** Every message in order, but control frames. */
	onMessage(message: ClaudeMessage | UnknownMessage): void;
	/** Waits for a person as long as it takes. A rejection denies the call. */
	onPermission(request: PermissionRequest): Promise<PermissionResult>;
	/** Answer at once: the tool is blocked until then. A rejection denies the call. */
	onHook(call: HookCall): Promise<HookAnswer>;
	/** Called once, last; not when the start itself failed, which rejects instead. */
	onExit(exit: SessionExit): void;
	/** A line of stdout that is no JSON object, cut to 300 characters. The session goes on. */
	onGarbage?(line: string): void;
	/** Usage rows changed; read them from `session.costs.rows()`. */
	onUsage?(): void;
}

/** What the CLI said of itself when it started. */
export interface SessionInfo {
	readonly pid: number;
	readonly version: string;
	readonly commands: readonly CommandInfo[];
	readonly models: readonly ModelInfo[];
	readonly agents: readonly { readonly name: string; readonly description: string }[];
	readonly account: Readonly<Record<string, unknown>>;
	readonly outputStyle: string | null;
	readonly capabilities: readonly string[];
}

export interface ContextUsage {
	readonly totalTokens: number;
	readonly maxTokens: number;
	readonly percentage: number;
	readonly categories: readonly { readonly name: string; readonly tokens: number }[];
}

export interface McpServerStatus {
	readonly name: string;
	readonly status: string;
	readonly error?: string;
	readonly scope?: string;
	readonly tools?: readonly { readonly name: string }[];
}

export interface RewindResult {
	readonly canRewind: boolean;
	readonly error: string | null;
	readonly filesChanged: readonly string[];
	readonly insertions: number;
	readonly deletions: number;
}

/** One conversation with one live CLI process. */
export interface ClaudeSession {
	readonly info: SessionInfo;
	/** The CLI's id of the session; changes after a fork and after `/clear`. */
	readonly sessionId: string;
	readonly isAlive: boolean;
	/** What the process used and cost, by model, for the current execution. */
	readonly costs: SessionCosts;

	/**
	 * Sends a prompt; while a turn runs it is queued by the CLI and becomes the next one.
	 * @param uuid the message's id in the transcript: `rewindFiles`, `cancelQueued` and forks name it
	 */
	send(content: string | readonly ContentBlock[], uuid: string): void;
	/** Stops the current turn; the process lives on. Queued prompts stay queued unless dropped. */
	interrupt(options?: { readonly dropQueued?: boolean }): Promise<void>;
	/** Takes back a queued prompt. `false`: it has begun already. */
	cancelQueued(uuid: string): Promise<boolean>;
	setModel(model: string | undefined): Promise<void>;
	setMode(mode: ClaudePermissionMode): Promise<void>;
	/** `undefined` goes back to the model's own default. */
	setEffort(effort: ClaudeEffort | undefined): Promise<void>;
	contextUsage(): Promise<ContextUsage>;
	/** Raw answer of `get_usage`: plan limits where the account has them. */
	usage(): Promise<Readonly<Record<string, unknown>>>;
	mcpStatus(): Promise<readonly McpServerStatus[]>;
	/** Puts files back to what they were before the user message `uuid`. */
	rewindFiles(uuid: string, isDryRun: boolean): Promise<RewindResult>;
	rename(title: string): Promise<void>;
	/** Any other control request. Rejects with `refused`, `timeout` or `ended`. */
	request(
		subtype: string,
		fields?: Readonly<Record<string, unknown>>,
		timeoutMs?: number,
	): Promise<Readonly<Record<string, unknown>>>;
	/** Ends the process and all it started, in every state. Resolves when nothing is left. */
	stop(): Promise<void>;
}

/** Starts a session and resolves once the CLI answered `initialize`. Rejects with a `ClaudeErrorCode`. */
export type StartClaudeSession = (
	options: ClaudeSessionOptions,
	handlers: ClaudeSessionHandlers,
) => Promise<ClaudeSession>;
