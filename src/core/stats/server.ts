import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '../base/clock';
import { errorText, ExpectedError, systemCode } from '../base/errors';
import { Emitter } from '../base/event';
import { MutableDisposable, Owner, toDisposable, type Disposable } from '../base/lifecycle';
import { answerHeaders, listenHere, Refusal, sendJson } from '../base/localHttp';
import type { Logger } from '../base/logger';
import { Callers } from './callers';
import { RateLimits, usualRates, type Rates } from './rateLimit';
import { closeCodes, opcodes, serverFrame } from './socketFrames';
import { StatsSocket, upgradeHead, usualSocketLimits, type SocketLimits } from './statsSocket';

export interface ServerLimits {
	readonly rates: Rates;
	readonly socket: SocketLimits;
	/** For all headers of a call, and for all of a call, however little at a time it comes. */
	readonly headersMs: number;
	readonly requestMs: number;
	/** How often calls are looked at that take too long. */
	readonly checkMs: number;
	/** A connection on which nothing moves. */
	readonly idleMs: number;
	readonly connections: number;
	/** Programs that are told through the WebSocket at once. */
	readonly sockets: number;
}

export const usualLimits: ServerLimits = {
	rates: usualRates,
	socket: usualSocketLimits,
	headersMs: 5_000,
	requestMs: 30_000,
	checkMs: 1_000,
	idleMs: 90_000,
	connections: 300,
	sockets: 150,
};

/** What a route gives: a value that is told as JSON, or a text of another type. */
export type RouteAnswer = { readonly json: unknown } | { readonly text: string; readonly type: string };
/** What is asked of a path, by method. */
export type Routes = Readonly<
	Record<
		string,
		{ readonly method: 'GET' | 'POST'; readonly answer: (request: IncomingMessage) => Promise<RouteAnswer> }
	>
>;

/** Tells a client of the WebSocket: once at its beginning, then at this pace. */
export interface SocketFeed {
	readonly path: string;
	readonly paceMs: number;
	/** What is told now; `undefined` for nothing. */
	message(): Promise<string | undefined>;
	/** A client is there, until the result is disposed. */
	hold(): Disposable;
}

export interface StatsServerDeps {
	readonly clock: Clock;
	readonly log: Logger;
	readonly routes: Routes;
	readonly socket: SocketFeed;
	token(): string;
	allowedOrigins(): readonly string[];
	readonly limits?: Partial<ServerLimits>;
}

/** So many ports behind the one that was wished for are tried before any other is taken. */
const nextPorts = 20;

/**
 * Answers programs of this machine, on loopback only. Who may call is decided before anything of the call is looked at;
 * see `Callers`.
 */
export class StatsServer extends Owner {
	readonly #deps: StatsServerDeps;
	readonly #limits: ServerLimits;
	readonly #callers: Callers;
	readonly #sockets = new Set<StatsSocket>();
	readonly #pace = this.own(new MutableDisposable<Disposable>());
	readonly #changed = this.own(new Emitter<void>());
	/** The number of clients of the WebSocket is another. */
	readonly onDidChangeConnections = this.#changed.event;
	#server: Server | undefined;

	constructor(deps: StatsServerDeps) {
		super();
		this.#deps = deps;
		this.#limits = { ...usualLimits, ...deps.limits };
		this.#callers = new Callers({
			port: () => this.port,
			token: () => deps.token(),
			allowedOrigins: () => deps.allowedOrigins(),
			rates: new RateLimits(this.#limits.rates, deps.clock),
		});
		this.own(toDisposable(() => this.#close()));
	}

	/** `undefined` while nothing listens. */
	get port(): number | undefined {
		return (this.#server?.address() as AddressInfo | null | undefined)?.port;
	}

	/** Clients of the WebSocket. */
	get connections(): number {
		return this.#sockets.size;
	}

	/** Listens on the port, or on the next one that is free. Gives the one it is. */
	async open(port: number): Promise<number> {
		this.#close();
		for (let next = port; next < Math.min(port + nextPorts, 65_536); next++) {
			const found = await this.#tryListen(next);
			if (found !== undefined) return found;
		}
		const any = await this.#tryListen(0);
		if (any === undefined)
			throw new ExpectedError('port-taken', `No port of this machine is free for the stats server.`);
		return any;
	}

	/** Lets go of all that are connected: what they came with does not hold any more. */
	dropConnections(): void {
		for (const socket of Array.from(this.#sockets)) socket.close(closeCodes.goingAway, 'The token is another one now.');
	}

	async #tryListen(port: number): Promise<number | undefined> {
		const { headersMs, requestMs, checkMs, idleMs, connections } = this.#limits;
		const server = createServer(
			{
				headersTimeout: headersMs,
				requestTimeout: requestMs,
				connectionsCheckingInterval: checkMs,
				keepAliveTimeout: 5_000,
			},
			(request, response) => void this.#serve(request, response),
		);
		server.maxConnections = connections;
		server.timeout = idleMs;
		server.on('upgrade', (request, socket: Socket, head: Buffer) => void this.#upgrade(request, socket, head));
		try {
			await listenHere(server, port);
		} catch (error) {
			// Taken, or (below 1024) not for us.
			if (['EADDRINUSE', 'EACCES'].includes(systemCode(error) ?? '')) return undefined;
			throw error;
		}
		server.on('error', error => this.#deps.log.warn(`The stats server: ${errorText(error)}`));
		server.unref();
		if (this.isDisposed) {
			server.close();
			return undefined;
		}
		this.#server = server;
		return this.port;
	}

	#close(): void {
		for (const socket of Array.from(this.#sockets)) socket.dispose();
		this.#sockets.clear();
		this.#pace.value = undefined;
		this.#server?.close();
		this.#server?.closeAllConnections();
		this.#server = undefined;
	}

	async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		// A caller that goes away ends its answer and nothing else.
		request.on('error', () => undefined);
		response.on('error', () => undefined);
		const { origin } = request.headers;
		if (this.#callers.isAllowed(origin)) response.setHeaders(new Map(pageHeaders(origin)));
		try {
			if (request.method === 'OPTIONS') return this.#preflight(request, response);
			this.#callers.check(request.headers);
			const answer = await this.#routeOf(request).answer(request);
			if ('json' in answer) return sendJson(response, 200, answer.json);
			response.writeHead(200, answerHeaders(answer.type)).end(answer.text);
		} catch (error) {
			const { status, message, headers } = this.#refusalOf(error);
			// What is left of a body that nobody wants is not waited for.
			sendJson(response, status, { error: message }, { ...headers, connection: 'close' });
		}
	}

	/** A browser asks before it sends a token; only a page that the user lets in is answered. */
	#preflight({ headers }: IncomingMessage, response: ServerResponse): void {
		this.#callers.checkPlace(headers);
		if (headers.origin === undefined)
			throw new Refusal(405, 'This address takes GET and POST.', { allow: 'GET, POST' });
		response.writeHead(204, {
			'access-control-allow-methods': 'GET, POST',
			'access-control-allow-headers': 'authorization, content-type',
			'access-control-max-age': '600',
		});
		response.end();
	}

	#routeOf(request: IncomingMessage): Routes[string] {
		const path = pathOf(request);
		const { routes, socket } = this.#deps;
		const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
		if (!route) {
			if (path === socket.path) throw new Refusal(426, 'This address is a WebSocket.', { upgrade: 'websocket' });
			throw new Refusal(404, 'There is nothing at this address.');
		}
		const { method } = route;
		if (request.method !== method) throw new Refusal(405, `This address takes ${method}.`, { allow: method });
		return route;
	}

	async #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
		socket.on('error', () => socket.destroy());
		try {
			this.#callers.check(request.headers);
			if (pathOf(request) !== this.#deps.socket.path) throw new Refusal(404, 'There is nothing at this address.');
			if (this.#sockets.size >= this.#limits.sockets)
				throw new Refusal(503, `At most ${this.#limits.sockets} programs are told at once.`, { 'retry-after': '10' });
			socket.write(upgradeHead(request.headers));
			if (head.length > 0) socket.unshift(head);
			await this.#join(new StatsSocket(socket, this.#deps.clock, this.#limits.socket));
		} catch (error) {
			// A caller that never hangs up would take the place of one that is let in.
			socket.write(rawAnswer(this.#refusalOf(error)));
			socket.destroySoon();
		}
	}

	async #join(client: StatsSocket): Promise<void> {
		const holding = this.#deps.socket.hold();
		this.#sockets.add(client);
		client.onDidEnd(() => this.#sockets.delete(client));
		client.onDidEnd(() => holding.dispose());
		client.onDidEnd(() => this.#changed.fire());
		this.#changed.fire();
		if (!this.#pace.value) this.#tellLater();
		await this.#tell([client]);
	}

	#tellLater(): void {
		this.#pace.value = this.#deps.clock.after(this.#deps.socket.paceMs, () => {
			this.#pace.value = undefined;
			if (this.#sockets.size === 0 || this.isDisposed) return;
			this.#tellLater();
			void this.#tell(this.#sockets);
		});
	}

	/** Everyone gets the same bytes. */
	async #tell(clients: Iterable<StatsSocket>): Promise<void> {
		try {
			const text = await this.#deps.socket.message();
			if (text === undefined) return;
			const frame = serverFrame(opcodes.text, Buffer.from(text, 'utf8'));
			for (const client of Array.from(clients)) client.send(frame);
		} catch (error) {
			this.#deps.log.warn(`The stats could not be told: ${errorText(error)}`);
		}
	}

	#refusalOf(error: unknown): Refusal {
		if (error instanceof Refusal) return error;
		if (!ExpectedError.is(error)) this.#deps.log.error(`The stats server: ${errorText(error)}`);
		return new Refusal(
			500,
			ExpectedError.is(error) ? error.message : 'It could not be answered; see the output of Quarterdeck.',
		);
	}
}

function pathOf({ url = '/' }: IncomingMessage): string {
	const found = URL.parse(url, 'http://127.0.0.1');
	if (!found) throw new Refusal(400, 'The address cannot be read.');
	return found.pathname;
}

function pageHeaders(origin: string): [string, string][] {
	return [
		['access-control-allow-origin', origin],
		['access-control-expose-headers', 'retry-after'],
		['vary', 'Origin'],
	];
}

/** An answer to a call that wanted to become a WebSocket. */
function rawAnswer({ status, message, headers }: Refusal): string {
	const body = `${JSON.stringify({ error: message })}\n`;
	const all = {
		...answerHeaders('application/json; charset=utf-8'),
		...headers,
		'content-length': String(Buffer.byteLength(body)),
		connection: 'close',
	};
	const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
	return [`HTTP/1.1 ${status} Refused`, ...lines, '', body].join('\r\n');
}
