import type { ExpectedError } from '../base/errors';
import type { ClaudeSession, ClaudeSessionHandlers, ClaudeSessionOptions, SessionInfo } from '../claude/session';
import type { ClaudePermissionMode } from '../claude/messages';
import { parseModelRef } from '../providers/provider';
import type { CallOrigin } from '../safety/gate';
import type { NoticeItem, PermissionMode, TurnLimitsView } from './items';

/**
 * What answers a conversation: the Claude CLI with its own agent loop, or our loop over a provider. Both speak the
 * vocabulary of the Messages API, so that rows, steps, costs and the queue do not know which one it is.
 */
export interface AgentSession extends Pick<
	ClaudeSession,
	'sessionId' | 'isAlive' | 'costs' | 'send' | 'interrupt' | 'setEffort' | 'contextUsage' | 'mcpStatus' | 'stop'
> {
	readonly info: Pick<SessionInfo, 'commands' | 'models'>;
	/** The model's name as its family calls it; `undefined` goes back to the family's own default. */
	setModel(model: string | undefined): Promise<void>;
	setMode(mode: PermissionMode | ClaudePermissionMode): Promise<void>;
	rename(title: string): Promise<void>;
	/** Plan limits of the account, where it has any. */
	usage(): Promise<Readonly<Record<string, unknown>>>;
	/** Only of a CLI that keeps what files were; for a loop the conversation does. */
	rewindFiles?: ClaudeSession['rewindFiles'];
	/** Goes on from where a turn broke off, without a new prompt. Only a loop can. */
	goOn?(): void;
}

/** How a session is started. `model` is written as in a `ModelRef`; absent leaves it to the family. */
export interface AgentSessionOptions extends Omit<ClaudeSessionOptions, 'mode'> {
	readonly mode?: PermissionMode;
}

/** What a session calls: the CLI's handlers, and what our own loop needs beside them. */
export interface AgentSessionHandlers extends ClaudeSessionHandlers {
	/** On whose behalf a call is made. */
	origin(toolUseId: string): CallOrigin;
	/** Keeps what a tool is about to change. Wait for it before the tool runs. */
	beforeTool(tool: string, input: Readonly<Record<string, unknown>>): Promise<void>;
	/** The gate refused a call without asking a person. */
	onRefused(toolUseId: string, reason: string): void;
	/** Output of a call that still runs. */
	onProgress(toolUseId: string, text: string): void;
	/** The turn broke off, and why; it ends with this. */
	onFailure(error: ExpectedError): void;
	/** Something beside the conversation that the user should know. */
	onNotice(
		notice: Pick<NoticeItem, 'level' | 'code' | 'text'> & Partial<Pick<NoticeItem, 'details' | 'actions'>>,
	): void;
	/** How far the running turn is from its limits. */
	onLimits(limits: TurnLimitsView): void;
	/** Resolves when everything journaled so far is on disk. */
	settled(): Promise<void>;
}

/** Starts a session of the family that its model belongs to. */
export type StartAgentSession = (options: AgentSessionOptions, handlers: AgentSessionHandlers) => Promise<AgentSession>;

/** Who keeps a session's own record: the CLI, or our loop. A session of one cannot be resumed by the other. */
export type SessionFamily = 'cli' | 'loop';

const loopPrefix = 'loop-';

/** The family of a session, by its id: ids of loops carry a mark. */
export function familyOfSession(id: string): SessionFamily {
	return id.startsWith(loopPrefix) ? 'loop' : 'cli';
}

/** The id of a loop's session from a plain one. */
export function loopSessionId(id: string): string {
	return id.startsWith(loopPrefix) ? id : `${loopPrefix}${id}`;
}

/** The family that answers for a model, written as in a `ModelRef`. Amazon's names of Claude's models hold slashes. */
export function familyOfModel(model: string): SessionFamily {
	return model.startsWith('arn:') || parseModelRef(model).provider === 'claude' ? 'cli' : 'loop';
}

/** What a session is told of a chosen model; `undefined` leaves it to the session. */
export function modelForSession(model: string): string | undefined {
	if (model === 'default') return undefined;
	return familyOfModel(model) === 'cli' ? model.replace(/^claude\//, '') : model;
}
