import { APIError } from 'openai';
import { CancelledError, type ErrorAction } from '../base/errors';
import { openPage, setKey, testAgain } from './actions';
import { networkReason, type ConnectionFailure } from './connection';
import { ProviderError, type ProviderErrorCode } from './provider';
import { retryAfterOf } from './retryAfter';

/** What a sentence about a failure needs to know. */
export interface OpenAiContext {
	readonly id: string;
	readonly label: string;
	readonly baseUrl: string;
	readonly isLocal: boolean;
	/** The model that was asked; empty when none was. */
	readonly model: string;
	/** How a local server is started. */
	readonly start: string | undefined;
	/** Where a local server comes from. */
	readonly site: string | undefined;
	readonly keyUrl: string | undefined;
	readonly hasKey: boolean;
}

/** What a server said when it refused: the status, where there was one, and its error object. */
export class ServerRefusal extends Error {
	readonly status: number | undefined;
	readonly body: Readonly<Record<string, unknown>>;

	constructor(status: number | undefined, body: Readonly<Record<string, unknown>>) {
		super(typeof body['message'] === 'string' ? body['message'] : '');
		this.name = 'ServerRefusal';
		this.status = status;
		this.body = body;
	}
}

/** Codes and words by which servers say the same thing; the first that fits counts. */
const words: readonly (readonly [ProviderErrorCode, RegExp])[] = [
	[
		'too-long',
		/context[_ ](?:length|window|size)|maximum (?:context|prompt|input)|prompt is too long|input is too long|too many (?:input )?tokens|exceeds? the (?:available |maximum |model'?s? )?(?:context|number of tokens|token)|string_above_max_length|reduce the length/i,
	],
	[
		'filtered',
		/content[_ ]filter|content management policy|responsibleai|safety (?:system|filter|setting)|flagged|moderation|content_policy|prohibited[_ ]content/i,
	],
	[
		'no-tools',
		/(?:tool|function)s?(?: |_)?(?:use|call\w*|choice)?[^.]{0,40}(?:not (?:supported|available|enabled)|unsupported)|(?:not|n't) support[^.]{0,30}(?:tool|function)|support tool use|enable-auto-tool-choice|requires? --jinja|tools param/i,
	],
	[
		'no-images',
		/(?:image|vision|multimodal)[^.]{0,60}(?:not (?:supported|available|enabled)|unsupported|only)|(?:not|n't) support[^.]{0,30}(?:image|vision|multimodal)|support image input|mmproj/i,
	],
	[
		'no-quota',
		/insufficient[_ ](?:quota|balance|credit|funds)|exceeded your current quota|billing|payment|out of credits|credit limit/i,
	],
	['no-model', /model[_ ]not[_ ](?:found|exist)|invalid[_ ]model|unknown model|DeploymentNotFound/i],
	['no-model', /model[^.]{0,120}(?:not found|does(?:n't| not) exist|not (?:a )?valid|is not available|no longer)/i],
	['wrong-key', /invalid[_ ]api[_ ]key|incorrect api key|api[ _]key not valid|unauthorized|authentication/i],
];

/** A response that is no success, of any shape. */
export function refusal(context: OpenAiContext, status: number, text: string, headers: Headers): ProviderError {
	return refused(context, new ServerRefusal(status, readErrorBody(text)), headers);
}

/** Reads what a stream rejected with and the connection did not explain. */
export function streamError(context: OpenAiContext, error: unknown): Error {
	if (error instanceof ProviderError || error instanceof CancelledError) return error;
	if (error instanceof ServerRefusal) return refused(context, error);
	if (error instanceof SyntaxError)
		return new ProviderError('bad-answer', `${context.label} sent something that is no JSON.`, { cause: error });
	if (error instanceof APIError && typeof error.error === 'object')
		return refused(context, new ServerRefusal(undefined, error.error as Record<string, unknown>));
	if (error instanceof APIError) return refused(context, new ServerRefusal(undefined, { message: error.message }));
	return connectionError(context, { type: 'cut-off', cause: error });
}

/** A connection that failed. */
export function connectionError(context: OpenAiContext, problem: ConnectionFailure): ProviderError {
	const { label, baseUrl, isLocal, start, site, id } = context;
	const actions = [testAgain(id)];
	switch (problem.type) {
		case 'offline': {
			const reason = networkReason(problem.cause);
			return new ProviderError(
				'offline',
				isLocal
					? `${label} is not running at ${baseUrl} (${reason}). ${start ?? 'Start it and try again.'}`
					: `${label} cannot be reached at ${baseUrl}: ${reason}.`,
				{ actions: site ? [...actions, openPage(`Get ${label}`, site)] : actions, cause: problem.cause },
			);
		}
		case 'timeout':
			return new ProviderError(
				'timeout',
				`${label} has sent nothing for ${Math.max(1, Math.round(problem.afterMs / 1000))} seconds.`,
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

/** Offers to enter a key, and to get one. */
export function keyActions(id: string, keyUrl: string | undefined): readonly ErrorAction[] {
	return keyUrl ? [setKey(id), openPage('Get a Key', keyUrl)] : [setKey(id)];
}

/** A key that must be there and is not. */
export function noKey({ id, label, keyUrl }: OpenAiContext): ProviderError {
	return new ProviderError('no-key', `${label} needs a key, and none is set.`, { actions: keyActions(id, keyUrl) });
}

/** Servers say what is wrong as `{error: {…}}`, `{error: "…"}`, `{message}`, `{detail}`, `[{error}]` or plain text. */
export function readErrorBody(text: string): Readonly<Record<string, unknown>> {
	let body: unknown;
	try {
		body = JSON.parse(text);
	} catch {
		// A proxy's page is nothing to show; its beginning as a sentence is.
		return { message: text.trimStart().startsWith('<') ? '' : text.trim().slice(0, 300) };
	}
	const first: unknown = Array.isArray(body) ? body[0] : body;
	if (typeof first !== 'object' || first === null) return { message: text.slice(0, 300) };
	const fields = first as Record<string, unknown>;
	if (typeof fields['error'] === 'object' && fields['error'] !== null)
		return fields['error'] as Record<string, unknown>;
	const message = sentence(fields['error']) ?? sentence(fields['message']) ?? sentence(fields['detail']) ?? '';
	return { ...fields, message };
}

function sentence(value: unknown): string | undefined {
	if (typeof value === 'string') return value;
	return value === undefined || value === null ? undefined : JSON.stringify(value).slice(0, 600);
}

function refused(context: OpenAiContext, cause: ServerRefusal, headers?: Headers): ProviderError {
	const said = saidBy(cause);
	const code = codeOf(cause, said, context.hasKey);
	return new ProviderError(code, sentenceFor(code, said, context), {
		actions: actionsFor(code, context),
		retryAfterMs: code === 'rate-limited' || code === 'overloaded' ? retryAfterOf(headers, cause.body) : null,
		cause,
	});
}

function saidBy({ message, body }: ServerRefusal): string {
	const { raw } = (body['metadata'] ?? {}) as { raw?: unknown };
	// OpenRouter hides what the model's own host said.
	const inner = typeof raw === 'string' ? raw.slice(0, 300) : '';
	return (inner !== '' && !message.includes(inner) ? `${message} (${inner})` : message).trim().slice(0, 600);
}

function codeOf({ status: given, body }: ServerRefusal, said: string, hasKey: boolean): ProviderErrorCode {
	// In the middle of a stream there is no status, and some servers write it as the error's code.
	const status = given ?? statusIn(body['code']);
	const inner = (body['innererror'] ?? {}) as { code?: unknown };
	const text = [body['code'], body['type'], body['status'], inner.code, said]
		.map(part => (typeof part === 'string' ? part : ''))
		.join(' ');
	const named = words.find(([, pattern]) => pattern.test(text))?.[0];
	const keyCode = hasKey ? 'wrong-key' : 'no-key';
	if (status === undefined) return named ?? codeOfWords(text);
	if (status === 401) return keyCode;
	if (status === 402) return 'no-quota';
	if (status === 403) return named === undefined || named === 'wrong-key' ? keyCode : named;
	if (status === 413) return 'too-long';
	if (status === 429) return named === 'no-quota' && !/perminute|per minute/i.test(text) ? 'no-quota' : 'rate-limited';
	if (status >= 500)
		return named === 'too-long' || named === 'no-tools' || named === 'no-images' ? named : 'overloaded';
	if (named === 'wrong-key') return keyCode;
	return named ?? 'bad-request';
}

function codeOfWords(text: string): ProviderErrorCode {
	if (/rate.?limit/i.test(text)) return 'rate-limited';
	return /overload|unavailable|server_error|internal|capacity|busy/i.test(text) ? 'overloaded' : 'cut-off';
}

function statusIn(code: unknown): number | undefined {
	const status = Number(code);
	return Number.isInteger(status) && status >= 400 && status < 600 ? status : undefined;
}

function sentenceFor(code: ProviderErrorCode, said: string, context: OpenAiContext): string {
	const { label, baseUrl } = context;
	const begin = sentences[code]?.(context);
	if (begin === undefined && said === '')
		return `${label} did not understand the request. Is ${baseUrl} the right address? It usually ends in /v1.`;
	const first = begin ?? `${label} refused the request.`;
	return said === '' ? first : `${first} It says: ${said}`;
}

const sentences: Partial<Record<ProviderErrorCode, (context: OpenAiContext) => string>> = {
	'no-key': ({ label }) => `${label} wants a key, and none is set.`,
	'wrong-key': ({ label }) => `${label} does not accept the key.`,
	'no-model': ({ label, model }) => `${label} has no model '${model}'.`,
	'no-quota': ({ label }) => `The account at ${label} has no credit left.`,
	'rate-limited': ({ label }) => `${label} has had too many requests for the moment.`,
	overloaded: ({ label }) => `${label} is overloaded or has a fault of its own.`,
	'too-long': ({ model }) =>
		`The conversation is longer than '${model}' can read. Send less, begin a new one, or choose a model with a larger window.`,
	filtered: ({ label }) => `${label} refused for its content rules.`,
	'no-tools': ({ model, label }) => `'${model}' at ${label} cannot call tools.`,
	'no-images': ({ model, label }) => `'${model}' at ${label} cannot read pictures.`,
	'cut-off': ({ label }) => `${label} broke off its answer.`,
};

function actionsFor(code: ProviderErrorCode, { id, keyUrl }: OpenAiContext): readonly ErrorAction[] {
	if (code === 'wrong-key' || code === 'no-key') return keyActions(id, keyUrl);
	return code === 'no-quota' && keyUrl ? [openPage('Open Account', keyUrl)] : [];
}
