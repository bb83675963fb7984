import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inTurn, type FakeReply, type Responder, type SeenRequest } from '../modelReply';
import { seenChat, writeChat, type ChatHabits } from './chat';
import { seenResponses, writeResponses } from './responses';

export interface FakeOpenAiOptions extends ChatHabits {
	/** Entries of the model list; strings become entries like OpenAI's. */
	readonly models?: readonly (string | object)[];
	readonly port?: number;
	/** Without it, as a bearer token or `api-key`, everything is refused; empty: nobody is. */
	readonly key?: string;
	/** Other pages, by path; `null` is none. */
	readonly pages?: Readonly<Record<string, object>>;
	/** Fields of a request that are refused as unknown, in OpenAI's words. */
	readonly refuses?: readonly string[];
}

/** A server on loopback that speaks Chat Completions and Responses as the real one does, and says what it is told to. */
export class FakeOpenAi {
	readonly seen: SeenRequest[] = [];
	/** `GET /v1/models`, one entry a request, in their order, refused ones too. */
	readonly paths: string[] = [];
	readonly #options: FakeOpenAiOptions;
	readonly #server: Server;
	#responder: Responder = inTurn({ text: ['Hello'], usage: { input: 10, output: 2 } });
	#redirect: string | undefined;
	/** Changed by a test when a key is taken back. */
	key: string | undefined;

	private constructor(options: FakeOpenAiOptions) {
		this.#options = options;
		this.key = options.key;
		this.#server = createServer((request, response) => {
			this.#handle(request, response).catch((error: unknown) => {
				// What the real server would not take must not pass unseen.
				if (response.headersSent) response.destroy();
				else json(response, 400, { error: { message: `The fake refuses: ${String(error)}`, type: 'fake' } });
			});
		});
	}

	static async start(options: FakeOpenAiOptions = {}): Promise<FakeOpenAi> {
		const fake = new FakeOpenAi(options);
		await new Promise<void>((resolve, reject) => {
			fake.#server.once('error', reject);
			fake.#server.listen(options.port ?? 0, '127.0.0.1', resolve);
		});
		return fake;
	}

	get port(): number {
		return (this.#server.address() as AddressInfo).port;
	}

	/** The base URL of the API. */
	get url(): string {
		return `http://127.0.0.1:${this.port}/v1`;
	}

	/** Decides what each request for an answer gets. */
	respond(responder: Responder): void {
		this.#responder = responder;
	}

	redirectTo(url: string): void {
		this.#redirect = url;
	}

	/** Ends the server and every connection, as a kill does. */
	async stop(): Promise<void> {
		const closed = new Promise<void>(resolve => this.#server.close(() => resolve()));
		this.#server.closeAllConnections();
		await closed;
	}

	async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const path = (request.url ?? '').split('?')[0] ?? '';
		this.paths.push(`${request.method} ${request.url}`);
		const body = await bodyOf(request);
		if (this.#redirect !== undefined) {
			response.writeHead(307, { location: `${this.#redirect}${path}` }).end();
			return;
		}
		if (!this.#isAllowed(request)) return json(response, 401, wrongKey);
		const page = this.#options.pages?.[path];
		if (page) json(response, 200, page);
		else if (request.method === 'GET' && path.endsWith('/models')) json(response, 200, this.#list());
		else if (request.method === 'POST' && path.endsWith('/chat/completions'))
			await this.#answer(request, response, body, 'chat');
		else if (request.method === 'POST' && path.endsWith('/responses'))
			await this.#answer(request, response, body, 'responses');
		else
			json(response, 404, {
				error: { message: `Invalid URL (${request.method} ${path})`, type: 'invalid_request_error' },
			});
	}

	#isAllowed({ headers }: IncomingMessage): boolean {
		if (!this.key) return true;
		return headers.authorization === `Bearer ${this.key}` || headers['api-key'] === this.key;
	}

	#list(): object {
		const models = this.#options.models ?? ['gpt-4.1'];
		const data = models.map(model =>
			typeof model === 'string' ? { id: model, object: 'model', created: 1_744_316_542, owned_by: 'system' } : model,
		);
		return { object: 'list', data };
	}

	async #answer(
		request: IncomingMessage,
		response: ServerResponse,
		body: Readonly<Record<string, unknown>>,
		api: 'chat' | 'responses',
	): Promise<void> {
		const refused = this.#options.refuses?.find(field => field in body);
		if (refused !== undefined)
			return json(response, 400, {
				error: {
					message: `Unrecognized request argument supplied: ${refused}`,
					type: 'invalid_request_error',
					param: refused,
					code: null,
				},
			});
		if (body['stream'] !== true) throw new Error('only streams are scripted');
		const seen = readRequest(request, response, body, api);
		const index = this.seen.push(seen) - 1;
		const reply = await this.#responder(seen, index);
		await reply.after;
		if (response.destroyed) return;
		if (reply.fault?.type === 'status') writeStatus(response, reply.fault);
		else if (api === 'chat') await writeChat(response, seen, reply, this.#options);
		else await writeResponses(response, seen.model, reply);
	}
}

const wrongKey = {
	error: {
		message: 'Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.',
		type: 'invalid_request_error',
		param: null,
		code: 'invalid_api_key',
	},
};

function readRequest(
	request: IncomingMessage,
	response: ServerResponse,
	body: Readonly<Record<string, unknown>>,
	api: 'chat' | 'responses',
): SeenRequest {
	const tools = (body['tools'] ?? []) as readonly {
		readonly name?: string;
		readonly function?: { readonly name: string };
	}[];
	const chatFormat = body['response_format'] as { json_schema?: { schema?: unknown } } | undefined;
	const text = body['text'] as { format?: { schema?: unknown } } | undefined;
	return {
		model: String(body['model']),
		headers: request.headers,
		messages: api === 'chat' ? seenChat(body['messages']) : seenResponses(body),
		tools: tools.map(tool => tool.function?.name ?? tool.name ?? ''),
		schema: chatFormat?.json_schema?.schema ?? text?.format?.schema ?? null,
		body,
		closed: new Promise(resolve => response.once('close', resolve)),
	};
}

function writeStatus(response: ServerResponse, fault: Extract<FakeReply['fault'], { type: 'status' }>): void {
	const isText = typeof fault.body === 'string';
	response.writeHead(fault.status, { 'content-type': isText ? 'text/plain' : 'application/json', ...fault.headers });
	response.end(isText ? fault.body : JSON.stringify(fault.body));
}

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	const text = Buffer.concat(chunks).toString('utf8');
	return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

function json(response: ServerResponse, status: number, body: object): void {
	response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
