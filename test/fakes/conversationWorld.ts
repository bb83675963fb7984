import { onTestFinished } from 'vitest';
import { silentLogger } from '../../src/core/base/logger';
import { systemClock } from '../../src/core/base/clock';
import { Emitter } from '../../src/core/base/event';
import type { ConversationId } from '../../src/core/base/ids';
import type { CostRow } from '../../src/core/claude/costs';
import type { ClaudeMessage } from '../../src/core/claude/messages';
import type {
	AgentSession,
	AgentSessionHandlers,
	AgentSessionOptions,
	StartAgentSession,
} from '../../src/core/chat/agentSession';
import type { SessionHistory } from '../../src/core/chat/deps';
import type { ConversationMemory } from '../../src/core/chat/preamble';
import { Conversations } from '../../src/core/chat/conversations';
import type { LedgerEvent } from '../../src/core/ledger/events';
import type { ConversationRow, ExecutionRow, Ledger, LedgerChange } from '../../src/core/ledger/queries';
import { Approvals } from '../../src/core/safety/approvals';

/** A session without a process: a test says what the CLI says. */
export class FakeSession implements AgentSession {
	readonly options: AgentSessionOptions;
	readonly handlers: AgentSessionHandlers;
	readonly sent: { readonly content: unknown; readonly uuid: string }[] = [];
	readonly requests: string[] = [];
	readonly sessionId: string;
	isAlive = true;
	costRows: readonly CostRow[] = [];
	readonly costs = { begin: () => undefined, rows: () => this.costRows };
	readonly info = {
		pid: 1,
		version: '2.1.329',
		commands: [{ name: 'compact', description: 'Summarise', argumentHint: '' }],
		models: [{ value: 'default', displayName: 'Default', description: 'The default' }],
		agents: [],
		account: {},
		outputStyle: null,
		capabilities: [],
	};

	constructor(options: AgentSessionOptions, handlers: AgentSessionHandlers) {
		this.options = options;
		this.handlers = handlers;
		this.sessionId = options.start.id;
	}

	say(message: unknown): void {
		this.handlers.onMessage(message as ClaudeMessage);
	}

	send(content: unknown, uuid: string): void {
		this.sent.push({ content, uuid });
	}

	async interrupt(): Promise<void> {
		this.requests.push('interrupt');
		this.say(result({ subtype: 'error_during_execution', is_error: true, terminal_reason: 'aborted_streaming' }));
	}

	cancelQueued = async (): Promise<boolean> => false;
	setModel = async (model: string | undefined): Promise<void> => void this.requests.push(`model ${model}`);
	setMode = async (mode: string): Promise<void> => void this.requests.push(`mode ${mode}`);
	setEffort = async (effort: string | undefined): Promise<void> => void this.requests.push(`effort ${effort}`);
	contextUsage = async () => ({ totalTokens: 1_000, maxTokens: 200_000, percentage: 0.5, categories: [] });
	usage = async () => ({});
	mcpStatus = async () => [];
	rewindFiles = async () => ({ canRewind: true, error: null, filesChanged: ['/p/a.ts'], insertions: 1, deletions: 2 });
	rename = async (): Promise<void> => undefined;
	request = async () => ({});

	async stop(): Promise<void> {
		this.end({ code: 0, signal: null, stderrTail: '', wasExpected: true, failure: null });
	}

	end(exit: Parameters<AgentSessionHandlers['onExit']>[0]): void {
		if (!this.isAlive) return;
		this.isAlive = false;
		this.handlers.onExit(exit);
	}
}

/** A `result` message of a turn that went well, with what a test changes. */
export function result(patch: Record<string, unknown> = {}): unknown {
	return {
		type: 'result',
		subtype: 'success',
		is_error: false,
		duration_ms: 5,
		num_turns: 1,
		total_cost_usd: 0,
		...patch,
	};
}

/** Streams one text block as the CLI does: events first, the whole block before the block's end. */
export function streamText(
	session: FakeSession,
	id: string,
	parts: readonly string[],
	parent: string | null = null,
): void {
	const event = (body: unknown): void => session.say({ type: 'stream_event', event: body, parent_tool_use_id: parent });
	event({
		type: 'message_start',
		message: { id, model: 'claude-test', usage: { input_tokens: 10, output_tokens: 1 } },
	});
	event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } });
	for (const text of parts) event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });
	session.say(assistant(id, { type: 'text', text: parts.join('') }, parent));
	event({ type: 'content_block_stop', index: 0 });
	event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 42 } });
	event({ type: 'message_stop' });
}

/** A whole block, as an `assistant` message. */
export function assistant(id: string, block: unknown, parent: string | null = null): unknown {
	const message = { id, model: 'claude-test', content: [block], stop_reason: null };
	return { type: 'assistant', uuid: `uuid-${id}`, message, parent_tool_use_id: parent };
}

/** A tool's result. */
export function toolResult(id: string, content: string, isError = false): unknown {
	const block = { type: 'tool_result', tool_use_id: id, content, is_error: isError };
	return { type: 'user', message: { role: 'user', content: [block] }, parent_tool_use_id: null };
}

/** The parts of a window that a conversation needs, all in memory. */
export class World {
	readonly events: LedgerEvent[] = [];
	readonly sessions: FakeSession[] = [];
	readonly approvals = new Approvals({ journal: event => this.events.push(event) });
	readonly infos: unknown[] = [];
	/** What a reader of the output channel would see. */
	readonly logged: string[] = [];
	readonly uses: boolean[] = [];
	/** Starts wait for it. */
	startGate: Promise<void> = Promise.resolve();
	/** What Auto chooses. */
	routed = { model: 'default', why: 'A test chose it.' };
	/** Set by tests whose sessions are not fake ones. */
	start: StartAgentSession | undefined;
	/** Executions that another window runs. */
	running: readonly ExecutionRow[] = [];
	remaining: number | null = null;
	/** Throws to let the next starts fail. */
	beforeStart: (options: AgentSessionOptions) => void = () => undefined;
	readonly ledgerChanged = new Emitter<LedgerChange>();
	/** The CLI keeps nothing unless a test says so. */
	readonly history: SessionHistory = {
		usage: async () => null,
		sessions: async () => [],
		conversation: async () => null,
	};
	readonly conversations: Conversations;

	/** What the memory gives before a prompt. */
	remembered: (project: string, prompt: string) => Awaited<ReturnType<ConversationMemory['recall']>> = () => null;
	readonly restarted: ConversationId[] = [];
	readonly learned: Parameters<ConversationMemory['learn']>[0][] = [];
	/** What shows a new fact in the conversation that it is from. */
	showLearned: Parameters<ConversationMemory['learn']>[1] | undefined;

	constructor() {
		onTestFinished(() => {
			this.conversations.dispose();
			this.approvals.dispose();
		});
		this.conversations = new Conversations({
			clock: systemClock,
			log: { ...silentLogger, info: line => void this.logged.push(line), warn: line => void this.logged.push(line) },
			ledger: this.ledger,
			append: event => void this.events.push(event),
			startSession: async (options, handlers) => {
				this.beforeStart(options);
				await this.startGate;
				if (this.start) return this.start(options, handlers);
				const session = new FakeSession(options, handlers);
				this.sessions.push(session);
				return session;
			},
			newGate: () => ({
				onHook: () => 'pass',
				onPermission: async () => ({ behavior: 'allow' }),
				onResult: () => undefined,
				dispose: () => undefined,
			}),
			route: async () => this.routed,
			describeModel: async () => null,
			restoreFiles: async () => ({ canRestore: true, reason: null, files: [], insertions: 0, deletions: 0 }),
			changes: { beforeTool: async () => undefined, afterTool: async () => undefined },
			memory: {
				recall: async (_, project, prompt) => this.remembered(project, prompt),
				restarted: conversation => void this.restarted.push(conversation),
				learn: (exchange, show) => {
					this.learned.push(exchange);
					this.showLearned = show;
				},
			},
			price: () => 5,
			remainingBudget: async () => this.remaining,
			budgetText: async () => 'The daily budget of $2.00 is used up ($2.13 so far).',
			onUse: (_, isBusy) => void this.uses.push(isBusy),
			onSession: () => undefined,
			settled: async () => undefined,
			additionalFolders: () => [],
			onInfo: info => void this.infos.push(info),
			knownInfo: () => ({ models: [], commands: [] }),
			history: this.history,
			approvals: this.approvals,
			grants: { endConversation: () => undefined },
			project: () => '/project',
			defaults: () => ({ model: 'default', mode: 'default', effort: 'default' }),
		});
	}

	get session(): FakeSession {
		const last = this.sessions.at(-1);
		if (!last) throw new Error('No session was started');
		return last;
	}

	/** Events of one type, in order. */
	journaled<T extends LedgerEvent['type']>(type: T): readonly Extract<LedgerEvent, { type: T }>[] {
		return this.events.filter((event): event is Extract<LedgerEvent, { type: T }> => event.type === type);
	}

	/** A ledger that answers from what was appended, as a reopened window would read it. */
	readonly ledger: Ledger = {
		append: async event => void this.events.push(event),
		onDidChange: listener => this.ledgerChanged.event(listener),
		query: (async (name: string, params: { readonly id?: string; readonly conversation?: string }) => {
			if (name === 'conversations') return this.#rows();
			if (name === 'conversation') return this.#rows().find(row => row.id === params.id) ?? null;
			if (name === 'executions') return this.running;
			const last = new Map(
				this.journaled('conversation.item')
					.filter(event => event.conversation === params.conversation)
					.map(event => [event.item, event]),
			);
			const items = [...last.values()].filter(event => event.body !== null).sort((a, b) => a.order - b.order);
			return { items: items.map(({ item, order, body }) => ({ item, order, body: body ?? '' })), earlier: 0 };
		}) as Ledger['query'],
	};

	#itemCount(conversation: ConversationId): number {
		const last = new Map(
			this.journaled('conversation.item')
				.filter(event => event.conversation === conversation)
				.map(event => [event.item, event.body !== null]),
		);
		return [...last.values()].filter(Boolean).length;
	}

	#rows(): readonly ConversationRow[] {
		const rows = new Map<ConversationId, ConversationRow>();
		for (const event of this.journaled('conversation.changed')) {
			const { type: _, conversation, isArchived = false, ...changed } = event;
			const old = rows.get(conversation);
			const base = { id: conversation, title: '', project: null, provider: 'claude', session: null, options: null };
			const row = {
				createdAt: 1,
				updatedAt: 1,
				...base,
				...old,
				...changed,
				isArchived,
				itemCount: this.#itemCount(conversation),
			};
			rows.set(conversation, row);
		}
		return [...rows.values()].filter(row => !row.isArchived).toReversed();
	}
}
