import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { FakeAuthServer } from './authServer';

export interface HttpServerOptions {
	/** What it speaks: streamable HTTP at `/mcp`, or only the SSE of 2024. */
	readonly kind?: 'http' | 'sse';
	/** It wants a token of its own authorization server. */
	readonly needsAuth?: boolean;
}

/** An MCP server over HTTP, made of the SDK's server half, with what a test wants to break. */
export class FakeHttpServer {
	readonly requests: {
		readonly method: string;
		readonly path: string;
		readonly headers: IncomingMessage['headers'];
	}[] = [];
	readonly auth: FakeAuthServer;
	readonly #kind: 'http' | 'sse';
	readonly #needsAuth: boolean;
	readonly #http: Server;
	readonly #sessions = new Map<string, StreamableHTTPServerTransport | SSEServerTransport>();

	static async start(options: HttpServerOptions = {}): Promise<FakeHttpServer> {
		const server = new FakeHttpServer(options);
		await new Promise<void>(resolve => server.#http.listen(0, '127.0.0.1', resolve));
		return server;
	}

	private constructor({ kind = 'http', needsAuth = false }: HttpServerOptions) {
		this.#kind = kind;
		this.#needsAuth = needsAuth;
		this.#http = createServer((request, response) => {
			this.#handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
		});
		this.auth = new FakeAuthServer(() => this.origin);
	}

	get origin(): string {
		return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
	}

	get url(): string {
		return `${this.origin}/mcp`;
	}

	/** As after a restart of the server: every session is unknown. */
	forgetSessions(): void {
		this.#sessions.clear();
	}

	async close(): Promise<void> {
		await Promise.all([...this.#sessions.values()].map(session => session.close()));
		this.#http.closeAllConnections();
		await new Promise(resolve => this.#http.close(resolve));
	}

	async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const { method = '', headers } = request;
		const url = new URL(request.url ?? '/', this.origin);
		this.requests.push({ method, path: url.pathname, headers });
		if (await this.auth.handle(request, url, response)) return;
		if (this.#needsAuth && this.auth.refuses(headers.authorization, response)) return;
		if (this.#kind === 'sse') await this.#sse(request, url, response);
		else await this.#streamable(request, response);
	}

	async #streamable(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const id = request.headers['mcp-session-id'];
		const known = typeof id === 'string' ? this.#sessions.get(id) : undefined;
		if (known instanceof StreamableHTTPServerTransport) return known.handleRequest(request, response);
		if (id !== undefined) {
			response.writeHead(404).end('{"error":"no such session"}');
			return;
		}
		const transport = new StreamableHTTPServerTransport({
			sessionIdGenerator: () => randomUUID(),
			onsessioninitialized: session => void this.#sessions.set(session, transport),
		});
		await makeServer().connect(transport);
		await transport.handleRequest(request, response);
	}

	async #sse(request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> {
		if (request.method === 'GET') {
			const transport = new SSEServerTransport('/messages', response);
			this.#sessions.set(transport.sessionId, transport);
			await makeServer().connect(transport);
			return;
		}
		const session = this.#sessions.get(url.searchParams.get('sessionId') ?? '');
		if (session instanceof SSEServerTransport) await session.handlePostMessage(request, response);
		else response.writeHead(405).end();
	}
}

function makeServer(): McpServer {
	const server = new McpServer({ name: 'fake-http', version: '2.0.0' });
	server.registerTool('hello', { description: 'Says hello' }, () => ({ content: [{ type: 'text', text: 'hello' }] }));
	server.registerTool('big', { description: 'Says much' }, () => ({
		content: [{ type: 'text', text: 'x'.repeat(3 * 1024 * 1024) }],
	}));
	return server;
}
