import { homedir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { Sequencer } from '../../core/base/async';
import { ExpectedError, errorText } from '../../core/base/errors';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import type { ConversationId } from '../../core/base/ids';
import { targetOf, type McpServerDefinition } from '../../core/mcp/definition';
import type { McpHub } from '../../core/mcp/hub';
import type { McpPorts } from '../../core/mcp/ports';
import type { ProcessSupervisor } from '../../core/process/supervisor';
import type { LedgerEvent } from '../../core/ledger/events';
import type { Providers } from '../../core/providers/registry';
import type { Gate } from '../../core/safety/gate';
import type { Host } from '../host/context';
import { workspaceFolders } from '../host/workspace';
import type { McpMemory } from './choices';
import { Definitions } from './definitions';
import type { McpDocuments } from './documents';
import type { Elicitations } from './elicitations';
import { inputValue } from './inputs';
import { createHub } from '../../core/mcp/createHub';
import type { SignIns } from './signIn';
import { confirmToolChanges } from './toolChanges';

export interface McpServiceDeps {
	readonly host: Host;
	readonly memory: McpMemory;
	readonly supervisor: ProcessSupervisor;
	readonly gate: Gate;
	readonly documents: McpDocuments;
	readonly elicitations: Elicitations;
	readonly signIns: SignIns;
	/** Title of a conversation, for questions that servers ask on its behalf. */
	readonly titleOf: (conversation: ConversationId) => string | undefined;
	/** The model that a conversation asks. */
	readonly modelOf: (conversation: ConversationId) => string | undefined;
	/** Who answers when a server asks a model. */
	readonly providers: () => Promise<Providers>;
	readonly append: (event: LedgerEvent) => void;
}

/** The MCP servers of this window, joined to VS Code. Made on first use. */
export class McpService extends Owner {
	readonly hub: McpHub;
	readonly definitions: Definitions;
	readonly gate: Gate;
	readonly #deps: McpServiceDeps;
	readonly #reading = new Sequencer();
	readonly #changed = this.own(new Emitter<void>());
	/** A server's view, a file's problem or a sign-in is another one. */
	readonly onDidChange = this.#changed.event;
	#signedIn: ReadonlySet<string> = new Set();
	#started: Promise<void> | undefined;

	private constructor(deps: McpServiceDeps) {
		super();
		this.#deps = deps;
		this.gate = deps.gate;
		this.definitions = this.own(new Definitions(deps.host));
		this.hub = createHub(this.#ports());
		this.own(this.hub.onDidChange(() => this.#changed.fire()));
		this.own(this.definitions.onDidChange(() => void this.refresh()));
		this.own(
			deps.host.secrets.onDidChange(key => {
				if (key.startsWith('mcp.oauth.')) void this.#readSignedIn();
			}),
		);
		this.own(vscode.workspace.onDidGrantWorkspaceTrust(() => this.#changed.fire()));
	}

	static async open(deps: McpServiceDeps): Promise<McpService> {
		const service = new McpService(deps);
		await service.refresh();
		return service;
	}

	/** Servers that have tokens. */
	get signedIn(): ReadonlySet<string> {
		return this.#signedIn;
	}

	/** Reads the setting and the files again. */
	async refresh(): Promise<void> {
		try {
			await this.#reading.run(async () => {
				if (this.isDisposed) return;
				await this.hub.setDefinitions(await this.definitions.read());
				await this.#readSignedIn();
			});
		} catch (error) {
			this.#deps.host.log.error(errorText(error));
		}
		this.#changed.fire();
	}

	/** Starts the servers that are switched on, once a window, where the setting says so for this moment. */
	async startFor(moment: 'conversation' | 'window'): Promise<void> {
		const wanted = this.#deps.host.settings.get('mcp.autoStart');
		const isNow = wanted === 'window' || wanted === moment;
		if (!isNow || !vscode.workspace.isTrusted) return;
		this.#started ??= this.hub.startEnabled();
		await this.#started;
	}

	/** Starts one server because the user wants it now; they may be asked for values and to sign in. */
	async start(id: string): Promise<void> {
		requireTrust();
		await this.hub.start(id, { isInteractive: true });
	}

	definition(id: string): McpServerDefinition {
		const found = this.definitions.find(id);
		if (!found) throw new ExpectedError('mcp.unknownServer', 'That MCP server is no longer defined.');
		return found;
	}

	/** Ends all servers. */
	async stop(): Promise<void> {
		await this.hub.close();
		this.dispose();
	}

	async #readSignedIn(): Promise<void> {
		const { secrets } = this.#deps.host;
		const remote = this.definitions.all.filter(({ config }) => config !== null && config.type !== 'stdio');
		const known = await Promise.all(remote.map(async ({ id }) => ((await secrets.get(`mcp.oauth.${id}`)) ? [id] : [])));
		this.#signedIn = new Set(known.flat());
		this.#changed.fire();
	}

	#ports(): McpPorts {
		const { host, memory, supervisor, documents, elicitations, signIns, titleOf } = this.#deps;
		const folders = this.own(new Emitter<void>());
		this.own(vscode.workspace.onDidChangeWorkspaceFolders(() => folders.fire()));
		const { version } = host.context.extension.packageJSON as { readonly version: string };
		return {
			supervisor,
			environment: process.env,
			home: homedir(),
			clock: host.clock,
			log: host.log,
			client: { name: 'Quarterdeck', version },
			roots: () => workspaceFolders().map(path => ({ uri: pathToFileURL(path).href, name: basename(path) })),
			onDidChangeRoots: folders.event,
			sampling: async (asker, request, signal) => {
				const { sample } = await import('./sampling');
				return sample(this.#deps, asker, request, signal);
			},
			elicit: async (asker, request, signal) => {
				const definition = this.definitions.find(asker.serverId);
				const conversation = asker.conversation === null ? undefined : titleOf(asker.conversation);
				const about = { launch: definition ? targetOf(definition) : '', conversation: conversation ?? '' };
				return elicitations.ask(asker, request, about, signal);
			},
			browser: signIns,
			secrets: {
				get: id => host.secrets.get(`mcp.oauth.${id}`),
				set: (id, value) => host.secrets.set(`mcp.oauth.${id}`, value),
				delete: id => host.secrets.delete(`mcp.oauth.${id}`),
			},
			choices: memory,
			input: (definition, input, mayAsk) => inputValue(host.secrets, definition, input, mayAsk),
			confirmChangedTools: (asker, changes, signal) => confirmToolChanges(documents, asker, changes, signal),
		};
	}
}

/** Nothing of a server runs in a folder that is not trusted. */
export function requireTrust(): void {
	if (vscode.workspace.isTrusted) return;
	throw new ExpectedError('untrusted', 'This folder is not trusted, so no MCP server is started in it.', {
		actions: [{ title: 'Manage Trust', command: 'workbench.trust.manage' }],
	});
}
