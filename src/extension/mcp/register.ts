import * as vscode from 'vscode';
import type { Lazy } from '../../core/base/async';
import { errorText } from '../../core/base/errors';
import { Emitter } from '../../core/base/event';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import type { InspectorTab, InspectorTarget } from '../../core/mcp/inspectorProtocol';
import type { Host } from '../host/context';
import { panelTypes, viewIds, type CommandId } from '../host/ids';
import { LazyTree } from '../host/lazyTree';
import { Panels } from '../host/panels';
import type { TreeRow } from '../ledger/treeRow';
import { McpMemory } from './choices';
import type * as Commands from './commands';
import { McpDocuments } from './documents';
import { Elicitations } from './elicitations';
import type { McpService } from './service';
import { SignIns } from './signIn';

/** Start-up is busy enough: servers that start with the window start after it. */
const autoStartDelay = 3000;

/** What the MCP feature keeps ready from the first moment: tabs, documents and the editor's addresses lead to it. */
export interface McpUi extends Disposable {
	readonly memory: McpMemory;
	readonly documents: McpDocuments;
	readonly elicitations: Elicitations;
	readonly signIns: SignIns;
}

/** Makes the parts that exist before the service. */
export function mcpUi(host: Host): McpUi {
	const { context } = host;
	const store = new DisposableStore();
	const memory = new McpMemory(context.globalState);
	const documents = store.add(new McpDocuments());
	const elicitations = store.add(new Elicitations(host, tabIcon(host)));
	const signIns = store.add(new SignIns(memory, context.extension.id));
	store.add(vscode.window.registerUriHandler(signIns));
	return { memory, documents, elicitations, signIns, dispose: () => store.dispose() };
}

/** Registers the view, the commands and the inspector. Their code loads on first use. */
export function registerMcp(host: Host, ui: McpUi, service: Lazy<McpService>): Disposable {
	const store = new DisposableStore();
	store.add(ui);
	const tree: LazyTree<TreeRow> = store.add(
		new LazyTree<TreeRow>(
			viewIds.mcp,
			async () => {
				const [{ ServerTree }, opened] = await Promise.all([import('./serverTree'), service.get()]);
				return store.add(new ServerTree(opened));
			},
			host.log,
		),
	);
	const inspectors = store.add(new Inspectors(host, service));
	registerCommands({ host, ui, service, inspectors, tree }, store);
	store.add(
		host.clock.after(autoStartDelay, () => {
			if (host.settings.get('mcp.autoStart') !== 'window') return;
			service
				.get()
				.then(opened => opened.startFor('window'))
				.catch((error: unknown) => host.log.error(errorText(error)));
		}),
	);
	return store;
}

/** One inspector a server, and what it shall show. */
class Inspectors implements Disposable {
	readonly #panels: Panels;
	readonly #service: Lazy<McpService>;
	readonly #targets = new Map<string, InspectorTarget>();
	readonly #targeted = new Emitter<{ readonly server: string; readonly target: InspectorTarget }>();

	constructor(host: Host, service: Lazy<McpService>) {
		this.#service = service;
		this.#panels = new Panels(host.context.extensionUri, {
			viewType: panelTypes.inspector,
			surface: 'mcp',
			icon: tabIcon(host),
			connect: async (server, port, panel) => {
				const [{ connectInspector }, opened] = await Promise.all([import('./inspectorPage'), service.get()]);
				const takeTarget = (): InspectorTarget | null => {
					const target = this.#targets.get(server) ?? null;
					this.#targets.delete(server);
					return target;
				};
				const onDidTarget = (listener: (target: InspectorTarget) => void): Disposable =>
					this.#targeted.event(({ server: meant, target }) => {
						if (meant === server) listener(target);
					});
				return connectInspector({ host, service: opened, server, takeTarget, onDidTarget }, port, panel);
			},
		});
	}

	async show(server: string, target: InspectorTarget | null): Promise<void> {
		if (target) this.#targets.set(server, target);
		const name = (await this.#service.get()).hub.server(server)?.name ?? server;
		await this.#panels.show(server, `MCP: ${name}`);
		if (target) this.#targeted.fire({ server, target });
	}

	dispose(): void {
		this.#targeted.dispose();
		this.#panels.dispose();
	}
}

interface CommandParts {
	readonly host: Host;
	readonly ui: McpUi;
	readonly service: Lazy<McpService>;
	readonly inspectors: Inspectors;
	readonly tree: LazyTree<TreeRow>;
}

type Deps = Commands.CommandDeps;
type Run = (own: typeof Commands, deps: Deps, argument: unknown) => Promise<unknown>;
type RunOnServer = (deps: Deps, id: string, own: typeof Commands) => Promise<unknown>;

/** Loads the commands' code and the service, then runs with what was chosen. */
function onRow({ host, ui, service, tree }: CommandParts, run: Run): (argument: unknown) => Promise<void> {
	return async argument => {
		const [own, opened] = await Promise.all([import('./commands'), service.get()]);
		const deps = { host, service: opened, documents: ui.documents, memory: ui.memory };
		await run(own, deps, argument ?? tree.view.selection[0]);
	};
}

/** The same, with the server that the row names or the user picks. */
function onServer(parts: CommandParts, run: RunOnServer): (argument: unknown) => Promise<void> {
	return onRow(parts, async (own, deps, row) => run(deps, await own.pickServer(deps, row), own));
}

function registerCommands(parts: CommandParts, store: DisposableStore): void {
	const { host, inspectors } = parts;
	const { commands } = host;
	const add = onRow(parts, async (_own, deps) => {
		const { addServers } = await import('./addServer');
		await addServers(deps);
		await vscode.commands.executeCommand(`${viewIds.mcp}.focus`);
	});
	store.add(commands.register('quarterdeck.mcp.add', () => add(undefined)));
	store.add(
		commands.register('quarterdeck.mcp.inspect', (argument: unknown, tab?: InspectorTab, name?: string) => {
			const target = tab === undefined ? null : { tab, name: name ?? null };
			return onServer(parts, (_deps, id) => inspectors.show(id, target))(argument);
		}),
	);
	const showLog = onServer(parts, (_deps, id) => inspectors.show(id, { tab: 'log', name: null }));
	store.add(commands.register('quarterdeck.mcp.logs', showLog));
	const open = onRow(parts, (own, deps, row) => own.openDefinition(deps, row));
	store.add(commands.register('quarterdeck.mcp.openDefinition', open));
	const turnOn = onRow(parts, (own, deps, row) => own.switchTool(deps, row, true));
	store.add(commands.register('quarterdeck.mcp.enableTool', turnOn));
	const turnOff = onRow(parts, (own, deps, row) => own.switchTool(deps, row, false));
	store.add(commands.register('quarterdeck.mcp.disableTool', turnOff));
	registerServerCommands(parts, store);
}

function registerServerCommands(parts: CommandParts, store: DisposableStore): void {
	const registerOn = (id: CommandId, run: RunOnServer): unknown =>
		store.add(parts.host.commands.register(id, onServer(parts, run)));
	registerOn('quarterdeck.mcp.start', ({ service }, id) => service.start(id));
	registerOn('quarterdeck.mcp.signIn', ({ service }, id) => service.start(id));
	registerOn('quarterdeck.mcp.stop', ({ service }, id) => service.hub.stop(id));
	registerOn('quarterdeck.mcp.restart', ({ service }, id) => service.hub.restart(id));
	registerOn('quarterdeck.mcp.enable', (deps, id, own) => own.enableServer(deps, id));
	registerOn('quarterdeck.mcp.disable', ({ service }, id) => service.hub.setEnabled(id, false));
	registerOn('quarterdeck.mcp.signOut', ({ service }, id) => service.hub.signOut(id));
	registerOn('quarterdeck.mcp.forgetInputs', (deps, id, own) => own.forgetValues(deps, id));
	registerOn('quarterdeck.mcp.reviewTools', ({ service }, id) => service.hub.reviewChangedTools(id));
	registerOn('quarterdeck.mcp.remove', (deps, id, own) => own.removeServer(deps, id));
}

function tabIcon(host: Host): { readonly light: vscode.Uri; readonly dark: vscode.Uri } {
	const icon = (name: string): vscode.Uri => vscode.Uri.joinPath(host.context.extensionUri, 'media', name);
	return { light: icon('tab-light.svg'), dark: icon('tab-dark.svg') };
}
