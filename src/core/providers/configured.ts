import { Lazy } from '../base/async';
import type { Clock } from '../base/clock';
import { isOnThisMachine, labelOf, type ProviderConfig } from './config';
import { withEnergy, type EnergyMeter } from './energy';
import type { ModelEvent, ModelRequest, Provider, ProviderHealth, ProviderModel } from './provider';
import { isCloudModel } from './ollamaCatalog';
import { ResilientProvider } from './resilient';

/** A provider of the settings: known at once, made when it is first asked something, and kept well from then on. */
export class ConfiguredProvider implements Provider {
	readonly config: ProviderConfig;
	readonly label: string;
	readonly isLocal: boolean;
	/** It answered on this machine without being set up. */
	readonly isFound: boolean;
	readonly #made: Lazy<ResilientProvider>;
	readonly #energy: EnergyMeter | undefined;

	/** @param energy measures what answers of this machine's own models take; absent: nothing does */
	constructor(
		config: ProviderConfig,
		isFound: boolean,
		clock: Clock,
		make: (config: ProviderConfig) => Promise<Provider>,
		energy?: EnergyMeter,
	) {
		this.config = config;
		this.label = labelOf(config);
		this.isLocal = isOnThisMachine(config);
		this.isFound = isFound;
		this.#energy = energy;
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
		const events = (await this.#made.get()).stream(request);
		yield* this.#energy && this.isLocal && !isCloudModel(request.model) ? withEnergy(events, this.#energy) : events;
	}

	async models(signal: AbortSignal): Promise<readonly ProviderModel[]> {
		return (await this.#made.get()).models(signal);
	}

	async health(signal: AbortSignal): Promise<ProviderHealth> {
		return (await this.#made.get()).health(signal);
	}
}
