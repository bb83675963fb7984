import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { parseRequest, type ParsedMessagesRequest } from './request.ts';
import { say, type Reply } from './reply.ts';
import { sendWhole, streamReply, type ReplyContext } from './stream.ts';

/** Decides what the "model" answers. May wait for something before it does. */
export type Script = (request: ParsedMessagesRequest) => Reply | Promise<Reply>;

export interface MessagesApiOptions {
	/** Answers the conversation's own requests (`kind` `turn` and `compact`). */
	readonly script: Script;
	/** Answers what the CLI asks for itself (titles and the like). A fixed short text when absent. */
	readonly side?: Script;
	/** Any free port when absent. */
	readonly port?: number;
}

export interface MessagesApi {
	/** For `ANTHROPIC_BASE_URL`. */
	readonly url: string;
	/** Everything that was asked so far, oldest first. */
	readonly requests: readonly ParsedMessagesRequest[];
	/** Resolves with the first request, past or future, for which `test` holds. */
	waitFor(test: (request: ParsedMessagesRequest) => boolean): Promise<ParsedMessagesRequest>;
	close(): Promise<void>;
}

/**
 * A Messages API with scripted words, on loopback. The real CLI talks to it as to the real one:
 *
 *     const api = await startMessagesApi({
 *       script: request =>
 *         request.step === 0 ? callTool('Bash', { command: 'ls' }, 'I look around first.') : say('Done.', { chunk: 5, delayMs: 20 }),
 *     });
 *     // ANTHROPIC_BASE_URL=api.url ANTHROPIC_API_KEY=sk-test CLAUDE_CONFIG_DIR=… CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1
 *
 * `request.step` counts the answers of the current turn, `request.toolResults` holds what the tools of the last one gave.
 */
export async function startMessagesApi(options: MessagesApiOptions): Promise<MessagesApi> {
	const state = new ApiState(options);
	const server = createServer((request, response) => {
		void state.handle(request, response).catch((error: unknown) => {
			if (error instanceof Error && error.name === 'AbortError') return;
			if (!response.headersSent) sendError(response, 500, 'api_error', `The script failed: ${String(error)}`);
			else response.socket?.destroy();
		});
	});
	const sockets = new Set<Socket>();
	server.on('connection', socket => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(options.port ?? 0, '127.0.0.1', resolve);
	});
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		requests: state.requests,
		waitFor: test => state.waitFor(test),
		close: () =>
			new Promise(resolve => {
				server.close(() => resolve());
				for (const socket of sockets) socket.destroy();
			}),
	};
}

class ApiState {
	readonly requests: ParsedMessagesRequest[] = [];
	readonly #options: MessagesApiOptions;
	readonly #waiting = new Set<(request: ParsedMessagesRequest) => void>();
	/** Keeps ids apart between servers of one test run: the CLI and the ledger take a message id for unique. */
	readonly #salt = Math.random().toString(36).slice(2, 8);
	#messages = 0;
	#toolUses = 0;

	constructor(options: MessagesApiOptions) {
		this.#options = options;
	}

	waitFor(test: (request: ParsedMessagesRequest) => boolean): Promise<ParsedMessagesRequest> {
		const past = this.requests.find(test);
		if (past) return Promise.resolve(past);
		return new Promise(resolve => {
			const check = (request: ParsedMessagesRequest): void => {
				if (!test(request)) return;
				this.#waiting.delete(check);
				resolve(request);
			};
			this.#waiting.add(check);
		});
	}

	async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const path = request.url ?? '/';
		if (request.method === 'HEAD' || request.method === 'GET') return answerProbe(request, response);
		const text = await readBody(request);
		if (!path.startsWith('/v1/messages')) return sendError(response, 404, 'not_found_error', `No ${path} here`);
		const body = parseJson(text);
		if (!body) return sendError(response, 400, 'invalid_request_error', 'The body is not a JSON object');
		const parsed = parseRequest(path, body, request.headers);
		this.requests.push(parsed);
		for (const check of this.#waiting) check(parsed);
		if (parsed.kind === 'countTokens') return sendJson(response, { input_tokens: Math.ceil(text.length / 4) });
		const script = parsed.isSide ? (this.#options.side ?? defaultSide) : this.#options.script;
		await this.#answer(response, parsed, await script(parsed));
	}

	async #answer(response: ServerResponse, request: ParsedMessagesRequest, reply: Reply): Promise<void> {
		if (reply.kind === 'hang') return;
		if (reply.kind === 'cut') return void response.socket?.destroy();
		if (reply.kind === 'error') {
			if (reply.retryAfter !== undefined) response.setHeader('retry-after', String(reply.retryAfter));
			return sendError(response, reply.status, reply.type, reply.message);
		}
		const gone = new AbortController();
		response.on('close', () => gone.abort());
		if (reply.delayMs !== undefined) await wait(reply.delayMs, undefined, { signal: gone.signal });
		const context: ReplyContext = {
			model: request.model,
			messageId: `msg_scripted_${this.#salt}_${++this.#messages}`,
			signal: gone.signal,
			nextToolUseId: () => `toolu_scripted_${this.#salt}_${++this.#toolUses}`,
		};
		if (request.isStreaming) await streamReply(response, reply, context);
		else sendWhole(response, reply, context);
	}
}

const defaultSide: Script = () => say('{"title": "Scripted title"}', { usage: { input: 10, output: 2 } });

/** The CLI looks whether the address answers at all before it sends anything. */
function answerProbe(request: IncomingMessage, response: ServerResponse): void {
	if (request.url === '/' || request.method === 'HEAD') return void response.writeHead(200).end();
	sendError(response, 404, 'not_found_error', `No ${request.url ?? ''} here`);
}

async function readBody(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
	} catch {
		// Not JSON: the caller answers with the API's own error.
		return undefined;
	}
}

function sendJson(response: ServerResponse, value: unknown): void {
	response.writeHead(200, { 'content-type': 'application/json' });
	response.end(JSON.stringify(value));
}

function sendError(response: ServerResponse, status: number, type: string, message: string): void {
	response.writeHead(status, { 'content-type': 'application/json' });
	response.end(JSON.stringify({ type: 'error', error: { type, message } }));
}
