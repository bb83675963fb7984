import type { Clock } from '../base/clock';
import { CancelledError, errorText, systemCode } from '../base/errors';
import type { Disposable } from '../base/lifecycle';

/** How long a server may be silent. Loading a model and reading a long prompt take minutes; gaps in an answer do not. */
export interface SilenceLimits {
	/** Until the first byte of the answer. Node's own limit is 300 seconds as well. */
	readonly firstByteMs: number;
	/** Between two pieces of the answer. */
	readonly gapMs: number;
}

export const defaultSilence: SilenceLimits = { firstByteMs: 300_000, gapMs: 120_000 };
/** Of what takes a server no work, such as its list of models: somebody looks at a spinner meanwhile. */
export const checkSilence: SilenceLimits = { firstByteMs: 15_000, gapMs: 15_000 };

/** How a connection failed. */
export type ConnectionFailure =
	| { readonly type: 'offline'; readonly reason: string; readonly cause: unknown }
	| { readonly type: 'timeout'; readonly afterMs: number }
	| { readonly type: 'redirected'; readonly to: string }
	/** It broke while the answer was being read. */
	| { readonly type: 'cut-off'; readonly cause: unknown };

export interface ConnectionOptions {
	readonly signal: AbortSignal;
	readonly clock: Clock;
	readonly silence?: SilenceLimits;
	/** For tests; the global one when absent. */
	readonly fetch?: typeof fetch;
	/** Makes the provider's own error, with a sentence that names its server. */
	readonly fail: (failure: ConnectionFailure) => Error;
}

/**
 * One exchange with a model server, as a `fetch` that a client library is given. Aborting, `close` and silence end it
 * at any moment, also where the library itself would wait; a redirect is refused, because it would carry prompt and key
 * to an address that nobody chose.
 */
export class Connection implements Disposable {
	readonly #options: ConnectionOptions;
	readonly #silence: SilenceLimits;
	readonly #end = new AbortController();
	#timer: Disposable | undefined;

	constructor(options: ConnectionOptions) {
		this.#options = options;
		this.#silence = options.silence ?? defaultSilence;
		if (options.signal.aborted) this.#cancel();
		else options.signal.addEventListener('abort', this.#cancel, { once: true });
	}

	/** Why it ended early, where it was ended by us. */
	get endReason(): Error | undefined {
		return this.#end.signal.aborted ? (this.#end.signal.reason as Error) : undefined;
	}

	readonly fetch: typeof fetch = async (input, init) => {
		if (this.endReason) throw this.endReason;
		const fromLibrary = init?.signal;
		fromLibrary?.addEventListener('abort', this.#cancel, { once: true });
		this.#watch(this.#silence.firstByteMs);
		const send = this.#options.fetch ?? globalThis.fetch;
		let response: Response;
		try {
			response = await send(input, { ...init, signal: this.#end.signal, redirect: 'manual' });
		} catch (error) {
			this.#timer?.dispose();
			throw this.#reasonOf(error, false);
		}
		if (response.status >= 300 && response.status < 400) {
			const to = response.headers.get('location') ?? 'another address';
			this.dispose();
			throw this.#options.fail({ type: 'redirected', to });
		}
		if (!response.body) return response;
		const { status, statusText, headers } = response;
		return new Response(this.#watched(response.body), { status, statusText, headers });
	};

	/** Closes the connection if it is still open. */
	dispose(): void {
		this.#timer?.dispose();
		this.#options.signal.removeEventListener('abort', this.#cancel);
		if (!this.#end.signal.aborted) this.#end.abort(new CancelledError());
	}

	readonly #cancel = (): void => {
		this.#timer?.dispose();
		this.#end.abort(new CancelledError());
	};

	#watch(ms: number): void {
		this.#timer?.dispose();
		this.#timer = this.#options.clock.after(ms, () =>
			this.#end.abort(this.#options.fail({ type: 'timeout', afterMs: ms })),
		);
	}

	#watched(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
		const reader = body.getReader();
		let wait = this.#silence.firstByteMs;
		const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
			this.#watch(wait);
			try {
				const { done, value } = await reader.read();
				wait = this.#silence.gapMs;
				if (done) controller.close();
				else controller.enqueue(value);
			} catch (error) {
				controller.error(this.#reasonOf(error, true));
			} finally {
				this.#timer?.dispose();
			}
		};
		// Nothing is read ahead: an error would throw away what is queued before it.
		return new ReadableStream({ pull, cancel: reason => reader.cancel(reason) }, { highWaterMark: 0 });
	}

	#reasonOf(error: unknown, isReading: boolean): Error {
		if (this.endReason) return this.endReason;
		const code = networkCode(error);
		if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
			return this.#options.fail({ type: 'timeout', afterMs: 300_000 });
		return this.#options.fail(
			isReading ? { type: 'cut-off', cause: error } : { type: 'offline', reason: networkReason(error), cause: error },
		);
	}
}

/** The code of what broke a connection; `fetch` hides it one or two causes deep. */
export function networkCode(error: unknown): string | undefined {
	for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
		const code = systemCode(at) ?? (at instanceof AggregateError ? systemCode(at.errors[0]) : undefined);
		if (code !== undefined) return code;
	}
	return undefined;
}

const reasons: Readonly<Record<string, string>> = {
	ECONNREFUSED: 'nothing listens there',
	ENOTFOUND: 'no machine has this name',
	EAI_AGAIN: 'its name could not be looked up; is there a network?',
	EHOSTUNREACH: 'the machine cannot be reached',
	ENETUNREACH: 'there is no network to it',
	ETIMEDOUT: 'the machine did not answer',
	UND_ERR_CONNECT_TIMEOUT: 'the machine did not answer',
	ECONNRESET: 'it closed the connection',
	UND_ERR_SOCKET: 'it closed the connection',
	EPIPE: 'it closed the connection',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself and not trusted here',
	SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted here',
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted here',
	CERT_HAS_EXPIRED: 'its certificate has expired',
	ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
	EPROTO: 'it does not speak https',
	ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak https',
};

/** Why a connection could not be made, as half a sentence. */
export function networkReason(error: unknown): string {
	const code = networkCode(error);
	return (code === undefined ? undefined : reasons[code]) ?? code ?? errorText(error);
}

/** Whether an address is on this machine. */
export function isLoopback(url: string): boolean {
	const host = URL.canParse(url) ? new URL(url).hostname : '';
	return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
