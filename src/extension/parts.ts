import { join } from 'node:path';
import * as vscode from 'vscode';
import { Deferred, Lazy } from '../core/base/async';
import { ExpectedError, errorText } from '../core/base/errors';
import { asId, type ApprovalId } from '../core/base/ids';
import type { Disposable, DisposableStore } from '../core/base/lifecycle';
import { ChangeFiles, diskReader } from '../core/chat/review/changeFiles';
import type { Conversations } from '../core/chat/conversations';
import { TurnChanges } from '../core/chat/review/turnChanges';
import type { McpHub } from '../core/mcp/hub';
import type { LedgerClient } from '../core/ledger/client';
import type { LedgerEvent } from '../core/ledger/events';
import type { Ledger } from '../core/ledger/queries';
import type { ProcessSupervisor } from '../core/process/supervisor';
import type { Provider } from '../core/providers/provider';
import type { Decision, SafetyContext } from '../core/safety/approval';
import { Approvals } from '../core/safety/approvals';
import type { Gate } from '../core/safety/gate';
import { Grants, type Grant } from '../core/safety/grants';
import { withoutSecretsIn } from '../core/safety/withoutSecrets';
import { OwnCalls } from '../core/safety/ownCalls';
import type { FlowsPort } from '../core/tools/flows/runFlow';
import { Toolbox } from '../core/tools/toolbox';
import type { Chat } from './chat/chat';
import { registerChat, type ChatRegistration } from './chat/register';
import { registerReview, type ReviewFeature } from './chat/review/register';
import type { ChatService } from './chat/service';
import { registerArtifacts, type ArtifactsRegistration } from './artifacts/register';
import type { FlowService } from './flow/service';
import type { Host } from './host/context';
import { Machine } from './machine';
import type { McpChatBridge } from './mcp/chatBridge';
import { mcpUi, registerMcp, type McpUi } from './mcp/register';
import type { McpService } from './mcp/service';
import { decideWithUser } from './safety/decide';
import { memoryForChat } from './memory/forChat';
import type { MemoryService } from './memory/service';
import type { ProviderService } from './providers/service';
import { registerSafety } from './safety/register';
import type { ToolsService } from './tools/service';
import { WebSearch } from './tools/webSearch';

/** A conversation that begins waits this long for servers that bring tools, milliseconds. */
const toolPatienceMs = 3_000;

/**
 * The services, made by hand in the order in which they need each other; the costly ones on first use. The only place
 * that knows every class.
 */
export class Parts {
	readonly ledgerFolder: string;
	readonly ledger: Lazy<Ledger>;
	readonly approvals: Approvals;
	readonly grants: Grants;
	readonly changes: TurnChanges;
	readonly supervisor: Lazy<ProcessSupervisor>;
	/** Every tool that models may be offered; features add what they bring. */
	readonly toolbox: Toolbox;
	readonly mcp: Lazy<McpService>;
	readonly providers: Lazy<ProviderService>;
	readonly memory: Lazy<MemoryService>;
	readonly tools: Lazy<ToolsService>;
	readonly flow: Lazy<FlowService>;
	/** Calls of our own tools on their way through a CLI. */
	readonly ownCalls = new OwnCalls();
	readonly search: WebSearch;
	readonly service: Lazy<ChatService>;
	readonly chat: Lazy<Chat>;
	/** Hardware, health, alerts, repairs, the dashboard and the stats server. */
	readonly machine: Machine;
	readonly #host: Host;
	#client: LedgerClient | undefined;
	#lastAppend: Promise<void> = Promise.resolve();
	#chat: Chat | undefined;
	#conversations: Conversations | undefined;
	#chatRegistration: ChatRegistration | undefined;
	#review: ReviewFeature | undefined;
	#artifacts: ArtifactsRegistration | undefined;
	#mcpUi: McpUi | undefined;
	#servers: McpChatBridge | undefined;
	#mcpHub: Pick<McpHub, 'toolFacts'> | undefined;

	constructor(host: Host, store: DisposableStore) {
		const storage = host.context.globalStorageUri.fsPath;
		this.#host = host;
		this.ledgerFolder = join(storage, 'ledger');
		this.ledger = new Lazy<Ledger>(async () => {
			const { openLedger } = await import('./ledger/service');
			this.#client = openLedger(host, this.ledgerFolder);
			return this.#client;
		});
		this.approvals = store.add(new Approvals({ journal: event => this.append(event), clock: host.clock }));
		this.grants = store.add(new Grants(host.state.grantStore));
		this.changes = new TurnChanges(diskReader, new ChangeFiles(join(storage, 'changes')), host.log);
		this.supervisor = new Lazy(async () => (await import('./host/processes')).startSupervisor(host));
		this.toolbox = store.add(new Toolbox());
		this.mcp = new Lazy(() => this.#startMcp(store));
		this.providers = new Lazy(async () => {
			const { ProviderService } = await import('./providers/service');
			return store.add(
				new ProviderService({ host, supervisor: () => this.supervisor.get(), nvidia: this.machine.nvidia }),
			);
		});
		this.memory = new Lazy(() => this.#startMemory(store));
		this.search = store.add(new WebSearch(host));
		this.tools = new Lazy(() => this.#startTools(store));
		this.flow = new Lazy(() => this.#startFlow(store));
		this.service = new Lazy(() => this.#startService(store));
		this.chat = new Lazy(() => this.#startChat(store));
		this.machine = this.#newMachine(store);
	}

	/** What other features may ask of the chat. */
	get actions(): ChatRegistration['actions'] {
		return this.#registered(this.#chatRegistration).actions;
	}

	registerArtifacts(): Disposable {
		this.#artifacts = registerArtifacts(this.#host);
		return this.#artifacts;
	}

	registerChat(): Disposable {
		this.#chatRegistration = registerChat(this.#host, this.chat);
		return this.#chatRegistration;
	}

	registerReview(): Disposable {
		const { approvals, changes, actions } = this;
		this.#review = registerReview(this.#host, { approvals, changes, chat: actions });
		return this.#review;
	}

	registerSafety(): Disposable {
		const { approvals, grants, actions, toolbox } = this;
		const titleOf = ({ conversation }: Grant): string =>
			this.#conversations?.live.find(({ id }) => id === conversation)?.view.title ?? 'a closed conversation';
		return registerSafety(this.#host, { approvals, grants, toolbox, chat: actions, titleOf });
	}

	registerMcp(): Disposable {
		this.#mcpUi = mcpUi(this.#host);
		return registerMcp(this.#host, this.#mcpUi, this.mcp);
	}

	/** Journals an event, without the secrets that its texts hold. A full disk is shown by the ledger; what else fails is logged. */
	append(event: LedgerEvent): void {
		const log = (error: unknown): void => this.#host.log.error(errorText(error));
		const kept = withoutSecretsIn(event);
		this.#lastAppend = this.ledger.get().then(ledger => ledger.append(kept).catch(log), log);
	}

	/** Events are written in their order, so the last one being on disk means that all are. */
	async settled(): Promise<void> {
		const client = this.#client;
		if (!client) return this.#lastAppend;
		// Nobody waits for a full disk: what happens meanwhile is kept in memory, and said.
		if (client.waiting !== null) return;
		const waits = new Deferred<void>();
		const listening = client.onDidChangeState(wait => {
			if (wait !== null) waits.resolve();
		});
		try {
			await Promise.race([this.#lastAppend, waits.promise]);
		} finally {
			listening.dispose();
		}
	}

	async stop(): Promise<void> {
		await this.machine.stop();
		await (await this.flow.started)?.stop();
		await (await this.service.started)?.stop();
		await (await this.mcp.started)?.stop();
		await (await this.supervisor.started)?.close();
		await this.#client?.close();
	}

	#newMachine(store: DisposableStore): Machine {
		const { ledgerFolder, ledger, supervisor, providers, mcp, flow, tools, service, approvals, toolbox } = this;
		return new Machine({
			host: this.#host,
			store,
			ledgerFolder,
			ledger,
			supervisor,
			providers,
			mcp,
			flow,
			tools,
			chat: service,
			approvals,
			toolbox,
			append: event => this.append(event),
			newGate: () => this.#newGate(),
		});
	}

	async #startMcp(store: DisposableStore): Promise<McpService> {
		const [{ McpService }, { serverTools }, gate, supervisor] = await Promise.all([
			import('./mcp/service'),
			import('./safety/context'),
			this.#newGate(),
			this.supervisor.get(),
		]);
		const service = await McpService.open({
			...this.#registered(this.#mcpUi),
			host: this.#host,
			supervisor,
			gate,
			titleOf: conversation => this.#conversations?.live.find(({ id }) => id === conversation)?.view.title,
			modelOf: conversation => this.#conversations?.live.find(({ id }) => id === conversation)?.view.model,
			providers: async () => (await this.providers.get()).providers,
			append: event => this.append(event),
		});
		store.add(serverTools.use(tool => service.hub.toolFacts(tool)));
		this.#mcpHub = service.hub;
		store.add(this.toolbox.add(service.hub.toolSource()));
		return service;
	}

	async #startTools(store: DisposableStore): Promise<ToolsService> {
		const [{ ToolsService }, gate] = await Promise.all([import('./tools/service'), this.#newGate()]);
		const { toolbox, ownCalls, search } = this;
		const service = await ToolsService.open({
			host: this.#host,
			gate,
			toolbox,
			ownCalls,
			search,
			startServers: () => this.#startServers(),
			serverOf: tool => this.#mcpHub?.toolFacts(tool)?.serverId,
			servedByClaude: async () => (await this.mcp.get()).definitions.servedByClaude(),
			supervisor: () => this.supervisor.get(),
			ledger: () => this.ledger.get(),
			memory: async () => (await this.memory.get()).memory,
			flows: this.#flowsPort(),
		});
		return store.add(service);
	}

	async #startFlow(store: DisposableStore): Promise<FlowService> {
		const { FlowService } = await import('./flow/service');
		const { toolbox, ownCalls } = this;
		return store.add(
			new FlowService({
				host: this.#host,
				toolbox,
				append: event => this.append(event),
				settled: () => this.settled(),
				runner: async () => (await this.tools.get()).runner,
				prepareTools: () => this.#prepareTools(),
				providers: () => this.providers.get(),
				startClaude: async (options, handlers) => (await this.service.get()).startTask(options, handlers),
				remainingBudget: async () => (await this.service.get()).remainingBudget(),
				newGate: async () => {
					const [{ CliGate }, gate] = await Promise.all([import('../core/safety/cliGate'), this.#newGate()]);
					return options => new CliGate({ ...options, gate, ownCalls, readPlan: () => Promise.resolve(null) });
				},
			}),
		);
	}

	/** Flows as a tool: what reads and runs them loads with the first call. */
	#flowsPort(): FlowsPort {
		const load = async (): Promise<FlowsPort> => (await import('./flow/tool')).flowsPort(() => this.flow.get());
		return {
			list: async cwd => (await load()).list(cwd),
			run: async (path, inputs, context) => (await load()).run(path, inputs, context),
		};
	}

	async #newGate(): Promise<Gate> {
		const [{ Gate }, { safetyContext }] = await Promise.all([
			import('../core/safety/gate'),
			import('./safety/context'),
		]);
		const { approvals, grants } = this;
		const context = (): SafetyContext => safetyContext(this.#host);
		return new Gate({ context, approvals, grants, journal: event => this.append(event) });
	}

	async #startMemory(store: DisposableStore): Promise<MemoryService> {
		const [{ MemoryService }, ledger] = await Promise.all([import('./memory/service'), this.ledger.get()]);
		const provider = async (id: string): Promise<Provider> => (await this.providers.get()).providers.get(id);
		return store.add(new MemoryService({ host: this.#host, ledger, provider }));
	}

	/** Starts what brings tools. A server that does not answer is not waited for: its tools come when it does. */
	async #prepareTools(): Promise<void> {
		const log = (error: unknown): void => this.#host.log.warn(errorText(error));
		await this.tools.get().catch(log);
		await this.#startServers();
	}

	async #startServers(): Promise<void> {
		const log = (error: unknown): void => this.#host.log.warn(errorText(error));
		const started = this.mcp.get().then(mcp => mcp.startFor('conversation'));
		const patience = new Promise<void>(resolve => this.#host.clock.after(toolPatienceMs, resolve));
		await Promise.race([started.catch(log), patience]);
	}

	async #startService(store: DisposableStore): Promise<ChatService> {
		const [{ ChatService }, { McpChatBridge }, ledger, supervisor] = await Promise.all([
			import('./chat/service'),
			import('./mcp/chatBridge'),
			this.ledger.get(),
			this.supervisor.get(),
		]);
		const servers = store.add(new McpChatBridge());
		void this.mcp.whenMade.then(mcp => servers.use(mcp));
		const service = new ChatService({
			host: this.#host,
			ledger,
			approvals: this.approvals,
			grants: this.grants,
			changes: this.changes,
			memory: memoryForChat(this.#host, this.memory),
			servers,
			supervisor,
			append: event => this.append(event),
			settled: () => this.settled(),
			toolbox: this.toolbox,
			prepareTools: () => this.#prepareTools(),
			ownCalls: this.ownCalls,
			leaseTools: async cwd => (await this.tools.get()).leaseForClaude(cwd),
			providers: () => this.providers.get(),
			isWatched: () => this.#chat?.isAnyVisible ?? false,
		});
		this.#conversations = service.conversations;
		this.#servers = servers;
		return service;
	}

	async #startChat(store: DisposableStore): Promise<Chat> {
		const [{ Chat }, service] = await Promise.all([import('./chat/chat'), this.service.get()]);
		const registration = this.#registered(this.#chatRegistration);
		const review = this.#registered(this.#review);
		const { approvals } = this;
		const chat = store.add(
			new Chat({
				host: this.#host,
				conversations: service.conversations,
				obstacles: service.obstacles,
				loops: service.loops,
				servers: this.#registered(this.#servers),
				approvals,
				decide: (id, decision) => this.#decide(asId<ApprovalId>(id), decision),
				reviewEdit: id => review.reviewEdit(id),
				openTurnDiff: execution => review.openTurnDiff(execution),
				applyAsDiff: text => review.applyAsDiff(text),
				openArtifact: artifact => this.#registered(this.#artifacts).show(artifact),
				openExecution: async execution => {
					await vscode.commands.executeCommand('quarterdeck.executions.open', execution);
				},
				openTab: (id, title) => registration.panels.show(id, title),
			}),
		);
		this.#chat = chat;
		return chat;
	}

	async #decide(id: ApprovalId, decision: Decision): Promise<void> {
		const view = this.approvals.find(id);
		if (!view) throw new ExpectedError('approval-ended', 'That call has ended; there is nothing left to decide.');
		await decideWithUser(this.approvals, view, decision);
	}

	#registered<T>(part: T | undefined): T {
		if (part === undefined) throw new Error('A feature that this one needs did not start; see the output.');
		return part;
	}
}
