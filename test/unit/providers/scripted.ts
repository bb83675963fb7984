import type { Clock } from '../../../src/core/base/clock';
import { toDisposable, type Disposable } from '../../../src/core/base/lifecycle';
import {
	ProviderError,
	type ModelEvent,
	type ModelRequest,
	type Provider,
	type ProviderErrorCode,
	type ProviderHealth,
	type ProviderModel,
} from '../../../src/core/providers/provider';

/** A clock that a test moves; timers that are due run when it does. */
export class ManualClock implements Clock {
	#now = 0;
	#timers = new Set<{ readonly at: number; readonly run: () => void }>();

	now = (): number => this.#now;
	monotonic = (): number => this.#now;

	after(ms: number, run: () => void): Disposable {
		const timer = { at: this.#now + ms, run };
		this.#timers.add(timer);
		return toDisposable(() => this.#timers.delete(timer));
	}

	get waiting(): number {
		return this.#timers.size;
	}

	advance(ms: number): void {
		this.#now += ms;
		for (const timer of Array.from(this.#timers))
			if (timer.at <= this.#now) {
				this.#timers.delete(timer);
				timer.run();
			}
	}

	/** Passes over every wait as soon as one is begun, until disposed; gives how long each was. */
	skipWaits(): readonly number[] {
		const waits: number[] = [];
		const after = this.after.bind(this);
		this.after = (ms, run) => {
			waits.push(ms);
			const timer = after(ms, run);
			queueMicrotask(() => this.advance(ms));
			return timer;
		};
		return waits;
	}
}

/** What a request is answered with: a text, a failure, or a text and then a failure. */
export interface Script {
	readonly text?: string;
	readonly error?: Error;
}

export const fails = (code: ProviderErrorCode, retryAfterMs: number | null = null): Script => ({
	error: new ProviderError(code, `It failed: ${code}.`, { retryAfterMs }),
});
export const says = (text: string): Script => ({ text });

/** A provider that answers as told, request by request; the last answer stays. */
export class ScriptedProvider implements Provider {
	readonly id: string;
	readonly isLocal: boolean;
	readonly requests: ModelRequest[] = [];
	isUp = true;
	script: readonly Script[];

	constructor(id: string, script: readonly Script[], isLocal = false) {
		this.id = id;
		this.script = script;
		this.isLocal = isLocal;
	}

	get label(): string {
		return this.id.toUpperCase();
	}

	async *stream(request: ModelRequest): AsyncGenerator<ModelEvent> {
		const { text, error } = this.script[Math.min(this.requests.push(request), this.script.length) - 1] ?? {};
		yield { type: 'start', model: request.model };
		if (text !== undefined) yield { type: 'text', text };
		if (error) throw error;
		yield { type: 'end', reason: 'stop', usage: null, reportedUsd: null };
	}

	models = async (): Promise<readonly ProviderModel[]> => [];
	health = async (): Promise<ProviderHealth> => ({ isUp: this.isUp, text: 'Well.', latencyMs: 1, actions: [] });
}

export function requestFor(model = 'm', over: Partial<ModelRequest> = {}): ModelRequest {
	return {
		model,
		messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
		signal: new AbortController().signal,
		...over,
	};
}

/** The types of what comes, texts as they are, and a failure by its code. */
export async function heard(stream: AsyncIterable<ModelEvent>): Promise<readonly string[]> {
	const out: string[] = [];
	try {
		for await (const event of stream) out.push(event.type === 'text' ? event.text : event.type);
	} catch (error) {
		out.push(`! ${error instanceof ProviderError ? error.code : String(error)}`);
	}
	return out;
}
