import { join } from 'node:path';
import { ExpectedError } from '../../core/base/errors';
import type { Disposable } from '../../core/base/lifecycle';
import { toNano, type CostBasis, type NanoDollars } from '../../core/base/money';
import type { AgentSession, StartAgentSession } from '../../core/chat/agentSession';
import type { RouteAsk, RoutedModel } from '../../core/chat/deps';
import type { ModelChoice } from '../../core/chat/items';
import { LoopGate } from '../../core/chat/loop/loopGate';
import { LoopSession } from '../../core/chat/loop/loopSession';
import type { LoopPorts } from '../../core/chat/loop/ports';
import { pruneTranscripts } from '../../core/chat/loop/transcript';
import { choiceOfModel, modelGroups } from '../../core/chat/modelGroups';
import type { ModelGroup, Obstacle } from '../../core/chat/protocol';
import { candidatesOf, route, type Candidate, type RouteResult } from '../../core/chat/routing/route';
import { readRules } from '../../core/chat/routing/rules';
import { claudeModelName } from '../../core/chat/routing/ask';
import type { Usage } from '../../core/ledger/events';
import { modelRefText, parseModelRef } from '../../core/providers/provider';
import type { ProviderModels, Providers } from '../../core/providers/registry';
import type { Gate } from '../../core/safety/gate';
import type { Toolbox } from '../../core/tools/toolbox';
import { ToolRunner } from '../../core/tools/toolRunner';
import type { Host } from '../host/context';

export interface LoopsDeps {
	readonly host: Host;
	readonly gate: Gate;
	readonly toolbox: Toolbox;
	readonly providers: Providers;
	/** Resolves when this machine was searched for servers. */
	lookForProviders(): Promise<void>;
	/** Starts what brings tools; resolves when their first list is there, or will not be. */
	prepareTools(): Promise<void>;
	settled(): Promise<void>;
	remainingBudget(): Promise<NanoDollars | null>;
	/** What stands in the way of the CLI; `null` when it can be asked. */
	readonly claudeObstacle: () => Obstacle | null;
	readonly claudeModels: () => readonly ModelChoice[];
}

/** A model that runs on this machine. */
export interface LocalModel {
	/** Of its provider: `Ollama`. */
	readonly label: string;
	readonly model: string;
}

/** A page that waits for the CLI asks every few seconds; servers are asked less often, milliseconds. */
const localAgeMs = 15_000;
const dayMs = 86_400_000;
/** Nobody waits for a server that does not answer, milliseconds: it counts as not running then. */
const listingPatienceMs = 4_000;

/** Everything about conversations with models that are not the CLI's: their loops, their list, and Auto's choice. */
export class Loops implements Disposable {
	readonly #deps: LoopsDeps;
	readonly #ports: LoopPorts;
	readonly #end = new AbortController();
	#local: { readonly at: number; readonly found: LocalModel | undefined } | undefined;

	constructor(deps: LoopsDeps) {
		this.#deps = deps;
		const { host, toolbox, providers } = deps;
		const gate = new LoopGate({ gate: deps.gate, settled: () => deps.settled() });
		this.#ports = {
			clock: host.clock,
			log: host.log,
			folder: join(host.context.globalStorageUri.fsPath, 'sessions'),
			providers,
			toolbox,
			runner: new ToolRunner({ toolbox, gate, clock: host.clock }),
			gate,
			limits: () => ({
				maxSteps: host.settings.limit('loop.maxSteps', 0),
				maxMinutes: host.settings.limit('loop.maxMinutes', 0),
				maxCost: toNano(host.settings.limit('loop.maxUsd', 0)),
			}),
			remainingBudget: () => deps.remainingBudget(),
			platform: process.platform,
		};
	}

	dispose(): void {
		this.#end.abort();
	}

	/** Forgets records that are as old as the ledger forgets its own. */
	async prune(): Promise<void> {
		const { clock, settings } = this.#deps.host;
		await pruneTranscripts(this.#ports.folder, clock.now() - settings.get('ledger.retentionDays') * dayMs);
	}

	readonly start: StartAgentSession = async (options, handlers): Promise<AgentSession> => {
		await Promise.all([this.#deps.prepareTools(), this.#deps.lookForProviders()]);
		return LoopSession.start(this.#ports, options, handlers);
	};

	/** What one response of a provider's model costs. */
	price(model: string, usage: Usage): { readonly cost: NanoDollars | null; readonly basis: CostBasis } {
		return this.#deps.providers.price(parseModelRef(model), usage);
	}

	/** What is known of a provider's model; `null` where its provider does not list it or does not answer. */
	async describe(model: string): Promise<ModelChoice | null> {
		const ref = parseModelRef(model);
		await this.#deps.lookForProviders();
		if (!this.#deps.providers.find(ref.provider)) return null;
		const known = await this.#deps.providers.model(ref, AbortSignal.timeout(listingPatienceMs));
		return known === null ? null : { ...choiceOfModel(ref.provider, known), value: model };
	}

	/** Every model that can be chosen, by provider. */
	async groups(isFresh: boolean): Promise<readonly ModelGroup[]> {
		const { claudeModels, claudeObstacle } = this.#deps;
		const listed = await this.#listing(isFresh);
		const canPull = (id: string): boolean => this.#deps.providers.configOf(id)?.kind === 'ollama';
		return modelGroups({ models: claudeModels(), obstacle: claudeObstacle() }, listed, canPull);
	}

	/** The best model on this machine, for who has no Claude; `undefined` when none is known to run. */
	async localModel(): Promise<LocalModel | undefined> {
		const now = this.#deps.host.clock.monotonic();
		if (this.#local && now - this.#local.at < localAgeMs) return this.#local.found;
		const found = await this.#findLocal();
		this.#local = { at: now, found };
		return found;
	}

	async #findLocal(): Promise<LocalModel | undefined> {
		const listed = await this.#listing();
		for (const entry of listed) {
			if (entry.state !== 'ready' || !entry.provider.isLocal) continue;
			const [best] = candidatesOf(entry.provider, entry.models, new Set()).toSorted(
				(left, right) => Number(right.abilities.tools) - Number(left.abilities.tools) || right.strength - left.strength,
			);
			if (best) return { label: entry.provider.label, model: best.model };
		}
		return undefined;
	}

	/** Lets the rules choose. Rejects with a sentence when no model is there. */
	async route(ask: RouteAsk): Promise<RoutedModel> {
		const { result } = await this.explain(ask);
		if (result.chosen) return result.chosen;
		throw new ExpectedError('no-model', 'Auto found no model that is running. Start one, or add a provider.', {
			actions: [
				{ title: 'Add a Model Provider', command: 'quarterdeck.providers.add' },
				{ title: 'Why?', command: 'quarterdeck.routing.explain' },
			],
		});
	}

	/** What the rules choose for a prompt, and how each of them fared. */
	async explain(ask: RouteAsk): Promise<{ readonly result: RouteResult; readonly problems: readonly string[] }> {
		const { rules, problems } = readRules(this.#deps.host.settings.get('routing.rules'));
		const named = new Set(rules.flatMap(rule => rule.use));
		for (const fallback of this.#deps.providers.fallbacks({ provider: '', model: '' }))
			named.add(modelRefText(fallback));
		const candidates = [this.#claude(), ...this.#candidates(await this.#listing(), named, ask)];
		const remaining = await this.#deps.remainingBudget();
		return { result: route(ask, { rules, candidates, remaining }), problems };
	}

	#claude(): Candidate {
		return {
			model: claudeModelName,
			isLocal: false,
			isUp: this.#deps.claudeObstacle() === null,
			isClaude: true,
			abilities: { tools: true, images: true },
			contextTokens: 200_000,
			strength: 0,
		};
	}

	#candidates(listed: readonly ProviderModels[], rules: ReadonlySet<string>, ask: RouteAsk): readonly Candidate[] {
		const named = new Set([...rules, ...(ask.last === null ? [] : [ask.last])]);
		return listed.flatMap(entry => {
			const { provider } = entry;
			if (provider.id === 'claude') return [];
			if (entry.state === 'ready') return candidatesOf(provider, entry.models, named);
			// What a rule names and does not answer is passed over by name.
			const down = [...named].filter(model => model.startsWith(`${provider.id}/`));
			return down.map(model => ({
				model,
				isLocal: provider.isLocal,
				isUp: false,
				isClaude: false,
				abilities: { tools: null, images: null },
				contextTokens: null,
				strength: 0,
			}));
		});
	}

	async #listing(isFresh = false): Promise<readonly ProviderModels[]> {
		await this.#deps.lookForProviders();
		return this.#deps.providers.models(this.#end.signal, isFresh, AbortSignal.timeout(listingPatienceMs));
	}
}
