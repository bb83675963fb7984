import { Sequencer } from '../../base/async';
import { CancelledError, ExpectedError, errorText } from '../../base/errors';
import type { ClaudeEffort, CommandInfo, ContentBlock, ModelInfo } from '../../claude/messages';
import type { ContextUsage, McpServerStatus } from '../../claude/session';
import { modelRefText, parseModelRef, type ModelRef } from '../../providers/provider';
import { loopSessionId, type AgentSession, type AgentSessionHandlers, type AgentSessionOptions } from '../agentSession';
import type { PermissionMode } from '../items';
import { cleared } from '../notices';
import { loopCommands } from './commands';
import { planCompaction } from './compaction';
import { LoopCosts } from './costs';
import type { LoopPorts } from './ports';
import { Speaker } from './say';
import { Transcript, type UserEntry } from './transcript';
import { compactNow, LoopTurn, type LoopMemory } from './turn';
import { retryable } from './troubles';

/** A conversation with a model that has no agent loop of its own: we run it. */
export class LoopSession implements AgentSession {
	readonly sessionId: string;
	readonly costs: LoopCosts;
	readonly #ports: LoopPorts;
	readonly #handlers: AgentSessionHandlers;
	readonly #transcript: Transcript;
	readonly #speaker: Speaker;
	readonly #cwd: string;
	readonly #work = new Sequencer();
	readonly #memory: LoopMemory = { withoutTools: new Set(), withoutImages: new Set(), context: { used: 0, max: 0 } };
	#ref: ModelRef;
	#mode: PermissionMode;
	#effort: ClaudeEffort | undefined;
	#turn: AbortController | undefined;
	#isAlive = true;

	private constructor(
		ports: LoopPorts,
		options: AgentSessionOptions,
		handlers: AgentSessionHandlers,
		transcript: Transcript,
	) {
		this.#ports = ports;
		this.#handlers = handlers;
		this.#transcript = transcript;
		this.#cwd = options.cwd;
		this.#ref = parseModelRef(options.model ?? '');
		this.#mode = options.mode ?? 'default';
		this.#effort = options.effort;
		this.sessionId = transcript.id;
		this.costs = new LoopCosts(ports.providers);
		this.#speaker = new Speaker(handlers, () => this.sessionId);
	}

	/** Begins, resumes or forks a session. Rejects with `session-missing`. */
	static async start(
		ports: LoopPorts,
		options: AgentSessionOptions,
		handlers: AgentSessionHandlers,
	): Promise<LoopSession> {
		const { start } = options;
		const id = loopSessionId(start.id);
		const now = ports.clock.now();
		const transcript =
			start.kind === 'new'
				? await Transcript.create(ports.folder, id, now)
				: start.kind === 'resume'
					? await Transcript.resume(ports.folder, id)
					: await Transcript.fork(ports.folder, id, start.from, start.at, now);
		return new LoopSession(ports, options, handlers, transcript);
	}

	get info(): { readonly commands: readonly CommandInfo[]; readonly models: readonly ModelInfo[] } {
		return { commands: loopCommands, models: [] };
	}

	get isAlive(): boolean {
		return this.#isAlive;
	}

	send(content: string | readonly ContentBlock[], uuid: string): void {
		const command = typeof content === 'string' ? /^\/(compact|clear)\s*$/.exec(content)?.[1] : undefined;
		if (command === 'clear') this.#run(() => this.#clear());
		else if (command === 'compact') this.#run(signal => this.#compact(signal));
		else
			this.#run(async signal => {
				const entry: UserEntry = { type: 'user', uuid, at: this.#ports.clock.now(), parts: partsOf(content) };
				await this.#transcript.append(entry);
				return this.#answer(signal);
			});
	}

	goOn(): void {
		this.#run(signal => this.#answer(signal));
	}

	async interrupt(): Promise<void> {
		this.#turn?.abort();
		await this.#work.run(() => Promise.resolve());
	}

	async setModel(model: string | undefined): Promise<void> {
		if (model !== undefined) this.#ref = parseModelRef(model);
	}

	async setMode(mode: PermissionMode): Promise<void> {
		this.#mode = mode;
	}

	async setEffort(effort: ClaudeEffort | undefined): Promise<void> {
		this.#effort = effort;
	}

	async contextUsage(): Promise<ContextUsage> {
		const { used, max } = this.#memory.context;
		return { totalTokens: used, maxTokens: max, percentage: max === 0 ? 0 : (used / max) * 100, categories: [] };
	}

	async usage(): Promise<Readonly<Record<string, unknown>>> {
		return {};
	}

	/** Where its tools come from. */
	async mcpStatus(): Promise<readonly McpServerStatus[]> {
		const bySource = new Map<string, { readonly name: string }[]>();
		for (const { name, source } of this.#ports.toolbox.list())
			bySource.set(source, [...(bySource.get(source) ?? []), { name }]);
		return [...bySource].map(([name, tools]) => ({ name, status: 'connected', tools }));
	}

	/** A transcript has no title of its own. */
	async rename(): Promise<void> {}

	async stop(): Promise<void> {
		if (!this.#isAlive) return;
		this.#isAlive = false;
		await this.interrupt();
		await this.#transcript.close();
		this.#handlers.onExit({ code: null, signal: null, stderrTail: '', wasExpected: true, failure: null });
	}

	#run(work: (signal: AbortSignal) => Promise<'done' | 'stopped'>): void {
		void this.#work.run(async () => {
			const controller = new AbortController();
			this.#turn = controller;
			const began = this.#ports.clock.monotonic();
			try {
				const how = await work(controller.signal);
				this.costs.finish();
				const duration = Math.round(this.#ports.clock.monotonic() - began);
				this.#speaker.result({ isStopped: how === 'stopped' || controller.signal.aborted, steps: 1, duration });
			} catch (error) {
				this.costs.finish();
				this.#handlers.onFailure(this.#failure(error));
			} finally {
				this.#turn = undefined;
			}
		});
	}

	#failure(error: unknown): ExpectedError {
		if (ExpectedError.is(error)) return retryable(error);
		this.#ports.log.error(errorText(error));
		return retryable(new ExpectedError('failed', `The turn failed: ${errorText(error)}`, { cause: error }));
	}

	#answer(signal: AbortSignal): Promise<'done' | 'stopped'> {
		const ref = this.#ref;
		const tools = this.#ports.toolbox.list().map(tool => tool.name);
		this.#speaker.init({ cwd: this.#cwd, model: modelRefText(ref), mode: this.#mode, tools });
		return new LoopTurn({
			ports: this.#ports,
			handlers: this.#handlers,
			speaker: this.#speaker,
			transcript: this.#transcript,
			costs: this.costs,
			memory: this.#memory,
			cwd: this.#cwd,
			ref,
			mode: this.#mode,
			effort: this.#effort,
			signal,
			onMode: mode => {
				this.#mode = mode;
				this.#speaker.init({ cwd: this.#cwd, model: modelRefText(ref), mode, tools });
			},
		}).run();
	}

	async #clear(): Promise<'done'> {
		const uuid = globalThis.crypto.randomUUID();
		await this.#transcript.append({ type: 'summary', uuid, at: this.#ports.clock.now(), text: '', keepFrom: null });
		this.#memory.context = { ...this.#memory.context, used: 0 };
		this.#handlers.onNotice(cleared);
		return 'done';
	}

	async #compact(signal: AbortSignal): Promise<'done' | 'stopped'> {
		const plan = planCompaction(this.#transcript.entries, null, true);
		if (plan === null) throw new ExpectedError('nothing-to-compact', 'There is nothing to summarise yet.');
		const provider = this.#ports.providers.find(this.#ref.provider);
		if (!provider) throw new ExpectedError('no-provider', `The provider “${this.#ref.provider}” is not set up.`);
		try {
			await compactNow({
				ports: this.#ports,
				handlers: this.#handlers,
				speaker: this.#speaker,
				transcript: this.#transcript,
				costs: this.costs,
				memory: this.#memory,
				provider,
				ref: this.#ref,
				plan,
				signal,
				before: this.#memory.context.used,
				trigger: 'manual',
			});
			return 'done';
		} catch (error) {
			if (signal.aborted || error instanceof CancelledError) return 'stopped';
			throw error;
		}
	}
}

function partsOf(content: string | readonly ContentBlock[]): UserEntry['parts'] {
	if (typeof content === 'string') return [{ type: 'text', text: content }];
	return content.flatMap<UserEntry['parts'][number]>(block => {
		if (block.type === 'text') return [{ type: 'text', text: block.text }];
		if (block.type !== 'image' || block.source.type !== 'base64') return [];
		return [{ type: 'image', mediaType: block.source.media_type, data: block.source.data }];
	});
}
