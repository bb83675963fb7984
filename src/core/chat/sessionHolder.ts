import { Deferred } from '../base/async';
import { ExpectedError, errorText } from '../base/errors';
import type { ConversationId } from '../base/ids';
import { Owner } from '../base/lifecycle';
import type { NanoDollars } from '../base/money';
import type { SessionStart } from '../claude/session';
import {
	familyOfModel,
	familyOfSession,
	modelForSession,
	type AgentSession,
	type AgentSessionHandlers,
	type SessionFamily,
} from './agentSession';
import type { SessionPlan } from './conversationParts';
import type { ConversationDeps } from './deps';
import type { ConversationView, Effort, PermissionMode } from './items';

/** What a session is started with, and what the conversation has cost until now. */
export interface SessionChoices {
	/** As in a `ModelRef`; never `auto`. */
	readonly model: string;
	readonly mode: PermissionMode;
	readonly effort: Effort;
	readonly cost: NanoDollars | null;
}

export interface SessionHolderPorts {
	readonly deps: ConversationDeps;
	readonly conversation: ConversationId;
	readonly cwd: string;
	readonly handlers: AgentSessionHandlers;
	readonly choices: () => SessionChoices;
	readonly view: (patch: Partial<ConversationView>) => void;
	/** The session to go on with is gone, or belongs to another family; a new one is about to start. */
	readonly onLost: (why: 'missing' | 'switched') => Promise<void>;
	/** The session ended to make room for the next one; its `onExit` is not called. */
	readonly onReplaced: () => void;
	readonly onAttach: (session: AgentSession | undefined) => void;
	/** The session to go on with changed. */
	readonly onPlan: (plan: SessionPlan) => void;
}

interface Live {
	readonly session: AgentSession;
	readonly family: SessionFamily;
	/** What it was told to answer with. */
	model: string;
	readonly ended: Promise<void>;
	/** What the process may spend, and what the conversation had cost when it was started. */
	readonly budget: NanoDollars | null;
	readonly costBefore: NanoDollars;
}

const aCent: NanoDollars = 10_000_000;

/**
 * The live session of one conversation: started on need, resumed after it was closed, begun afresh when it was lost or
 * when the chosen model belongs to another family.
 */
export class SessionHolder extends Owner {
	readonly #ports: SessionHolderPorts;
	#plan: SessionPlan;
	#live: Live | undefined;
	#starting: Promise<AgentSession> | undefined;
	#closing: Promise<void> | undefined;
	#isReplacing = false;

	constructor(ports: SessionHolderPorts, plan: SessionPlan) {
		super();
		this.#ports = ports;
		this.#plan = plan;
	}

	/** The session while its process lives. */
	get live(): AgentSession | undefined {
		return this.#live?.session.isAlive ? this.#live.session : undefined;
	}

	/** The id of the session that `ensure` would resume. */
	get session(): string | null {
		return this.#plan.kind === 'resume' ? this.#plan.id : null;
	}

	get plan(): SessionPlan {
		return this.#plan;
	}

	/**
	 * The live session, or one that is started or resumed now.
	 * @param remaining what the budgets leave; a process that was given much more or less is replaced
	 */
	async ensure(remaining: NanoDollars | null): Promise<AgentSession> {
		await this.#closing;
		// A process that has just died still has its last word to say, to the turn that it belongs to.
		if (this.#live && !this.live) await this.#live.ended;
		if (this.live && (this.#hasOtherFamily() || this.#hasOtherBudget(remaining))) await this.#replace();
		if (this.live) return this.#withModel(this.live);
		this.#starting ??= this.#open(remaining).finally(() => {
			this.#starting = undefined;
		});
		return this.#starting;
	}

	/** Stops the running turn; a process that does not listen is ended. */
	async interrupt(): Promise<void> {
		try {
			await this.live?.interrupt();
		} catch (error) {
			this.#ports.deps.log.warn(`interrupt failed, ending the process: ${errorText(error)}`);
			await this.close();
		}
	}

	/** Tells the live session of another model, where it can answer with it; else the next `ensure` does. */
	async setModel(model: string): Promise<void> {
		const live = this.#live;
		if (!this.live || !live || model === 'auto' || live.family !== familyOfModel(model)) return;
		await live.session.setModel(modelForSession(model));
		live.model = model;
	}

	/** Tells the live session of another mode. The CLI, which Auto may have chosen, asks where a loop would work on. */
	async setMode(mode: PermissionMode): Promise<void> {
		const isForLoop = mode === 'autonomous' && this.#live?.family === 'cli';
		await this.live?.setMode(isForLoop ? 'default' : mode);
	}

	/** Ends the process and resolves when its last word was handled; the next `ensure` resumes it. */
	close(): Promise<void> {
		this.#closing ??= this.#close().finally(() => {
			this.#closing = undefined;
		});
		return this.#closing;
	}

	/** Keeps the id to resume with; `/clear` and forks change it. Says whether it was another one. */
	remember(session: string): boolean {
		const before = this.session;
		if (before === session) return false;
		this.#setPlan({ kind: 'resume', id: session });
		return before !== null;
	}

	/** Ends the process; the next `ensure` starts like this. */
	async restart(plan: SessionPlan): Promise<void> {
		await this.close();
		this.#setPlan(plan);
	}

	/** Asks how full the context is and shows it. */
	showContext(): void {
		this.live?.contextUsage().then(
			({ totalTokens, maxTokens }) => this.#ports.view({ context: { used: totalTokens, max: maxTokens } }),
			error => this.#ports.deps.log.debug(errorText(error)),
		);
	}

	#setPlan(plan: SessionPlan): void {
		this.#plan = plan;
		this.#ports.onPlan(plan);
	}

	async #close(): Promise<void> {
		await this.#starting?.catch(() => undefined); // It did not start: nothing to end.
		const live = this.#live;
		if (!live) return;
		await live.session.stop();
		await live.ended;
	}

	/** Ends the process to make room for another one: the turn that has just begun goes on with that. */
	async #replace(): Promise<void> {
		this.#isReplacing = true;
		try {
			await this.close();
		} finally {
			this.#isReplacing = false;
		}
	}

	#hasOtherFamily(): boolean {
		return this.#live?.family !== familyOfModel(this.#ports.choices().model);
	}

	/** Auto may have chosen another model than the session was started with. */
	async #withModel(session: AgentSession): Promise<AgentSession> {
		const { model } = this.#ports.choices();
		const live = this.#live;
		if (!live || live.model === model) return session;
		await session.setModel(modelForSession(model));
		live.model = model;
		return session;
	}

	/** The CLI counts its budget from its own start, so what it has left drifts from what the budgets leave. */
	#hasOtherBudget(remaining: NanoDollars | null): boolean {
		// A loop looks at the budgets itself, before each of its steps.
		if (!this.#live || this.#live.family === 'loop') return false;
		const { budget, costBefore } = this.#live;
		if (budget === null || remaining === null) return budget !== remaining;
		const left = budget - ((this.#ports.choices().cost ?? 0) - costBefore);
		return Math.abs(left - remaining) > Math.max(aCent, left * 0.05);
	}

	async #open(remaining: NanoDollars | null): Promise<AgentSession> {
		const known = this.#plan.kind === 'resume' ? this.#plan.id : this.#plan.kind === 'fork' ? this.#plan.from : null;
		if (known !== null && familyOfSession(known) !== familyOfModel(this.#ports.choices().model)) {
			await this.#ports.onLost('switched');
			return this.#launch(startOf({ kind: 'new' }), remaining);
		}
		try {
			return await this.#launch(startOf(this.#plan), remaining);
		} catch (error) {
			if (!ExpectedError.is(error, 'session-missing')) throw error;
			await this.#ports.onLost('missing');
			return this.#launch(startOf({ kind: 'new' }), remaining);
		}
	}

	async #launch(start: SessionStart, remaining: NanoDollars | null): Promise<AgentSession> {
		const { deps, conversation, cwd, handlers, choices, onAttach } = this.#ports;
		const { model, mode, effort, cost } = choices();
		const family = familyOfModel(model);
		const named = modelForSession(model);
		const ended = new Deferred<void>();
		const begun = deps.clock.monotonic();
		const session = await deps.startSession(
			{
				cwd,
				start,
				mode,
				additionalFolders: deps.additionalFolders(cwd),
				...(named === undefined ? {} : { model: named }),
				...(effort === 'default' ? {} : { effort }),
				...(remaining === null ? {} : { maxBudget: remaining }),
			},
			{
				...handlers,
				onExit: exit => {
					// Before the next launch: `ensure` waits for a close, and a close waits for this.
					this.#live = undefined;
					const how = exit.signal ?? (exit.code === null ? 'by its end' : `code ${exit.code}`);
					deps.log.info(
						`Session of conversation ${conversation} ended (${exit.wasExpected ? 'stopped' : 'by itself'}, ${how})`,
					);
					if (family === 'cli') deps.onSession(conversation, false);
					if (this.#isReplacing) this.#ports.onReplaced();
					else handlers.onExit(exit);
					onAttach(undefined);
					ended.resolve();
				},
			},
		);
		if (this.isDisposed) {
			await session.stop();
			throw new ExpectedError('ended', 'The conversation was closed while it was starting.');
		}
		this.#live = { session, family, model, ended: ended.promise, budget: remaining, costBefore: cost ?? 0 };
		const took = Math.round(deps.clock.monotonic() - begun);
		deps.log.info(`Session of conversation ${conversation} started in ${took} ms (${start.kind}, ${family})`);
		// A loop is no process: it does not count among those that are kept alive.
		if (family === 'cli') deps.onSession(conversation, true);
		onAttach(session);
		this.remember(session.sessionId);
		if (family === 'cli') deps.onInfo(session.info);
		return session;
	}
}

function startOf(plan: SessionPlan): SessionStart {
	const id = globalThis.crypto.randomUUID();
	if (plan.kind === 'new') return { kind: 'new', id };
	if (plan.kind === 'resume') return plan;
	return { kind: 'fork', id, from: plan.from, ...(plan.at === null ? {} : { at: plan.at }) };
}
