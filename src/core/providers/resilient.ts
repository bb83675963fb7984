import { systemClock, type Clock } from '../base/clock';
import { CancelledError } from '../base/errors';
import { testAgain } from './actions';
import { CircuitBreaker, type BreakerLimits, type BreakerState, type Pass } from './breaker';
import {
	ProviderError,
	type ModelEvent,
	type ModelRequest,
	type Provider,
	type ProviderErrorCode,
	type ProviderHealth,
	type ProviderModel,
} from './provider';

export interface ResilienceOptions {
	readonly clock?: Clock;
	/** From 0 to 1; spreads retries so that clients do not come back all at once. */
	readonly random?: () => number;
	readonly breaker?: BreakerLimits;
	readonly maxAttempts?: number;
}

/** What a server may be over in a moment. A timeout has taken minutes already, and is told instead. */
const passing: ReadonlySet<ProviderErrorCode> = new Set(['rate-limited', 'overloaded', 'offline', 'cut-off']);
/** What says that a server is not well, rather than that it does not like this request. */
const unwell: ReadonlySet<ProviderErrorCode> = new Set(['overloaded', 'offline', 'cut-off', 'timeout']);

const firstDelayMs = 500;
const longestDelayMs = 20_000;
/** A server that wants to be left alone for longer is told to the user instead of waited for. */
const longestWaitMs = 60_000;

/**
 * A provider that is asked again where that may help, and left alone where it does not. Nothing is repeated once a part
 * of the answer has arrived: the model would say it twice, and it was paid for.
 */
export class ResilientProvider<P extends Provider = Provider> implements Provider {
	readonly inner: P;
	readonly #options: ResilienceOptions;
	readonly #clock: Clock;
	readonly #breaker: CircuitBreaker;
	/** Until when a model's server wants no requests, on the monotonic clock. Limits are counted by model. */
	readonly #limitedUntil = new Map<string, number>();
	#lastFailure = '';

	constructor(inner: P, options: ResilienceOptions = {}) {
		this.inner = inner;
		this.#options = options;
		this.#clock = options.clock ?? systemClock;
		this.#breaker = new CircuitBreaker(this.#clock, options.breaker);
	}

	get id(): string {
		return this.inner.id;
	}

	get label(): string {
		return this.inner.label;
	}

	get isLocal(): boolean {
		return this.inner.isLocal;
	}

	get breakerState(): BreakerState {
		return this.#breaker.state;
	}

	async *stream(request: ModelRequest): AsyncGenerator<ModelEvent> {
		const maxAttempts = this.#options.maxAttempts ?? 4;
		for (let attempt = 1; ; attempt++) {
			await this.#waitForLimit(request, attempt, maxAttempts);
			const outcome = yield* this.#attempt(request);
			if (outcome === null) return;
			const delayMs = this.#delayAfter(outcome, attempt, maxAttempts);
			if (delayMs === null) throw withWait(outcome);
			request.onRetry?.({ attempt, maxAttempts, delayMs, reason: outcome.message });
			await pause(this.#clock, delayMs, request.signal);
		}
	}

	models(signal: AbortSignal): Promise<readonly ProviderModel[]> {
		return this.inner.models(signal);
	}

	/** Asks even while it is left alone, and ends that when all is well: the user has seen to it. */
	async health(signal: AbortSignal): Promise<ProviderHealth> {
		const health = await this.inner.health(signal);
		if (health.isUp) this.#breaker.reset();
		return health;
	}

	/** `null` when the answer is complete; the failure when none of it has arrived, so that it may be asked again. */
	async *#attempt(request: ModelRequest): AsyncGenerator<ModelEvent, ProviderError | null> {
		const pass = this.#enter();
		let hasArrived = false;
		let start: ModelEvent | undefined;
		try {
			for await (const event of this.inner.stream(request)) {
				// Held back, so that an attempt that fails right after it has not begun anything.
				if (event.type === 'start' && !hasArrived) {
					start = event;
					continue;
				}
				if (!hasArrived) {
					hasArrived = true;
					pass.succeeded();
					if (start) yield start;
				}
				yield event;
			}
			return null;
		} catch (error) {
			if (error instanceof ProviderError) this.#note(error, request.model, pass);
			if (error instanceof ProviderError && !hasArrived) return error;
			throw error;
		} finally {
			pass.dispose();
		}
	}

	#enter(): Pass {
		const pass = this.#breaker.enter();
		if (pass) return pass;
		const { restMs } = this.#breaker;
		const when = restMs > 0 ? `for ${Math.ceil(restMs / 1000)} more seconds` : 'while one request tries it';
		const text = `${this.label} failed again and again and is left alone ${when}. The last time: ${this.#lastFailure}`;
		throw new ProviderError('resting', text, {
			actions: [testAgain(this.id)],
			retryAfterMs: restMs > 0 ? restMs : null,
		});
	}

	#note(error: ProviderError, model: string, pass: Pass): void {
		// A server on this machine that is not running says so at once; keeping requests from it would only hide that.
		const isNotRunning = error.code === 'offline' && this.isLocal;
		if (unwell.has(error.code) && !isNotRunning) {
			this.#lastFailure = error.message;
			pass.failed();
		}
		if (error.code === 'rate-limited' && error.retryAfterMs !== null)
			this.#limitedUntil.set(model, this.#clock.monotonic() + error.retryAfterMs);
	}

	/** Milliseconds to wait before the next attempt; `null` when there is none. */
	#delayAfter(error: ProviderError, attempt: number, maxAttempts: number): number | null {
		if (attempt >= maxAttempts || !passing.has(error.code) || this.#breaker.state === 'open') return null;
		// A server on this machine that is not running does not start by being asked.
		if (error.code === 'offline' && this.isLocal) return null;
		if (error.retryAfterMs !== null) return error.retryAfterMs <= longestWaitMs ? error.retryAfterMs : null;
		const random = this.#options.random ?? Math.random;
		return Math.round(Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 1)) * (0.5 + random() / 2));
	}

	/** Another request has already been told to wait: this one need not be refused as well. */
	async #waitForLimit(request: ModelRequest, attempt: number, maxAttempts: number): Promise<void> {
		const until = this.#limitedUntil.get(request.model) ?? 0;
		const delayMs = Math.ceil(until - this.#clock.monotonic());
		if (delayMs <= 0) {
			this.#limitedUntil.delete(request.model);
			return;
		}
		const reason = `${this.label} takes no requests for '${request.model}' for ${Math.ceil(delayMs / 1000)} more seconds.`;
		if (delayMs > longestWaitMs) throw new ProviderError('rate-limited', reason, { retryAfterMs: delayMs });
		request.onRetry?.({ attempt, maxAttempts, delayMs, reason });
		await pause(this.#clock, delayMs, request.signal);
	}
}

/** Waits on this clock; an abort ends the wait with a `CancelledError`. */
function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const end = (settle: () => void): void => {
			timer.dispose();
			signal.removeEventListener('abort', cancel);
			settle();
		};
		const cancel = (): void => end(() => reject(new CancelledError()));
		const timer = clock.after(ms, () => end(resolve));
		if (signal.aborted) cancel();
		else signal.addEventListener('abort', cancel, { once: true });
	});
}

/** A server that said when it wants to be asked again, and is not waited for that long: whoever reads it can. */
function withWait(error: ProviderError): ProviderError {
	const { retryAfterMs, message, code, actions } = error;
	if (retryAfterMs === null || retryAfterMs <= longestWaitMs) return error;
	const ended = /[.!?…]$/.test(message) ? message : `${message}.`;
	const minutes = Math.ceil(retryAfterMs / 60_000);
	const wait = minutes < 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
	return new ProviderError(code, `${ended} It asks to be left alone for ${wait}.`, {
		retryAfterMs,
		actions,
		cause: error,
	});
}
