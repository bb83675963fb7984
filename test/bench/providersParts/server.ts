import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the next answer is. */
export interface Answer {
	/** Tokens of the answer; all of it is written at once after the first. */
	readonly tokens: number;
	/** Called right after the first token was handed to the socket. */
	readonly onFirst?: () => void;
	/** The rest waits for it. */
	readonly after?: Promise<void>;
}

const packet = 64;

const chunk = (choices: readonly object[], usage: object | null = null): string =>
	`data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1, model: 'bench', choices, usage })}\n\n`;
const piece = (delta: object, finish: string | null = null): string =>
	chunk([{ index: 0, delta, logprobs: null, finish_reason: finish }]);

/** Token number `at`, as the page and the client both see it. */
export const token = (at: number): string => ` t${at}`;

/** A server on loopback that writes Chat Completions faster than anything reads them. */
export class BenchServer {
	readonly #server: Server;
	answer: Answer = { tokens: 1 };

	private constructor() {
		this.#server = createServer((request, response) => {
			if (request.method === 'GET') {
				response.writeHead(200, { 'content-type': 'application/json' });
				response.end(JSON.stringify({ object: 'list', data: [{ id: 'bench', object: 'model' }] }));
				return;
			}
			request.resume();
			request.once('end', () => void this.#write(response));
		});
	}

	static async start(): Promise<BenchServer> {
		const bench = new BenchServer();
		await new Promise<void>(resolve => bench.#server.listen(0, '127.0.0.1', resolve));
		return bench;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
	}

	async stop(): Promise<void> {
		const closed = new Promise<void>(resolve => this.#server.close(() => resolve()));
		this.#server.closeAllConnections();
		await closed;
	}

	async #write(response: ServerResponse): Promise<void> {
		const { tokens, onFirst, after } = this.answer;
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		response.write(piece({ role: 'assistant', content: '' }) + piece({ content: token(0) }));
		onFirst?.();
		await after;
		for (let at = 1; at < tokens; at += packet) {
			let text = '';
			for (let next = at; next < Math.min(tokens, at + packet); next++) text += piece({ content: token(next) });
			if (!response.write(text)) await new Promise(resolve => response.once('drain', resolve));
		}
		response.end(
			`${piece({}, 'stop')}${chunk([], { prompt_tokens: 1, completion_tokens: tokens, total_tokens: tokens + 1 })}data: [DONE]\n\n`,
		);
	}
}
