import { CancelledError, ExpectedError, errorText } from '../base/errors';
import { asId, type ItemId } from '../base/ids';
import type { CostBasis, NanoDollars } from '../base/money';
import type {
	AssistantMessage,
	ClaudeMessage,
	RateLimitMessage,
	ResultMessage,
	SystemMessage,
	UnknownMessage,
} from '../claude/messages';
import { isClaudeMessage } from '../claude/messages';
import { modelRefText, parseModelRef } from '../providers/provider';
import type { SessionExit } from '../claude/session';
import { familyOfSession, type AgentSession } from './agentSession';
import type { ConversationDeps } from './deps';
import type { ItemStore } from './itemStore';
import { permissionModes } from './limits';
import type { ConversationView } from './items';
import {
	apiErrorText,
	cleared,
	compactText,
	isStopped,
	limitText,
	notice,
	resultText,
	retriedText,
	retryText,
	type NoticeText,
} from './notices';
import { Rows } from './rows';
import { changedFile } from './toolText';
import { Turn, type TurnOrigin, type TurnStatus } from './turn';

/** What the runner reports to its conversation. */
export interface TurnEvents {
	/** Everything about a turn that a new one needs. */
	origin(trigger: TurnOrigin['trigger'], title: string): TurnOrigin;
	view(patch: Partial<ConversationView>): void;
	turnBegan(): void;
	/** A turn is over; the next queued prompt may go. */
	turnEnded(status: TurnStatus): void;
	/** The CLI will refuse every further turn of this process. */
	budgetUsedUp(): void;
	/** The CLI named its session. Says whether it had another one before. */
	sessionChanged(session: string): boolean;
	/** A call's result arrived, by the id of its `tool_use`. */
	toolEnded(toolUse: string): void;
	/** What the running turn cost so far. */
	cost(cost: NanoDollars | null, basis: CostBasis | null): void;
}

/** Follows one conversation's messages: opens and ends turns, and turns messages into rows, steps and notices. */
export class TurnRunner {
	readonly rows: Rows;
	readonly #deps: ConversationDeps;
	readonly #items: ItemStore;
	readonly #events: TurnEvents;
	#session: AgentSession | undefined;
	#turn: Turn | undefined;
	/** The row that tells of retries in this turn, replaced at each attempt. */
	#retry: ItemId | undefined;
	#isInterrupting = false;
	/** Asks the turn's session once more; used when it died before its first word. */
	askAgain: (() => Promise<void>) | undefined;
	#lastMessage: string | null = null;
	/** The model that answers this turn, and why Auto chose it. */
	#model: string | undefined;
	#why: string | undefined;
	/** The limit that was told last. */
	#limit: string | undefined;

	constructor(deps: ConversationDeps, items: ItemStore, events: TurnEvents, cwd: string) {
		this.#deps = deps;
		this.#items = items;
		this.#events = events;
		this.rows = new Rows({ items, cwd, clock: deps.clock, price: (model, usage) => deps.price(model, usage) });
	}

	get turn(): Turn | undefined {
		return this.#turn;
	}

	attach(session: AgentSession | undefined): void {
		this.#session = session;
	}

	/** Opens a turn. Its execution stands in the ledger from now on. */
	begin(origin: TurnOrigin): Turn {
		const turn = new Turn(origin, this.#deps.append, this.#deps.clock);
		this.#turn = turn;
		this.#retry = undefined;
		this.#isInterrupting = false;
		this.askAgain = undefined;
		this.#model = undefined;
		this.#why = undefined;
		this.#session?.costs.begin();
		this.#events.view({ turnStartedAt: turn.startedAt });
		this.#events.turnBegan();
		return turn;
	}

	/** The user pressed Stop: whatever ends the turn now, it was stopped and did not fail. */
	markInterrupting(): void {
		this.#isInterrupting = true;
	}

	/** Keeps what a tool is about to change. Wait for it before the tool is allowed to run. */
	async beforeTool(tool: string, input: Readonly<Record<string, unknown>>, cwd: string): Promise<void> {
		const file = changedFile(tool, input, cwd);
		const execution = this.#turn?.execution;
		if (file === undefined || execution === undefined) return;
		await this.#deps.changes.beforeTool(execution, file).catch(error => this.#deps.log.warn(errorText(error)));
	}

	/** The gate refused a call without asking a person. */
	refused(toolUse: string, reason: string): void {
		this.rows.patchTool(asId<ItemId>(toolUse), { state: 'refused', decision: `refused: ${reason}` });
	}

	/** Auto chose a model for this turn. */
	setWhy(why: string): void {
		this.#why = why;
	}

	/** Tells the user of something beside the conversation. */
	tell(text: NoticeText): true {
		this.#add(text);
		return true;
	}

	/** The user stopped a turn whose prompt was not sent yet. */
	stopBeforeStart(): void {
		this.#add({ level: 'info', code: 'stopped', text: 'Stopped before it was sent.' });
		this.end('stopped', null);
	}

	/** Handles one message of the CLI. */
	onMessage(message: ClaudeMessage | UnknownMessage): void {
		if (!isClaudeMessage(message)) return;
		this.askAgain = undefined;
		switch (message.type) {
			case 'stream_event':
				this.rows.stream(message, this.#currentTurn());
				this.#showActivity(message.event.type === 'content_block_start' ? message.event.content_block.type : '');
				break;
			case 'assistant':
				this.#assistant(message);
				break;
			case 'user':
				if (message.isReplay !== true) this.#results(message);
				break;
			case 'system':
				this.#system(message);
				break;
			case 'result':
				this.#result(message);
				break;
			case 'conversation_reset':
				if (message.new_conversation_id !== undefined) this.#events.sessionChanged(message.new_conversation_id);
				this.#add(cleared);
				break;
			case 'rate_limit_event':
				this.#showLimit(message);
				break;
			default:
				break;
		}
	}

	onUsage(): void {
		if (!this.#turn || !this.#session) return;
		this.#turn.recordUsage(this.#session.costs.rows());
		const { cost, basis } = this.#turn.cost;
		this.#events.cost(cost, basis);
	}

	onExit(exit: SessionExit): void {
		this.onUsage();
		this.#session = undefined;
		const [turn, again] = [this.#turn, this.askAgain];
		this.askAgain = undefined;
		if (!turn) return;
		if (exit.wasExpected || this.#isInterrupting) this.end('stopped', null);
		else if (again) again().catch(error => void (this.#turn === turn && this.fail(error)));
		else
			this.fail(exit.failure ?? new ExpectedError('ended', 'Claude ended in the middle of the turn.'), exit.stderrTail);
	}

	/** Ends the turn because something outside the model went wrong. */
	fail(error: unknown, details = ''): void {
		// The user closed a question that stood before the start.
		if (error instanceof CancelledError) return this.stopBeforeStart();
		const actions = error instanceof ExpectedError ? error.actions : [];
		const text = error instanceof ExpectedError ? error.message : `The turn failed: ${errorText(error)}`;
		const code = error instanceof ExpectedError ? error.code : 'failed';
		this.#deps.log.warn(`turn failed (${code})`);
		const output = { title: 'Show Output', command: 'quarterdeck.showOutput' };
		this.#add({ level: 'error', code, text, details: details || null, actions: [...actions, output] });
		this.end('failed', text);
	}

	end(status: TurnStatus, error: string | null): void {
		const turn = this.#turn;
		if (!turn) return;
		this.#turn = undefined;
		this.rows.settle(status === 'succeeded' ? 'done' : 'stopped');
		this.#settleRetry(status === 'succeeded');
		turn.end(status, error);
		this.#items.add({
			id: asId<ItemId>(`turn:${turn.execution}`),
			at: this.#deps.clock.now(),
			parent: null,
			kind: 'turn',
			execution: turn.execution,
			status,
			duration: turn.duration,
			usage: turn.usage,
			...turn.cost,
			changedFiles: [...turn.changedFiles],
			lastMessage: this.#lastMessage,
			...(this.#model === undefined ? {} : { model: this.#model }),
			...(this.#why === undefined ? {} : { why: this.#why }),
		});
		this.#events.view({ turnStartedAt: null, activity: null });
		this.#events.turnEnded(status);
	}

	/** Background work of the CLI may go on after a turn; what it says then is a turn of its own. */
	#currentTurn(): Turn {
		if (this.#turn) return this.#turn;
		this.#events.view({ status: 'running' });
		return this.begin(this.#events.origin('tool', 'Continued after background work'));
	}

	#assistant(message: AssistantMessage): void {
		if (message.message.model !== '<synthetic>') {
			this.rows.assistant(message, this.#currentTurn());
			if (message.parent_tool_use_id === null) this.#lastMessage = message.uuid ?? this.#lastMessage;
			return;
		}
		const text = message.message.content.flatMap(block => (block.type === 'text' ? [block.text] : [])).join('\n');
		if (message.error !== undefined) this.#add(apiErrorText(message.error, text));
		else if (text !== '' && text !== 'No response requested.') this.#localText(text);
	}

	#localText(text: string): void {
		const id = asId<ItemId>(globalThis.crypto.randomUUID());
		this.#items.add({ id, at: this.#deps.clock.now(), parent: null, kind: 'text', text, isStreaming: false });
	}

	#results(message: Extract<ClaudeMessage, { type: 'user' }>): void {
		const turn = this.#turn;
		if (!turn) return;
		for (const { toolUse, changed } of this.rows.results(message, turn)) {
			this.#events.toolEnded(toolUse);
			if (changed === null) continue;
			this.#deps.changes.afterTool(turn.execution, changed).catch(error => this.#deps.log.warn(errorText(error)));
		}
	}

	#system(message: SystemMessage): void {
		switch (message.subtype) {
			case 'init':
				// Older versions change the id at /clear without a word.
				if (this.#events.sessionChanged(message.session_id)) this.#add(cleared);
				this.#setModel(message.model, message.session_id);
				this.#showMode(message.permissionMode);
				break;
			case 'status':
				if (message.status === 'compacting') this.#events.view({ activity: 'Summarising the conversation' });
				if (message.permissionMode !== undefined) this.#showMode(message.permissionMode);
				break;
			case 'api_retry':
				this.#showRetry(message);
				break;
			case 'compact_boundary':
				this.#add(compactText(message));
				break;
			case 'local_command_output':
				this.#localText(message.content);
				break;
			case 'task_started':
				this.rows.showProgress(message.tool_use_id, message.description);
				break;
			case 'task_progress':
				this.rows.showProgress(message.tool_use_id, message.description);
				this.#events.view({ activity: message.description });
				break;
			case 'task_notification':
				this.rows.showProgress(message.tool_use_id, message.summary ?? message.status);
				break;
			default:
				break;
		}
	}

	#setModel(model: string, session: string): void {
		// The CLI's own names may hold slashes; ours are references.
		const isLoop = familyOfSession(session) === 'loop';
		const ref = isLoop ? parseModelRef(model) : { provider: 'claude', model };
		this.#model = modelRefText(ref);
		this.#turn?.setModel(ref.model, ref.provider);
	}

	#showRetry(message: Extract<SystemMessage, { subtype: 'api_retry' }>): void {
		const row = notice(this.#deps.clock.now(), retryText(message), this.#retry);
		if (this.#retry === undefined) this.#items.add(row);
		else this.#items.replace(row);
		this.#retry = row.id;
		this.#events.view({ activity: `Waiting to try again (${message.attempt} of ${message.max_retries})` });
	}

	/** What was offered and announced while the turn ran is over with it. */
	#settleRetry(isOvercome: boolean): void {
		const row = this.#retry === undefined ? undefined : this.#items.get(this.#retry);
		if (row?.kind === 'notice') this.#items.replace({ ...row, text: retriedText(row.text, isOvercome), actions: [] });
		this.#retry = undefined;
	}

	#showLimit({ rate_limit_info: info }: RateLimitMessage): void {
		if (info.status === 'allowed' || info.status === this.#limit) return;
		this.#limit = info.status;
		this.#add(limitText(info));
	}

	#showMode(mode: string): void {
		const shown = permissionModes.find(candidate => candidate === mode);
		if (shown) this.#events.view({ mode: shown });
	}

	#showActivity(block: string): void {
		if (block === 'thinking') this.#events.view({ activity: 'Thinking' });
		else if (block === 'text') this.#events.view({ activity: 'Writing' });
		else if (block === 'tool_use') this.#events.view({ activity: 'Preparing a tool call' });
	}

	#result(message: ResultMessage): void {
		const turn = this.#turn;
		if (!turn) return;
		this.onUsage();
		const wasStopped = isStopped(message) || (this.#isInterrupting && message.subtype !== 'success');
		if (message.subtype === 'error_max_budget_usd') this.#events.budgetUsedUp();
		const said = resultText(message);
		if (said) this.#add(said);
		const status: TurnStatus = wasStopped
			? 'stopped'
			: message.is_error || message.subtype !== 'success'
				? 'failed'
				: 'succeeded';
		if (status === 'succeeded' && message.num_turns === 0 && message.result) this.#commandResult(message.result);
		this.end(status, status === 'failed' ? (said?.text ?? message.result ?? 'The turn failed.') : null);
	}

	/** Some `/` commands answer in the result alone. */
	#commandResult(text: string): void {
		const last = this.#items.items.findLast(item => item.kind !== 'notice');
		if (last?.kind === 'text' && last.text.trim() === text.trim()) return;
		this.#localText(text);
	}

	#add(text: NoticeText): void {
		this.#items.add(notice(this.#deps.clock.now(), text));
	}
}
