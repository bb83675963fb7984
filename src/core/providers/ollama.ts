import type { ChatResponse, ModelResponse, Ollama, ProgressResponse } from 'ollama/browser';
import { systemClock, type Clock } from '../base/clock';
import { CancelledError, errorText } from '../base/errors';
import { pullModel } from './actions';
import { checkSilence, defaultSilence, isLoopback, type SilenceLimits } from './connection';
import { canAnswer, detailsOf, isCloudModel, listedModel, unknownDetails, type OllamaDetails } from './ollamaCatalog';
import { failure, notOllama, type OllamaContext } from './ollamaErrors';
import { AnswerReader, answerLines, exchangeError, openExchange, type Exchange } from './ollamaExchange';
import { hasImages, neededWindow, ollamaRequest } from './ollamaMessages';
import { PullReader, type PullProgress } from './ollamaPull';
import {
	ProviderError,
	type ModelEvent,
	type ModelRequest,
	type Provider,
	type ProviderHealth,
	type ProviderModel,
} from './provider';

export interface OllamaOptions {
	readonly id: string;
	readonly label: string;
	/** `http://127.0.0.1:11434` */
	readonly baseUrl: string;
	/** Sent with each request, for servers behind a proxy. */
	readonly headers?: Readonly<Record<string, string>>;
	/** Sent as a bearer token, where there is one. */
	readonly key?: () => Promise<string | undefined>;
	/** How long a model stays loaded after an answer: `5m`, `-1` for ever. Absent: as the server is set. */
	readonly keepAlive?: string | number;
	/** The most tokens that a model is loaded for: memory is taken for the whole window. */
	readonly contextTokens?: number;
	readonly silence?: SilenceLimits;
	readonly clock?: Clock;
	/** For tests; the global one when absent. */
	readonly fetch?: typeof fetch;
}

/** A model in memory. */
export interface LoadedModel {
	readonly model: string;
	readonly sizeBytes: number;
	/** What of it is on the GPU. */
	readonly vramBytes: number;
	/** When it will be unloaded, milliseconds since 1970; `null`: never, or not said. */
	readonly expiresAt: number | null;
}

const defaultWindow = 32_768;
const detailsAtOnce = 4;

/** A server that speaks Ollama's own protocol. */
export class OllamaProvider implements Provider {
	readonly id: string;
	readonly label: string;
	readonly isLocal: boolean;
	readonly baseUrl: string;
	readonly #options: OllamaOptions;
	/** By name; the digest tells when a model was replaced by another of the same name. */
	readonly #details = new Map<string, { readonly digest: string; readonly details: OllamaDetails | null }>();
	/** The largest window a model was asked for: a smaller one would make the server load it again. */
	readonly #windows = new Map<string, number>();

	constructor(options: OllamaOptions) {
		this.#options = options;
		this.id = options.id;
		this.label = options.label;
		this.baseUrl = options.baseUrl.replace(/\/+$/, '').replace(/\/(?:v1|api)$/, '');
		this.isLocal = isLoopback(this.baseUrl);
	}

	async *stream(request: ModelRequest): AsyncGenerator<ModelEvent> {
		const details = await this.#detailsFor(request);
		const context = this.#context(request.model);
		if (request.tools?.length && details.abilities.tools === false) throw failure(context, 'no-tools', '');
		if (hasImages(request.messages) && details.abilities.images === false) throw failure(context, 'no-images', '');
		const exchange = await this.#open(request.signal, request.model);
		try {
			const lines = answerLines<ChatResponse>(exchange, '/api/chat', this.#chatRequest(request, details));
			const reader = new AnswerReader(request, details.abilities.thinking === true);
			for await (const batch of lines) for (const line of batch) yield* reader.read(line);
		} catch (error) {
			throw exchangeError(error, exchange);
		} finally {
			exchange.connection.dispose();
		}
	}

	async models(signal: AbortSignal): Promise<readonly ProviderModel[]> {
		const { models } = await this.#ask(signal, '', client => client.list());
		if (!Array.isArray(models)) throw notOllama(this.#context(''));
		const loaded = await this.loaded(signal).catch((error: unknown) => {
			if (error instanceof CancelledError) throw error;
			// Only the figure of GPU memory is missing, then: the list itself was answered.
			return [];
		});
		const details = await this.#detailsOfAll(models, signal);
		return models.flatMap(model => {
			const known = details.get(model.name);
			if (known === null) return [];
			const listed = listedModel(model, known ?? unknownDetails, this.#window);
			const inMemory = loaded.find(other => other.model === model.name);
			if (!inMemory) return [listed];
			return [{ ...listed, vramBytes: inMemory.vramBytes, loadedUntil: inMemory.expiresAt }];
		});
	}

	async health(signal: AbortSignal): Promise<ProviderHealth> {
		const clock = this.#clock;
		const started = clock.monotonic();
		try {
			const version = await this.version(signal);
			const latencyMs = Math.round(clock.monotonic() - started);
			const { models } = await this.#ask(signal, '', client => client.list());
			const count = Array.isArray(models) ? models.length : 0;
			return {
				isUp: true,
				text: `Ollama ${version}, ${count === 0 ? 'no models yet' : count === 1 ? '1 model' : `${count} models`}`,
				latencyMs,
				actions: count === 0 ? [pullModel(this.id)] : [],
			};
		} catch (error) {
			const actions = error instanceof ProviderError ? error.actions : [];
			return { isUp: false, text: asSentence(errorText(error)), latencyMs: null, actions };
		}
	}

	async version(signal: AbortSignal): Promise<string> {
		const { version } = await this.#ask(signal, '', client => client.version());
		if (typeof version !== 'string') throw notOllama(this.#context(''));
		return version;
	}

	/** The models in memory now. */
	async loaded(signal: AbortSignal): Promise<readonly LoadedModel[]> {
		const { models } = await this.#ask(signal, '', client => client.ps());
		if (!Array.isArray(models)) throw notOllama(this.#context(''));
		return models.map(({ name, size, size_vram: vram, expires_at: expires }) => {
			const at = Date.parse(String(expires));
			return {
				model: name,
				sizeBytes: size,
				vramBytes: vram ?? 0,
				expiresAt: Number.isNaN(at) || at <= 0 ? null : at,
			};
		});
	}

	/** Takes a model out of memory. */
	async unload(model: string, signal: AbortSignal): Promise<void> {
		await this.#ask(signal, model, client => client.generate({ model, prompt: '', keep_alive: 0, stream: false }));
	}

	/** Downloads a model. What was downloaded before an abort is kept by the server and not downloaded again. */
	async *pull(model: string, signal: AbortSignal): AsyncGenerator<PullProgress> {
		const exchange = await this.#open(signal, model);
		const progress = new PullReader();
		try {
			for await (const batch of answerLines<ProgressResponse>(exchange, '/api/pull', { model, stream: true }))
				for (const line of batch) yield progress.read(line);
			this.#details.delete(model);
		} catch (error) {
			throw exchangeError(error, exchange);
		} finally {
			exchange.connection.dispose();
		}
	}

	get #clock(): Clock {
		return this.#options.clock ?? systemClock;
	}

	get #window(): number {
		return this.#options.contextTokens ?? defaultWindow;
	}

	#chatRequest(request: ModelRequest, details: OllamaDetails): ReturnType<typeof ollamaRequest> {
		const { temperature, maxOutputTokens, effort, model } = request;
		const options = {
			...(temperature === undefined ? {} : { temperature }),
			...(maxOutputTokens === undefined ? {} : { num_predict: maxOutputTokens }),
			...(isCloudModel(model) ? {} : { num_ctx: this.#windowFor(request, details) }),
		};
		// gpt-oss takes an effort and no yes or no; the others think or do not.
		const think = details.family === 'gptoss' ? (effort ?? 'medium') : true;
		const more = {
			...ollamaRequest(request),
			options,
			...(details.abilities.thinking ? { think } : {}),
			...(this.#options.keepAlive === undefined ? {} : { keep_alive: this.#options.keepAlive }),
			// Too long a conversation is refused, so that it can be summarised, instead of losing its beginning unseen.
			truncate: false,
			shift: false,
		};
		return more;
	}

	#windowFor(request: ModelRequest, { contextTokens }: OllamaDetails): number {
		const most = Math.min(contextTokens ?? this.#window, this.#window);
		const window = Math.min(most, Math.max(neededWindow(request), this.#windows.get(request.model) ?? 0));
		this.#windows.set(request.model, window);
		return window;
	}

	/** What a model can do, asked once. A server that does not know is answered by the request itself. */
	async #detailsFor({ model, signal }: ModelRequest): Promise<OllamaDetails> {
		const known = this.#details.get(model);
		if (known) return known.details ?? unknownDetails;
		try {
			const details = detailsOf(await this.#ask(signal, model, client => client.show({ model })));
			this.#details.set(model, { digest: '', details });
			return details;
		} catch (error) {
			if (error instanceof ProviderError && (error.code === 'bad-request' || error.code === 'bad-answer'))
				return unknownDetails;
			throw error;
		}
	}

	/** `null` for a model that cannot answer. */
	async #detailsOfAll(
		models: readonly ModelResponse[],
		signal: AbortSignal,
	): Promise<Map<string, OllamaDetails | null>> {
		const found = new Map<string, OllamaDetails | null>();
		const waiting = [...models];
		const work = async (): Promise<void> => {
			for (let model = waiting.shift(); model; model = waiting.shift())
				found.set(model.name, await this.#listedDetails(model, signal));
		};
		await Promise.all(Array.from({ length: detailsAtOnce }, work));
		return found;
	}

	async #listedDetails({ name, digest }: ModelResponse, signal: AbortSignal): Promise<OllamaDetails | null> {
		const known = this.#details.get(name);
		if (known?.digest === digest) return known.details;
		try {
			const shown = await this.#ask(signal, name, client => client.show({ model: name }));
			const details = canAnswer(shown) ? detailsOf(shown) : null;
			this.#details.set(name, { digest, details });
			return details;
		} catch (error) {
			if (error instanceof CancelledError) throw error;
			// One model that cannot be read is listed without what it can do; the next list asks again.
			return unknownDetails;
		}
	}

	async #ask<T>(signal: AbortSignal, model: string, call: (client: Ollama) => Promise<T>): Promise<T> {
		const exchange = await this.#open(signal, model, checkSilence);
		try {
			const answered: unknown = await call(exchange.client);
			if (typeof answered !== 'object' || answered === null) throw notOllama(exchange.context);
			return answered as T;
		} catch (error) {
			// What is read here is small and whole: a body that is no JSON is somebody else's.
			if (error instanceof SyntaxError) throw notOllama(exchange.context);
			throw exchangeError(error, exchange);
		} finally {
			exchange.connection.dispose();
		}
	}

	async #open(signal: AbortSignal, model: string, usual = defaultSilence): Promise<Exchange> {
		const key = await this.#options.key?.();
		const context = { ...this.#context(model), hasKey: key !== undefined };
		return openExchange(context, key, signal, { silence: usual, ...this.#options, clock: this.#clock });
	}

	#context(model: string): OllamaContext {
		const { id, label, baseUrl, isLocal } = this;
		return { id, label, baseUrl, isLocal, model, hasKey: false };
	}
}

function asSentence(text: string): string {
	return /[.!?]$/.test(text) ? text : `${text}.`;
}
