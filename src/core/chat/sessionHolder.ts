import { ExpectedError, errorText } from '../base/errors';
import type { ConversationId } from '../base/ids';
import { Owner } from '../base/lifecycle';
import type { ClaudeSession, ClaudeSessionHandlers, SessionStart } from '../claude/session';
import type { ConversationDeps } from './deps';
import type { ConversationView, Effort, PermissionMode } from './items';

/** What a session is started with. */
export interface SessionChoices {
	readonly model: string;
	readonly mode: PermissionMode;
	readonly effort: Effort;
}

export interface SessionHolderPorts {
	readonly deps: ConversationDeps;
	readonly conversation: ConversationId;
	readonly cwd: string;
	readonly handlers: ClaudeSessionHandlers;
	choices(): SessionChoices;
	view(patch: Partial<ConversationView>): void;
	/** The CLI has no session of that id any more; a new one is about to start. */
	onLost(): Promise<void>;
	onAttach(session: ClaudeSession | undefined): void;
}

/** The live CLI of one conversation: started on need, resumed after it was closed, begun afresh when it was lost. */
export class SessionHolder extends Owner {
	readonly #ports: SessionHolderPorts;
	#start: SessionStart | null;
	#session: ClaudeSession | undefined;
	#starting: Promise<ClaudeSession> | undefined;

	constructor(ports: SessionHolderPorts, start: SessionStart | null) {
		super();
		this.#ports = ports;
		this.#start = start;
	}

	/** The session while its process lives. */
	get live(): ClaudeSession | undefined {
		return this.#session?.isAlive ? this.#session : undefined;
	}

	/** The live session, or one that is started or resumed now. */
	async ensure(): Promise<ClaudeSession> {
		if (this.#session?.isAlive) return this.#session;
		this.#starting ??= this.#open().finally(() => {
			this.#starting = undefined;
		});
		return this.#starting;
	}

	/** Ends the process; the next `ensure` resumes it. */
	async close(): Promise<void> {
		const session = this.#session ?? (await this.#starting?.catch(() => undefined));
		this.#session = undefined;
		this.#ports.onAttach(undefined);
		await session?.stop();
	}

	/** Keeps the id to resume with; `/clear` and forks change it. */
	remember(session: string): void {
		if (this.#start?.kind === 'resume' && this.#start.id === session) return;
		this.#start = { kind: 'resume', id: session };
		this.#ports.deps.append({ type: 'conversation.changed', conversation: this.#ports.conversation, session });
	}

	/** The CLI's id of the session that `ensure` would resume. */
	get session(): string | null {
		return this.#start?.kind === 'resume' ? this.#start.id : null;
	}

	/** Ends the process; the next `ensure` starts like this, `null` being a new session. */
	async restart(start: SessionStart | null): Promise<void> {
		await this.close();
		this.#start = start;
	}

	/** Asks how full the context is and shows it. */
	showContext(): void {
		this.live?.contextUsage().then(
			({ totalTokens, maxTokens }) => this.#ports.view({ context: { used: totalTokens, max: maxTokens } }),
			error => this.#ports.deps.log.debug(errorText(error)),
		);
	}

	async #open(): Promise<ClaudeSession> {
		const start = this.#start ?? { kind: 'new' as const, id: globalThis.crypto.randomUUID() };
		try {
			return await this.#launch(start);
		} catch (error) {
			if (!ExpectedError.is(error, 'session-missing')) throw error;
			await this.#ports.onLost();
			return this.#launch({ kind: 'new', id: globalThis.crypto.randomUUID() });
		}
	}

	async #launch(start: SessionStart): Promise<ClaudeSession> {
		const { deps, conversation, cwd, handlers } = this.#ports;
		const { model, mode, effort } = this.#ports.choices();
		const remaining = await deps.remainingBudget();
		const session = await deps.startSession(
			{
				cwd,
				start,
				mode,
				...(model === 'default' ? {} : { model }),
				...(effort === 'default' ? {} : { effort }),
				...(remaining === null ? {} : { maxBudget: remaining }),
			},
			{
				...handlers,
				onExit: exit => {
					this.#session = undefined;
					deps.onSession(conversation, false);
					handlers.onExit(exit);
				},
			},
		);
		if (this.isDisposed) {
			await session.stop();
			throw new ExpectedError('ended', 'The conversation was closed while Claude was starting.');
		}
		this.#session = session;
		deps.onSession(conversation, true);
		this.#ports.onAttach(session);
		this.remember(session.sessionId);
		this.#showInfo(session);
		return session;
	}

	#showInfo(session: ClaudeSession): void {
		const { commands, models } = session.info;
		this.#ports.view({
			commands,
			models: models.map(({ value, displayName, description, supportedEffortLevels }) => ({
				value,
				label: displayName,
				description,
				efforts: supportedEffortLevels ?? [],
			})),
		});
	}
}
