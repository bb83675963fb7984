import {
	modelRefText,
	ProviderError,
	type ModelEvent,
	type ModelRef,
	type ModelRequest,
	type Provider,
	type ProviderErrorCode,
} from './provider';

/** Failures that are the provider's, so that another may answer. What is wrong with a request is wrong elsewhere too. */
const ofTheProvider: ReadonlySet<string> = new Set<ProviderErrorCode>([
	'no-key',
	'wrong-key',
	'no-model',
	'no-quota',
	'rate-limited',
	'overloaded',
	'offline',
	'timeout',
	'resting',
	'redirected',
	'cut-off',
	'bad-answer',
]);

/** Whether the next model of a chain may answer after a failure with this code. */
export function canFallBack(code: string): boolean {
	return ofTheProvider.has(code);
}

/** What is asked when `ref` does not answer: the user's chain without `ref` itself, each once. */
export function fallbacksFor(ref: ModelRef, chain: readonly ModelRef[]): readonly ModelRef[] {
	const seen = new Set([modelRefText(ref)]);
	return chain.filter(next => {
		const text = modelRefText(next);
		const isNew = !seen.has(text);
		seen.add(text);
		return isNew;
	});
}

/** That a model did not answer and another is asked instead. */
export interface FallbackNotice {
	readonly from: ModelRef;
	readonly to: ModelRef;
	readonly error: ProviderError;
	/** What happened, as a sentence for the user. */
	readonly text: string;
}

export interface FallbackOptions {
	/** Asked in this order after the first. */
	readonly chain: readonly ModelRef[];
	/** `undefined` for one that is not set up. */
	readonly find: (id: string) => Provider | undefined;
	readonly onFallback: (notice: FallbackNotice) => void;
	/** Which model answers, said before its first event. */
	readonly onModel?: (ref: ModelRef) => void;
}

/**
 * Streams from the first model that answers. A failure after a part of the answer has arrived is passed on: another
 * model cannot go on in the middle of a sentence.
 */
export async function* streamWithFallback(
	first: ModelRef,
	request: Omit<ModelRequest, 'model'>,
	options: FallbackOptions,
): AsyncGenerator<ModelEvent> {
	const refs = [first, ...fallbacksFor(first, options.chain)];
	let failure: ProviderError | undefined;
	for (const [index, ref] of refs.entries()) {
		let hasArrived = false;
		try {
			const provider = options.find(ref.provider);
			if (!provider) throw notSetUp(ref);
			let start: ModelEvent | undefined;
			for await (const event of provider.stream({ ...request, model: ref.model })) {
				if (event.type === 'start') start = event;
				else {
					if (!hasArrived) options.onModel?.(ref);
					hasArrived = true;
					// Held back until now: a model that fails right after it has not begun to answer.
					if (start) yield start;
					start = undefined;
					yield event;
				}
			}
			return;
		} catch (error) {
			// A later model of the chain may also lack what the request needs; the one after it may not.
			const isTheirs = error instanceof ProviderError && (index > 0 || canFallBack(error.code));
			if (!isTheirs || hasArrived) throw error;
			failure ??= error;
			const next = refs[index + 1];
			if (!next) throw withAttempts(failure, index);
			options.onFallback({ from: ref, to: next, error, text: fallbackText(ref, next, error) });
		}
	}
}

/** What happened, for the user. */
export function fallbackText(from: ModelRef, to: ModelRef, error: Error): string {
	return `${modelRefText(from)} did not answer: ${error.message} Going on with ${modelRefText(to)}, the next of your fallbacks.`;
}

function notSetUp({ provider }: ModelRef): ProviderError {
	return new ProviderError('offline', `There is no provider '${provider}' in your settings.`);
}

function withAttempts(error: ProviderError, others: number): ProviderError {
	if (others === 0) return error;
	const tried = others === 1 ? 'The fallback failed, too.' : `The ${others} fallbacks failed, too.`;
	const { actions, retryAfterMs } = error;
	return new ProviderError(error.code, `${error.message} ${tried}`, { actions, retryAfterMs, cause: error });
}
