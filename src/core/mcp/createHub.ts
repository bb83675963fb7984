import { UriTemplate } from '@modelcontextprotocol/sdk/shared/uriTemplate.js';
import {
	CompleteResultSchema,
	EmptyResultSchema,
	GetPromptResultSchema,
	ReadResourceResultSchema,
	type CallToolResult,
	type CompleteResult,
	type GetPromptResult,
	type ReadResourceResult,
} from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod/mini';
import { Sequencer } from '../base/async';
import { CancelledError, ExpectedError } from '../base/errors';
import { Emitter } from '../base/event';
import { DisposableStore, MutableDisposable, Owner, type Disposable } from '../base/lifecycle';
import type { ToolSource } from '../tools/toolbox';
import type { Tool } from '../tools/tool';
import type { McpServerDefinition } from './definition';
import { notRunning, unknownServer } from './errors';
import type { McpCallOptions, McpCompletionTarget, McpHub } from './hub';
import { isObject } from './jsonText';
import { sortedJson, type ServerTool } from './lists';
import { ManagedServer } from './managedServer';
import type { McpPorts } from './ports';
import type { McpLog, McpLogLevel, McpLogLine, McpServerView, McpToolFacts, McpTraffic } from './protocol';
import { toCallResult } from './toolResult';
import { qualifyNames } from './toolNames';
import { toolsOf } from './serverTools';
import { fingerprintOf, toolFingerprint } from './toolTrust';

/** Views may change with each call; who looks at them is told at most this often. */
const changeMs = 50;

/** Results are read by us, tolerantly. Made once: a schema costs more to make than a call to send. */
const anything = z.unknown();

/** Opens the hub. It starts nothing by itself. */
export function createHub(ports: McpPorts): McpHub {
	return new Hub(ports);
}

interface Entry {
	readonly server: ManagedServer;
	readonly listening: DisposableStore;
}

class Hub extends Owner implements McpHub {
	readonly #ports: McpPorts;
	readonly #sequencer = new Sequencer();
	readonly #changed = this.own(new Emitter<void>());
	readonly #toolsChanged = this.own(new Emitter<void>());
	readonly #logged = this.own(new Emitter<{ readonly serverId: string; readonly entry: McpLogLine | McpTraffic }>());
	readonly #updated = this.own(new Emitter<{ readonly serverId: string; readonly uri: string }>());
	readonly #completed = this.own(new Emitter<{ readonly serverId: string; readonly elicitationId: string }>());
	readonly #timer = this.own(new MutableDisposable<Disposable>());
	/** In the order of the definitions. */
	#entries: ReadonlyMap<string, Entry> = new Map();
	#names: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map();
	#tools: readonly Tool[] | undefined;
	#isClosed = false;

	readonly onDidChange = this.#changed.event;
	readonly onDidLog = this.#logged.event;
	readonly onDidUpdateResource = this.#updated.event;
	readonly onDidCompleteElicitation = this.#completed.event;

	constructor(ports: McpPorts) {
		super();
		this.#ports = ports;
	}

	servers(): readonly McpServerView[] {
		return [...this.#entries.values()].map(({ server }) => this.#view(server));
	}

	server(id: string): McpServerView | undefined {
		const server = this.#entries.get(id)?.server;
		return server && this.#view(server);
	}

	setDefinitions(definitions: readonly McpServerDefinition[]): Promise<void> {
		// One after another: two changes at once would start a server twice.
		return this.#sequencer.run(() => this.#setDefinitions(definitions));
	}

	async startEnabled(): Promise<void> {
		const servers = [...this.#entries.values()].map(({ server }) => server);
		const idle = servers.filter(server => server.state === 'stopped');
		await Promise.allSettled(idle.map(server => server.start(false)));
	}

	start(id: string, options: { readonly isInteractive?: boolean } = {}): Promise<void> {
		if (this.#isClosed) return Promise.reject(new CancelledError());
		return this.#find(id).start(options.isInteractive === true);
	}

	stop(id: string): Promise<void> {
		return this.#find(id).stop();
	}

	async restart(id: string): Promise<void> {
		const server = this.#find(id);
		await server.stop();
		await server.start(true);
	}

	async setEnabled(id: string, isEnabled: boolean): Promise<void> {
		const server = this.#find(id);
		const { choices } = this.#ports;
		const allowed = isEnabled ? { allowed: fingerprintOf(server.definition) } : {};
		await choices.set(id, { ...choices.get(id), isEnabled, ...allowed });
		if (!isEnabled) await server.stop();
		server.refresh();
	}

	async setToolEnabled(id: string, tool: string, isEnabled: boolean): Promise<void> {
		const server = this.#find(id);
		const { choices } = this.#ports;
		const choice = choices.get(id);
		const others = (choice.toolsOff ?? []).filter(name => name !== tool);
		await choices.set(id, { ...choice, toolsOff: isEnabled ? others : [...others, tool] });
		server.refresh();
	}

	reviewChangedTools(id: string): Promise<void> {
		const server = this.#find(id);
		return server.approval.review(server.tools);
	}

	async signOut(id: string): Promise<void> {
		const server = this.#find(id);
		await server.stop();
		await this.#ports.secrets.delete(id);
	}

	log(id: string): McpLog {
		return this.#find(id).log.get();
	}

	async setLogLevel(id: string, level: McpLogLevel): Promise<void> {
		await this.#find(id).request('logging/setLevel', { level }, EmptyResultSchema);
	}

	async ping(id: string): Promise<number> {
		const { clock } = this.#ports;
		const began = clock.monotonic();
		await this.#find(id).request('ping', {}, EmptyResultSchema);
		return clock.monotonic() - began;
	}

	async callTool(
		id: string,
		tool: string,
		input: Readonly<Record<string, unknown>>,
		options: McpCallOptions = {},
	): Promise<CallToolResult> {
		const server = this.#find(id);
		if (server.state !== 'running') throw notRunning(server.definition.name);
		const known = usableTool(server, tool);
		const { clock } = this.#ports;
		const began = clock.monotonic();
		try {
			const params = { name: tool, arguments: input };
			const exchange = { ...options, isTask: known.needsTask };
			const answer = await server.request('tools/call', params, anything, exchange);
			const result = toCallResult(isObject(answer) ? answer : {});
			server.noteCall(clock.monotonic() - began, result.isError === true);
			return result;
		} catch (error) {
			server.noteCall(null, !(error instanceof CancelledError));
			throw error;
		}
	}

	readResource(id: string, uri: string, options?: McpCallOptions): Promise<ReadResourceResult> {
		return this.#find(id).request('resources/read', { uri }, ReadResourceResultSchema, options);
	}

	expandTemplate(uriTemplate: string, variables: Readonly<Record<string, string>>): string {
		return new UriTemplate(uriTemplate).expand({ ...variables });
	}

	async subscribe(id: string, uri: string): Promise<void> {
		const server = this.#find(id);
		await server.request('resources/subscribe', { uri }, EmptyResultSchema);
		server.noteSubscription(uri, true);
	}

	async unsubscribe(id: string, uri: string): Promise<void> {
		const server = this.#find(id);
		await server.request('resources/unsubscribe', { uri }, EmptyResultSchema);
		server.noteSubscription(uri, false);
	}

	getPrompt(
		id: string,
		prompt: string,
		input: Readonly<Record<string, string>>,
		options?: McpCallOptions,
	): Promise<GetPromptResult> {
		return this.#find(id).request('prompts/get', { name: prompt, arguments: input }, GetPromptResultSchema, options);
	}

	async complete(
		id: string,
		target: McpCompletionTarget,
		argument: { readonly name: string; readonly value: string },
		known: Readonly<Record<string, string>> = {},
		options?: McpCallOptions,
	): Promise<CompleteResult['completion']> {
		const ref =
			target.type === 'prompt'
				? { type: 'ref/prompt', name: target.name }
				: { type: 'ref/resource', uri: target.uriTemplate };
		const context = Object.keys(known).length === 0 ? {} : { context: { arguments: known } };
		const params = { ref, argument, ...context };
		const answer = await this.#find(id).request('completion/complete', params, CompleteResultSchema, options);
		return answer.completion;
	}

	toolSource(): ToolSource {
		return { tools: () => this.#offered(), onDidChange: this.#toolsChanged.event };
	}

	toolFacts(qualifiedName: string): McpToolFacts | undefined {
		for (const { server } of this.#entries.values())
			for (const tool of server.tools)
				if (this.#nameOf(server, tool.name) === qualifiedName) {
					const { id, name } = server.definition;
					const fingerprint = toolFingerprint(tool, server.definition);
					return { server: name, serverId: id, tool: tool.name, annotations: tool.annotations, fingerprint };
				}
		return undefined;
	}

	async close(): Promise<void> {
		this.#isClosed = true;
		const entries = [...this.#entries.values()];
		this.#entries = new Map();
		await Promise.all(entries.map(entry => this.#end(entry)));
		this.dispose();
	}

	async #setDefinitions(definitions: readonly McpServerDefinition[]): Promise<void> {
		if (this.#isClosed) return;
		const before = this.#entries;
		const next = new Map<string, Entry>();
		const again: ManagedServer[] = [];
		const ending: Entry[] = [];
		for (const definition of definitions) {
			if (next.has(definition.id)) continue;
			const known = before.get(definition.id);
			if (known && sortedJson(known.server.definition) === sortedJson(definition)) {
				next.set(definition.id, known);
				continue;
			}
			const entry = this.#make(definition);
			next.set(definition.id, entry);
			if (known && ['running', 'starting'].includes(known.server.state)) again.push(entry.server);
		}
		for (const [id, entry] of before) if (next.get(id) !== entry) ending.push(entry);
		this.#entries = next;
		await Promise.all(ending.map(entry => this.#end(entry)));
		this.#onToolsChanged();
		await Promise.allSettled(again.map(server => server.start(false)));
	}

	#make(definition: McpServerDefinition): Entry {
		const server = new ManagedServer(definition, this.#ports);
		const { id: serverId } = definition;
		const listening = new DisposableStore();
		listening.add(
			server.onDidChange(what => {
				if (what === 'tools') this.#onToolsChanged();
				else this.#changeSoon();
			}),
		);
		listening.add(server.log.onDidLog(entry => this.#logged.fire({ serverId, entry })));
		listening.add(server.onDidUpdateResource(uri => this.#updated.fire({ serverId, uri })));
		listening.add(server.onDidCompleteElicitation(elicitationId => this.#completed.fire({ serverId, elicitationId })));
		return { server, listening };
	}

	async #end({ server, listening }: Entry): Promise<void> {
		await server.stop();
		listening.dispose();
		server.dispose();
	}

	#find(id: string): ManagedServer {
		const entry = this.#entries.get(id);
		if (!entry) throw unknownServer(id);
		return entry.server;
	}

	#view(server: ManagedServer): McpServerView {
		return server.view(tool => this.#nameOf(server, tool));
	}

	#nameOf(server: ManagedServer, tool: string): string {
		return this.#names.get(server.definition.id)?.get(tool) ?? tool;
	}

	#offered(): readonly Tool[] {
		this.#tools ??= [...this.#entries.values()].flatMap(({ server }) =>
			toolsOf(server, this, tool => this.#nameOf(server, tool)),
		);
		return this.#tools;
	}

	#onToolsChanged(): void {
		this.#tools = undefined;
		this.#names = qualifyNames(
			[...this.#entries.values()].map(({ server }) => ({
				id: server.definition.id,
				name: server.definition.name,
				tools: server.tools.map(tool => tool.name),
			})),
		);
		this.#toolsChanged.fire();
		this.#changeSoon();
	}

	#changeSoon(): void {
		if (this.#timer.value !== undefined || this.isDisposed) return;
		this.#timer.value = this.#ports.clock.after(changeMs, () => {
			this.#timer.value = undefined;
			this.#changed.fire();
		});
	}
}

/** A tool may be called when the server offers it and the user has taken it as it is. */
function usableTool(server: ManagedServer, tool: string): ServerTool {
	const { name } = server.definition;
	const known = server.tools.find(offered => offered.name === tool);
	if (!known) throw new ExpectedError('mcp.unknownTool', `The MCP server “${name}” has no tool “${tool}”.`);
	if (server.trustOf(tool) === 'approved') return known;
	throw new ExpectedError(
		'mcp.toolChanged',
		`The tool “${tool}” of the MCP server “${name}” is not what you approved. Look at what changed first.`,
	);
}
