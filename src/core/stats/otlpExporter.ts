import type { Clock } from '../base/clock';
import { errorText, ExpectedError } from '../base/errors';
import { MutableDisposable, Owner, toDisposable, type Disposable } from '../base/lifecycle';
import type { Logger } from '../base/logger';
import { retryAfterOf } from '../providers/retryAfter';
import type { Measure } from './measures';
import {
	metricsBody,
	spansOf,
	tracesBody,
	type EndedRun,
	type MeasuredAt,
	type OtlpBody,
	type OtlpResource,
	type Span,
} from './otlp';

/** What waits for a collector that does not answer; behind that, the oldest go first. */
const mostLooks = 60;
const mostSpans = 4_000;
/** In one call. */
const batchSpans = 500;
const timeoutMs = 10_000;
const firstRetryMs = 2_000;
const longestRetryMs = 5 * 60_000;

/** A collector's address, as the user set it. */
export interface OtlpTarget {
	/** Without `/v1/…`. */
	readonly endpoint: string;
	readonly headers: Readonly<Record<string, string>>;
}

export interface OtlpDeps {
	readonly clock: Clock;
	readonly log: Logger;
	readonly target: OtlpTarget;
	readonly resource: OtlpResource;
	readonly intervalMs: number;
	measures(): Promise<readonly Measure[]>;
	/** 0 to 1; spreads what several machines send after a collector was away. */
	random?(): number;
}

/**
 * The address of a collector: over TLS, or on this machine.
 * @throws `ExpectedError` with a sentence
 */
export function otlpEndpoint(text: string): string {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	const host = url?.hostname.replace(/^\[|\]$/gu, '') ?? '';
	const isHere = host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/u.test(host);
	const isRight = url?.protocol === 'https:' || (url?.protocol === 'http:' && isHere);
	if (!url || !isRight || url.username !== '' || url.password !== '')
		throw new ExpectedError(
			'bad-endpoint',
			`quarterdeck.otlp.endpoint must be an https address, or http on this machine (http://127.0.0.1:4318), without a password in it; it is “${text}”.`,
		);
	// Some write the address of one signal.
	return url.href.replace(/[?#].*$/u, '').replace(/\/(?:v1\/(?:metrics|traces)\/?)?$/u, '');
}

/**
 * Headers as `OTEL_EXPORTER_OTLP_HEADERS` has them: `name=value,name=value`, values percent-encoded where they must be.
 * @throws `ExpectedError` with a sentence that does not tell a value
 */
export function otlpHeaders(text: string): Readonly<Record<string, string>> {
	const pairs = text.split(',').map(pair => pair.trim());
	return Object.fromEntries(
		pairs.filter(Boolean).map((pair, index) => {
			const [, name = '', value = ''] = /^([^=\s]+)\s*=\s*(.*)$/u.exec(pair) ?? [];
			const plain = decodedValue(value);
			if (!/^[!#$%&'*+.^_`|~\w-]+$/u.test(name) || !/^[\t\u0020-\u007e]*$/u.test(plain))
				throw new ExpectedError('bad-headers', `Header ${index + 1} is not of the form name=value.`);
			return [name.toLowerCase(), plain];
		}),
	);
}

function decodedValue(value: string): string {
	try {
		return decodeURIComponent(value);
	} catch {
		return value; // A percent sign that stands for itself.
	}
}

type Sending = { readonly path: '/v1/metrics' | '/v1/traces'; readonly body: OtlpBody; readonly done: () => void };
type Outcome =
	{ readonly isDone: true } | { readonly isDone: false; readonly why: string; readonly afterMs: number | null };

/**
 * Sends what is measured and what has run to a collector. It waits in memory, and only so much of it, while the collector
 * does not answer; nothing else waits for it.
 */
export class OtlpExporter extends Owner {
	readonly #deps: OtlpDeps;
	readonly #startedAt: number;
	readonly #ending = new AbortController();
	readonly #next = this.own(new MutableDisposable<Disposable>());
	readonly #retry = this.own(new MutableDisposable<Disposable>());
	#looks: MeasuredAt[] = [];
	#spans: Span[] = [];
	#isSending = false;
	#failures = 0;
	#dropped = 0;
	#refusedWith: number | undefined;

	constructor(deps: OtlpDeps) {
		super();
		this.#deps = deps;
		this.#startedAt = deps.clock.now();
		this.own(toDisposable(() => this.#ending.abort()));
		this.#look();
	}

	/** Looks and spans that wait. */
	get waiting(): { readonly looks: number; readonly spans: number } {
		return { looks: this.#looks.length, spans: this.#spans.length };
	}

	/** A run has ended. */
	add(run: EndedRun): void {
		this.#spans.push(...spansOf(run));
		this.#spans = this.#newest(this.#spans, mostSpans);
		this.#send();
	}

	#look(): void {
		void this.#measure();
		this.#next.value = this.#deps.clock.after(this.#deps.intervalMs, () => this.#look());
	}

	async #measure(): Promise<void> {
		try {
			const measures = await this.#deps.measures();
			if (this.isDisposed || measures.length === 0) return;
			this.#looks.push({ at: this.#deps.clock.now(), measures });
			this.#looks = this.#newest(this.#looks, mostLooks);
			this.#send();
		} catch (error) {
			this.#deps.log.warn(`Nothing could be measured for export: ${errorText(error)}`);
		}
	}

	#newest<T>(list: T[], most: number): T[] {
		if (list.length <= most) return list;
		this.#dropped += list.length - most;
		return list.slice(-most);
	}

	#send(): void {
		if (this.#isSending || this.#retry.value || this.isDisposed) return;
		const sending = this.#nextSending();
		if (!sending) return;
		this.#isSending = true;
		void this.#post(sending).then(outcome => {
			this.#isSending = false;
			if (this.isDisposed) return;
			if (outcome.isDone) this.#succeed(sending);
			else this.#wait(outcome.why, outcome.afterMs);
		});
	}

	#nextSending(): Sending | undefined {
		const { resource } = this.#deps;
		if (this.#spans.length > 0) {
			const spans = this.#spans.slice(0, batchSpans);
			const sent = new Set(spans);
			const done = (): void => void (this.#spans = this.#spans.filter(span => !sent.has(span)));
			return { path: '/v1/traces', body: tracesBody(spans, resource), done };
		}
		if (this.#looks.length === 0) return undefined;
		const looks = new Set(this.#looks);
		const done = (): void => void (this.#looks = this.#looks.filter(look => !looks.has(look)));
		return { path: '/v1/metrics', body: metricsBody(this.#looks, this.#startedAt, resource), done };
	}

	#succeed(sending: Sending): void {
		if (this.#failures > 0) {
			const lost = this.#dropped === 0 ? '' : ` ${this.#dropped} that waited too long were dropped.`;
			this.#deps.log.info(`The collector answers again.${lost}`);
		}
		this.#failures = 0;
		this.#dropped = 0;
		sending.done();
		this.#send();
	}

	#wait(why: string, afterMs: number | null): void {
		const backoff = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(this.#failures, 10));
		const jitter = 0.5 + (this.#deps.random?.() ?? Math.random()) / 2;
		// Said once and not each time.
		if (this.#failures === 0)
			this.#deps.log.warn(`The collector at ${this.#deps.target.endpoint} takes nothing: ${why}`);
		this.#failures += 1;
		const ms = Math.min(longestRetryMs, afterMs ?? backoff * jitter);
		this.#retry.value = this.#deps.clock.after(ms, () => {
			this.#retry.value = undefined;
			this.#send();
		});
	}

	async #post({ path, body }: Sending): Promise<Outcome> {
		const { target, clock } = this.#deps;
		const late = new AbortController();
		const timer = clock.after(timeoutMs, () => late.abort());
		try {
			const response = await fetch(`${target.endpoint}${path}`, {
				method: 'POST',
				headers: { ...target.headers, 'content-type': 'application/json' },
				body: JSON.stringify(body),
				// Headers hold a key: they go to the address that the user set and to no other.
				redirect: 'manual',
				signal: AbortSignal.any([this.#ending.signal, late.signal]),
			});
			await response.body?.cancel();
			const { status } = response;
			if (response.ok) this.#refusedWith = undefined;
			if (response.ok) return { isDone: true };
			if (status === 408 || status === 429 || (status >= 502 && status <= 504))
				return {
					isDone: false,
					why: `status ${status}`,
					afterMs: retryAfterOf(response.headers, undefined, clock.now()),
				};
			// It will never take this; what comes later may be another matter. Said once for each status.
			if (status !== this.#refusedWith)
				this.#deps.log.warn(`The collector at ${target.endpoint} refused what was sent: status ${status}`);
			this.#refusedWith = status;
			return { isDone: true };
		} catch (error) {
			return { isDone: false, why: late.signal.aborted ? 'no answer in time' : reasonOf(error), afterMs: null };
		} finally {
			timer.dispose();
		}
	}
}

/** What `fetch` tells of a failure stands in its cause. */
function reasonOf(error: unknown): string {
	return error instanceof Error && error.cause instanceof Error ? error.cause.message : errorText(error);
}
