import { Ollama, type ChatResponse } from 'ollama/browser';
import type { Clock } from '../base/clock';
import { CancelledError } from '../base/errors';
import { noUsage, type Usage } from '../ledger/events';
import { Connection, type SilenceLimits } from './connection';
import { checkedLines } from './jsonLines';
import { connectionError, errorLine, refusal, type OllamaContext } from './ollamaErrors';
import { ProviderError, type ModelEvent } from './provider';
import { toolCallOf, type CallIds } from './toolCall';

// `ollama` has two entries. The one for Node reads a picture's base64 as the path of a file, if there is one of that name.

/** One request to an Ollama server: the package's client over a connection of its own. */
export interface Exchange {
	readonly client: Ollama;
	readonly connection: Connection;
	readonly context: OllamaContext;
}

export interface ExchangeOptions {
	readonly headers?: Readonly<Record<string, string>>;
	readonly clock: Clock;
	readonly silence?: SilenceLimits;
	readonly fetch?: typeof fetch;
}

const refusalLimit = 64 * 1024;

/** Opens an exchange; its connection must be disposed. */
export function openExchange(
	context: OllamaContext,
	key: string | undefined,
	signal: AbortSignal,
	options: ExchangeOptions,
): Exchange {
	const { clock, silence, fetch } = options;
	const connection = new Connection({
		signal,
		clock,
		fail: problem => connectionError(context, problem),
		...(silence ? { silence } : {}),
		...(fetch ? { fetch } : {}),
	});
	const headers = headersWith(key, options.headers);
	const client = new Ollama({ host: context.baseUrl, headers, fetch: exchangeFetch(connection, context) });
	return { client, connection, context };
}

/** `${key}` in a header stands for the key, which is then not sent as a bearer token too. */
function headersWith(key: string | undefined, given: Readonly<Record<string, string>> = {}): Record<string, string> {
	const all = Object.entries(given);
	const isPlaced = all.some(([, value]) => value.includes('${key}'));
	const sent = all
		.filter(([, value]) => key !== undefined || !value.includes('${key}'))
		.map(([name, value]) => [name, value.replaceAll('${key}', () => key ?? '')]);
	return {
		...(key === undefined || isPlaced ? {} : { authorization: `Bearer ${key}` }),
		...(Object.fromEntries(sent) as Record<string, string>),
	};
}

/** What anything thrown during an exchange means. */
export function exchangeError(error: unknown, { connection, context }: Exchange): Error {
	if (error instanceof ProviderError) return error;
	if (connection.endReason) return connection.endReason;
	if (error instanceof CancelledError) return error;
	return connectionError(context, { type: 'cut-off', cause: error });
}

/** Refusals become our errors here, where their status and headers are still known. */
function exchangeFetch(connection: Connection, context: OllamaContext): typeof fetch {
	return async (input, init) => {
		const response = await connection.fetch(input, init);
		if (!response.ok) {
			const text = (await response.text().catch(() => '')).slice(0, refusalLimit);
			throw refusal(context, response.status, text, response.headers);
		}
		const isStream = typeof init?.body === 'string' && init.body.includes('"stream":true');
		return response.body && isStream ? new Response(completeLines(response.body, context)) : response;
	};
}

function completeLines(body: ReadableStream<Uint8Array>, context: OllamaContext): ReadableStream<Uint8Array> {
	let isComplete = false;
	return checkedLines(body, {
		line: line => {
			if (typeof line['error'] === 'string') throw errorLine(context, line['error']);
			isComplete ||= line['done'] === true || line['status'] === 'success';
		},
		end: () => {
			if (!isComplete) throw connectionError(context, { type: 'cut-off', cause: undefined });
		},
	});
}

/** The events of one answer. */
export async function* answerEvents(parts: AsyncIterable<ChatResponse>, ids: CallIds): AsyncGenerator<ModelEvent> {
	let hasCalls = false;
	for await (const part of parts) {
		const { content, thinking, tool_calls: calls } = part.message ?? {};
		if (thinking) yield { type: 'thinking', text: thinking };
		if (content) yield { type: 'text', text: content };
		for (const call of calls ?? []) {
			hasCalls = true;
			const { name, arguments: input } = call.function;
			// Newer servers name their calls; the package's type does not know it yet.
			const { id: given } = call as { readonly id?: unknown };
			const id = ids.take(typeof given === 'string' ? given : null);
			yield { type: 'callStarted', id, name };
			yield {
				type: 'call',
				call: toolCallOf(id, name, typeof input === 'string' ? input : JSON.stringify(input ?? {})),
			};
		}
		if (part.done) {
			const reason = part.done_reason === 'length' ? 'length' : hasCalls ? 'calls' : 'stop';
			yield { type: 'end', reason, usage: usageOf(part), reportedUsd: null };
			return;
		}
	}
}

/** A prompt that was in the server's cache as a whole is not counted, so one figure alone is a count too. */
function usageOf(part: Partial<ChatResponse>): Usage | null {
	const { prompt_eval_count: input, eval_count: output } = part;
	if (input === undefined && output === undefined) return null;
	return { ...noUsage, input: input ?? 0, output: output ?? 0 };
}
