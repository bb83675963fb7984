import { homedir } from 'node:os';
import { localDay } from '../../core/base/clock';
import { ExpectedError } from '../../core/base/errors';
import type { ConversationId } from '../../core/base/ids';
import { Owner } from '../../core/base/lifecycle';
import { toNano } from '../../core/base/money';
import { usedUpText, type BudgetState } from '../../core/ledger/views/budget';
import type { Conversation } from '../../core/chat/conversation';
import { infoView } from '../../core/chat/conversationParts';
import { Conversations } from '../../core/chat/conversations';
import { familyOfModel, type StartAgentSession } from '../../core/chat/agentSession';
import { diskReader } from '../../core/chat/review/changeFiles';
import { restoreTurns } from '../../core/chat/review/restore';
import type { TurnChanges } from '../../core/chat/review/turnChanges';
import { ClaudeProcess } from '../../core/claude/claudeProcess';
import { findClaude, thisMachine } from '../../core/claude/findClaude';
import { priceResponse, priceTable } from '../../core/claude/prices';
import type { LedgerEvent } from '../../core/ledger/events';
import type { Ledger } from '../../core/ledger/queries';
import { LivePool } from '../../core/process/livePool';
import type { ProcessSupervisor } from '../../core/process/supervisor';
import type { Approvals } from '../../core/safety/approvals';
import type { Grants } from '../../core/safety/grants';
import { CliGate } from '../../core/safety/cliGate';
import { Gate } from '../../core/safety/gate';
import { newestPlan } from '../../core/claude/plans';
import { mayUseRepositorySettings } from '../claude/repositoryConsent';
import { sessionHistory } from '../claude/history';
import { Obstacles } from '../claude/obstacles';
import type { Host } from '../host/context';
import { projectFolder, workspaceFolders } from '../host/workspace';
import { safetyContext } from '../safety/context';
import type { PriceSetting } from '../host/settings';

export interface ChatServiceDeps {
	readonly host: Host;
	readonly ledger: Ledger;
	readonly approvals: Approvals;
	readonly grants: Grants;
	readonly changes: TurnChanges;
	readonly supervisor: ProcessSupervisor;
	readonly append: (event: LedgerEvent) => void;
	readonly settled: () => Promise<void>;
	/** Whether a chat page is in view. */
	readonly isWatched: () => boolean;
}

/** The engine behind the chat: the CLI, its processes and the conversations. Made on first use. */
export class ChatService extends Owner {
	readonly obstacles: Obstacles;
	readonly conversations: Conversations;
	readonly #deps: ChatServiceDeps;
	readonly #pool: LivePool<ConversationId>;

	constructor(deps: ChatServiceDeps) {
		super();
		const { host } = deps;
		this.#deps = deps;
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
		this.obstacles = this.own(new Obstacles(host, find, deps.isWatched));
		this.conversations = this.own(this.#newConversations());
	}

	/** Looks for the CLI again and says what was found. */
	async recheck(): Promise<string> {
		const obstacle = await this.obstacles.check();
		const found = this.obstacles.cli;
		return obstacle ? obstacle.title : `Claude Code ${found?.version ?? ''} at ${found?.path ?? ''}`;
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
		const gate = new Gate({
			context: () => safetyContext(host),
			approvals,
			grants,
			journal: append,
		});
		return new Conversations({
			clock: host.clock,
			log: host.log,
			ledger,
			append,
			settled,
			additionalFolders: cwd => workspaceFolders().filter(folder => folder !== cwd),
			onInfo: ({ models, commands }) => void host.state.setKnownInfo(infoView(models, commands)),
			knownInfo: () => host.state.knownInfo,
			newGate: ({ cwd, origin, turnStartedAt }) =>
				new CliGate({ gate, cwd, origin, readPlan: () => newestPlan(process.env, turnStartedAt()) }),
			changes,
			route: async () => ({ model: 'default', why: 'Claude is the only one there is.' }),
			describeModel: async () => null,
			restoreFiles: (executions, isDryRun) => restoreTurns(changes, executions, isDryRun, diskReader),
			approvals,
			grants,
			startSession: this.#startSession,
			price: (model, usage) => priceResponse(this.#prices(), model, usage),
			remainingBudget: async () => {
				const left = (await this.#budgets()).map(({ limit, spent }) => limit - spent);
				return left.length === 0 ? null : Math.min(...left);
			},
			budgetText: async () => usedUpText(await this.#budgets()),
			onUse: (id, isBusy) => this.#pool.setBusy(id, isBusy),
			// A process is started by a turn, so it usually has work from its first moment.
			onSession: (id, isLive) => (isLive ? this.#pool.add(id, this.#find(id)?.isBusy) : this.#pool.remove(id)),
			history: sessionHistory(host),
			project: projectFolder,
			defaults: () => ({
				model: host.settings.get('chat.model'),
				mode: host.settings.get('chat.permissionMode'),
				effort: host.settings.get('chat.effort'),
			}),
		});
	}

	readonly #startSession: StartAgentSession = async ({ mode, ...options }, handlers) => {
		if (familyOfModel(options.model ?? 'default') === 'loop')
			throw new ExpectedError('no-provider', `There is no provider for ${options.model ?? ''}.`);
		const claude = await this.obstacles.require();
		const { log } = this.#deps.host;
		const isIsolated = !(await mayUseRepositorySettings(this.#deps.host, options.cwd));
		return ClaudeProcess.start(
			{ supervisor: this.#deps.supervisor, claude, environment: process.env, logger: log, prices: this.#prices() },
			{ ...options, isIsolated, ...(mode === undefined || mode === 'autonomous' ? {} : { mode }) },
			handlers,
		);
	};

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
