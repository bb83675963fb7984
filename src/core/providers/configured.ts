import { Lazy } from '../base/async';
import type { Clock } from '../base/clock';
import { isOnThisMachine, labelOf, type ProviderConfig } from './config';
import type { ModelEvent, ModelRequest, Provider, ProviderHealth, ProviderModel } from './provider';
import { ResilientProvider } from './resilient';

/** A provider of the settings: known at once, made when it is first asked something, and kept well from then on. */
export class ConfiguredProvider implements Provider {
	readonly config: ProviderConfig;
	readonly label: string;
	readonly isLocal: boolean;
	/** It answered on this machine without being set up. */
	readonly isFound: boolean;
	readonly #made: Lazy<ResilientProvider>;

	constructor(
		config: ProviderConfig,
		isFound: boolean,
		clock: Clock,
		make: (config: ProviderConfig) => Promise<Provider>,
	) {
		this.config = config;
		this.label = labelOf(config);
		this.isLocal = isOnThisMachine(config);
		this.isFound = isFound;
		this.#made = new Lazy(async () => new ResilientProvider(await make(config), { clock }));
	}

	get id(): string {
		return this.config.id;
	}

	/** The adapter itself, for what only its kind can do. */
	async adapter(): Promise<Provider> {
		return (await this.#made.get()).inner;
	}

	async *stream(request: ModelRequest): AsyncGenerator<ModelEvent> {
		yield* (await this.#made.get()).stream(request);
	}

	async models(signal: AbortSignal): Promise<readonly ProviderModel[]> {
		return (await this.#made.get()).models(signal);
	}

	async health(signal: AbortSignal): Promise<ProviderHealth> {
		return (await this.#made.get()).health(signal);
	}
}
