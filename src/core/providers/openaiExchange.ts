import OpenAI, { AzureOpenAI } from 'openai';
import type { Clock } from '../base/clock';
import { CancelledError } from '../base/errors';
import { Connection, type SilenceLimits } from './connection';
import { connectionError, refusal, streamError, type OpenAiContext } from './openaiErrors';
import { ProviderError } from './provider';

/** How the requests of one provider are sent. */
export interface ExchangeOptions {
	readonly auth: 'bearer' | 'api-key';
	/** Sent with each request; `${key}` in a value stands for the key. */
	readonly headers: Readonly<Record<string, string>>;
	/** Azure's version of the API; its addresses name the deployment then. */
	readonly apiVersion?: string;
	readonly clock: Clock;
	readonly silence?: SilenceLimits;
	/** For tests; the global one when absent. */
	readonly fetch?: typeof fetch;
}

/** One request to a server: the package's client over a connection of its own, which must be disposed. */
export interface OpenAiExchange {
	readonly client: OpenAI;
	readonly connection: Connection;
	/** What anything thrown during the exchange means. */
	errorOf(error: unknown): Error;
	/** A document of the server beside its API, at this path of the same machine. */
	json(url: string): Promise<unknown>;
}

const errorBodyLimit = 64 * 1024;
/** Of the package's own headers, only these are sent: the others tell strangers about this machine. */
const kept = new Set(['accept', 'content-type']);

/** Opens an exchange. */
export function openExchange(
	context: OpenAiContext,
	key: string | undefined,
	signal: AbortSignal,
	options: ExchangeOptions,
): OpenAiExchange {
	const { clock, silence, fetch } = options;
	const connection = new Connection({
		signal,
		clock,
		fail: problem => connectionError(context, problem),
		...(silence ? { silence } : {}),
		...(fetch ? { fetch } : {}),
	});
	// The package wraps what its `fetch` throws, and in one case drops it: it is kept here.
	let thrown: Error | undefined;
	const send: typeof globalThis.fetch = async (input, init) => {
		try {
			return await exchangeFetch(connection, context, key, options)(input, init);
		} catch (error) {
			thrown = error instanceof Error ? error : new Error(String(error));
			throw thrown;
		}
	};
	return {
		client: clientOf(context, options, send),
		connection,
		errorOf: error =>
			signal.aborted ? new CancelledError() : (ownError(thrown) ?? timedOut(connection) ?? streamError(context, error)),
		json: async url => (await send(url, {})).json() as Promise<unknown>,
	};
}

/** The package aborts its request after any error: that is no reason, and what it threw is. */
function timedOut({ endReason }: Connection): Error | undefined {
	return endReason instanceof ProviderError ? endReason : undefined;
}

function ownError(error: Error | undefined): Error | undefined {
	return error instanceof ProviderError || error instanceof CancelledError ? error : undefined;
}

function clientOf(context: OpenAiContext, options: ExchangeOptions, send: typeof fetch): OpenAI {
	const common = {
		// The headers are made below: the package must only not look for a key of its own.
		apiKey: 'in-the-headers',
		fetch: send,
		maxRetries: 0,
		logLevel: 'off' as const,
	};
	if (options.apiVersion === undefined) return new OpenAI({ ...common, baseURL: context.baseUrl });
	return new AzureOpenAI({ ...common, baseURL: context.baseUrl, apiVersion: options.apiVersion });
}

/**
 * A `fetch` for the package. It makes the headers itself, because the package also reads organisations and headers from
 * the environment, which are for OpenAI and not for the server that is asked here; and it reads errors of any shape.
 */
function exchangeFetch(
	connection: Connection,
	context: OpenAiContext,
	key: string | undefined,
	options: ExchangeOptions,
): typeof fetch {
	return async (input, init) => {
		const headers = ownHeaders(key, options, new Headers(init?.headers));
		const response = await connection.fetch(input, { ...init, headers });
		const type = response.headers.get('content-type') ?? '';
		if (!response.ok) {
			const text = (await response.text().catch(() => '')).slice(0, errorBodyLimit);
			throw refusal(context, response.status, text, response.headers);
		}
		if (type.includes('text/html'))
			throw new ProviderError(
				'bad-answer',
				`A web page answers at ${context.baseUrl}. Is the address right? It usually ends in /v1.`,
			);
		const isStream = typeof init?.body === 'string' && init.body.includes('"stream":true');
		return isStream && type.includes('application/json') ? asStream(response, context) : response;
	};
}

function ownHeaders(key: string | undefined, { auth, headers: extra }: ExchangeOptions, given: Headers): Headers {
	const headers = new Headers({ 'user-agent': 'Quarterdeck' });
	for (const [name, value] of given) if (kept.has(name)) headers.set(name, value);
	// A header that names the key is how this server wants it.
	const isPlaced = Object.values(extra).some(value => value.includes('${key}'));
	if (key !== undefined && !isPlaced)
		if (auth === 'api-key') headers.set('api-key', key);
		else headers.set('authorization', `Bearer ${key}`);
	for (const [name, value] of Object.entries(extra))
		if (key !== undefined || !value.includes('${key}')) headers.set(name, value.replaceAll('${key}', key ?? ''));
	return headers;
}

/** Some servers ignore that a stream was asked for, or put an error into an answer that says 200. */
async function asStream(response: Response, context: OpenAiContext): Promise<Response> {
	const body = (await response.json().catch(() => null)) as {
		readonly error?: unknown;
		readonly choices?: readonly { readonly message?: unknown }[];
	} | null;
	if (body === null) throw new ProviderError('bad-answer', `${context.label} sent something that is no JSON.`);
	const asChunks = body.choices?.map(({ message, ...rest }) => ({ ...rest, delta: message }));
	const chunk = asChunks ? { ...body, choices: asChunks } : body;
	return new Response(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`, {
		headers: { 'content-type': 'text/event-stream' },
	});
}
