import type { ApiStreamEvent, ApiUsage, ContentBlock } from '../../claude/messages';
import type { AgentSessionHandlers } from '../agentSession';
import type { Usage } from '../../ledger/events';
import type { ToolContent } from '../../tools/tool';

/** Says what a loop does in the vocabulary of the Messages API. */
export class Speaker {
	readonly #handlers: Pick<AgentSessionHandlers, 'onMessage'>;
	readonly #session: () => string;

	constructor(handlers: Pick<AgentSessionHandlers, 'onMessage'>, session: () => string) {
		this.#handlers = handlers;
		this.#session = session;
	}

	event(event: ApiStreamEvent): void {
		this.#handlers.onMessage({ type: 'stream_event', event, parent_tool_use_id: null });
	}

	/** A whole block of a response. */
	block(message: { readonly id: string; readonly model: string; readonly uuid: string }, block: ContentBlock): void {
		const { id, model, uuid } = message;
		this.#handlers.onMessage({
			type: 'assistant',
			uuid,
			message: { id, model, content: [block], stop_reason: null },
			parent_tool_use_id: null,
		});
	}

	toolResult(id: string, content: readonly ToolContent[], isError: boolean, diff?: string): void {
		const blocks = content.map<ContentBlock>(part =>
			part.type === 'text'
				? part
				: { type: 'image', source: { type: 'base64', media_type: part.mediaType, data: part.data } },
		);
		this.#handlers.onMessage({
			type: 'user',
			message: {
				role: 'user',
				content: [{ type: 'tool_result', tool_use_id: id, content: blocks, is_error: isError }],
			},
			parent_tool_use_id: null,
			...(diff === undefined ? {} : { tool_use_result: { diff } }),
		});
	}

	init(facts: {
		readonly cwd: string;
		readonly model: string;
		readonly mode: string;
		readonly tools: readonly string[];
	}): void {
		this.#handlers.onMessage({
			type: 'system',
			subtype: 'init',
			cwd: facts.cwd,
			session_id: this.#session(),
			model: facts.model,
			permissionMode: facts.mode,
			tools: facts.tools,
			mcp_servers: [],
			slash_commands: [],
		});
	}

	status(status: 'requesting' | 'compacting' | null): void {
		this.#handlers.onMessage({ type: 'system', subtype: 'status', status });
	}

	retry(retry: {
		readonly attempt: number;
		readonly maxAttempts: number;
		readonly delayMs: number;
		readonly reason: string;
	}): void {
		this.#handlers.onMessage({
			type: 'system',
			subtype: 'api_retry',
			attempt: retry.attempt,
			max_retries: retry.maxAttempts,
			retry_delay_ms: retry.delayMs,
			error_status: null,
			error: retry.reason,
			sentence: retry.reason,
		});
	}

	compacted(trigger: 'manual' | 'auto', summary: string, before: number, after: number): void {
		this.#handlers.onMessage({
			type: 'system',
			subtype: 'compact_boundary',
			compact_metadata: { trigger, pre_tokens: before, post_tokens: after, summary },
		});
	}

	/** The turn is over. */
	result(how: { readonly isStopped: boolean; readonly steps: number; readonly duration: number }): void {
		this.#handlers.onMessage({
			type: 'result',
			subtype: how.isStopped ? 'error_during_execution' : 'success',
			is_error: how.isStopped,
			duration_ms: how.duration,
			num_turns: how.steps,
			total_cost_usd: 0,
			...(how.isStopped ? { terminal_reason: 'aborted_streaming' } : {}),
		});
	}
}

/** Usage in the API's own words. */
export function apiUsage(usage: Usage): ApiUsage {
	return {
		input_tokens: usage.input,
		output_tokens: usage.output,
		cache_read_input_tokens: usage.cacheRead,
		cache_creation_input_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
		cache_creation: {
			ephemeral_5m_input_tokens: usage.cacheWrite5m,
			ephemeral_1h_input_tokens: usage.cacheWrite1h,
		},
	};
}
