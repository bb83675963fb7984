import { createHash } from 'node:crypto';
import { Deferred, Sequencer } from '../../base/async';
import { CancelledError, ExpectedError } from '../../base/errors';
import type { Json } from '../../base/json';
import { permissionCall } from '../../chat/conversationParts';
import { isClaudeMessage, type ClaudeMessage, type ResultMessage, type UnknownMessage } from '../../claude/messages';
import type {
	ClaudeSession,
	ClaudeSessionHandlers,
	ClaudeSessionOptions,
	HookAnswer,
	HookCall,
	PermissionResult,
	SessionStart,
	StartClaudeSession,
} from '../../claude/session';
import { ProviderError } from '../../providers/provider';
import type { PermissionCall } from '../../safety/cliCalls';
import type { CallOrigin } from '../../safety/gate';
import type { AgentAnswer, AgentRequest } from '../nodes/context';
import type { AgentService, ServiceCall } from './services';
import { matcher, originOf } from './toolService';

/** The gate of one CLI: `CliGate` is one. */
export interface AgentGate {
	onHook(call: HookCall): HookAnswer;
	onPermission(call: PermissionCall, signal: AbortSignal): Promise<PermissionResult>;
	onResult(toolUseId: string): void;
	dispose(): void;
}

export interface AgentServiceOptions {
	/** Starts a CLI in the foreground of a run; rejects with a `ClaudeErrorCode`. */
	readonly start: StartClaudeSession;
	readonly newGate: (options: { readonly cwd: string; readonly origin: () => CallOrigin }) => AgentGate;
	/** Nobody is there to ask. */
	readonly isUnattended?: boolean;
	/** Resolves when what the gate recorded is on disk. */
	readonly settled?: () => Promise<void>;
}

/**
 * Tasks for the user's Claude CLI: one process each, ended with its answer. Requests of one run that name the same
 * session go on in one conversation, one after another; also after the run was resumed.
 */
export function agentService(options: AgentServiceOptions): AgentService {
	const sessions = new Map<string, { readonly line: Sequencer; hasBegun: boolean }>();
	return {
		async run(request, call) {
			if (request.session === '') return new Task(options, request, call).run(newStart());
			const key = `${call.execution} ${request.session}`;
			const session = sessions.get(key) ?? { line: new Sequencer(), hasBegun: false };
			sessions.set(key, session);
			return session.line.run(async () => {
				const id = uuidOf(key);
				const start: SessionStart = { kind: session.hasBegun ? 'resume' : 'new', id };
				try {
					return await new Task(options, request, call).run(start);
				} catch (error) {
					// The run had used it before the program was killed.
					if (session.hasBegun || !ExpectedError.is(error, 'session-in-use')) throw error;
					return await new Task(options, request, call).run({ kind: 'resume', id });
				} finally {
					session.hasBegun = true;
				}
			});
		},
	};
}

function newStart(): SessionStart {
	return { kind: 'new', id: globalThis.crypto.randomUUID() };
}

/** The same for the same run and name. */
function uuidOf(key: string): string {
	const hex = createHash('sha256').update(key).digest('hex');
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** How the CLI gives an answer that fits a schema: it reaches nothing. */
const answerTool = 'StructuredOutput';

class Task {
	readonly #options: AgentServiceOptions;
	readonly #request: AgentRequest;
	readonly #call: ServiceCall;
	readonly #gate: AgentGate;
	readonly #mayUse: (tool: string) => boolean;
	readonly #answer = new Deferred<ResultMessage>();
	#text = '';
	#model: string;

	constructor(options: AgentServiceOptions, request: AgentRequest, call: ServiceCall) {
		this.#options = options;
		this.#request = request;
		this.#call = call;
		this.#model = request.model;
		this.#mayUse = request.tools.length === 0 ? () => true : matcher(request.tools);
		const origin = originOf(call, options.isUnattended === true, request.permissionMode);
		this.#gate = options.newGate({ cwd: call.cwd, origin: () => origin });
		// Nobody may be waiting yet when the process ends.
		this.#answer.promise.catch(() => undefined);
	}

	async run(start: SessionStart): Promise<AgentAnswer> {
		const { signal } = this.#call;
		if (signal.aborted) throw new CancelledError();
		const stop = (): void => this.#answer.reject(new CancelledError());
		signal.addEventListener('abort', stop, { once: true });
		let session: ClaudeSession | undefined;
		try {
			session = await this.#options.start(this.#sessionOptions(start), this.#handlers);
			if (signal.aborted) throw new CancelledError();
			session.send(promptOf(this.#request), globalThis.crypto.randomUUID());
			return this.#toAnswer(await this.#answer.promise);
		} finally {
			signal.removeEventListener('abort', stop);
			// Before the process ends, so that what it used is told also when it was stopped.
			this.#tellUse(session);
			this.#gate.dispose();
			await session?.stop();
		}
	}

	#sessionOptions(start: SessionStart): ClaudeSessionOptions {
		const { model, permissionMode, systemPrompt, schema, tools } = this.#request;
		const { cwd, maxCost } = this.#call;
		const own = tools.filter(tool => !tool.startsWith('mcp__') && !tool.includes('*'));
		return {
			cwd,
			start,
			mode: permissionMode,
			...(model === '' ? {} : { model }),
			...(maxCost === null ? {} : { maxBudget: maxCost }),
			...(systemPrompt === '' ? {} : { appendedPrompt: systemPrompt }),
			...(schema === undefined ? {} : { outputSchema: schema }),
			// A pattern may fit any tool: then the hook alone decides.
			...(own.length > 0 && own.length === tools.length ? { tools: own } : {}),
		};
	}

	readonly #handlers: ClaudeSessionHandlers = {
		onMessage: message => this.#read(message),
		onHook: async call => {
			if (call.toolName === answerTool) return 'pass';
			if (!this.#mayUse(call.toolName)) return { decision: 'deny', reason: `This task may not use ${call.toolName}.` };
			return this.#gate.onHook(call);
		},
		onPermission: async request => {
			if (request.toolName === answerTool) return { behavior: 'allow' };
			if (!this.#mayUse(request.toolName))
				return { behavior: 'deny', message: `This task may not use ${request.toolName}.` };
			const verdict = await this.#gate.onPermission(permissionCall(request), request.signal);
			// Who allowed what is on disk before the tool runs.
			await this.#options.settled?.();
			return verdict;
		},
		onExit: ({ failure }) =>
			this.#answer.reject(failure ?? new ProviderError('cut-off', 'Claude ended before its answer was complete.')),
	};

	#read(message: ClaudeMessage | UnknownMessage): void {
		if (!isClaudeMessage(message)) return;
		if (message.type === 'result') this.#answer.resolve(message);
		else if (message.type === 'user') this.#readResults(message.message.content);
		else if (message.type === 'assistant' && message.parent_tool_use_id === null) {
			if (message.message.model !== '<synthetic>') this.#model = message.message.model;
		} else if (message.type === 'stream_event' && message.parent_tool_use_id === null) {
			const { event } = message;
			// Each answer between two calls of tools is shown by itself.
			if (event.type === 'message_start') this.#text = '';
			if (event.type !== 'content_block_delta' || event.delta.type !== 'text_delta') return;
			this.#text += event.delta.text;
			this.#call.progress(this.#text);
		}
	}

	#readResults(content: string | readonly unknown[]): void {
		if (typeof content === 'string') return;
		for (const block of content) {
			if (typeof block !== 'object' || block === null || !('type' in block) || block.type !== 'tool_result') continue;
			if ('tool_use_id' in block && typeof block.tool_use_id === 'string') this.#gate.onResult(block.tool_use_id);
		}
	}

	#toAnswer(result: ResultMessage): AgentAnswer {
		if (result.is_error || result.subtype !== 'success') throw failureOf(result);
		const object = result.structured_output as Json | undefined;
		const answer = { text: result.result ?? this.#text, model: this.#model, turns: result.num_turns };
		return object === undefined ? answer : { ...answer, object };
	}

	#tellUse(session: ClaudeSession | undefined): void {
		for (const { model, usage, cost, basis } of session?.costs.rows() ?? [])
			this.#call.used({ provider: 'claude', model, usage, cost, basis });
	}
}

function promptOf({ prompt, files }: AgentRequest): string {
	return files.length === 0 ? prompt : `${prompt}\n\nFiles:\n${files.map(file => `- ${file}`).join('\n')}`;
}

function failureOf(result: ResultMessage): ExpectedError {
	const said = result.result === undefined || result.result === '' ? '' : ` It says: ${result.result.slice(0, 500)}`;
	if (result.subtype === 'error_max_budget_usd')
		return new ProviderError('no-quota', 'Claude stopped at what the task may cost.');
	if (result.subtype === 'error_max_structured_output_retries')
		return new ProviderError('bad-answer', 'Claude gave no answer that fits the schema.');
	return new ProviderError('cut-off', `Claude did not finish the task.${said}`);
}
