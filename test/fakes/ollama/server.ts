import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inTurn, type Responder, type SeenRequest } from '../modelReply';
import { seenMessages, writeReply } from './chat';

/** A model that the fake has. */
export interface FakeModel {
	readonly name: string;
	/** As `/api/show` lists them; `undefined` for a server that is too old to. */
	readonly capabilities?: readonly string[] | undefined;
	readonly contextLength?: number;
	readonly family?: string;
	readonly parameterSize?: string;
	readonly sizeBytes?: number;
	/** In memory, with this much of it on the GPU. */
	readonly vramBytes?: number;
}

export interface FakeOllamaOptions {
	readonly version?: string;
	readonly models?: readonly FakeModel[];
	readonly port?: number;
	/** Without it as a bearer token, everything is refused. */
	readonly key?: string;
}

/** Lines of a pull, as objects. */
export type PullScript = (model: string) => readonly object[] | { readonly status: number; readonly error: string };

export const everything: FakeModel = {
	name: 'qwen3:4b',
	capabilities: ['completion', 'tools', 'thinking', 'vision'],
	contextLength: 262_144,
	family: 'qwen3',
	parameterSize: '4.0B',
	sizeBytes: 2_620_788_019,
};

/** A server on loopback that speaks Ollama's protocol as the real one does, and says what it is told to. */
export class FakeOllama {
	readonly seen: SeenRequest[] = [];
	/** `GET /api/tags`, one entry a request, in their order. */
	readonly paths: string[] = [];
	readonly #options: FakeOllamaOptions;
	readonly #server: Server;
	models: FakeModel[];
	#responder: Responder = inTurn({ text: ['Hello'], usage: { input: 10, output: 2 } });
	#pull: PullScript = pullLines;
	#redirect: string | undefined;

	private constructor(options: FakeOllamaOptions) {
		this.#options = options;
		this.models = [...(options.models ?? [everything])];
		this.#server = createServer((request, response) => {
			this.#handle(request, response).catch((error: unknown) => response.destroy(error as Error));
		});
	}

	static async start(options: FakeOllamaOptions = {}): Promise<FakeOllama> {
		const fake = new FakeOllama(options);
		await new Promise<void>((resolve, reject) => {
			fake.#server.once('error', reject);
			fake.#server.listen(options.port ?? 0, '127.0.0.1', resolve);
		});
		return fake;
	}

	get port(): number {
		return (this.#server.address() as AddressInfo).port;
	}

	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	/** Decides what each chat request is answered with. */
	respond(responder: Responder): void {
		this.#responder = responder;
	}

	/** Decides what a pull says. */
	respondToPull(script: PullScript): void {
		this.#pull = script;
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
		this.paths.push(`${request.method} ${path}`);
		const body = await bodyOf(request);
		if (this.#redirect !== undefined) {
			response.writeHead(307, { location: `${this.#redirect}${path}` }).end();
			return;
		}
		const { key } = this.#options;
		if (key !== undefined && request.headers.authorization !== `Bearer ${key}`) {
			json(response, 401, { error: 'unauthorized' });
			return;
		}
		await this.#route(`${request.method} ${path}`, body, request, response);
	}

	async #route(
		route: string,
		body: Readonly<Record<string, unknown>>,
		request: IncomingMessage,
		response: ServerResponse,
	): Promise<void> {
		if (route === 'GET /' || route === 'HEAD /') response.end('Ollama is running');
		else if (route === 'GET /api/version') json(response, 200, { version: this.#options.version ?? '0.9.6' });
		else if (route === 'GET /api/tags') json(response, 200, { models: this.models.map(tagOf) });
		else if (route === 'GET /api/ps')
			json(response, 200, { models: this.models.filter(model => model.vramBytes !== undefined).map(loadedOf) });
		else if (route === 'POST /api/show') this.#withModel(body, response, model => json(response, 200, shownOf(model)));
		else if (route === 'POST /api/generate')
			this.#withModel(body, response, model => this.#generate(model, body, response));
		else if (route === 'POST /api/pull') this.#pulled(body, response);
		else if (route === 'POST /api/chat') await this.#chat(body, request, response);
		else response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
	}

	async #chat(
		body: Readonly<Record<string, unknown>>,
		request: IncomingMessage,
		response: ServerResponse,
	): Promise<void> {
		const model = this.#find(body['model']);
		const tools = (body['tools'] ?? []) as readonly { readonly function: { readonly name: string } }[];
		const seen: SeenRequest = {
			model: String(body['model']),
			headers: request.headers,
			messages: seenMessages(body['messages']),
			tools: tools.map(tool => tool.function.name),
			schema: body['format'] ?? null,
			body,
			closed: new Promise(resolve => response.once('close', resolve)),
		};
		const index = this.seen.push(seen) - 1;
		if (!model) return json(response, 404, { error: `model '${seen.model}' not found` });
		// What the real server checks before it loads a model, in its words.
		const lacks = (capability: string): boolean => !!model.capabilities && !model.capabilities.includes(capability);
		const full = `registry.ollama.ai/library/${model.name}`;
		if (tools.length > 0 && lacks('tools')) return json(response, 400, { error: `${full} does not support tools` });
		if (body['think'] && lacks('thinking'))
			return json(response, 400, { error: `"${model.name}" does not support thinking` });
		await writeReply(response, seen.model, await this.#responder(seen, index));
	}

	#generate(model: FakeModel, body: Readonly<Record<string, unknown>>, response: ServerResponse): void {
		const done_reason = body['keep_alive'] === 0 ? 'unload' : 'load';
		if (done_reason === 'unload')
			this.models = this.models.map(other => (other === model ? without(other, 'vramBytes') : other));
		json(response, 200, {
			model: model.name,
			created_at: new Date().toISOString(),
			response: '',
			done: true,
			done_reason,
		});
	}

	#pulled(body: Readonly<Record<string, unknown>>, response: ServerResponse): void {
		const name = String(body['name'] ?? body['model']);
		const script = this.#pull(name);
		if ('error' in script) return json(response, script.status, { error: script.error });
		response.writeHead(200, { 'content-type': 'application/x-ndjson' });
		for (const line of script) response.write(`${JSON.stringify(line)}\n`);
		if (script.some(line => 'status' in line && line.status === 'success') && !this.#find(name))
			this.models.push({ ...everything, name });
		response.end();
	}

	#withModel(
		body: Readonly<Record<string, unknown>>,
		response: ServerResponse,
		then: (model: FakeModel) => void,
	): void {
		const model = this.#find(body['model']);
		if (model) then(model);
		else json(response, 404, { error: `model '${String(body['model'])}' not found` });
	}

	#find(name: unknown): FakeModel | undefined {
		return this.models.find(model => model.name === name || model.name === `${String(name)}:latest`);
	}
}

/** What the real server says while it downloads two layers. */
function pullLines(): readonly object[] {
	const layer = { digest: 'sha256:aaaa', status: 'pulling aaaa', total: 1_000 };
	return [
		{ status: 'pulling manifest' },
		layer,
		{ ...layer, completed: 400 },
		{ ...layer, completed: 1_000 },
		{ status: 'pulling bbbb', digest: 'sha256:bbbb', total: 200, completed: 200 },
		{ status: 'verifying sha256 digest' },
		{ status: 'writing manifest' },
		{ status: 'success' },
	];
}

function without(model: FakeModel, key: keyof FakeModel): FakeModel {
	const copy: Record<string, unknown> = { ...model };
	delete copy[key];
	return copy as unknown as FakeModel;
}

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	const text = Buffer.concat(chunks).toString('utf8');
	return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

function json(response: ServerResponse, status: number, body: object): void {
	response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

const detailsOf = ({ family = 'llama', parameterSize = '3.2B' }: FakeModel): object => ({
	parent_model: '',
	format: 'gguf',
	family,
	families: [family],
	parameter_size: parameterSize,
	quantization_level: 'Q4_K_M',
});

const tagOf = (model: FakeModel): object => ({
	name: model.name,
	model: model.name,
	modified_at: '2025-06-01T10:00:00.123456789+02:00',
	size: model.sizeBytes ?? 2_019_393_189,
	digest: `a80c4f17acd5${model.name}`,
	details: detailsOf(model),
});

const loadedOf = (model: FakeModel): object => ({
	...tagOf(model),
	expires_at: '2035-06-04T14:38:31.83753-07:00',
	size_vram: model.vramBytes,
});

const shownOf = (model: FakeModel): object => ({
	license: '',
	modelfile: `FROM ${model.name}`,
	parameters: '',
	template: '{{ .Prompt }}',
	details: detailsOf(model),
	model_info: {
		'general.architecture': model.family ?? 'llama',
		[`${model.family ?? 'llama'}.context_length`]: model.contextLength ?? 131_072,
	},
	...(model.capabilities ? { capabilities: model.capabilities } : {}),
	modified_at: '2025-06-01T10:00:00.123456789+02:00',
});
