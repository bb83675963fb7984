import type { Usage } from '../ledger/events';
import type { ApiUsage, ModelUsage } from './messages';

/** Reads the API's usage object. Cache writes may be given whole, by lifetime, or both. */
export function fromApiUsage(usage: ApiUsage): Usage {
	const whole = count(usage.cache_creation_input_tokens);
	const long = count(usage.cache_creation?.ephemeral_1h_input_tokens);
	const short = count(usage.cache_creation?.ephemeral_5m_input_tokens);
	return {
		input: count(usage.input_tokens),
		output: count(usage.output_tokens),
		cacheRead: count(usage.cache_read_input_tokens),
		// Without the split all writes are of the short, cheaper kind.
		cacheWrite5m: Math.max(short, whole - long),
		cacheWrite1h: long,
	};
}

/** Reads one model's entry of `modelUsage`. */
export function fromModelUsage(usage: ModelUsage): Usage {
	const long = count(usage.cacheCreationEphemeral1hInputTokens);
	const short = count(usage.cacheCreationEphemeral5mInputTokens);
	return {
		input: count(usage.inputTokens),
		output: count(usage.outputTokens),
		cacheRead: count(usage.cacheReadInputTokens),
		cacheWrite5m: Math.max(short, count(usage.cacheCreationInputTokens) - long),
		cacheWrite1h: long,
	};
}

/** The larger of two readings of the same response, kind by kind: each is cumulative, and early ones are placeholders. */
export function largerUsage(left: Usage, right: Usage): Usage {
	return combine(left, right, Math.max);
}

/** `left` less `right`, kind by kind. */
export function subtractUsage(left: Usage, right: Usage): Usage {
	return combine(left, right, (a, b) => a - b);
}

/** Whether no kind of `left` is below that of `right`. */
export function isAtLeast(left: Usage, right: Usage): boolean {
	return (
		left.input >= right.input &&
		left.output >= right.output &&
		left.cacheRead >= right.cacheRead &&
		left.cacheWrite5m >= right.cacheWrite5m &&
		left.cacheWrite1h >= right.cacheWrite1h
	);
}

export function totalTokens(usage: Usage): number {
	return usage.input + usage.output + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
}

function combine(left: Usage, right: Usage, pick: (left: number, right: number) => number): Usage {
	return {
		input: pick(left.input, right.input),
		output: pick(left.output, right.output),
		cacheRead: pick(left.cacheRead, right.cacheRead),
		cacheWrite5m: pick(left.cacheWrite5m, right.cacheWrite5m),
		cacheWrite1h: pick(left.cacheWrite1h, right.cacheWrite1h),
	};
}

function count(value: number | null | undefined): number {
	return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
