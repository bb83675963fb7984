import { ExpectedError } from '../../../core/base/errors';
import { Emitter } from '../../../core/base/event';
import { Owner } from '../../../core/base/lifecycle';
import { endsWithWindow, type OllamaServer } from '../../../core/health/ollamaServer';
import { localPolicy, type CheckResult, type WatchedService } from '../../../core/health/service';
import { OllamaProvider } from '../../../core/providers/ollama';
import type { Provider } from '../../../core/providers/provider';
import type { ProviderState } from '../../../core/providers/providerState';
import type { ProviderService } from '../../providers/service';
import type { OllamaServers } from './ollamaServers';

/** Servers elsewhere are asked for their list of models, which costs nothing, and not often. */
const remoteMs = 5 * 60_000;

/** A model in memory, of which a part may not be on the GPU. */
export interface SpilledModel {
	readonly provider: string;
	readonly model: string;
	/** Percent that is not on the GPU, although a part of it is. */
	readonly percent: number;
}

type Managed = Pick<WatchedService, 'onDidChange' | 'startNote' | 'actions' | 'check' | 'failure' | 'act'>;

/** The providers that were set up, and those found on this machine once they have answered. */
export class ProviderSource extends Owner {
	readonly #providers: ProviderService;
	readonly #ollamas: OllamaServers;
	readonly #changed = this.own(new Emitter<void>());
	readonly onDidChange = this.#changed.event;
	readonly #services = new Map<string, { readonly key: string; readonly service: WatchedService }>();
	readonly #wereUp = new Set<string>();

	constructor(providers: ProviderService, ollamas: OllamaServers) {
		super();
		this.#providers = providers;
		this.#ollamas = ollamas;
		this.own(ollamas.onDidChange(() => this.#changed.fire()));
		this.own(providers.onDidChange(() => this.#changed.fire()));
	}

	/** Looks for servers on this machine, and asks those that were found how they are. */
	async find(): Promise<void> {
		await this.#providers.look();
		const found = this.#providers.view.states.filter(({ origin, health }) => origin === 'found' && health === null);
		const { providers } = this.#providers;
		await Promise.all(
			found.map(async ({ id }) => {
				const provider = providers.find(id);
				if (provider) await this.#providers.check(provider);
			}),
		);
	}

	services(): readonly WatchedService[] {
		return this.#providers.view.states.flatMap(state => {
			if (state.health?.isUp === true) this.#wereUp.add(state.id);
			// A server that ran here last week and is not started now is no failure.
			const isService = state.origin === 'configured' || (state.origin === 'found' && this.#wereUp.has(state.id));
			return isService ? [this.#watched(state)] : [];
		});
	}

	/** Shows what a server has written that was started here; false for any other service. */
	showLog(service: string): boolean {
		const state = this.#providers.view.states.find(({ id }) => service === `provider:${id}`);
		const server = state && this.#serverOf(state.id);
		if (!state || server?.log === undefined) return false;
		this.#ollamas.showLog(server, state.label);
		return true;
	}

	/** Models that are partly in the memory of the GPU and partly not, of servers on this machine that answer. */
	async spilled(signal: AbortSignal): Promise<readonly SpilledModel[]> {
		const local = this.#providers.view.states.filter(({ isLocal, health }) => isLocal && health?.isUp === true);
		const found = await Promise.all(local.map(({ id, label }) => this.#spilledOf(id, label, signal)));
		return found.flat();
	}

	async #spilledOf(id: string, provider: string, signal: AbortSignal): Promise<readonly SpilledModel[]> {
		try {
			const adapter = await this.#providers.providers.adapter(id);
			if (!(adapter instanceof OllamaProvider)) return [];
			return (await adapter.loaded(signal)).map(({ model, sizeBytes, vramBytes }) => {
				const isPartly = vramBytes > 0 && vramBytes < sizeBytes;
				return { provider, model, percent: isPartly ? (1 - vramBytes / sizeBytes) * 100 : 0 };
			});
		} catch {
			return []; // Its own check says what is wrong with it.
		}
	}

	#watched(state: ProviderState): WatchedService {
		const { id, label, origin, isLocal, baseUrl } = state;
		const server = this.#serverOf(id);
		const key = JSON.stringify([label, origin, isLocal, baseUrl, server?.address]);
		const known = this.#services.get(id);
		if (known?.key === key) return known.service;
		const service: WatchedService = {
			id: `provider:${id}`,
			name: label,
			kind: 'provider',
			needs: [],
			policy: isLocal ? localPolicy : { ...localPolicy, intervalMs: remoteMs },
			isExpected: origin === 'configured',
			...(server ? this.#managed(state, server) : { actions: () => [], check: () => this.#check(id) }),
		};
		this.#services.set(id, { key, service });
		return service;
	}

	#serverOf(id: string): OllamaServer | undefined {
		const isOllama = this.#providers.providers.configOf(id)?.kind === 'ollama';
		return isOllama ? this.#ollamas.at(this.#providers.state(id)?.baseUrl ?? null) : undefined;
	}

	/** What can be done to a server whose program is on this machine. */
	#managed({ id, label }: ProviderState, server: OllamaServer): Managed {
		return {
			onDidChange: server.onDidChange,
			startNote: endsWithWindow,
			actions: () => server.actions(this.#providers.state(id)?.health?.isUp ?? null),
			check: async () => server.explain(await this.#check(id)),
			failure: () => server.failure,
			act: async action => {
				if (action === 'start') await this.#start(id, label, server);
				else if (action === 'stop') await server.stop();
				else await server.restart();
				const provider = this.#providers.providers.find(id);
				// A look that began before would say how it was.
				if (provider) await this.#providers.recheck(provider);
			},
		};
	}

	async #start(id: string, label: string, server: OllamaServer): Promise<void> {
		const provider = this.#providers.providers.find(id);
		if (provider) await this.#providers.recheck(provider);
		if (this.#providers.state(id)?.health?.isUp === true)
			throw new ExpectedError('ollama.runs', `${label} answers already; it was not started from here.`);
		await server.start();
	}

	async #check(id: string): Promise<CheckResult> {
		const provider: Provider | undefined = this.#providers.providers.find(id);
		if (provider) await this.#providers.check(provider);
		const state = this.#providers.state(id);
		if (!state?.health) return { outcome: 'idle', text: 'It is not set up any more.', latencyMs: null };
		const { health, modelsProblem } = state;
		if (!health.isUp) return { outcome: 'down', text: health.text, latencyMs: null };
		const { latencyMs } = health;
		if (modelsProblem !== null) return { outcome: 'impaired', text: modelsProblem, latencyMs };
		return { outcome: 'up', text: /[.!?]$/u.test(health.text) ? health.text : `${health.text}.`, latencyMs };
	}
}
