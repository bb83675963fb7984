import { Deferred } from '../base/async';
import { ExpectedError, errorText } from '../base/errors';
import type { ConversationId } from '../base/ids';
import { Owner } from '../base/lifecycle';
import type { NanoDollars } from '../base/money';
import type { ClaudeSession, ClaudeSessionHandlers, SessionStart } from '../claude/session';
import type { SessionPlan } from './conversationParts';
import type { ConversationDeps } from './deps';
import type { ConversationView, Effort, PermissionMode } from './items';

/** What a session is started with, and what the conversation has cost until now. */
export interface SessionChoices {
	readonly model: string;
	readonly mode: PermissionMode;
	readonly effort: Effort;
	readonly cost: NanoDollars | null;
}

export interface SessionHolderPorts {
	readonly deps: ConversationDeps;
	readonly conversation: ConversationId;
	readonly cwd: string;
	readonly handlers: ClaudeSessionHandlers;
	readonly choices: () => SessionChoices;
	readonly view: (patch: Partial<ConversationView>) => void;
	/** The CLI has no session of that id any more; a new one is about to start. */
	readonly onLost: () => Promise<void>;
	readonly onAttach: (session: ClaudeSession | undefined) => void;
	/** The session to go on with changed. */
	readonly onPlan: (plan: SessionPlan) => void;
}

interface Live {
	readonly session: ClaudeSession;
	readonly ended: Promise<void>;
	/** What the process may spend, and what the conversation had cost when it was started. */
	readonly budget: NanoDollars | null;
	readonly costBefore: NanoDollars;
}

const aCent: NanoDollars = 10_000_000;

/** The live CLI of one conversation: started on need, resumed after it was closed, begun afresh when it was lost. */
export class SessionHolder extends Owner {
	readonly #ports: SessionHolderPorts;
	#plan: SessionPlan;
	#live: Live | undefined;
	#starting: Promise<ClaudeSession> | undefined;
	#closing: Promise<void> | undefined;

	constructor(ports: SessionHolderPorts, plan: SessionPlan) {
		super();
		this.#ports = ports;
		this.#plan = plan;
	}

	/** The session while its process lives. */
	get live(): ClaudeSession | undefined {
		return this.#live?.session.isAlive ? this.#live.session : undefined;
	}

	/** The CLI's id of the session that `ensure` would resume. */
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
	async ensure(remaining: NanoDollars | null): Promise<ClaudeSession> {
		await this.#closing;
		// A process that has just died still has its last word to say, to the turn that it belongs to.
		if (this.#live && !this.live) await this.#live.ended;
		if (this.live && this.#hasOtherBudget(remaining)) await this.close();
		if (this.live) return this.live;
		this.#starting ??= this.#open(remaining).finally(() => {
			this.#starting = undefined;
		});
		return this.#starting;
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

	/** The CLI counts its budget from its own start, so what it has left drifts from what the budgets leave. */
	#hasOtherBudget(remaining: NanoDollars | null): boolean {
		if (!this.#live) return false;
		const { budget, costBefore } = this.#live;
		if (budget === null || remaining === null) return budget !== remaining;
		const left = budget - ((this.#ports.choices().cost ?? 0) - costBefore);
		return Math.abs(left - remaining) > Math.max(aCent, left * 0.05);
	}

	async #open(remaining: NanoDollars | null): Promise<ClaudeSession> {
		try {
			return await this.#launch(startOf(this.#plan), remaining);
		} catch (error) {
			if (!ExpectedError.is(error, 'session-missing')) throw error;
			await this.#ports.onLost();
			return this.#launch(startOf({ kind: 'new' }), remaining);
		}
	}

	async #launch(start: SessionStart, remaining: NanoDollars | null): Promise<ClaudeSession> {
		const { deps, conversation, cwd, handlers, choices, onAttach } = this.#ports;
		const { model, mode, effort, cost } = choices();
		const ended = new Deferred<void>();
		const session = await deps.startSession(
			{
				cwd,
				start,
				mode,
				additionalFolders: deps.additionalFolders(cwd),
				...(model === 'default' ? {} : { model }),
				...(effort === 'default' ? {} : { effort }),
				...(remaining === null ? {} : { maxBudget: remaining }),
			},
			{
				...handlers,
				onExit: exit => {
					// Before the next launch: `ensure` waits for a close, and a close waits for this.
					this.#live = undefined;
					deps.onSession(conversation, false);
					handlers.onExit(exit);
					onAttach(undefined);
					ended.resolve();
				},
			},
		);
		if (this.isDisposed) {
			await session.stop();
			throw new ExpectedError('ended', 'The conversation was closed while Claude was starting.');
		}
		this.#live = { session, ended: ended.promise, budget: remaining, costBefore: cost ?? 0 };
		deps.onSession(conversation, true);
		onAttach(session);
		this.remember(session.sessionId);
		const { commands, models } = session.info;
		deps.onInfo({ commands, models });
		return session;
	}
}

function startOf(plan: SessionPlan): SessionStart {
	const id = globalThis.crypto.randomUUID();
	if (plan.kind === 'new') return { kind: 'new', id };
	if (plan.kind === 'resume') return plan;
	return { kind: 'fork', id, from: plan.from, ...(plan.at === null ? {} : { at: plan.at }) };
}
