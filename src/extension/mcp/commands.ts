import * as vscode from 'vscode';
import { CancelledError, ExpectedError } from '../../core/base/errors';
import { unlinked } from '../host/unlinked';
import { serverOf, toolNameOf } from './rows';
import type { McpDocuments } from './documents';
import type { Host } from '../host/context';
import { confirmLaunch } from './allow';
import { forgetInputs } from './inputs';
import type { McpMemory } from './choices';
import { removeFromSettings } from './saveServer';
import { requireTrust, type McpService } from './service';

export interface CommandDeps {
	readonly host: Host;
	readonly service: McpService;
	readonly documents: McpDocuments;
	readonly memory: McpMemory;
}

/** The server that a row, an id or the user names. */
export async function pickServer({ service }: CommandDeps, argument: unknown): Promise<string> {
	const named = serverOf(argument);
	if (named !== undefined) return named;
	const servers = service.hub.servers();
	if (servers.length === 0) {
		throw new ExpectedError('mcp.none', 'There are no MCP servers yet.', {
			actions: [{ title: 'Add MCP Server…', command: 'quarterdeck.mcp.add' }],
		});
	}
	const items = servers.map(server => ({
		label: server.name,
		description: server.state,
		detail: server.target,
		server,
	}));
	const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Which MCP server?' });
	if (!picked) throw new CancelledError();
	return picked.server.id;
}

/** Switches a server on. One that came with a folder is shown first, exactly, and whenever it changed. */
export async function enableServer(deps: CommandDeps, id: string): Promise<void> {
	requireTrust();
	const { service, documents } = deps;
	const definition = service.definition(id);
	const reason = service.hub.server(id)?.disabledReason;
	const isForeign = definition.source.kind !== 'settings';
	if (isForeign || reason === 'notAllowed' || reason === 'changed') {
		const from = definition.source.path === null ? definition.source.label : definition.source.path;
		const changed = reason === 'changed' ? ' It is no longer what you allowed.' : '';
		const question = `Allow the MCP server “${definition.name}”?${changed}`;
		if (!(await confirmLaunch(documents, definition, question, 'Allow and Start', [`It is defined in ${from}.`])))
			return;
	}
	await service.hub.setEnabled(id, true);
	await service.start(id);
}

/** Removes a server of the user's own, with what was remembered for it. */
export async function removeServer(deps: CommandDeps, id: string): Promise<void> {
	const { host, service, memory } = deps;
	const definition = service.definition(id);
	if (definition.source.kind !== 'settings') {
		throw new ExpectedError(
			'mcp.notOwn',
			`“${definition.name}” is defined in ${definition.source.label}; remove it there.`,
		);
	}
	const remove = 'Remove';
	const picked = await vscode.window.showWarningMessage(
		`Remove the MCP server “${definition.name}”?`,
		{
			modal: true,
			detail: 'Its definition, its sign-in, its remembered values and what you decided about its tools go.',
		},
		remove,
	);
	if (picked !== remove) return;
	await service.hub.stop(id);
	await service.hub.signOut(id);
	await forgetInputs(host.secrets, definition);
	await removeFromSettings(host.settings, definition.name);
	await memory.forget(id);
	await service.refresh();
}

/** Opens the file or the setting that defines the row's server. */
export async function openDefinition({ service }: CommandDeps, argument: unknown): Promise<void> {
	const id = serverOf(argument);
	const path = id === undefined ? problemPath(argument) : service.definition(id).source.path;
	if (path === null || path === undefined) {
		await vscode.commands.executeCommand('workbench.action.openSettings', 'quarterdeck.mcp.servers');
		return;
	}
	await vscode.window.showTextDocument(vscode.Uri.file(path));
}

/** Forgets the answers to `${input:…}` and the yes to models, so that both are asked for again. */
export async function forgetValues({ host, service, memory }: CommandDeps, id: string): Promise<void> {
	const definition = service.definition(id);
	await forgetInputs(host.secrets, definition);
	await memory.setSampling(id, undefined);
	void vscode.window.showInformationMessage(
		unlinked(`“${definition.name}” asks for its values again when it is started next.`),
	);
}

/** Switches one tool on or off. */
export async function switchTool({ service }: CommandDeps, argument: unknown, isEnabled: boolean): Promise<void> {
	const id = serverOf(argument);
	const tool = toolNameOf(argument);
	if (id === undefined || tool === undefined)
		throw new ExpectedError('mcp.noTool', 'Choose a tool in the view of MCP servers.');
	await service.hub.setToolEnabled(id, tool, isEnabled);
}

function problemPath(argument: unknown): string | null | undefined {
	const subject = (argument as { readonly node?: { readonly id?: unknown } } | undefined)?.node?.id;
	if (typeof subject !== 'string') return undefined;
	const parsed = JSON.parse(subject) as { readonly path?: string | null };
	return parsed.path;
}
