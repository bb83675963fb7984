import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../base/clock';
import { errorText, ExpectedError, systemCode } from '../../base/errors';
import type { Json } from '../../base/json';
import { Owner, toDisposable, type Disposable } from '../../base/lifecycle';
import { bearerOf, bodyOf, isSameSecret, listenHere, Refusal, sendJson, tooMany } from '../../base/localHttp';
import type { Firing, StartedRun, TriggerOutputs } from './starter';

export const maxBodyBytes = 1024 * 1024;
const minuteMs = 60_000;
/** Calls a minute that one hook takes, and calls without the right token that all of them bear together. */
const mostCalls = 60;
const mostStrangers = 30;
const prefix = '/hooks/';

/** An address that is answered. */
export interface Hook {
	readonly path: string;
	readonly method: string;
	readonly token: string;
	/** How long a caller waits for the output; `null`: it is answered at once. */
	readonly waitMs: number | null;
	readonly fire: (outputs: TriggerOutputs) => Promise<Firing>;
}

interface Answer {
	readonly status: number;
	readonly body: { readonly [key: string]: Json };
	readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Takes calls from programs of this machine, on loopback only. It listens while it has a hook. Whoever calls must name
 * this address as the host, must not be a web page, and must bring the hook's token.
 */
export class WebhookServer extends Owner {
	readonly #clock: Clock;
	readonly #hooks = new Map<string, Hook>();
	readonly #calls = new Map<string, number[]>();
	#server: Server | undefined;

	constructor(clock: Clock) {
		super();
		this.#clock = clock;
		this.own(toDisposable(() => this.#close()));
	}

	/** `undefined` while nothing listens. */
	get port(): number | undefined {
		return (this.#server?.address() as AddressInfo | null | undefined)?.port;
	}

	/** Listens; a fixed port that is taken is told, for another one that is taken the next free one is used. */
	async open(wish: { readonly port: number; readonly isFixed: boolean }): Promise<number> {
		if (this.port !== undefined && (this.port === wish.port || !wish.isFixed)) return this.port;
		this.#close();
		try {
			return await this.#listen(wish.port);
		} catch (error) {
			if (!wish.isFixed) return this.#listen(0);
			const why = systemCode(error) === 'EADDRINUSE' ? 'another program has it' : errorText(error);
			const text = `Webhooks cannot listen on port ${wish.port}: ${why}. Choose another one, or 0 for any that is free.`;
			const args = ['quarterdeck.flows.triggers.port'];
			const actions = [{ title: 'Open Settings', command: 'workbench.action.openSettings', args }];
			throw new ExpectedError('port-taken', text, { actions, cause: error });
		}
	}

	/** The hook of an address, when there is one. */
	find(method: string, path: string): Hook | undefined {
		return this.#hooks.get(keyOf(method, path));
	}

	/** Answers one address until it is disposed; with the last one, nothing listens any more. */
	add(hook: Hook): Disposable {
		const key = keyOf(hook.method, hook.path);
		this.#hooks.set(key, hook);
		return toDisposable(() => {
			if (this.#hooks.get(key) === hook) this.#hooks.delete(key);
			this.#calls.delete(key);
			if (this.#hooks.size === 0) this.#close();
		});
	}

	async #listen(port: number): Promise<number> {
		const server = createServer((request, response) => void this.#serve(request, response));
		Object.assign(server, { headersTimeout: 10_000, requestTimeout: 30_000, maxConnections: 100 });
		await listenHere(server, port);
		server.unref();
		if (this.isDisposed) server.close();
		else this.#server = server;
		return (server.address() as AddressInfo).port;
	}

	#close(): void {
		this.#server?.close();
		this.#server?.closeAllConnections();
		this.#server = undefined;
	}

	async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		// A caller that goes away ends its answer and nothing else.
		request.on('error', () => undefined);
		response.on('error', () => undefined);
		const answer = await this.#answer(request).catch((error: unknown): Answer => {
			if (!(error instanceof Refusal)) return { status: 500, body: { error: errorText(error) } };
			return { status: error.status, body: { error: error.message }, headers: error.headers };
		});
		sendJson(response, answer.status, answer.body, answer.headers);
	}

	async #answer(request: IncomingMessage): Promise<Answer> {
		this.#checkCaller(request);
		const url = urlOf(request);
		const hook = this.#hookOf(request, url);
		this.#limit(keyOf(hook.method, hook.path), mostCalls);
		const text = (await bodyOf(request, maxBodyBytes)).toString('utf8');
		const firing = await hook.fire({
			body: valueOf(text, request.headers['content-type'] ?? ''),
			headers: headersOf(request),
			query: Object.fromEntries(url.searchParams),
			method: hook.method,
		});
		return this.#answerOf(firing, hook.waitMs);
	}

	/** A page of the web can make a browser call us, under our own name even: by its host and origin it is known. */
	#checkCaller({ headers }: IncomingMessage): void {
		const { port } = this;
		if (headers.host !== `127.0.0.1:${port}` && headers.host !== `localhost:${port}`)
			throw new Refusal(403, `Call this address as http://127.0.0.1:${port}.`);
		const site = headers['sec-fetch-site'];
		if (headers.origin !== undefined || (site !== undefined && site !== 'none'))
			throw new Refusal(403, 'Web pages cannot start flows.');
	}

	#hookOf(request: IncomingMessage, { pathname }: URL): Hook {
		const method = request.method ?? '';
		const path = pathname.startsWith(prefix) ? pathname.slice(prefix.length) : '';
		const hook = this.find(method, path);
		const others = [...this.#hooks.values()].filter(other => other.path === path);
		const token = bearerOf(request.headers);
		const isKnown = (hook ? [hook] : others).some(each => isSameSecret(each.token, token));
		// Who has no token learns nothing of what there is.
		if (!isKnown) {
			this.#limit('', mostStrangers);
			throw new Refusal(401, 'The call needs the token of its flow: use “Copy Webhook as curl”.', {
				'www-authenticate': 'Bearer',
			});
		}
		if (hook) return hook;
		const allow = others.map(other => other.method).join(', ');
		throw new Refusal(405, `This address takes ${allow}.`, { allow });
	}

	#limit(key: string, most: number): void {
		const now = this.#clock.monotonic();
		const calls = (this.#calls.get(key) ?? []).filter(at => at > now - minuteMs);
		this.#calls.set(key, calls);
		if (calls.length >= most) throw tooMany(calls[0]! + minuteMs - now, `At most ${most} calls a minute.`);
		calls.push(now);
	}

	async #answerOf(firing: Firing, waitMs: number | null): Promise<Answer> {
		if (firing.kind === 'refused') {
			const { why, reason, retryMs } = firing;
			if (why === 'cap') throw tooMany(retryMs, reason);
			throw new Refusal(why === 'busy' ? 409 : why === 'off' ? 404 : 500, reason);
		}
		if (waitMs === null) {
			if (firing.kind === 'queued') return { status: 202, body: { status: 'queued' } };
			return { status: 202, body: { status: 'running', execution: firing.run.execution } };
		}
		const until = this.#clock.monotonic() + waitMs;
		const run = firing.kind === 'started' ? firing.run : await this.#within(firing.after, waitMs);
		if (run === undefined) return { status: 202, body: { status: 'queued' } };
		if (run === null)
			throw new Refusal(409, 'It was not started: the trigger was turned off, or may start no more now.');
		return this.#output(run, until - this.#clock.monotonic());
	}

	async #output(run: StartedRun, leftMs: number): Promise<Answer> {
		const { execution } = run;
		const result = await this.#within(run.result, leftMs);
		if (!result) return { status: 202, body: { status: 'running', execution } };
		const { status, outputs, error } = result;
		if (status === 'succeeded') return { status: 200, body: { status, execution, outputs } };
		return { status: 500, body: { status, execution, error: error ?? 'The run was stopped.' } };
	}

	/** What the promise gives, or `undefined` when it takes longer. */
	#within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
		return new Promise((resolve, reject) => {
			const timer = this.#clock.after(Math.max(0, ms), () => resolve(undefined));
			promise.then(
				value => {
					timer.dispose();
					resolve(value);
				},
				(error: unknown) => {
					timer.dispose();
					reject(error instanceof Error ? error : new Error(errorText(error)));
				},
			);
		});
	}
}

/** The address of a hook. */
export function hookUrl(port: number, path: string): string {
	return `http://127.0.0.1:${port}${prefix}${path}`;
}

function keyOf(method: string, path: string): string {
	return `${method} ${path}`;
}

function urlOf({ url = '/' }: IncomingMessage): URL {
	const found = URL.parse(url, 'http://127.0.0.1');
	if (!found) throw new Refusal(400, 'The address cannot be read.');
	return found;
}

function valueOf(text: string, type: string): Json {
	if (/^application\/(?:[\w.-]+\+)?json\b/i.test(type)) {
		try {
			return text === '' ? null : (JSON.parse(text) as Json);
		} catch (error) {
			throw new Refusal(400, `The body is no JSON: ${errorText(error)}`);
		}
	}
	if (/^application\/x-www-form-urlencoded\b/i.test(type)) return Object.fromEntries(new URLSearchParams(text));
	return text;
}

/** Who may call is nothing that a flow, its journal or a model needs to know. */
const withheld = new Set(['authorization', 'cookie', 'proxy-authorization']);

function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
	return Object.fromEntries(
		Object.entries(headers).flatMap(([name, value]) =>
			value === undefined || withheld.has(name) ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
		),
	);
}
