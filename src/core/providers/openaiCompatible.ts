import { systemClock, type Clock } from '../base/clock';
import { errorText } from '../base/errors';
import { checkSilence, defaultSilence, isLoopback, type SilenceLimits } from './connection';
import { toChatRequest, type ChatRequest } from './openaiChatRequest';
import { readChatStream } from './openaiChatStream';
import { noKey, type OpenAiContext } from './openaiErrors';
import { openExchange, type OpenAiExchange } from './openaiExchange';
import { Learned } from './openaiLearned';
import { entriesOf, modelsOf, namedModel, withProps } from './openaiModels';
import { isReasoningModel, toResponsesRequest, type ResponsesRequest } from './openaiResponsesRequest';
import { readResponsesStream } from './openaiResponsesStream';
import type { ApiFlavour, ProviderPreset } from './presets';
import {
	ProviderError,
	type ModelEvent,
	type ModelRequest,
	type Provider,
	type ProviderHealth,
	type ProviderModel,
} from './provider';

export interface OpenAiCompatibleOptions {
	readonly id: string;
	readonly label: string;
	/** What is known of the service; its base URL counts where `baseUrl` is absent. */
	readonly preset: ProviderPreset;
	/** Usually ends in `/v1`; for Azure the resource's address. */
	readonly baseUrl?: string;
	/** Which API is spoken; as the preset says when absent. */
	readonly api?: ApiFlavour;
	/** Sent with each request; `${key}` in a value stands for the key. */
	readonly headers?: Readonly<Record<string, string>>;
	/** Azure's version of the API. */
	readonly apiVersion?: string;
	/** Models that the user named: these alone are offered then. */
	readonly models?: readonly string[];
	/** Asked for at each request, so that a changed key counts at once. */
	readonly key?: () => Promise<string | undefined>;
	readonly silence?: SilenceLimits;
	readonly clock?: Clock;
	/** For tests; the global one when absent. */
	readonly fetch?: typeof fetch;
}

const maxAttempts = 4;

/** A server that speaks OpenAI's Chat Completions or Responses. */
export class OpenAiCompatibleProvider implements Provider {
	readonly id: string;
	readonly label: string;
	readonly isLocal: boolean;
	readonly baseUrl: string;
	readonly #options: OpenAiCompatibleOptions;
	readonly #learned = new Learned();

	constructor(options: OpenAiCompatibleOptions) {
		this.#options = options;
		this.id = options.id;
		this.label = options.label;
		this.baseUrl = baseUrlOf(options);
		this.isLocal = isLoopback(this.baseUrl);
	}

	async *stream(request: ModelRequest): AsyncGenerator<ModelEvent> {
		for (let attempt = 1; ; attempt++) {
			let hasBegun = false;
			const written = this.#write(request);
			const exchange = await this.#open(request.signal, request.model, this.#options.silence ?? defaultSilence);
			try {
				for await (const event of this.#events(exchange, request, written)) {
					hasBegun = true;
					yield event;
				}
				return;
			} catch (error) {
				const meant = exchange.errorOf(error);
				const isWorthAnother =
					!hasBegun && attempt < maxAttempts && this.#learned.learn(request.model, meant, written.sent);
				if (!isWorthAnother) throw meant;
			} finally {
				exchange.connection.dispose();
			}
		}
	}

	async models(signal: AbortSignal): Promise<readonly ProviderModel[]> {
		const { models: named } = this.#options;
		if (named && named.length > 0) return named.map(namedModel);
		// A region's whole catalogue would be offered as if it were deployed.
		if (this.#quirks.listIsNotYours)
			throw new ProviderError(
				'no-model',
				`${this.label} does not list deployments. Name yours in the setting quarterdeck.providers, as "models".`,
			);
		return this.#list(signal);
	}

	async health(signal: AbortSignal): Promise<ProviderHealth> {
		const clock = this.#options.clock ?? systemClock;
		const started = clock.monotonic();
		try {
			const count = (await this.#list(signal)).length;
			const latencyMs = Math.round(clock.monotonic() - started);
			await this.#checkKey(signal);
			return { isUp: true, text: this.#healthText(count), latencyMs, actions: [] };
		} catch (error) {
			const actions = error instanceof ProviderError ? error.actions : [];
			const text = errorText(error);
			return { isUp: false, text: /[.!?]$/.test(text) ? text : `${text}.`, latencyMs: null, actions };
		}
	}

	get #quirks(): NonNullable<ProviderPreset['quirks']> {
		return this.#options.preset.quirks ?? {};
	}

	#write(request: ModelRequest): ChatRequest | ResponsesRequest {
		const refused = this.#learned.of(request.model);
		return this.#speaksResponses(request.model)
			? toResponsesRequest(request, refused)
			: toChatRequest(request, this.#quirks, refused);
	}

	/**
	 * OpenAI's models that reason speak Responses, because only there their reasoning survives between the calls of one
	 * turn; everything else speaks Chat Completions, which every server has.
	 */
	#speaksResponses(model: string): boolean {
		const api = this.#options.api ?? this.#options.preset.api;
		if (api !== 'auto') return api === 'responses';
		return isReasoningModel(model) && this.#options.apiVersion === undefined;
	}

	async *#events(
		{ client }: OpenAiExchange,
		request: ModelRequest,
		written: ChatRequest | ResponsesRequest,
	): AsyncGenerator<ModelEvent> {
		if (written.api === 'chat')
			yield* readChatStream(await client.chat.completions.create(written.body), request, this.label);
		else yield* readResponsesStream(await client.responses.create(written.body), request, this.label);
	}

	async #list(signal: AbortSignal): Promise<readonly ProviderModel[]> {
		const { details } = this.#quirks;
		if (details === 'lmstudio') {
			const more = await this.#ask(signal, exchange => exchange.json(`${this.#root}/api/v0/models`)).catch(unlessGone);
			const entries = entriesOf(more);
			if (entries) return modelsOf(entries);
		}
		const body = await this.#ask(signal, ({ client }) => client.get<unknown>('/models'));
		const entries = entriesOf(body);
		if (!entries)
			throw new ProviderError(
				'bad-answer',
				`What answers at ${this.baseUrl} is not an OpenAI-compatible server. Is the address right?`,
			);
		const models = modelsOf(entries);
		if (details !== 'llamacpp') return models;
		const props = await this.#ask(signal, exchange => exchange.json(`${this.#root}/props`)).catch(unlessGone);
		return withProps(models, props);
	}

	async #checkKey(signal: AbortSignal): Promise<void> {
		const path = this.#quirks.keyCheckPath;
		if (path !== undefined) await this.#ask(signal, ({ client }) => client.get<unknown>(path));
	}

	#healthText(count: number): string {
		const named = this.#options.models?.length ?? 0;
		const models = this.#quirks.listIsNotYours
			? named === 0
				? 'answers; name your deployments in the setting quarterdeck.providers, as "models"'
				: `${named} deployment${named === 1 ? '' : 's'} named`
			: `${count} model${count === 1 ? '' : 's'}`;
		const note = this.#quirks.listIsPublic ? '; whether the key is right shows with the first message' : '';
		return `${this.label}, ${models}${note}`;
	}

	/** The server without the API's own path. */
	get #root(): string {
		return this.baseUrl.replace(/\/v1$/, '');
	}

	async #ask<T>(signal: AbortSignal, call: (exchange: OpenAiExchange) => PromiseLike<T>): Promise<T> {
		const exchange = await this.#open(signal, '', this.#options.silence ?? checkSilence);
		try {
			return await call(exchange);
		} catch (error) {
			throw exchange.errorOf(error);
		} finally {
			exchange.connection.dispose();
		}
	}

	async #open(signal: AbortSignal, model: string, silence: SilenceLimits): Promise<OpenAiExchange> {
		const { preset, headers, apiVersion, clock = systemClock, fetch } = this.#options;
		const key = await this.#options.key?.();
		const context = this.#context(model, key !== undefined);
		if (key === undefined && preset.key === 'required') throw noKey(context);
		return openExchange(context, key, signal, {
			auth: preset.quirks?.auth ?? 'bearer',
			headers: { ...preset.headers, ...headers },
			clock,
			silence,
			...(apiVersion === undefined ? {} : { apiVersion }),
			...(fetch ? { fetch } : {}),
		});
	}

	#context(model: string, hasKey: boolean): OpenAiContext {
		const { id, label, baseUrl, isLocal } = this;
		const { start, site, keyUrl } = this.#options.preset;
		return { id, label, baseUrl, isLocal, model, hasKey, start, site, keyUrl };
	}
}

/** Azure's two ways: with a version the addresses name deployments, without one it is like OpenAI's own. */
function baseUrlOf({ preset, baseUrl = preset.baseUrl ?? '', apiVersion }: OpenAiCompatibleOptions): string {
	const plain = baseUrl.trim().replace(/\/+$/, '');
	if (preset.id !== 'azure') return plain;
	const resource = plain.replace(/\/openai(?:\/v1)?$/, '');
	return `${resource}/openai${apiVersion === undefined ? '/v1' : ''}`;
}

/** A server without this page is asked the common way; one that is gone is gone. */
function unlessGone(error: unknown): undefined {
	if (
		error instanceof ProviderError &&
		(error.code === 'bad-request' || error.code === 'bad-answer' || error.code === 'no-model')
	)
		return undefined;
	throw error;
}
