import { ServerRefusal } from './openaiErrors';
import { ProviderError } from './provider';

/** What a model's server was found to refuse. Each is left out, or written the other way, from then on. */
export type Refusal =
	| 'streamOptions'
	| 'effort'
	| 'maxTokensName'
	| 'temperature'
	| 'jsonSchema'
	| 'jsonObject'
	| 'summary'
	| 'encryptedReasoning';

const refusalWords =
	/unsupported|not support|n't support|unrecogni[sz]ed|unknown|extra|not permitted|not allowed|unexpected|invalid|must be verified|not available|use '/i;

const patterns: readonly (readonly [Refusal, RegExp])[] = [
	['streamOptions', /stream_options|include_usage/],
	['summary', /reasoning\.summary|reasoning summar/i],
	['encryptedReasoning', /encrypted/i],
	['effort', /reasoning[_.]effort|reasoning effort|\breasoning\b/i],
	['maxTokensName', /max_completion_tokens|max_tokens/],
	['temperature', /temperature/],
	['jsonSchema', /json_schema|response_format|structured output/i],
];

/** Remembers, by model, which optional parts of a request were refused. */
export class Learned {
	readonly #byModel = new Map<string, Set<Refusal>>();

	of(model: string): ReadonlySet<Refusal> {
		return this.#byModel.get(model) ?? new Set();
	}

	/**
	 * Learns from a refusal what to leave out.
	 * @param sent what the refused request held of it
	 * @returns whether another attempt differs from the refused one
	 */
	learn(model: string, error: Error, sent: ReadonlySet<Refusal>): boolean {
		if (!(error instanceof ProviderError) || error.code !== 'bad-request') return false;
		if (!(error.cause instanceof ServerRefusal)) return false;
		const { message, body } = error.cause;
		const text = `${typeof body['param'] === 'string' ? body['param'] : ''} ${message}`;
		if (!refusalWords.test(text)) return false;
		const known = this.#byModel.get(model) ?? new Set<Refusal>();
		for (const [refusal, pattern] of patterns) {
			if (!pattern.test(text)) continue;
			// A server without schemas may know JSON mode, and one without that is told in words.
			const next = refusal === 'jsonSchema' && known.has('jsonSchema') ? 'jsonObject' : refusal;
			if (known.has(next) || !sent.has(next)) continue;
			known.add(next);
			this.#byModel.set(model, known);
			return true;
		}
		return false;
	}
}
