import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/clock';
import { CancelledError, ExpectedError, errorText } from '../base/errors';
import { Emitter } from '../base/event';
import { Owner, toDisposable, type Disposable } from '../base/lifecycle';
import type { Usage } from '../ledger/events';
import { baseUrlOf, pricedPreset, readConfigs, type ConfigProblem, type ProviderConfig } from './config';
import { ConfiguredProvider } from './configured';
import type { EnergyMeter } from './energy';
import { makeProvider } from './factory';
import { fallbacksFor } from './fallback';
import { isCloudModel } from './ollamaCatalog';
import { modelPrices, type Cost } from './prices';
import { ProviderError, type ModelRef, type Provider, type ProviderModel } from './provider';
import { ResilientProvider } from './resilient';

/** What providers need from outside. */
export interface ProvidersPorts {
	readonly clock: Clock;
	/** The key of a provider, by its id; `undefined` when none is set. */
	readonly secret: (id: string) => Promise<string | undefined>;
	/** The user's own prices, as they are now. */
	readonly prices: () => Readonly<Record<string, unknown>>;
	/** The user's fallback chain, as it is now. */
	readonly chain: () => readonly ModelRef[];
	/** Measures what this machine's GPUs draw while its models answer; absent: nothing does. */
	readonly energy?: EnergyMeter;
	/** Makes the provider of a configuration; ours when absent. */
	readonly make?: (config: ProviderConfig) => Promise<Provider>;
}

/** What one provider offers, or why that is not known. A failure is never an empty list. */
export type ProviderModels = { readonly provider: Provider } & (
	| { readonly state: 'ready'; readonly models: readonly ProviderModel[] }
	| { readonly state: 'failed'; readonly error: ExpectedError }
);

interface Listing {
	readonly at: number;
	readonly provider: Provider;
	readonly models: Promise<readonly ProviderModel[]>;
}

const listingAgeMs = 5 * 60_000;

/** The providers that can be asked, by id: those of the settings, those found on this machine, and those of the host. */
export class Providers extends Owner {
	readonly #ports: ProvidersPorts;
	readonly #make: (config: ProviderConfig) => Promise<Provider>;
	readonly #added = new Map<string, ResilientProvider>();
	#configured: readonly ConfiguredProvider[] = [];
	/** Everything that was found, also what the settings name themselves now. */
	#offered: readonly ConfiguredProvider[] = [];
	readonly #listings = new Map<string, Listing>();
	readonly #end = new AbortController();
	readonly #changed = this.own(new Emitter<void>());
	/** Fires when a provider came, went or was set up in another way. */
	readonly onDidChange = this.#changed.event;

	constructor(ports: ProvidersPorts) {
		super();
		this.#ports = ports;
		const { clock, secret } = ports;
		this.#make = ports.make ?? (config => makeProvider(config, { clock, secret }));
		this.own(toDisposable(() => this.#end.abort()));
	}

	/** Takes the setting as it is now. What did not change keeps its state; what is wrong is returned as sentences. */
	configure(raw: readonly unknown[]): readonly ConfigProblem[] {
		const { configs, problems } = readConfigs(raw);
		this.#configured = this.#take(configs, this.#configured, false);
		this.#changed.fire();
		return problems;
	}

	/** Takes what was found on this machine. What the settings name themselves is theirs. */
	offerFound(configs: readonly ProviderConfig[]): void {
		const before = this.#found;
		this.#offered = this.#take(configs, this.#offered, true);
		const after = this.#found;
		const isSame = before.length === after.length && before.every((provider, index) => provider === after[index]);
		if (!isSame) this.#changed.fire();
	}

	/** Adds a provider of the host: VS Code's own models, the Claude CLI. */
	add(provider: Provider): Disposable {
		if (this.find(provider.id)) throw new Error(`There is a provider '${provider.id}' already.`);
		this.#added.set(provider.id, new ResilientProvider(provider, { clock: this.#ports.clock }));
		this.#changed.fire();
		return toDisposable(() => {
			if (this.#added.delete(provider.id) && !this.isDisposed) this.#changed.fire();
		});
	}

	list(): readonly Provider[] {
		return [...this.#added.values(), ...this.#configured, ...this.#found];
	}

	find(id: string): Provider | undefined {
		return this.list().find(provider => provider.id === id);
	}

	/** The settings' or the search's entry of a provider; `undefined` for one of the host. */
	configOf(id: string): ProviderConfig | undefined {
		return this.#configuredOf(id)?.config;
	}

	/** Whether it answered on this machine without being set up. */
	isFound(id: string): boolean {
		return this.#configuredOf(id)?.isFound === true;
	}

	/** The adapter of an id, for what only its kind can do: `instanceof OllamaProvider`. */
	async adapter(id: string): Promise<Provider> {
		return this.#added.get(id)?.inner ?? this.#configuredOf(id)?.adapter() ?? this.get(id);
	}

	/** @throws {ProviderError} with a sentence when there is none of this id */
	get(id: string): Provider {
		const provider = this.find(id);
		if (provider) return provider;
		throw new ProviderError(
			'offline',
			`There is no provider '${id}'. Add it to your providers, or choose another model.`,
			{
				actions: [{ title: 'Open Providers', command: 'quarterdeck.providers.open' }],
			},
		);
	}

	/** The provider of a model, ready to be asked. */
	resolve(ref: ModelRef): { readonly provider: Provider; readonly model: string } {
		return { provider: this.get(ref.provider), model: ref.model };
	}

	/**
	 * What every provider offers, asked at once.
	 * @param patience when it aborts, who has not answered is told as that; the others are not kept waiting
	 */
	async models(signal: AbortSignal, isFresh = false, patience?: AbortSignal): Promise<readonly ProviderModels[]> {
		const waiting = patience ? AbortSignal.any([signal, patience]) : signal;
		const ask = async (provider: Provider): Promise<ProviderModels> => {
			try {
				return { provider, state: 'ready', models: await this.#listing(provider, waiting, isFresh) };
			} catch (error) {
				if (error instanceof CancelledError && (signal.aborted || !waiting.aborted)) throw error;
				if (error instanceof CancelledError) return { provider, state: 'failed', error: notYet(provider) };
				const known = ExpectedError.is(error)
					? error
					: new ProviderError('bad-answer', `${provider.label} could not list its models: ${errorText(error)}`, {
							cause: error,
						});
				return { provider, state: 'failed', error: known };
			}
		};
		return Promise.all(this.list().map(ask));
	}

	/** What is known of a model; `null` where its provider does not list it. Rejects when nothing answers. */
	async model(ref: ModelRef, signal: AbortSignal): Promise<ProviderModel | null> {
		const models = await this.#listing(this.get(ref.provider), signal, false);
		return models.find(({ id }) => id === ref.model || id === `${ref.model}:latest`) ?? null;
	}

	/** The list of one provider is asked for anew next time: a model was downloaded, a key was set. */
	forget(id: string): void {
		this.#listings.delete(id);
		this.#changed.fire();
	}

	/** What to ask next when `ref` does not answer, in order. */
	fallbacks(ref: ModelRef): readonly ModelRef[] {
		return fallbacksFor(ref, this.#ports.chain()).filter(next => this.find(next.provider) !== undefined);
	}

	/** What one response costs, where its provider did not say so itself. */
	price(ref: ModelRef, usage: Usage): Cost {
		const config = this.configOf(ref.provider);
		return modelPrices(this.#ports.prices()).costOf(
			{
				provider: ref.provider,
				preset: config && pricedPreset(config),
				model: ref.model,
				isOwnMachine: this.find(ref.provider)?.isLocal === true && !isCloudModel(ref.model),
			},
			usage,
		);
	}

	#configuredOf(id: string): ConfiguredProvider | undefined {
		return [...this.#configured, ...this.#found].find(provider => provider.id === id);
	}

	#take(
		configs: readonly ProviderConfig[],
		before: readonly ConfiguredProvider[],
		isFound: boolean,
	): readonly ConfiguredProvider[] {
		return configs
			.filter(({ id }) => !this.#added.has(id))
			.map(config => {
				const same = before.find(({ config: other }) => isDeepStrictEqual(other, config));
				return same ?? new ConfiguredProvider(config, isFound, this.#ports.clock, this.#make, this.#ports.energy);
			});
	}

	get #found(): readonly ConfiguredProvider[] {
		const ids = new Set([...this.#added.keys(), ...this.#configured.map(({ id }) => id)]);
		const places = new Set(this.#configured.map(({ config }) => placeOf(config)));
		return this.#offered.filter(({ id, config }) => !ids.has(id) && !places.has(placeOf(config)));
	}

	/** One request serves all who ask; it is nobody's to abort, but each may stop waiting. */
	#listing(provider: Provider, signal: AbortSignal, isFresh: boolean): Promise<readonly ProviderModel[]> {
		const now = this.#ports.clock.monotonic();
		const known = this.#listings.get(provider.id);
		if (known && known.provider === provider && !isFresh && now - known.at < listingAgeMs)
			return unlessAborted(known.models, signal);
		const models = provider.models(this.#end.signal);
		const listing: Listing = { at: now, provider, models };
		this.#listings.set(provider.id, listing);
		models.catch(() => {
			if (this.#listings.get(provider.id) === listing) this.#listings.delete(provider.id);
		});
		return unlessAborted(models, signal);
	}
}

function notYet({ label }: Provider): ProviderError {
	return new ProviderError('timeout', `${label} has not listed its models yet.`);
}

/** The server behind an address, however it is written. */
function placeOf(config: ProviderConfig): string {
	const { hostname, port, protocol } = new URL(baseUrlOf(config));
	const host = hostname === 'localhost' || hostname === '[::1]' ? '127.0.0.1' : hostname;
	return `${host}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`;
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
	return new Promise((resolve, reject) => {
		const cancel = (): void => reject(new CancelledError());
		if (signal.aborted) cancel();
		signal.addEventListener('abort', cancel, { once: true });
		work.then(resolve, reject).finally(() => signal.removeEventListener('abort', cancel));
	});
}
