import { join } from 'node:path';
import * as vscode from 'vscode';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import { OwnToolsHost } from '../../core/claude/ownTools/host';
import type { OwnToolsLease } from '../../core/claude/ownTools/names';
import type { Ledger } from '../../core/ledger/queries';
import type { Memory } from '../../core/memory/memory';
import type { ProcessSupervisor } from '../../core/process/supervisor';
import type { Gate } from '../../core/safety/gate';
import type { OwnCalls } from '../../core/safety/ownCalls';
import { builtInTools } from '../../core/tools/builtIn';
import type { FlowsPort } from '../../core/tools/flows/runFlow';
import type { BuiltInPorts, NotifyPort } from '../../core/tools/ports';
import type { Toolbox, ToolSource } from '../../core/tools/toolbox';
import { ToolRunner } from '../../core/tools/toolRunner';
import type { Host } from '../host/context';
import { unlinked } from '../host/unlinked';
import { safetyContext } from '../safety/context';
import { EditorCode } from './code';
import { documentReader } from './documents';
import { memoryPort } from './memory';
import { pageReader } from './pages';
import { findRipgrep, findShell } from './programs';
import { Terminals } from './terminals';
import type { WebSearch } from './webSearch';

export interface ToolsServiceDeps {
	readonly host: Host;
	readonly gate: Gate;
	readonly toolbox: Toolbox;
	readonly ownCalls: OwnCalls;
	readonly supervisor: () => Promise<ProcessSupervisor>;
	readonly ledger: () => Promise<Ledger>;
	readonly memory: () => Promise<Memory>;
	readonly flows: FlowsPort;
	readonly search: WebSearch;
	/** Starts the MCP servers that are wanted, and waits for them a moment. */
	readonly startServers: () => Promise<void>;
	/** Where the server of an MCP tool is defined, as in `McpServerDefinition.id`. */
	readonly serverOf: (tool: string) => string | undefined;
	/** Ids of servers that the Claude CLI starts itself. */
	readonly servedByClaude: () => Promise<ReadonlySet<string>>;
}

/** What the Claude CLI does not have itself; for the rest it has its own tools, which it knows better. */
const forClaude: ReadonlySet<string> = new Set(
	[
		'diagnostics',
		'symbols',
		'references',
		'terminal_output',
		'web_search',
		'notify',
		'query_ledger',
		'memory_search',
		'remember',
		'forget',
		'run_flow',
	].map(name => `quarterdeck_${name}`),
);

/** The built-in tools of this window, joined to VS Code. Made on first use. */
export class ToolsService extends Owner {
	readonly runner: ToolRunner;
	readonly #deps: ToolsServiceDeps;
	readonly #source: Pick<ToolSource, 'tools'>;
	readonly #claude: OwnToolsHost;
	#claudesOwn: ReadonlySet<string> = new Set();

	static async open(deps: ToolsServiceDeps): Promise<ToolsService> {
		await deps.search.ready;
		return new ToolsService(deps);
	}

	private constructor(deps: ToolsServiceDeps) {
		super();
		this.#deps = deps;
		const { host, toolbox, gate, search } = deps;
		const changed = this.own(new Emitter<void>());
		this.own(search.onDidChange(() => changed.fire()));
		this.#source = builtInTools(this.#ports());
		this.own(toolbox.add({ tools: () => this.#source.tools(), onDidChange: changed.event }));
		this.runner = new ToolRunner({ toolbox, gate, clock: host.clock });
		this.#claude = this.own(
			new OwnToolsHost({
				tools: () => toolbox.list().filter(({ name }) => forClaude.has(name) || this.#isServerFor(name)),
				onDidChangeTools: toolbox.onDidChange,
				prepare: deps.startServers,
				runner: this.runner,
				ownCalls: deps.ownCalls,
				folder: join(host.context.globalStorageUri.fsPath, 'tools'),
				node: process.execPath,
				entry: host.context.asAbsolutePath(join('dist', 'workers', 'ownTools.js')),
				version: versionOf(host),
			}),
		);
	}

	/** Our own tools for one Claude CLI; `null` when the user does not want that. */
	async leaseForClaude(cwd: string): Promise<OwnToolsLease | null> {
		if (!this.#deps.host.settings.get('tools.offerToClaude')) return null;
		this.#claudesOwn = await this.#deps.servedByClaude();
		return this.#claude.lease(cwd);
	}

	/** The CLI reads a folder's `.mcp.json` and its own file itself; the other servers of our settings it gets from us. */
	#isServerFor(tool: string): boolean {
		const server = tool.startsWith('mcp__') ? this.#deps.serverOf(tool) : undefined;
		return server !== undefined && !server.startsWith('workspace:') && !this.#claudesOwn.has(server);
	}

	#ports(): BuiltInPorts {
		const { host, memory, ledger, flows, supervisor, search } = this.#deps;
		return {
			clock: host.clock,
			safety: () => safetyContext(host),
			environment: process.env,
			spawn: async () => {
				const processes = await supervisor();
				return request => processes.spawn(request);
			},
			ripgrep: findRipgrep(),
			shell: findShell(),
			code: new EditorCode(),
			terminals: this.own(new Terminals()),
			people: notifications,
			memory: memoryPort(memory),
			ledger,
			flows,
			readPage: pageReader(host),
			readDocument: documentReader(host),
			webSearch: () => search.choice,
			version: versionOf(host),
		};
	}
}

/** Said to come from an agent, so that nobody takes its words for ours. */
const notifications: NotifyPort = {
	notify(text, level) {
		const show = {
			info: vscode.window.showInformationMessage,
			warning: vscode.window.showWarningMessage,
			error: vscode.window.showErrorMessage,
		}[level];
		void show(unlinked(`Agent: ${text}`));
	},
};

function versionOf({ context }: Host): string {
	return String((context.extension.packageJSON as { version: unknown }).version);
}
