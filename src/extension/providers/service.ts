import { homedir } from 'node:os';
import { mkdir } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Lazy } from '../../core/base/async';
import { CancelledError, errorText } from '../../core/base/errors';
import { Emitter } from '../../core/base/event';
import { Owner, toDisposable } from '../../core/base/lifecycle';
import { ClaudeProcess } from '../../core/claude/claudeProcess';
import { ClaudeProvider } from '../../core/claude/claudeProvider';
import { findClaude, thisMachine, type FoundClaude } from '../../core/claude/findClaude';
import { GpuEnergy } from '../../core/hardware/gpuEnergy';
import type { Nvidia } from '../../core/hardware/liveFeed';
import { AmdPower, NvidiaPower } from '../../core/hardware/powerSources';
import type { ProcessSupervisor } from '../../core/process/supervisor';
import { baseUrlOf, type ConfigProblem } from '../../core/providers/config';
import { discoverLocal } from '../../core/providers/discover';
import { readRemembered, rememberServers } from '../../core/providers/foundServers';
import { findPreset } from '../../core/providers/presets';
import { parseModelRef, type Provider } from '../../core/providers/provider';
import {
	checkProvider,
	type Checked,
	type ProvidersView,
	type ProviderState,
} from '../../core/providers/providerState';
import { Providers } from '../../core/providers/registry';
import type { Host } from '../host/context';
import { VsCodeProvider } from './vscodeLm';

export interface ProviderServiceDeps {
	readonly host: Host;
	readonly supervisor: () => Promise<ProcessSupervisor>;
	readonly nvidia: Lazy<Nvidia>;
}

/** A view that comes back after this long asks anew. */
const freshMs = 30_000;
/** A search for servers takes a few milliseconds, and a second where something listens that never answers. */
const lookAgeMs = 10_000;
/** Where the servers that were found are kept, for every window of this machine. */
const foundKey = 'foundServers';

/** The providers of this window, and what is known of how they are. Made on first use. */
export class ProviderService extends Owner {
	readonly providers: Providers;
	readonly #deps: ProviderServiceDeps;
	readonly #changed = this.own(new Emitter<void>());
	/** Fires when what is known of a provider may have changed. */
	readonly onDidChange = this.#changed.event;
	readonly #checked = new Map<Provider, Checked>();
	readonly #checking = new Map<Provider, Promise<void>>();
	readonly #end = new AbortController();
	#problems: readonly ConfigProblem[] = [];
	#looked: Promise<void> | undefined;
	#lookedAt = -Infinity;
	#refreshedAt = -Infinity;

	constructor(deps: ProviderServiceDeps) {
		super();
		const { host } = deps;
		this.#deps = deps;
		this.own(toDisposable(() => this.#end.abort()));
		this.providers = this.own(
			new Providers({
				clock: host.clock,
				secret: id => host.secrets.get(`provider.${id}.key`),
				prices: () => host.settings.get('costs.prices'),
				chain: () => host.settings.get('fallbackModels').map(parseModelRef),
				energy: this.own(new GpuEnergy([this.#nvidiaPower(), new AmdPower(host.clock)], host.clock)),
			}),
		);
		this.own(this.providers.add(this.#claude()));
		this.own(this.providers.add(new VsCodeProvider(vscode, host.clock)));
		this.#problems = this.providers.configure(host.settings.get('providers'));
		this.own(this.providers.onDidChange(() => this.#changed.fire()));
		this.#follow();
	}

	#nvidiaPower(): NvidiaPower {
		return new NvidiaPower(async () => (await this.#deps.nvidia.get()).cards);
	}

	/** What is known now. */
	get view(): ProvidersView {
		return { states: this.providers.list().map(provider => this.#stateOf(provider)), problems: this.#problems };
	}

	/**
	 * Looks for servers on this machine, again after a while: who reads that Ollama is missing starts it and comes back.
	 * Whoever lists models waits for it, but for a search that another one has done just now.
	 */
	look(): Promise<void> {
		const now = this.#deps.host.clock.monotonic();
		if (!this.#looked || now - this.#lookedAt > lookAgeMs) {
			this.#lookedAt = now;
			this.#looked = this.#look();
		}
		return this.#looked;
	}

	/** Looks again for what is there, and asks everyone how they are. */
	async refresh(): Promise<void> {
		if (!vscode.workspace.isTrusted) return;
		this.#refreshedAt = this.#deps.host.clock.monotonic();
		const known = this.providers.list();
		this.#lookedAt = this.#refreshedAt;
		this.#looked = this.#look();
		await Promise.all([...known.map(provider => this.check(provider)), this.#looked]);
		await Promise.all(
			this.providers.list().flatMap(provider => (known.includes(provider) ? [] : [this.check(provider)])),
		);
	}

	/** As `refresh`, unless that was done just now. */
	async refreshIfOld(): Promise<void> {
		if (this.#deps.host.clock.monotonic() - this.#refreshedAt > freshMs) await this.refresh();
	}

	/** Asks one provider how it is and for its models. */
	check(provider: Provider): Promise<void> {
		const running = this.#checking.get(provider);
		if (running) return running;
		const check = checkProvider(provider, this.#end.signal)
			.then(
				checked => void this.#checked.set(provider, checked),
				(error: unknown) => {
					if (!(error instanceof CancelledError) && !this.isDisposed) this.#deps.host.log.error(errorText(error));
				},
			)
			.finally(() => {
				this.#checking.delete(provider);
				if (!this.isDisposed) this.#changed.fire();
			});
		this.#checking.set(provider, check);
		this.#changed.fire();
		return check;
	}

	/** Asks anew, also when a check runs that began before whatever was changed. */
	async recheck(provider: Provider): Promise<void> {
		await this.#checking.get(provider);
		await this.check(provider);
	}

	/** What is known of one provider. */
	state(id: string): ProviderState | undefined {
		const provider = this.providers.find(id);
		return provider && this.#stateOf(provider);
	}

	#stateOf(provider: Provider): ProviderState {
		const { id, label, isLocal } = provider;
		const config = this.providers.configOf(id);
		const known = this.#checked.get(provider) ?? { health: null, models: null, modelsProblem: null };
		return {
			id,
			label,
			isLocal,
			origin: config ? (this.providers.isFound(id) ? 'found' : 'configured') : 'own',
			baseUrl: config ? baseUrlOf(config) : null,
			takesKey:
				config?.kind === 'ollama'
					? !isLocal
					: config !== undefined && findPreset(config.preset ?? 'other').key !== 'none',
			canPull: config?.kind === 'ollama',
			...known,
			isChecking: this.#checking.has(provider),
		};
	}

	async #look(): Promise<void> {
		const { settings, clock, log, context } = this.#deps.host;
		if (!vscode.workspace.isTrusted || !settings.get('discoverLocalModels')) {
			this.providers.offerFound([]);
			return;
		}
		try {
			const found = await discoverLocal(this.#end.signal, { clock, ollamaHost: process.env['OLLAMA_HOST'] });
			if (this.isDisposed) return;
			const known = readRemembered(context.globalState.get(foundKey));
			const configs = found.map(({ config }) => config);
			const remembered = rememberServers(known, configs, clock.now());
			this.providers.offerFound(remembered.map(({ config }) => config));
			await context.globalState.update(foundKey, remembered);
		} catch (error) {
			if (!this.isDisposed) log.warn(`Looking for model servers failed: ${errorText(error)}`);
		}
	}

	/** Settings, keys, trust and the editor's own models change while the window is open. */
	#follow(): void {
		const { settings, secrets } = this.#deps.host;
		const refresh = (): void => void this.refresh();
		this.own(
			settings.onDidChange(keys => {
				if (keys.has('providers')) {
					const before = new Set(this.providers.list());
					this.#problems = this.providers.configure(settings.get('providers'));
					this.#changed.fire();
					if (vscode.workspace.isTrusted)
						for (const provider of this.providers.list()) if (!before.has(provider)) void this.check(provider);
				}
				if (keys.has('discoverLocalModels')) refresh();
			}),
		);
		this.own(
			secrets.onDidChange(key => {
				const id = /^provider\.(.+)\.key$/.exec(key)?.[1];
				const provider = id === undefined ? undefined : this.providers.find(id);
				if (!provider) return;
				this.providers.forget(provider.id);
				void this.recheck(provider);
			}),
		);
		this.own(vscode.workspace.onDidGrantWorkspaceTrust(refresh));
		this.own(
			vscode.lm.onDidChangeChatModels(() => {
				const own = this.providers.find('vscode');
				if (!own || !this.#checked.has(own)) return;
				this.providers.forget(own.id);
				void this.check(own);
			}),
		);
	}

	#claude(): ClaudeProvider {
		const { host, supervisor } = this.#deps;
		const cwd = host.context.globalStorageUri.fsPath;
		const find = (): Promise<FoundClaude> =>
			findClaude(thisMachine(process.env, homedir()), host.settings.get('claude.path'));
		return new ClaudeProvider({
			cwd,
			clock: host.clock,
			version: async () => (await find()).version,
			knownModels: () => host.state.knownInfo.models,
			start: async (options, handlers) => {
				const [claude, processes] = await Promise.all([find(), supervisor(), mkdir(cwd, { recursive: true })]);
				const deps = { supervisor: processes, claude, environment: process.env, logger: host.log };
				return ClaudeProcess.start(deps, options, handlers);
			},
		});
	}
}
