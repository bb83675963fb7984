import { errorText } from '../base/errors';
import type { Logger } from '../base/logger';
import type { Environment } from '../process/environment';
import type { SupervisedProcess } from '../process/supervisedProcess';
import type { ProcessSupervisor } from '../process/supervisor';
import { ControlChannel, isFrame } from './control';
import { CostLedger } from './costLedger';
import type { ModelUsage } from './messages';
import { claudeEnvironment } from './environment';
import { cliBroken, cliEnded, sessionInUse, sessionMissing, type ClaudeError } from './errors';
import type { FoundClaude } from './findClaude';
import { FrameReader, toFrame } from './framing';
import { claudeStopSteps, launchArguments } from './launch';
import type { ClaudeEffort, ClaudeMessage, ClaudePermissionMode, ContentBlock, UnknownMessage } from './messages';
import { priceTable, type PriceTable } from './prices';
import { toHookCall, toHookResponse, toPermissionRequest, toPermissionResponse } from './requests';
import type {
	ClaudeSession,
	ClaudeSessionHandlers,
	ClaudeSessionOptions,
	ContextUsage,
	McpServerStatus,
	RewindResult,
	SessionInfo,
} from './session';
import { toContextUsage, toInfo, toRewindResult } from './responses';

type Frame = Readonly<Record<string, unknown>>;

export interface ClaudeProcessDeps {
	readonly supervisor: ProcessSupervisor;
	readonly claude: FoundClaude;
	/** The host's environment; it is cleaned here. */
	readonly environment: Environment;
	readonly logger: Logger;
	readonly prices?: PriceTable;
	/** Milliseconds to wait for the first answer. */
	readonly startTimeoutMs?: number;
}

const requestTimeoutMs = 15_000;
/** Seconds. The hook is answered at once; a host that was suspended for hours must not lose its say. */
const hookTimeout = 86_400;

/** A session that is one process of the user's own CLI. */
export class ClaudeProcess implements ClaudeSession {
	readonly costs: CostLedger;
	readonly #deps: ClaudeProcessDeps;
	readonly #handlers: ClaudeSessionHandlers;
	readonly #process: SupervisedProcess;
	readonly #control: ControlChannel;
	/** Prompts that were sent since the CLI was idle: those that may still be queued. */
	readonly #outstanding = new Set<string>();
	#info: SessionInfo | undefined;
	#sessionId: string;
	/** What the CLI said went wrong, in a result before its end. */
	#lastErrors: readonly string[] = [];

	/** Starts the CLI and resolves once it answered `initialize`. */
	static async start(
		deps: ClaudeProcessDeps,
		options: ClaudeSessionOptions,
		handlers: ClaudeSessionHandlers,
	): Promise<ClaudeProcess> {
		const session = new ClaudeProcess(deps, options, handlers);
		try {
			await session.#initialize(options);
		} catch (error) {
			const failure = await session.#startFailure(options, errorText(error));
			throw failure;
		}
		session.#watchExit();
		return session;
	}

	private constructor(deps: ClaudeProcessDeps, options: ClaudeSessionOptions, handlers: ClaudeSessionHandlers) {
		this.#deps = deps;
		this.#handlers = handlers;
		this.#sessionId = options.start.id;
		this.costs = new CostLedger(deps.prices ?? priceTable());
		this.#process = deps.supervisor.spawn({
			command: deps.claude.launch.command,
			args: [...deps.claude.launch.args, ...launchArguments(options)],
			cwd: options.cwd,
			environment: claudeEnvironment(deps.environment, options.environment),
			label: 'claude',
			stopSteps: claudeStopSteps,
		});
		this.#control = new ControlChannel({
			write: frame => this.#process.write(toFrame(frame)),
			answer: (request, signal) => this.#answer(request, signal),
		});
		const reader = new FrameReader({
			onFrame: frame => this.#onFrame(frame),
			onGarbage: line => {
				deps.logger.warn(`The Claude CLI wrote a line that is no message (${line.length} characters)`);
				this.#guard(() => handlers.onGarbage?.(line));
			},
		});
		this.#process.stdout.on('data', (chunk: Buffer) => reader.push(chunk));
		this.#process.stdout.once('end', () => reader.end());
		void this.#process.exited.then(() => this.#control.end());
	}

	get info(): SessionInfo {
		if (!this.#info) throw new Error('The session has not started');
		return this.#info;
	}

	get sessionId(): string {
		return this.#sessionId;
	}

	get isAlive(): boolean {
		return this.#process.isAlive;
	}

	send(content: string | readonly ContentBlock[], uuid: string): void {
		this.#outstanding.add(uuid);
		const message = { role: 'user', content };
		this.#process.write(toFrame({ type: 'user', message, parent_tool_use_id: null, session_id: '', uuid }));
	}

	async interrupt(options: { readonly dropQueued?: boolean } = {}): Promise<void> {
		// One by one: only newer versions can drop the queue with the interrupt itself.
		if (options.dropQueued === true)
			await Promise.allSettled([...this.#outstanding].map(uuid => this.cancelQueued(uuid)));
		await this.request('interrupt', {}, 5000);
	}

	async cancelQueued(uuid: string): Promise<boolean> {
		const answer = await this.request('cancel_async_message', { message_uuid: uuid });
		if (answer['cancelled'] === true) this.#outstanding.delete(uuid);
		return answer['cancelled'] === true;
	}

	async setModel(model: string | undefined): Promise<void> {
		await this.request('set_model', model === undefined || model === 'default' ? {} : { model });
	}

	async setMode(mode: ClaudePermissionMode): Promise<void> {
		await this.request('set_permission_mode', { mode });
	}

	async setEffort(effort: ClaudeEffort | undefined): Promise<void> {
		// There is no request of its own; a flag setting acts from the next model call on.
		await this.request('apply_flag_settings', { settings: { effortLevel: effort ?? null } });
	}

	async contextUsage(): Promise<ContextUsage> {
		return toContextUsage(await this.request('get_context_usage'));
	}

	usage(): Promise<Frame> {
		return this.request('get_usage');
	}

	async mcpStatus(): Promise<readonly McpServerStatus[]> {
		const answer = await this.request('mcp_status');
		return Array.isArray(answer['mcpServers']) ? (answer['mcpServers'] as readonly McpServerStatus[]) : [];
	}

	async rewindFiles(uuid: string, isDryRun: boolean): Promise<RewindResult> {
		const answer = await this.request('rewind_files', { user_message_id: uuid, dry_run: isDryRun }, 60_000);
		return toRewindResult(answer);
	}

	async rename(title: string): Promise<void> {
		await this.request('rename_session', { title });
	}

	request(subtype: string, fields: Frame = {}, timeoutMs = requestTimeoutMs): Promise<Frame> {
		return this.#control.request(subtype, fields, timeoutMs);
	}

	stop(): Promise<void> {
		return this.#process.stop();
	}

	async #initialize(options: ClaudeSessionOptions): Promise<void> {
		const hooks = { PreToolUse: [{ matcher: null, hookCallbackIds: ['gate'], timeout: hookTimeout }] };
		// Sub-agents are shown as they speak, where the version can.
		const fields = { hooks, forwardSubagentText: true };
		const answer = await this.request('initialize', fields, this.#deps.startTimeoutMs ?? 30_000);
		const isContinued = options.start.kind !== 'new';
		const [usage] = await Promise.all([
			isContinued ? this.usage() : undefined,
			options.effort === undefined ? undefined : this.setEffort(options.effort),
		]);
		const session = usage?.['session'];
		if (isFrame(session) && isFrame(session['model_usage']))
			this.costs.setBaseline(session['model_usage'] as Readonly<Record<string, ModelUsage>>);
		this.#info = toInfo(answer, this.#process.pid ?? 0, this.#deps.claude.version);
	}

	/** Ends what did start, and says why it did not get further. */
	async #startFailure(options: ClaudeSessionOptions, text: string): Promise<ClaudeError> {
		const wasAlive = this.#process.isAlive;
		await this.#process.stop();
		const status = await this.#process.ended;
		const stderr = this.#process.stderr.text();
		const said = `${stderr}\n${this.#lastErrors.join('\n')}`;
		const { start } = options;
		if (/is already in use/i.test(said)) return sessionInUse(start.id);
		if (/No conversation found|No message found/i.test(said))
			return sessionMissing(start.kind === 'fork' ? start.from : start.id);
		if (status.error) return cliBroken(this.#deps.claude.path, `it cannot be started (${status.error.message})`);
		const why = wasAlive ? text : `it ended while starting (exit code ${status.code ?? status.signal})`;
		return cliBroken(this.#deps.claude.path, why, said);
	}

	#watchExit(): void {
		void this.#process.ended.then(async status => {
			// What it wrote last is still in the pipe when it has ended.
			await endOf(this.#process);
			const wasExpected = status.wasStopped;
			const stderrTail = this.#process.stderr.tail();
			const failure = wasExpected ? null : cliEnded(status.signal ?? `exit code ${status.code}`, stderrTail);
			const { code, signal } = status;
			this.#guard(() => this.#handlers.onExit({ code, signal, stderrTail, wasExpected, failure }));
		});
	}

	#onFrame(frame: Frame): void {
		if (this.#control.handle(frame)) return;
		if (typeof frame['type'] !== 'string') return;
		const message = frame as unknown as ClaudeMessage | UnknownMessage;
		this.#follow(frame);
		// Nothing was asked yet: this is how a start fails, which `start` reports, and not the end of a turn.
		if (message.type === 'result' && !this.#info) return;
		this.costs.observe(message, () => this.#guard(() => this.#handlers.onUsage?.()));
		this.#guard(() => this.#handlers.onMessage(message));
	}

	#follow(frame: Frame): void {
		const { type, subtype } = frame;
		const id = type === 'conversation_reset' ? frame['new_conversation_id'] : frame['session_id'];
		const tells = type === 'conversation_reset' || type === 'result' || (type === 'system' && subtype === 'init');
		if (tells && typeof id === 'string' && id !== '') this.#sessionId = id;
		if (type === 'system' && subtype === 'session_state_changed' && frame['state'] === 'idle')
			this.#outstanding.clear();
		if (type === 'result' && Array.isArray(frame['errors'])) this.#lastErrors = frame['errors'].map(String);
	}

	async #answer(request: Frame, signal: AbortSignal): Promise<Frame> {
		switch (request['subtype']) {
			case 'can_use_tool': {
				const asked = toPermissionRequest(request, signal);
				return toPermissionResponse(asked, await this.#handlers.onPermission(asked));
			}
			case 'hook_callback':
				return this.#answerHook(request, signal);
			case 'elicitation':
				return { action: 'decline' };
			case 'request_user_dialog':
				return { behavior: 'cancelled' };
			default:
				throw new Error(`Quarterdeck does not answer "${String(request['subtype'])}"`);
		}
	}

	async #answerHook(request: Frame, signal: AbortSignal): Promise<Frame> {
		try {
			const input = isFrame(request['input']) ? request['input'] : {};
			return toHookResponse(await this.#handlers.onHook(toHookCall(input, signal)));
		} catch (error) {
			// An error sent back would leave the call to the CLI's own rules: the gate fails closed instead.
			this.#deps.logger.error(`A call could not be checked: ${errorText(error)}`);
			return toHookResponse({ decision: 'deny', reason: `The call could not be checked: ${errorText(error)}` });
		}
	}

	/** A handler that throws is a bug of its own and must not end the reading of the stream. */
	#guard(run: () => void): void {
		try {
			run();
		} catch (error) {
			this.#deps.logger.error(error instanceof Error ? error : new Error(String(error)));
		}
	}
}

function endOf(process: SupervisedProcess): Promise<void> {
	if (process.stdout.readableEnded || process.stdout.destroyed) return Promise.resolve();
	return new Promise(resolve => {
		// Something outside our reach may hold the pipe open; the end of the process is what counts.
		const timer = setTimeout(resolve, 1000);
		process.stdout.once('close', () => {
			clearTimeout(timer);
			resolve();
		});
	});
}
