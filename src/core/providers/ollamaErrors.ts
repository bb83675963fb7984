import type { ErrorAction } from '../base/errors';
import { openPage, pullModel, setKey, testAgain } from './actions';
import type { ConnectionFailure } from './connection';
import { ProviderError, type ProviderErrorCode } from './provider';
import { retryAfterOf } from './retryAfter';

/** What a sentence about a failure names. */
export interface OllamaContext {
	readonly id: string;
	readonly label: string;
	readonly baseUrl: string;
	readonly isLocal: boolean;
	readonly hasKey: boolean;
	/** The model that was asked; empty when none was. */
	readonly model: string;
}

/** What Ollama writes, and what it means. The first that fits counts. */
const words: readonly (readonly [ProviderErrorCode, RegExp])[] = [
	['no-tools', /does not support tools/i],
	['no-images', /does not support (?:vision|images?)|image input|vision (?:model|capab)/i],
	['too-long', /exceeds? (?:the )?(?:available |maximum )?context|(?:prompt|input)[^.]{0,20}too long|context length/i],
	['no-model', /model\b.*\bnot found|pull model manifest|file does not exist/i],
	['no-quota', /usage limit|quota|upgrade (?:your|to)|subscription/i],
	['bad-answer', /error parsing tool call|failed to parse/i],
	['wrong-key', /unauthorized|invalid api key|signin|sign in/i],
	[
		'overloaded',
		/server busy|more system memory|out of memory|cudamalloc|runner process has terminated|timed out waiting/i,
	],
];

/** A response that is no success. */
export function refusal(context: OllamaContext, status: number, text: string, headers: Headers): ProviderError {
	const said = saidIn(text);
	const code = codeOfStatus(status, said, context);
	if (status === 404 && code === 'bad-answer') return notOllama(context);
	return failure(context, code, said, {
		retryAfterMs: code === 'rate-limited' || code === 'overloaded' ? retryAfterOf(headers) : null,
	});
}

/** A line `{"error": …}` in the middle of an answer. */
export function errorLine(context: OllamaContext, said: string): ProviderError {
	return failure(context, words.find(([, pattern]) => pattern.test(said))?.[0] ?? 'cut-off', said);
}

/** A connection that failed. */
export function connectionError(context: OllamaContext, problem: ConnectionFailure): ProviderError {
	const { label, baseUrl, isLocal, id } = context;
	const actions = [testAgain(id)];
	switch (problem.type) {
		case 'offline':
			return new ProviderError(
				'offline',
				isLocal
					? `${label} is not running at ${baseUrl} (${problem.reason}). Start it with \`ollama serve\` or open its app.`
					: `${label} cannot be reached at ${baseUrl}: ${problem.reason}.`,
				{ actions: isLocal ? [...actions, getOllama] : actions, cause: problem.cause },
			);
		case 'timeout':
			return new ProviderError(
				'timeout',
				`${label} has sent nothing for ${Math.max(1, Math.round(problem.afterMs / 1000))} seconds. A large model may still be loading; try again, or take a smaller one.`,
				{ actions },
			);
		case 'redirected':
			return new ProviderError(
				'redirected',
				`${label} at ${baseUrl} sends requests on to ${problem.to}. Enter that address if you trust it.`,
			);
		default:
			return new ProviderError('cut-off', `The connection to ${label} broke before the answer was complete.`, {
				actions,
				cause: problem.cause,
			});
	}
}

/** An answer that Ollama would not give. */
export function notOllama({ baseUrl, id }: OllamaContext): ProviderError {
	return new ProviderError('bad-answer', `What answers at ${baseUrl} is not Ollama. Is the address right?`, {
		actions: [testAgain(id)],
	});
}

const getOllama: ErrorAction = openPage('Get Ollama', 'https://ollama.com/download');

function saidIn(text: string): string {
	try {
		const { error } = JSON.parse(text) as { error?: unknown };
		if (typeof error === 'string') return error;
		if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
	} catch {
		// A proxy's page is nothing to show; its beginning as a sentence is.
	}
	return text.trimStart().startsWith('<') || text.trimStart().startsWith('{') ? '' : text.trim().slice(0, 300);
}

function codeOfStatus(status: number, said: string, { hasKey }: OllamaContext): ProviderErrorCode {
	const named = words.find(([, pattern]) => pattern.test(said))?.[0];
	if (status === 401) return hasKey ? 'wrong-key' : 'no-key';
	if (status === 402) return 'no-quota';
	if (status === 403) return named ?? (hasKey ? 'wrong-key' : 'no-key');
	if (status === 404) return named === 'no-model' ? 'no-model' : 'bad-answer';
	if (status === 413) return 'too-long';
	if (status === 429) return named === 'no-quota' ? 'no-quota' : 'rate-limited';
	if (status >= 500) return named ?? 'overloaded';
	return named ?? 'bad-request';
}

/** A failure with its sentence and what to do about it. */
export function failure(
	context: OllamaContext,
	code: ProviderErrorCode,
	said: string,
	more: { readonly retryAfterMs?: number | null } = {},
): ProviderError {
	const sentence = sentences[code]?.(context) ?? `${context.label} refused the request.`;
	return new ProviderError(code, said === '' ? sentence : `${sentence} It says: ${said}`, {
		actions: actionsFor(code, context),
		...more,
	});
}

const sentences: Partial<Record<ProviderErrorCode, (context: OllamaContext) => string>> = {
	'no-key': ({ label }) => `${label} wants a key, and none is set.`,
	'wrong-key': ({ label }) => `${label} does not accept the key, or the server is not signed in.`,
	'no-model': ({ label, model }) => `${label} does not have the model '${model}'. Download it, or choose another.`,
	'no-quota': ({ label }) => `The account at ${label} has used up what it may.`,
	'rate-limited': ({ label }) => `${label} has had too many requests for the moment.`,
	overloaded: ({ label, model }) => `${label} cannot run '${model}' now.`,
	'too-long': ({ model }) =>
		`The conversation is longer than '${model}' can read. Send less, begin a new one, or choose a model with a larger window.`,
	'no-tools': ({ model }) => `'${model}' cannot call tools. Choose a model that can.`,
	'no-images': ({ model }) => `'${model}' cannot read pictures. Choose a model that can.`,
	'cut-off': ({ label }) => `${label} broke off its answer.`,
	'bad-answer': ({ label, model }) => `${label} could not read what '${model}' wrote. Asking again often helps.`,
};

function actionsFor(code: ProviderErrorCode, { id, model, isLocal }: OllamaContext): readonly ErrorAction[] {
	if (code === 'no-model') return model === '' ? [] : [pullModel(id, model)];
	if (code === 'no-key' || code === 'wrong-key') return isLocal ? [testAgain(id)] : [setKey(id)];
	return [];
}
