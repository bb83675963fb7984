import { Ollama, type ChatResponse, type ToolCall } from 'ollama/browser';
import type { Clock } from '../base/clock';
import { CancelledError } from '../base/errors';
import { noUsage, type Usage } from '../ledger/events';
import { Connection, type SilenceLimits } from './connection';
import { jsonLines } from './jsonLines';
import { connectionError, errorLine, refusal, type OllamaContext } from './ollamaErrors';
import { ProviderError, type ModelEvent, type ModelRequest } from './provider';
import { ThinkTags } from './thinkTags';
import { CallIds, toolCallOf } from './toolCall';

// `ollama` has two entries. The one for Node reads a picture's base64 as the path of a file, if there is one of that name.

/** One request to an Ollama server: the package's client over a connection of its own. */
export interface Exchange {
	/** The package's client, for requests that are answered with one object. */
	readonly client: Ollama;
	/** Posts a request that is answered line by line. */
	readonly post: (path: string, body: object) => Promise<Response>;
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
	const send = exchangeFetch(connection, context);
	const post = (path: string, body: object): Promise<Response> =>
		send(`${context.baseUrl}${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...headers },
			body: JSON.stringify(body),
		});
	return { client: new Ollama({ host: context.baseUrl, headers, fetch: send }), post, connection, context };
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
		return response;
	};
}

/**
 * Posts a request and reads its answer, line by line until the last one; what arrives together comes together. The
 * package would skip a line that is no JSON, and read each line a second time if we looked first.
 */
export async function* answerLines<T>(
	exchange: Exchange,
	path: string,
	request: object,
): AsyncGenerator<readonly Partial<T>[]> {
	const { body } = await exchange.post(path, request);
	if (body)
		for await (const lines of jsonLines(body)) {
			const bad = lines.findIndex(line => typeof line['error'] === 'string');
			yield (bad < 0 ? lines : lines.slice(0, bad)) as readonly Partial<T>[];
			if (bad >= 0) throw errorLine(exchange.context, String(lines[bad]?.['error']));
			if (lines.some(line => line['done'] === true || line['status'] === 'success')) return;
		}
	throw connectionError(exchange.context, { type: 'cut-off', cause: undefined });
}

/** Turns the lines of one answer into events. */
export class AnswerReader {
	readonly #request: ModelRequest;
	readonly #ids: CallIds;
	/** Servers and models from before thinking was told apart write it into the answer. */
	readonly #tags: ThinkTags | undefined;
	#hasBegun = false;
	#hasCalls = false;

	constructor(request: ModelRequest, isThinkingApart: boolean) {
		this.#request = request;
		this.#ids = new CallIds(request.messages);
		this.#tags = isThinkingApart || request.format ? undefined : new ThinkTags();
	}

	read(line: Partial<ChatResponse>): readonly ModelEvent[] {
		const { content, thinking, tool_calls: calls } = line.message ?? {};
		const events: ModelEvent[] = this.#hasBegun ? [] : [{ type: 'start', model: this.#request.model }];
		this.#hasBegun = true;
		if (thinking) events.push({ type: 'thinking', text: thinking });
		if (content) events.push(...(this.#tags?.push(content) ?? [{ type: 'text', text: content } as const]));
		for (const call of calls ?? []) events.push(...this.#call(call));
		if (line.done) events.push(...(this.#tags?.end() ?? []), this.#end(line));
		return events;
	}

	#call(call: ToolCall): readonly ModelEvent[] {
		this.#hasCalls = true;
		const { name, arguments: input } = call.function;
		// Newer servers name their calls; the package's type does not know it yet.
		const { id: given } = call as { readonly id?: unknown };
		const id = this.#ids.take(typeof given === 'string' ? given : null);
		const rawInput = typeof input === 'string' ? input : JSON.stringify(input ?? {});
		return [
			{ type: 'callStarted', id, name },
			{ type: 'call', call: toolCallOf(id, name, rawInput) },
		];
	}

	#end(line: Partial<ChatResponse>): ModelEvent {
		const reason = line.done_reason === 'length' ? 'length' : this.#hasCalls ? 'calls' : 'stop';
		return { type: 'end', reason, usage: usageOf(line), reportedUsd: null };
	}
}

/** A prompt that was in the server's cache as a whole is not counted, so one figure alone is a count too. */
function usageOf(part: Partial<ChatResponse>): Usage | null {
	const { prompt_eval_count: input, eval_count: output } = part;
	if (input === undefined && output === undefined) return null;
	return { ...noUsage, input: input ?? 0, output: output ?? 0 };
}
