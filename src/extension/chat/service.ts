import { homedir } from 'node:os';
import { Lazy } from '../../core/base/async';
import { localDay } from '../../core/base/clock';
import { errorText } from '../../core/base/errors';
import type { ConversationId } from '../../core/base/ids';
import { Owner, toDisposable } from '../../core/base/lifecycle';
import { toNano, type NanoDollars } from '../../core/base/money';
import { usedUpText, type BudgetState } from '../../core/ledger/views/budget';
import type { Conversation } from '../../core/chat/conversation';
import { infoView } from '../../core/chat/conversationParts';
import { Conversations } from '../../core/chat/conversations';
import { familyOfModel, type StartAgentSession } from '../../core/chat/agentSession';
import { diskReader } from '../../core/chat/review/changeFiles';
import { restoreTurns } from '../../core/chat/review/restore';
import type { ConversationMemory } from '../../core/chat/preamble';
import type { TurnChanges } from '../../core/chat/review/turnChanges';
import { ClaudeProcess } from '../../core/claude/claudeProcess';
import type { ClaudeSessionHandlers, ClaudeSessionOptions, StartClaudeSession } from '../../core/claude/session';
import { startWithOwnTools, type OwnToolsLease } from '../../core/claude/ownTools/names';
import { findClaude, thisMachine } from '../../core/claude/findClaude';
import { priceResponse, priceTable } from '../../core/claude/prices';
import type { LedgerEvent } from '../../core/ledger/events';
import type { Ledger } from '../../core/ledger/queries';
import { LivePool } from '../../core/process/livePool';
import type { ProcessSupervisor } from '../../core/process/supervisor';
import type { Approvals } from '../../core/safety/approvals';
import type { Grants } from '../../core/safety/grants';
import { CliGate } from '../../core/safety/cliGate';
import type { OwnCalls } from '../../core/safety/ownCalls';
import { Gate } from '../../core/safety/gate';
import { newestPlan } from '../../core/claude/plans';
import { mayUseRepositorySettings } from '../claude/repositoryConsent';
import { sessionHistory } from '../claude/history';
import { Obstacles, type Others } from '../claude/obstacles';
import type { Loops } from './loops';
import type { Providers } from '../../core/providers/registry';
import type { Toolbox } from '../../core/tools/toolbox';
import type { Host } from '../host/context';
import type { McpChatBridge } from '../mcp/chatBridge';
import { projectFolder, workspaceFolders } from '../host/workspace';
import { safetyContext } from '../safety/context';
import type { PriceSetting } from '../host/settings';

export interface ChatServiceDeps {
	readonly host: Host;
	readonly ledger: Ledger;
	readonly approvals: Approvals;
	readonly grants: Grants;
	readonly changes: TurnChanges;
	readonly memory: ConversationMemory;
	readonly supervisor: ProcessSupervisor;
	readonly append: (event: LedgerEvent) => void;
	readonly settled: () => Promise<void>;
	/** Every tool that models may be offered. */
	readonly toolbox: Toolbox;
	/** Starts what brings tools; resolves when their first list is there, or will not be. */
	readonly prepareTools: () => Promise<void>;
	/** Our own tools for one Claude CLI; `null` when it is to have none. */
	readonly leaseTools: (cwd: string) => Promise<OwnToolsLease | null>;
	readonly ownCalls: OwnCalls;
	/** The providers beside the CLI. */
	readonly providers: () => Promise<{ readonly providers: Providers; look(): Promise<void> }>;
	/** Prompts and resources of MCP servers that run. */
	readonly servers: McpChatBridge;
	/** Whether a chat page is in view. */
	readonly isWatched: () => boolean;
}

/** The engine behind the chat: the CLI, its processes and the conversations. Made on first use. */
export class ChatService extends Owner {
	readonly obstacles: Obstacles;
	readonly conversations: Conversations;
	/** Conversations with models that are not the CLI's. */
	readonly loops: Lazy<Loops>;
	readonly #deps: ChatServiceDeps;
	readonly #gate: Gate;
	readonly #pool: LivePool<ConversationId>;
	#loops: Loops | undefined;

	constructor(deps: ChatServiceDeps) {
		super();
		const { host } = deps;
		this.#deps = deps;
		const { approvals, grants, append } = deps;
		this.#gate = new Gate({ context: () => safetyContext(host), approvals, grants, journal: append });
		this.loops = new Lazy(() => this.#startLoops());
		this.own(toDisposable(() => this.#loops?.dispose()));
		this.#pool = this.own(
			new LivePool<ConversationId>({
				clock: host.clock,
				...this.#poolLimits(),
				close: id => void this.#find(id)?.closeSession(),
			}),
		);
		this.own(
			host.settings.onDidChange(() => {
				const { maxLive, idleMs } = this.#poolLimits();
				this.#pool.configure(maxLive, idleMs);
			}),
		);
		const machine = thisMachine(process.env, homedir());
		const find = (): ReturnType<typeof findClaude> => findClaude(machine, host.settings.get('claude.path'));
		this.obstacles = this.own(new Obstacles(host, find, deps.isWatched, () => this.#alternatives()));
		this.conversations = this.own(this.#newConversations());
		this.own(deps.servers.onDidChange(() => this.conversations.refreshInfo()));
	}

	/** Looks for the CLI again and says what was found. */
	async recheck(): Promise<string> {
		const obstacle = await this.obstacles.check();
		const found = this.obstacles.cli;
		return obstacle ? obstacle.title : `Claude Code ${found?.version ?? ''} at ${found?.path ?? ''}`;
	}

	/** Titles of the conversations whose agent has nothing to do. */
	get idleAgents(): readonly string[] {
		return this.#pool.idle.map(id => this.#find(id)?.view.title ?? 'a conversation');
	}

	/** Closes the agents that have nothing to do; their conversations go on with the next prompt. */
	closeIdleAgents(): number {
		return this.#pool.closeIdle();
	}

	/** Closes every conversation with its process. */
	async stop(): Promise<void> {
		await this.conversations.closeAll();
		this.dispose();
	}

	#find(id: ConversationId): Conversation | undefined {
		return this.conversations.live.find(conversation => conversation.id === id);
	}

	#newConversations(): Conversations {
		const { host, ledger, approvals, grants, changes, append, settled } = this.#deps;
		const gate = this.#gate;
		return new Conversations({
			clock: host.clock,
			log: host.log,
			ledger,
			append,
			settled,
			additionalFolders: cwd => workspaceFolders().filter(folder => folder !== cwd),
			onInfo: ({ models, commands }) => void host.state.setKnownInfo(infoView(models, commands)),
			knownInfo: () => ({ ...host.state.knownInfo, prompts: this.#deps.servers.commands() }),
			newGate: ({ cwd, origin, turnStartedAt }) =>
				new CliGate({
					gate,
					cwd,
					origin,
					ownCalls: this.#deps.ownCalls,
					readPlan: () => newestPlan(process.env, turnStartedAt()),
				}),
			changes,
			memory: this.#deps.memory,
			route: async ask => (await this.loops.get()).route(ask),
			describeModel: async model => (await this.loops.get()).describe(model),
			restoreFiles: (executions, isDryRun) => restoreTurns(changes, executions, isDryRun, diskReader),
			approvals,
			grants,
			startSession: this.#startSession,
			price: (model, usage) =>
				familyOfModel(model) === 'loop'
					? (this.#loops?.price(model, usage).cost ?? null)
					: priceResponse(this.#prices(), model, usage),
			remainingBudget: () => this.remainingBudget(),
			budgetText: async () => usedUpText(await this.#budgets()),
			onUse: (id, isBusy) => this.#pool.setBusy(id, isBusy),
			// A process is started by a turn, so it usually has work from its first moment.
			onSession: (id, isLive) => (isLive ? this.#pool.add(id, this.#find(id)?.isBusy) : this.#pool.remove(id)),
			history: sessionHistory(host),
			project: projectFolder,
			defaults: () => ({
				model: this.#firstModel(),
				mode: host.settings.get('chat.permissionMode'),
				effort: host.settings.get('chat.effort'),
			}),
		});
	}

	/** Who has no Claude goes on with the model that was chosen last. */
	#firstModel(): string {
		const { settings, state } = this.#deps.host;
		const chosen = settings.get('chat.model');
		return chosen === 'default' && this.obstacles.isCliMissing ? (state.lastModel ?? chosen) : chosen;
	}

	/** What the budgets of the day and the month leave; `null` without any. */
	async remainingBudget(): Promise<NanoDollars | null> {
		const left = (await this.#budgets()).map(({ limit, spent }) => limit - spent);
		return left.length === 0 ? null : Math.min(...left);
	}

	async #startLoops(): Promise<Loops> {
		const { host, toolbox, prepareTools, settled, providers } = this.#deps;
		const [{ Loops }, service] = await Promise.all([import('./loops'), providers()]);
		this.#loops = new Loops({
			host,
			gate: this.#gate,
			toolbox,
			providers: service.providers,
			lookForProviders: () => service.look(),
			prepareTools,
			settled,
			remainingBudget: () => this.remainingBudget(),
			claudeObstacle: () => this.obstacles.current,
			claudeModels: () => host.state.knownInfo.models,
		});
		this.#loops.prune().catch((error: unknown) => host.log.warn(errorText(error)));
		return this.#loops;
	}

	/** What who has no Claude may do instead. */
	async #alternatives(): Promise<Others> {
		const local = await (await this.loops.get()).localModel();
		const add = { title: 'Add a Model Provider', command: 'quarterdeck.providers.add' };
		if (!local) return { actions: [add] };
		const { label, model } = local;
		const name = model.slice(model.indexOf('/') + 1);
		return {
			instead: {
				title: `${label} is ready`,
				text: `It runs on this machine with \`${name}\`: what you write stays here and costs nothing. You can change the model at any time.`,
				actions: [{ title: `Use ${label}`, command: 'quarterdeck.chat.useModel', args: [model] }, add],
			},
			actions: [],
		};
	}

	readonly #startSession: StartAgentSession = async (options, handlers) =>
		familyOfModel(options.model ?? 'default') === 'loop'
			? (await this.loops.get()).start(options, handlers)
			: this.#startClaude(options, handlers);

	readonly #startClaude: StartAgentSession = ({ mode, ...options }, handlers) =>
		this.#launch(mode === undefined || mode === 'autonomous' ? options : { ...options, mode }, handlers);

	/** Starts the CLI for a task that is not of a conversation. */
	readonly startTask: StartClaudeSession = (options, handlers) => this.#launch(options, handlers);

	async #launch<H extends ClaudeSessionHandlers>(options: ClaudeSessionOptions, handlers: H): Promise<ClaudeProcess> {
		const claude = await this.obstacles.require();
		const { log } = this.#deps.host;
		const isIsolated = !(await mayUseRepositorySettings(this.#deps.host, options.cwd));
		const lease = await this.#leaseTools(options.cwd);
		return startWithOwnTools(lease, handlers, (own, mcpConfig) =>
			ClaudeProcess.start(
				{ supervisor: this.#deps.supervisor, claude, environment: process.env, logger: log, prices: this.#prices() },
				{ ...options, isIsolated, ...(mcpConfig === undefined ? {} : { mcpConfig }) },
				own,
			),
		);
	}

	/** A CLI without our tools is better than none. */
	async #leaseTools(cwd: string): Promise<OwnToolsLease | null> {
		const { leaseTools, host } = this.#deps;
		try {
			return await leaseTools(cwd);
		} catch (error) {
			host.log.warn(`The Claude CLI gets none of our tools: ${errorText(error)}`);
			return null;
		}
	}

	#prices(): ReturnType<typeof priceTable> {
		const own = Object.entries(this.#deps.host.settings.get('costs.prices'));
		return priceTable(Object.fromEntries(own.map(([model, price]) => [model, withCachePrices(price)])));
	}

	#poolLimits(): { maxLive: number; idleMs: number } {
		const { settings } = this.#deps.host;
		return { maxLive: settings.get('claude.maxProcesses'), idleMs: settings.get('claude.idleMinutes') * 60_000 };
	}

	/** The budgets that are set, and what was spent of them. */
	async #budgets(): Promise<readonly BudgetState[]> {
		const { settings, clock } = this.#deps.host;
		const today = localDay(clock.now());
		const set = [
			{ period: 'day' as const, usd: settings.get('budget.dailyUsd'), fromDay: today },
			{ period: 'month' as const, usd: settings.get('budget.monthlyUsd'), fromDay: `${today.slice(0, 7)}-01` },
		].filter(({ usd }) => usd > 0);
		const states = set.map(async ({ period, usd, fromDay }) => {
			const rows = await this.#deps.ledger.query('costs', { fromDay, toDay: today, by: [] });
			return { period, limit: toNano(usd), spent: rows.reduce((sum, row) => sum + row.cost, 0) };
		});
		return Promise.all(states);
	}
}

/** Cache prices that the user left out follow the usual ratios to the input price. */
function withCachePrices({ input, output, ...given }: PriceSetting): Required<PriceSetting> {
	return { input, output, cacheRead: input * 0.1, cacheWrite5m: input * 1.25, cacheWrite1h: input * 2, ...given };
}
