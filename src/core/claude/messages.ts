/**
 * What the CLI says and hears in stream-json, written by hand for the fields we use. Every object may carry more, and
 * unknown types pass through as `UnknownMessage`: the CLI changes weekly, and a new message must not end a session.
 */

/** Token counts as the Messages API gives them. */
export interface ApiUsage {
	readonly input_tokens?: number;
	readonly output_tokens?: number;
	readonly cache_read_input_tokens?: number | null;
	readonly cache_creation_input_tokens?: number | null;
	readonly cache_creation?: {
		readonly ephemeral_5m_input_tokens?: number;
		readonly ephemeral_1h_input_tokens?: number;
	} | null;
	readonly speed?: string | null;
}

export interface TextBlock {
	readonly type: 'text';
	readonly text: string;
}
export interface ThinkingBlock {
	readonly type: 'thinking';
	readonly thinking: string;
	readonly signature?: string;
}
export interface ToolUseBlock {
	readonly type: 'tool_use';
	readonly id: string;
	readonly name: string;
	readonly input: Readonly<Record<string, unknown>>;
}
export interface ToolResultBlock {
	readonly type: 'tool_result';
	readonly tool_use_id: string;
	readonly content?: string | readonly ContentBlock[];
	readonly is_error?: boolean;
}
export interface ImageBlock {
	readonly type: 'image';
	readonly source:
		| { readonly type: 'base64'; readonly media_type: string; readonly data: string }
		| { readonly type: 'url'; readonly url: string };
}
/** A block of a kind that we do not know (yet). */
export interface OtherBlock {
	readonly type: 'redacted_thinking' | 'server_tool_use' | 'document' | 'web_search_tool_result' | 'tool_reference';
	readonly [key: string]: unknown;
}
export type ContentBlock = TextBlock | ThinkingBlock | ToolUseBlock | ToolResultBlock | ImageBlock | OtherBlock;

interface Common {
	readonly uuid?: string;
	readonly session_id?: string;
}

/** Why a call to the API failed, on an assistant message that stands for it. */
export type ApiErrorKind =
	| 'authentication_failed'
	| 'oauth_org_not_allowed'
	| 'billing_error'
	| 'rate_limit'
	| 'overloaded'
	| 'invalid_request'
	| 'model_not_found'
	| 'server_error'
	| 'max_output_tokens'
	| 'unknown';

export interface AssistantMessage extends Common {
	readonly type: 'assistant';
	readonly message: {
		/** The same for every block of one response. */
		readonly id: string;
		/** `<synthetic>` for text that no model wrote. */
		readonly model: string;
		readonly content: readonly ContentBlock[];
		readonly stop_reason: string | null;
		/** `output_tokens` is a placeholder here; see `SessionCosts`. */
		readonly usage?: ApiUsage;
	};
	/** The tool call of the sub-agent that says this. */
	readonly parent_tool_use_id: string | null;
	readonly error?: ApiErrorKind;
	/** The stream was cut by an interrupt. */
	readonly aborted?: boolean;
	readonly supersedes?: readonly string[];
	readonly agent_id?: string;
	readonly subagent_type?: string;
	readonly task_description?: string;
}

export interface UserMessage extends Common {
	readonly type: 'user';
	readonly message: { readonly role: 'user'; readonly content: string | readonly ContentBlock[] };
	readonly parent_tool_use_id: string | null;
	/** The tool's result with its structure: `{ type, filePath, content, structuredPatch, originalFile }` for Write. */
	readonly tool_use_result?: unknown;
	readonly isReplay?: boolean;
	readonly isSynthetic?: boolean;
	readonly timestamp?: string;
}

/** One event of the Messages API's stream. */
export type ApiStreamEvent =
	| {
			readonly type: 'message_start';
			readonly message: { readonly id: string; readonly model: string; readonly usage?: ApiUsage };
	  }
	| { readonly type: 'content_block_start'; readonly index: number; readonly content_block: ContentBlock }
	| {
			readonly type: 'content_block_delta';
			readonly index: number;
			readonly delta:
				| { readonly type: 'text_delta'; readonly text: string }
				| { readonly type: 'thinking_delta'; readonly thinking: string }
				| { readonly type: 'input_json_delta'; readonly partial_json: string }
				| { readonly type: 'signature_delta'; readonly signature: string }
				| { readonly type: 'citations_delta'; readonly citation: unknown };
	  }
	| { readonly type: 'content_block_stop'; readonly index: number }
	| {
			readonly type: 'message_delta';
			readonly delta: { readonly stop_reason: string | null };
			/** Cumulative for the message. */
			readonly usage?: ApiUsage;
	  }
	| { readonly type: 'message_stop' }
	| { readonly type: 'ping' }
	| { readonly type: 'error'; readonly error: { readonly type: string; readonly message: string } };

export interface StreamEventMessage extends Common {
	readonly type: 'stream_event';
	readonly event: ApiStreamEvent;
	readonly parent_tool_use_id: string | null;
	/** Newer CLIs name the message that the event belongs to. */
	readonly api_message_id?: string;
	readonly ttft_ms?: number;
}

/** What one model used, cumulative since the session's start (or since the last result). */
export interface ModelUsage {
	readonly inputTokens: number;
	readonly outputTokens: number;
	readonly cacheReadInputTokens: number;
	readonly cacheCreationInputTokens: number;
	readonly cacheCreationEphemeral5mInputTokens?: number;
	readonly cacheCreationEphemeral1hInputTokens?: number;
	readonly webSearchRequests?: number;
	readonly costUSD: number;
	readonly contextWindow?: number;
	readonly maxOutputTokens?: number;
	readonly costBasis?: 'list' | 'managed' | 'unknown';
	readonly canonicalModel?: string;
}

export interface PermissionDenial {
	readonly tool_name: string;
	readonly tool_use_id: string;
	readonly tool_input: Readonly<Record<string, unknown>>;
}

export interface ResultMessage extends Common {
	readonly type: 'result';
	readonly subtype:
		| 'success'
		| 'error_during_execution'
		| 'error_max_turns'
		| 'error_max_budget_usd'
		| 'error_max_structured_output_retries';
	readonly is_error: boolean;
	readonly duration_ms: number;
	readonly num_turns: number;
	readonly result?: string;
	/** The answer as an object, where the session began with a schema. */
	readonly structured_output?: unknown;
	/** May hold diagnostics that are not for people. */
	readonly errors?: readonly string[];
	readonly stop_reason?: string | null;
	/** `completed`, `aborted_streaming`, `aborted_tools`, … */
	readonly terminal_reason?: string;
	readonly api_error_status?: number | null;
	readonly total_cost_usd: number;
	readonly usage?: ApiUsage;
	readonly modelUsage?: Readonly<Record<string, ModelUsage>>;
	readonly model_usage_since_last_result?: Readonly<Record<string, ModelUsage>>;
	readonly permission_denials?: readonly PermissionDenial[];
	readonly queued_turn_count?: number;
	/** What began this turn when it was not the user, e.g. `{ kind: 'task-notification' }`. */
	readonly origin?: { readonly kind: string };
}

/** The `system` messages that we read. `init` comes once a turn, not once a process. */
export type SystemMessage = Common & { readonly type: 'system' } & (
		| {
				readonly subtype: 'init';
				readonly cwd: string;
				readonly session_id: string;
				readonly model: string;
				readonly permissionMode: string;
				readonly tools: readonly string[];
				readonly mcp_servers: readonly { readonly name: string; readonly status: string }[];
				readonly slash_commands: readonly string[];
				readonly claude_code_version?: string;
				readonly apiKeySource?: string;
		  }
		| {
				readonly subtype: 'status';
				readonly status: 'requesting' | 'compacting' | null;
				readonly permissionMode?: string;
		  }
		| {
				readonly subtype: 'api_retry';
				readonly attempt: number;
				readonly max_retries: number;
				readonly retry_delay_ms: number;
				readonly error_status: number | null;
				readonly error: string;
				/** Why, as a sentence. The CLI says none; our own providers do. */
				readonly sentence?: string;
		  }
		| {
				readonly subtype: 'compact_boundary';
				readonly compact_metadata: {
					readonly trigger: 'manual' | 'auto';
					readonly pre_tokens?: number;
					readonly post_tokens?: number;
					readonly duration_ms?: number;
					/** The summary itself, where our own loop wrote it. */
					readonly summary?: string;
				};
		  }
		| {
				/** `idle` is the authoritative end of a turn. */
				readonly subtype: 'session_state_changed';
				readonly state: 'idle' | 'running' | 'requires_action';
		  }
		| {
				readonly subtype: 'task_started';
				readonly task_id: string;
				readonly tool_use_id?: string;
				readonly description: string;
				readonly subagent_type?: string;
				readonly task_type?: string;
				readonly is_backgrounded?: boolean;
				readonly prompt?: string;
		  }
		| {
				readonly subtype: 'task_progress';
				readonly task_id: string;
				readonly tool_use_id?: string;
				readonly description: string;
				readonly last_tool_name?: string;
				readonly usage?: {
					readonly total_tokens: number;
					readonly tool_uses: number;
					readonly duration_ms: number;
				};
		  }
		| {
				readonly subtype: 'task_updated';
				readonly task_id: string;
				readonly patch: { readonly status?: string; readonly end_time?: number };
		  }
		| {
				readonly subtype: 'task_notification';
				readonly task_id: string;
				readonly tool_use_id?: string;
				readonly status: string;
				readonly summary?: string;
				readonly output_file?: string;
		  }
		| {
				readonly subtype: 'permission_denied';
				readonly tool_name: string;
				readonly tool_use_id: string;
				readonly message?: string;
				readonly decision_reason_type?: string;
		  }
		| { readonly subtype: 'local_command_output'; readonly content: string }
		| { readonly subtype: 'informational' | 'notification'; readonly content?: string; readonly level?: string }
		| {
				readonly subtype: 'background_tasks_changed';
				readonly tasks: readonly { readonly task_id: string; readonly description: string }[];
		  }
		| { readonly subtype: 'commands_changed'; readonly commands?: readonly CommandInfo[] }
	);

export interface ToolProgressMessage extends Common {
	readonly type: 'tool_progress';
	readonly tool_use_id: string;
	readonly tool_name: string;
	readonly elapsed_time_seconds: number;
}

export interface RateLimitMessage extends Common {
	readonly type: 'rate_limit_event';
	readonly rate_limit_info: {
		readonly status: string;
		readonly resetsAt?: number;
		readonly rateLimitType?: string;
		readonly utilization?: number;
	};
}

/** `/clear` gave the session a new id. Older CLIs change `session_id` without a word. */
export interface ConversationResetMessage extends Common {
	readonly type: 'conversation_reset';
	readonly trigger?: string;
	readonly new_conversation_id?: string;
}

export interface CommandLifecycleMessage extends Common {
	readonly type: 'command_lifecycle';
	/** The uuid that the prompt was sent with. */
	readonly command_uuid: string;
	readonly state: 'queued' | 'started' | 'completed' | 'cancelled';
}

/** Messages that we have a type for. Control frames are not among them: the session answers those itself. */
export type ClaudeMessage =
	| AssistantMessage
	| UserMessage
	| StreamEventMessage
	| ResultMessage
	| SystemMessage
	| ToolProgressMessage
	| RateLimitMessage
	| ConversationResetMessage
	| CommandLifecycleMessage;

/** A message of a type that we do not know. */
export interface UnknownMessage {
	readonly type: string;
	readonly [key: string]: unknown;
}

/** A `/` command as `initialize` lists it. */
export interface CommandInfo {
	/** Without the slash. */
	readonly name: string;
	readonly description: string;
	readonly argumentHint: string;
}

/** A model as `initialize` lists it. */
export interface ModelInfo {
	/** What `setModel` takes. */
	readonly value: string;
	readonly displayName: string;
	readonly description: string;
	readonly resolvedModel?: string;
	readonly supportsEffort?: boolean;
	readonly supportedEffortLevels?: readonly ClaudeEffort[];
}

export type ClaudeEffort = 'low' | 'medium' | 'high' | 'xhigh' | 'max';
export type ClaudePermissionMode = 'default' | 'acceptEdits' | 'plan' | 'dontAsk' | 'auto' | 'bypassPermissions';

const knownTypes: ReadonlySet<string> = new Set([
	'assistant',
	'user',
	'stream_event',
	'result',
	'system',
	'tool_progress',
	'rate_limit_event',
	'conversation_reset',
	'command_lifecycle',
] satisfies ClaudeMessage['type'][]);

/** Whether a message is of a type that we know. Its `subtype` may still be new. */
export function isClaudeMessage(message: UnknownMessage | ClaudeMessage): message is ClaudeMessage {
	return knownTypes.has(message.type);
}
