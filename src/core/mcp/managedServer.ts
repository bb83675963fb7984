import type { AnySchema, SchemaOutput } from '@modelcontextprotocol/sdk/server/zod-compat.js';
import { CancelledError, ExpectedError, errorText } from '../base/errors';
import { Emitter } from '../base/event';
import { MutableDisposable, Owner, type Disposable } from '../base/lifecycle';
import { targetOf, transportOf, type McpServerDefinition } from './definition';
import { notRunning } from './errors';
import { expandAll } from './expand';
import type { ServerTool } from './lists';
import type { McpDisabledReason, McpServerError, McpServerState, McpServerView, McpToolTrust } from './protocol';
import { defaultLimits, type McpAsker, type McpLimits, type McpPorts } from './ports';
import { ServerLog } from './serverLog';
import { ServerStats } from './serverStats';
import { McpSession, type ExchangeOptions } from './session';
import { ToolApproval } from './toolApproval';
import { fingerprintOf } from './toolTrust';

type Running = 'stopped' | 'starting' | 'running' | 'failed' | 'needs-auth';

/** One server: its definition, its process or connection when it has one, and what becomes of it when that fails. */
export class ManagedServer extends Owner {
	readonly definition: McpServerDefinition;
	readonly log: ServerLog;
	readonly stats = new ServerStats();
	readonly approval: ToolApproval;
	readonly #ports: McpPorts;
	readonly #limits: McpLimits;
	readonly #subscriptions = new Set<string>();
	readonly #restart = this.own(new MutableDisposable<Disposable>());
	readonly #changed = this.own(new Emitter<'tools' | 'state'>());
	readonly #updated = this.own(new Emitter<string>());
	readonly #completed = this.own(new Emitter<string>());
	#state: Running = 'stopped';
	#lastError: McpServerError | null = null;
	#session: McpSession | undefined;
	#starting: { readonly done: Promise<void>; readonly abort: AbortController; readonly mayAsk: boolean } | undefined;
	#fingerprint: string | undefined;
	#reconnecting: Promise<void> | undefined;
	#crashes = 0;
	#restarts = 0;
	#restartAt: number | null = null;
	#readyAt: number | null = null;
	#readyMonotonic = 0;
	#connectMs: number | null = null;

	readonly onDidChange = this.#changed.event;
	readonly onDidUpdateResource = this.#updated.event;
	readonly onDidCompleteElicitation = this.#completed.event;

	constructor(definition: McpServerDefinition, ports: McpPorts) {
		super();
		this.definition = definition;
		this.#ports = ports;
		const { initMs, callMs } = definition.timeouts;
		this.#limits = {
			...defaultLimits,
			...ports.limits,
			...(initMs === null ? {} : { initMs }),
			...(callMs === null ? {} : { callMs }),
		};
		this.log = this.own(new ServerLog(ports.clock));
		this.approval = this.own(new ToolApproval(this.asker, ports));
		this.own(this.approval.onDidChange(() => this.#changed.fire('tools')));
		this.own(ports.onDidChangeRoots(() => this.#tellRoots()));
	}

	get asker(): McpAsker {
		const { id, name } = this.definition;
		return { serverId: id, server: name, conversation: null, execution: null };
	}

	get state(): McpServerState {
		return this.disabledReason === null ? this.#state : 'disabled';
	}

	/** Why it may not be started; `null` when it may. */
	get disabledReason(): McpDisabledReason | null {
		const { definition } = this;
		if (definition.config === null) return 'invalid';
		const { isEnabled, allowed } = this.#ports.choices.get(definition.id);
		if (isEnabled === false || (isEnabled === undefined && definition.isDisabled)) return 'off';
		// Our own setting is written by the user alone. Any other file may come with a repository, or from a program.
		if (definition.source.kind === 'settings') return null;
		if (isEnabled === undefined || allowed === undefined) return 'notAllowed';
		this.#fingerprint ??= fingerprintOf(definition);
		return allowed === this.#fingerprint ? null : 'changed';
	}

	get tools(): readonly ServerTool[] {
		return this.#session?.lists.tools ?? [];
	}

	trustOf(tool: string): McpToolTrust {
		return this.approval.trustOf(tool);
	}

	isToolOn(tool: string): boolean {
		return this.#ports.choices.get(this.definition.id).toolsOff?.includes(tool) !== true;
	}

	/** @param nameOf what models call a tool */
	view(nameOf: (tool: string) => string): McpServerView {
		const { definition, stats } = this;
		const lists = this.#session?.lists;
		const info = this.#session?.info;
		return {
			id: definition.id,
			name: definition.name,
			title: info?.title ?? '',
			source: definition.source,
			transport: transportOf(definition),
			target: targetOf(definition),
			state: this.state,
			disabledReason: this.disabledReason,
			lastError: this.#lastError ?? this.#definitionError(),
			restartAt: this.#restartAt,
			restarts: this.#restarts,
			tools: this.tools.map(tool => ({
				...tool,
				qualifiedName: nameOf(tool.name),
				trust: this.trustOf(tool.name),
				isEnabled: this.isToolOn(tool.name),
			})),
			resources: (lists?.resources ?? []).map(resource => ({
				...resource,
				isSubscribed: this.#subscriptions.has(resource.uri),
			})),
			resourceTemplates: lists?.templates ?? [],
			prompts: lists?.prompts ?? [],
			latencyP50Ms: stats.p50Ms,
			calls: stats.calls,
			errors: stats.errors,
			version: info?.version ?? '',
			protocolVersion: info?.protocolVersion ?? '',
			instructions: info?.instructions ?? '',
			pid: this.#session?.pid ?? null,
			readyAt: this.#readyAt,
			connectMs: this.#connectMs,
			capabilities: info?.capabilities ?? [],
		};
	}

	/** Starts it, or waits for the start that is under way. */
	async start(mayAsk: boolean): Promise<void> {
		const { disabledReason } = this;
		if (disabledReason !== null) throw refusal(this.definition, disabledReason);
		if (this.#state === 'running') return;
		const current = this.#starting;
		if (current) {
			if (current.mayAsk || !mayAsk) return current.done;
			// That start may end for want of a person, whom this one may ask.
			await current.done.catch(() => undefined);
			return this.start(mayAsk);
		}
		this.#cancelRestart();
		this.#crashes = 0;
		return this.#begin(mayAsk);
	}

	/** Ends it with everything it started, or keeps it from being started again. */
	async stop(): Promise<void> {
		this.#cancelRestart();
		const starting = this.#starting;
		starting?.abort.abort();
		await starting?.done.catch(() => undefined);
		const session = this.#session;
		this.#session = undefined;
		await session?.close();
		this.#subscriptions.clear();
		if (session) this.log.line('hub', 'Stopped.');
		this.#setState('stopped');
	}

	/** Asks the running server. A session that the server has forgotten is opened anew, once. */
	async request<T extends AnySchema>(
		method: string,
		params: Readonly<Record<string, unknown>>,
		schema: T,
		options: ExchangeOptions = {},
	): Promise<SchemaOutput<T>> {
		const session = this.#session;
		if (!session) throw notRunning(this.definition.name);
		try {
			return await session.request(method, params, schema, options);
		} catch (error) {
			const isForgotten = ExpectedError.is(error, 'mcp.http') && error.details['status'] === 404;
			if (!isForgotten) throw error;
			if (this.#session === session) this.#reconnecting = this.#reconnect();
			// All calls that found the session gone wait for the one new one.
			await this.#reconnecting;
			if (!this.#session) throw notRunning(this.definition.name);
			return this.#session.request(method, params, schema, options);
		}
	}

	async #reconnect(): Promise<void> {
		this.log.line('hub', 'The server has forgotten the session; connecting again.', 'warning');
		const old = this.#session;
		this.#session = undefined;
		this.#subscriptions.clear();
		this.#setState('stopped');
		// Its other calls find out by themselves, and then wait for the new session as well.
		old?.closeWhenIdle();
		await this.start(false);
	}

	noteSubscription(uri: string, isSubscribed: boolean): void {
		if (isSubscribed) this.#subscriptions.add(uri);
		else this.#subscriptions.delete(uri);
		this.#changed.fire('state');
	}

	noteCall(ms: number | null, isError: boolean): void {
		this.stats.add(ms, isError);
		this.#changed.fire('state');
	}

	/** The user's choices changed. */
	refresh(): void {
		this.#changed.fire('tools');
	}

	#begin(mayAsk: boolean): Promise<void> {
		const abort = new AbortController();
		const done = this.#open(mayAsk, abort.signal).finally(() => (this.#starting = undefined));
		this.#starting = { done, abort, mayAsk };
		return done;
	}

	async #open(mayAsk: boolean, signal: AbortSignal): Promise<void> {
		this.#setState('starting');
		const began = this.#ports.clock.monotonic();
		try {
			const session = await this.#connect(mayAsk, signal);
			const { clock } = this.#ports;
			this.#connectMs = clock.monotonic() - began;
			this.#readyAt = clock.now();
			this.#readyMonotonic = clock.monotonic();
			this.#lastError = null;
			this.#session = session;
			session.onDidChangeLists(() => this.#onLists());
			session.onDidUpdateResource(uri => this.#updated.fire(uri));
			session.onDidCompleteElicitation(id => this.#completed.fire(id));
			session.onDidLose(error => this.#onLost(session, error));
			this.log.line('hub', `Ready after ${Math.round(this.#connectMs)} ms.`);
			this.#setState('running');
			this.#onLists();
		} catch (error) {
			if (error instanceof CancelledError) this.#setState('stopped');
			else this.#fail(error);
			throw error;
		}
	}

	async #connect(mayAsk: boolean, signal: AbortSignal): Promise<McpSession> {
		const { id, name, folder, config } = this.definition;
		if (config === null) throw refusal(this.definition, 'invalid');
		const { environment, home } = this.#ports;
		const answers = new Map<string, Promise<string>>();
		const input = (key: string): Promise<string> => {
			const known = answers.get(key) ?? this.#input(key, mayAsk);
			answers.set(key, known);
			return known;
		};
		const expanded = await expandAll(config, { environment, home, folder, input });
		if (signal.aborted) throw new CancelledError();
		const session = new McpSession({
			serverId: id,
			name,
			config: expanded,
			folder,
			ports: this.#ports,
			limits: this.#limits,
			log: this.log,
			signal,
			mayAsk,
		});
		await session.open();
		if (!signal.aborted) return session;
		await session.close();
		throw new CancelledError();
	}

	async #input(id: string, mayAsk: boolean): Promise<string> {
		const { definition } = this;
		const declared = definition.inputs.find(input => input.id === id);
		// One that nobody declared is most likely a secret.
		const undeclared = {
			id,
			description: id,
			type: 'promptString',
			isPassword: true,
			default: null,
			options: [],
		} as const;
		const value = await this.#ports.input(definition, declared ?? undeclared, mayAsk);
		if (value !== undefined) return value;
		const what = declared?.description ?? id;
		throw new ExpectedError('mcp.noInput', `The MCP server “${definition.name}” needs a value for “${what}”.`);
	}

	#onLists(): void {
		this.approval.judge(this.tools);
		this.#changed.fire('tools');
	}

	#onLost(session: McpSession, error: Error): void {
		if (this.#session !== session) return;
		this.#session = undefined;
		this.#subscriptions.clear();
		void session.close();
		const ranMs = this.#ports.clock.monotonic() - this.#readyMonotonic;
		if (ranMs >= this.#limits.steadyMs) this.#crashes = 0;
		this.#fail(error);
		this.#restartLater();
	}

	/** Each crash in a row waits longer; after the last one only the user starts it again. */
	#restartLater(): void {
		const { restartDelays } = this.#limits;
		const delay = restartDelays[this.#crashes++];
		const { clock } = this.#ports;
		if (delay === undefined) {
			const sentence = `The MCP server “${this.definition.name}” ended ${this.#crashes} times in a row and is not started again by itself. Its log says why.`;
			this.#fail(new ExpectedError('mcp.crashLoop', sentence));
			return;
		}
		this.#restartAt = clock.now() + delay;
		this.log.line('hub', `Starting again in ${delay / 1000} s.`);
		this.#restart.value = clock.after(delay, () => {
			this.#restartAt = null;
			if (this.disabledReason !== null || this.isDisposed) return;
			this.#restarts++;
			this.#begin(false).catch((error: unknown) => {
				if (!(error instanceof CancelledError) && this.#state === 'failed') this.#restartLater();
			});
		});
		this.#changed.fire('state');
	}

	#cancelRestart(): void {
		this.#restart.value = undefined;
		this.#restartAt = null;
	}

	#fail(error: unknown): void {
		const message = errorText(error);
		const code = ExpectedError.is(error) ? error.code : 'mcp.failed';
		this.#lastError = { message, code, at: this.#ports.clock.now(), stderrTail: this.log.stderrTail() };
		this.log.line('hub', message, 'error');
		this.#setState(code === 'mcp.needsAuth' ? 'needs-auth' : 'failed');
	}

	#setState(state: Running): void {
		this.#state = state;
		if (state !== 'running') this.#readyAt = null;
		this.#changed.fire('tools');
	}

	#tellRoots(): void {
		this.#session?.rootsChanged().catch((error: unknown) => {
			this.log.line('hub', `The server could not be told of the new folders: ${errorText(error)}`, 'warning');
		});
	}

	#definitionError(): McpServerError | null {
		const { problem } = this.definition;
		return problem === null ? null : { message: problem, code: 'mcp.invalidConfig', at: 0, stderrTail: '' };
	}
}

function refusal({ name, problem }: McpServerDefinition, reason: McpDisabledReason): ExpectedError {
	const sentences: Readonly<Record<McpDisabledReason, string>> = {
		off: `The MCP server “${name}” is switched off.`,
		notAllowed: `The MCP server “${name}” has not been allowed yet. Look at what it runs, and switch it on.`,
		changed: `What the MCP server “${name}” would run has changed since you allowed it. Look at it, and switch it on again.`,
		invalid: `The MCP server ${problem ?? `“${name}” has no usable definition.`}`,
	};
	return new ExpectedError('mcp.disabled', sentences[reason]);
}
