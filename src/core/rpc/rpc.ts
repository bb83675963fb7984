import { ExpectedError, type ErrorAction } from '../base/errors';
import { toDisposable, type Disposable } from '../base/lifecycle';

/** A contract names every message two sides may exchange; both sides import the same type. */
export interface Contract {
	readonly requests: Record<string, { readonly params: unknown; readonly result: unknown }>;
	readonly events: Record<string, unknown>;
}

/** The least a transport must do. A webview, a worker port and a linked pair in a test all satisfy it. */
export interface Port {
	post(message: unknown): void;
	onMessage(listener: (message: unknown) => void): Disposable;
}

export type Handlers<C extends Contract> = {
	[K in keyof C['requests']]: (
		params: C['requests'][K]['params'],
	) => Promise<C['requests'][K]['result']> | C['requests'][K]['result'];
};

interface WireError {
	readonly code: string;
	readonly message: string;
	readonly actions?: readonly ErrorAction[];
}

type Wire =
	| { readonly kind: 'request'; readonly id: number; readonly name: string; readonly params: unknown }
	| { readonly kind: 'result'; readonly id: number; readonly value: unknown }
	| { readonly kind: 'error'; readonly id: number; readonly error: WireError }
	| { readonly kind: 'event'; readonly name: string; readonly payload: unknown };

/** Codes of failures of the connection itself; a handler's own `ExpectedError` keeps its code across the wire. */
export type RpcErrorCode =
	/** The other side has no handler of that name. */
	| 'unknown-request'
	/** No answer came in time. */
	| 'timeout'
	/** The connection was closed while the call was pending. */
	| 'disposed'
	/** The handler threw something that was not foreseen. */
	| 'internal';

/** The half of a connection that answers requests and sends events. */
export interface Server<C extends Contract> extends Disposable {
	emit<K extends keyof C['events'] & string>(name: K, payload: C['events'][K]): void;
}

/** The half of a connection that calls and listens. */
export interface Client<C extends Contract> extends Disposable {
	/**
	 * Asks the other side. Settles always: with the result, the handler's error, a timeout, or disposal.
	 * @param timeoutMs milliseconds to wait; `Infinity` for an answer that a person gives
	 */
	call<K extends keyof C['requests'] & string>(
		name: K,
		params: C['requests'][K]['params'],
		timeoutMs?: number,
	): Promise<C['requests'][K]['result']>;
	on<K extends keyof C['events'] & string>(name: K, listener: (payload: C['events'][K]) => void): Disposable;
}

/**
 * Answers the requests of `C` that arrive on `port`, and sends its events. Payloads are not validated here: a handler
 * that acts on a path, an address or a command checks it first.
 */
export function serve<C extends Contract>(port: Port, handlers: Handlers<C>): Server<C> {
	const answer = async (message: Extract<Wire, { kind: 'request' }>): Promise<void> => {
		try {
			const handler = Object.hasOwn(handlers, message.name) ? handlers[message.name] : undefined;
			if (!handler) throw new ExpectedError<RpcErrorCode>('unknown-request', `No handler for '${message.name}'`);
			port.post({ kind: 'result', id: message.id, value: await handler(message.params) } satisfies Wire);
		} catch (error) {
			port.post({ kind: 'error', id: message.id, error: toWireError(error) } satisfies Wire);
		}
	};
	const listening = port.onMessage(raw => {
		if (isWire(raw) && raw.kind === 'request') void answer(raw);
	});
	return {
		emit: (name, payload) => port.post({ kind: 'event', name, payload } satisfies Wire),
		dispose: () => listening.dispose(),
	};
}

interface Pending {
	resolve(value: unknown): void;
	reject(error: Error): void;
	readonly timer: ReturnType<typeof setTimeout> | undefined;
}

/** Calls the other side of `C`. */
export function connect<C extends Contract>(port: Port, defaultTimeoutMs = 30_000): Client<C> {
	let nextId = 1;
	let isDisposed = false;
	const pending = new Map<number, Pending>();
	const listeners = new Map<string, Set<(payload: never) => void>>();
	const settle = (id: number): Pending | undefined => {
		const call = pending.get(id);
		if (call) {
			clearTimeout(call.timer);
			pending.delete(id);
		}
		return call;
	};
	const fail = (id: number, code: RpcErrorCode, text: string): void =>
		settle(id)?.reject(new ExpectedError(code, text));
	const listening = port.onMessage(raw => {
		if (!isWire(raw)) return;
		if (raw.kind === 'result') settle(raw.id)?.resolve(raw.value);
		else if (raw.kind === 'error') settle(raw.id)?.reject(fromWireError(raw.error));
		else if (raw.kind === 'event') for (const listener of listeners.get(raw.name) ?? []) listener(raw.payload as never);
	});
	return {
		call(name, params, timeoutMs = defaultTimeoutMs) {
			const id = nextId++;
			return new Promise((resolve, reject) => {
				const timer = Number.isFinite(timeoutMs)
					? setTimeout(() => fail(id, 'timeout', `'${name}' got no answer in ${timeoutMs} ms`), timeoutMs)
					: undefined;
				pending.set(id, { resolve, reject, timer });
				if (isDisposed) return fail(id, 'disposed', 'The connection is closed');
				try {
					port.post({ kind: 'request', id, name, params } satisfies Wire);
				} catch (error) {
					settle(id)?.reject(error instanceof Error ? error : new Error(String(error)));
				}
			});
		},
		on(name, listener) {
			const set = listeners.get(name) ?? new Set();
			listeners.set(name, set.add(listener));
			return toDisposable(() => set.delete(listener));
		},
		dispose() {
			isDisposed = true;
			listening.dispose();
			for (const id of pending.keys()) fail(id, 'disposed', 'The connection was closed');
		},
	};
}

function isWire(raw: unknown): raw is Wire {
	return typeof raw === 'object' && raw !== null && 'kind' in raw;
}

function toWireError(error: unknown): WireError {
	if (error instanceof ExpectedError) return { code: error.code, message: error.message, actions: error.actions };
	return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

function fromWireError(error: WireError): ExpectedError {
	return new ExpectedError(error.code, error.message, { actions: error.actions ?? [] });
}
