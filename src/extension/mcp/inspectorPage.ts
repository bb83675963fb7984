import * as vscode from 'vscode';
import { z } from 'zod';
import { ExpectedError } from '../../core/base/errors';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import type { InspectorContract, InspectorSnapshot, InspectorTarget } from '../../core/mcp/inspectorProtocol';
import type { McpLogLine, McpToolView, McpTraffic } from '../../core/mcp/protocol';
import { serve, type Handlers, type Server } from '../../core/rpc/rpc';
import type { Host } from '../host/context';
import type { WebviewPort } from '../host/webviewHost';
import { authorizeByHand, batched, InspectorCalls } from './inspectorCalls';
import type { McpService } from './service';
import { callFolder, projectTier } from './tiers';

/** Lines and messages go to the page in batches, twenty times a second at most. */
const logInterval = 50;
const action = z.object({ title: z.string(), command: z.string(), args: z.array(z.unknown()).optional() });
const inputSchema = z.record(z.string(), z.unknown());

export interface InspectorDeps {
	readonly host: Host;
	readonly service: McpService;
	/** The server's id. */
	readonly server: string;
	/** What to show first; it is given once. */
	readonly takeTarget: () => InspectorTarget | null;
	readonly onDidTarget: (listener: (target: InspectorTarget) => void) => Disposable;
}

/** Answers the inspector of one server. Looking at a server that is switched on starts it. */
export function connectInspector(deps: InspectorDeps, port: WebviewPort, panel: vscode.WebviewPanel): Disposable {
	const { service, server: id, host } = deps;
	const store = new DisposableStore();
	const send: Pick<Server<InspectorContract>, 'emit'> = { emit: (name, payload) => server.emit(name, payload) };
	const calls = store.add(
		new InspectorCalls(host.clock, (call, place, outcome) => send.emit('finished', { call, place, outcome })),
	);
	const server = store.add(serve<InspectorContract>(port, handlers(deps, calls, send)));
	store.add(
		service.onDidChange(() => {
			const view = service.hub.server(id);
			if (view && panel.title !== inspectorTitle(view.name)) panel.title = inspectorTitle(view.name);
			server.emit('changed', null);
		}),
	);
	store.add(deps.onDidTarget(target => server.emit('show', target)));
	store.add(
		service.hub.onDidUpdateResource(({ serverId, uri }) => {
			if (serverId === id) server.emit('resourceUpdated', { uri, at: host.clock.now() });
		}),
	);
	store.add(
		batched<McpLogLine | McpTraffic>(
			host.clock,
			logInterval,
			listener => service.hub.onDidLog(({ serverId, entry }) => (serverId === id ? listener(entry) : undefined)),
			entries => server.emit('logged', entries),
		),
	);
	return store;
}

/** The tab's title. */
export function inspectorTitle(name: string): string {
	return `MCP: ${name}`;
}

function snapshotOf({ service, server: id }: InspectorDeps): InspectorSnapshot {
	const server = service.hub.server(id) ?? null;
	const tools = server?.tools ?? [];
	return {
		server,
		tiers: Object.fromEntries(tools.map(tool => [tool.name, projectTier(service.gate, tool.qualifiedName)])),
		isTrusted: vscode.workspace.isTrusted,
	};
}

function handlers(
	deps: InspectorDeps,
	calls: InspectorCalls,
	send: Pick<Server<InspectorContract>, 'emit'>,
): Handlers<InspectorContract> {
	const { host, service, server: id } = deps;
	const { hub, gate } = service;
	return {
		open: () => {
			startIfOn(deps);
			return { ...snapshotOf(deps), ...calls.state, log: hub.log(id), target: deps.takeTarget() };
		},
		keep: ({ place, value }) => calls.keep(place, value),
		server: () => snapshotOf(deps),
		start: () => service.start(id),
		stop: () => hub.stop(id),
		restart: () => hub.restart(id),
		ping: () => hub.ping(id),
		place: ({ tool, input }) => {
			const call = { tool: toolOf(deps, tool).qualifiedName, input: inputSchema.parse(input), cwd: callFolder() };
			const { tier, reasons } = gate.classify(call);
			return { tier, reasons };
		},
		call: ({ call, place, tool: name, input: given }) =>
			calls.run({ call, place }, async ({ signal, startTimer }) => {
				const tool = toolOf(deps, name);
				const input = inputSchema.parse(given);
				await authorizeByHand(gate, tool, input, callFolder(), signal);
				startTimer();
				return hub.callTool(id, tool.name, input, {
					signal,
					onProgress: text => send.emit('progress', { call, text }),
				});
			}),
		cancel: ({ call }) => calls.cancel(call),
		read: ({ uri, ...at }) => calls.run(at, ({ signal }) => hub.readResource(id, uri, { signal })),
		expand: ({ uriTemplate, variables }) => hub.expandTemplate(uriTemplate, variables),
		subscribe: ({ uri, isOn }) => (isOn ? hub.subscribe(id, uri) : hub.unsubscribe(id, uri)),
		prompt: ({ name, input, ...at }) => calls.run(at, ({ signal }) => hub.getPrompt(id, name, input, { signal })),
		complete: async ({ of, argument, known }) => (await hub.complete(id, of, argument, known)).values,
		setToolEnabled: ({ tool, isEnabled }) => hub.setToolEnabled(id, tool, isEnabled),
		setLogLevel: ({ level }) => hub.setLogLevel(id, level),
		copy: async ({ text }) => vscode.env.clipboard.writeText(text),
		openText: async ({ text: content, language }) => {
			const known = ['json', 'markdown', 'html', 'xml', 'yaml'].includes(language) ? language : 'plaintext';
			await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content, language: known }));
		},
		openLink: async ({ href }) => {
			if (!/^https?:\/\//i.test(href)) throw new ExpectedError('bad-link', `'${href}' is not a web page.`);
			await vscode.env.openExternal(vscode.Uri.parse(href, true));
		},
		runAction: async params => {
			const { command, args } = action.parse(params);
			await host.commands.run(command, args ?? []);
		},
	};
}

/** The page shows how the start goes; a failure stands in the server's view. */
function startIfOn({ service, server: id, host }: InspectorDeps): void {
	const isStopped = service.hub.server(id)?.state === 'stopped';
	if (!isStopped || !vscode.workspace.isTrusted) return;
	service.start(id).catch((error: unknown) => host.log.info(`${id}: ${String(error)}`));
}

function toolOf({ service, server }: InspectorDeps, name: string): McpToolView {
	const tool = service.hub.server(server)?.tools.find(candidate => candidate.name === name);
	if (!tool) throw new ExpectedError('mcp.unknownTool', `The server has no tool “${name}” now.`);
	return tool;
}
