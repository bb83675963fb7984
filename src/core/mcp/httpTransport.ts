import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { ExpectedError } from '../base/errors';
import { AuthNeeded, authorizedFetch } from './auth/authorizedFetch';
import type { PersonAuth } from './auth/personAuth';
import { idOfTorn } from './message';
import type { ServerLog } from './serverLog';

export interface HttpTransportOptions {
	readonly url: URL;
	readonly kind: 'http' | 'sse';
	readonly headers: Readonly<Record<string, string>>;
	/** Proves who we are without a person. */
	readonly provider: OAuthClientProvider | undefined;
	/** The person's sign-in, where that is the way. */
	readonly person: PersonAuth | undefined;
	readonly log: ServerLog;
	/** Bytes of one answer. */
	readonly messageLength: number;
}

type Inner = StreamableHTTPClientTransport | SSEClientTransport;

/** Speaks with a server over streamable HTTP, or over SSE, with what passes kept in the log. */
export class HttpTransport implements Transport {
	onclose?: () => void;
	onerror?: (error: Error) => void;
	onmessage?: (message: JSONRPCMessage) => void;
	readonly inner: Inner;
	/** As agreed with the server; '' before that. */
	protocolVersion = '';
	readonly #log: ServerLog;
	readonly #messageLength: number;
	#authNeeded: AuthNeeded | undefined;

	constructor(options: HttpTransportOptions) {
		this.#log = options.log;
		this.#messageLength = options.messageLength;
		const { provider, person, url, headers, messageLength } = options;
		const send = person === undefined ? fetch : authorizedFetch(person, url);
		const common = {
			requestInit: { headers: { ...headers } },
			fetch: async (address: string | URL, init?: RequestInit) => {
				try {
					const response = await send(address, init);
					return bounded(response, messageLength, () => this.#failCall(init?.body));
				} catch (error) {
					if (error instanceof AuthNeeded) this.#authNeeded = error;
					throw error;
				}
			},
			...(provider === undefined ? {} : { authProvider: provider }),
		};
		this.inner =
			options.kind === 'sse' ? new SSEClientTransport(url, common) : new StreamableHTTPClientTransport(url, common);
		Object.assign<Inner, Partial<Transport>>(this.inner, {
			onclose: () => this.onclose?.(),
			onerror: error => this.onerror?.(error),
			onmessage: message => {
				this.#log.message('received', message, JSON.stringify(message));
				this.onmessage?.(message);
			},
		});
	}

	get sessionId(): string | undefined {
		return 'sessionId' in this.inner ? this.inner.sessionId : undefined;
	}

	async start(): Promise<void> {
		try {
			await this.inner.start();
		} catch (error) {
			// The SSE transport puts an error of its own in place of what was thrown.
			throw this.#authNeeded ?? error;
		}
	}

	send(message: JSONRPCMessage): Promise<void> {
		this.#log.message('sent', message, JSON.stringify(message));
		return this.inner.send(message);
	}

	setProtocolVersion(version: string): void {
		this.protocolVersion = version;
		this.inner.setProtocolVersion(version);
	}

	/** The answer to a call was given up: the call must hear of it, for no other answer will come. */
	#failCall(body: unknown): void {
		const { message } = tooLong(this.#messageLength);
		this.#log.line('hub', message, 'error');
		const id = typeof body === 'string' ? idOfTorn(body.slice(0, 200), body.slice(-200)) : undefined;
		if (id !== undefined) this.onmessage?.({ jsonrpc: '2.0', id, error: { code: -32_603, message } });
	}

	/** Ends the session on the server too, where it knows how to. */
	async close(): Promise<void> {
		if (this.inner instanceof StreamableHTTPClientTransport && this.inner.sessionId !== undefined) {
			const end = this.inner.terminateSession().catch(() => undefined); // The server may be gone: then so is the session.
			await Promise.race([end, pause(1000)]);
		}
		await this.inner.close();
	}
}

/** Ends an answer that passes the limit, and a stream of which one event does. */
function bounded(response: Response, limit: number, onTooLong: () => void): Response {
	if (response.body === null) return response;
	const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
	let length = 0;
	const counting = new TransformStream<Uint8Array, Uint8Array>({
		transform(chunk, controller) {
			const lineEnd = isStream ? chunk.lastIndexOf(0x0a) : -1;
			length = lineEnd < 0 ? length + chunk.length : chunk.length - lineEnd;
			if (length <= limit) {
				controller.enqueue(chunk);
				return;
			}
			controller.error(tooLong(limit));
			onTooLong();
		},
	});
	const { status, statusText, headers } = response;
	const copy = new Response(response.body.pipeThrough(counting), { status, statusText, headers });
	Object.defineProperty(copy, 'url', { value: response.url });
	return copy;
}

function tooLong(limit: number): ExpectedError {
	return new ExpectedError('mcp.tooLong', `The server sent more than ${Math.round(limit / 1024 / 1024)} MB at once.`);
}

function pause(ms: number): Promise<void> {
	return new Promise(resolve => {
		setTimeout(resolve, ms).unref();
	});
}
