import type { Usage } from '../ledger/events';

/** What servers that follow Chat Completions write about tokens; every field may be missing. */
export interface ChatUsage {
	readonly prompt_tokens?: number | null;
	readonly completion_tokens?: number | null;
	readonly total_tokens?: number | null;
	readonly prompt_tokens_details?: { readonly cached_tokens?: number | null } | null;
	/** DeepSeek. */
	readonly prompt_cache_hit_tokens?: number | null;
	/** US dollars; OpenRouter. */
	readonly cost?: number | null;
}

/** Reads Chat Completions' usage. Its prompt counts include what came from the cache; ours do not. */
export function fromChatUsage(usage: ChatUsage): Usage {
	const prompt = count(usage.prompt_tokens);
	const cacheRead = Math.min(
		prompt,
		count(usage.prompt_tokens_details?.cached_tokens ?? usage.prompt_cache_hit_tokens),
	);
	return {
		input: prompt - cacheRead,
		// Some servers leave the thinking out of the completion and count it in the total alone.
		output: Math.max(count(usage.completion_tokens), count(usage.total_tokens) - prompt),
		cacheRead,
		cacheWrite5m: 0,
		cacheWrite1h: 0,
	};
}

/** Reads the Responses API's usage. */
export function fromResponsesUsage(usage: {
	readonly input_tokens?: number;
	readonly output_tokens?: number;
	readonly input_tokens_details?: { readonly cached_tokens?: number } | null;
}): Usage {
	return fromChatUsage({
		prompt_tokens: count(usage.input_tokens),
		completion_tokens: count(usage.output_tokens),
		prompt_tokens_details: { cached_tokens: count(usage.input_tokens_details?.cached_tokens) },
	});
}

function count(value: number | null | undefined): number {
	return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
