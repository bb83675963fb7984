import * as vscode from 'vscode';
import { CancelledError, ExpectedError, errorText } from '../../core/base/errors';
import { readSetting } from '../../core/mcp/configs';
import type { McpServerDefinition } from '../../core/mcp/definition';
import type { JsonObject } from '../../core/mcp/jsonText';
import { withoutSecrets } from '../../core/mcp/secretValues';
import { askText } from '../host/askText';
import type { Host } from '../host/context';
import { unlinked } from '../host/unlinked';
import { workspaceFolders } from '../host/workspace';
import { confirmLaunch } from './allow';
import { chooseCandidates, type Candidate } from './candidates';
import type { McpDocuments } from './documents';
import { keepInput } from './inputs';
import { saveToFolder, saveToSettings } from './saveServer';
import { requireTrust, type McpService } from './service';

export interface AddDeps {
	readonly host: Host;
	readonly service: McpService;
	readonly documents: McpDocuments;
}

/** Adds one server or several, after a look at exactly what each would run. Resolves with the ids of what was added. */
export async function addServers(deps: AddDeps): Promise<readonly string[]> {
	requireTrust();
	const candidates = await chooseCandidates(deps.service.definitions);
	const added: string[] = [];
	for (const candidate of candidates) {
		const id = await addOne(deps, candidate);
		if (id !== undefined) added.push(id);
	}
	return added;
}

async function addOne(deps: AddDeps, candidate: Candidate): Promise<string | undefined> {
	const name = await chooseName(deps.service, candidate.name);
	const cleaned = withoutSecrets(name, candidate.raw);
	const secrets = { ...candidate.secrets, ...cleaned.secrets };
	const definition = definitionOf(name, cleaned.raw);
	if (definition.problem !== null)
		throw new ExpectedError('mcp.invalidConfig', `“${name}” cannot be used: ${definition.problem}`);
	const place = await choosePlace(name);
	const notes = [
		...candidate.notes,
		...(cleaned.names.length === 0
			? []
			: [`${cleaned.names.join(', ')} goes into the secret storage, not into the file.`]),
		...(place === undefined
			? []
			: ['The definition is written to .mcp.json, which others who share this folder get as well.']),
	];
	if (!(await confirmLaunch(deps.documents, definition, `Add the MCP server “${name}”?`, 'Save and Start', notes)))
		return undefined;
	const id = await save(deps, name, cleaned.raw, place);
	await Promise.all(Object.entries(secrets).map(([input, value]) => keepInput(deps.host.secrets, id, input, value)));
	await deps.service.refresh();
	// The user has just seen exactly this definition and said yes to it.
	await deps.service.hub.setEnabled(id, true);
	await startWithProgress(deps, id, name);
	return id;
}

async function save(deps: AddDeps, name: string, raw: JsonObject, place: string | undefined): Promise<string> {
	if (place === undefined) return saveToSettings(deps.host.settings, name, raw);
	await saveToFolder(place, name, raw);
	await deps.service.refresh();
	const found = deps.service.definitions.all.find(each => each.source.kind === 'workspace' && each.name === name);
	if (!found) throw new ExpectedError('mcp.notSaved', `“${name}” was written to .mcp.json and is not found there.`);
	return found.id;
}

/** A failure to start is no failure to add: the tree shows it with what the server wrote. */
async function startWithProgress({ host, service }: AddDeps, id: string, name: string): Promise<void> {
	try {
		await vscode.window.withProgress(
			{ location: vscode.ProgressLocation.Notification, title: unlinked(`Starting “${name}”`) },
			() => service.start(id),
		);
	} catch (error) {
		if (error instanceof CancelledError) return;
		const failure = new ExpectedError('mcp.startFailed', `“${name}” was added but did not start: ${errorText(error)}`, {
			actions: [{ title: 'Show Log', command: 'quarterdeck.mcp.logs', args: [id] }],
		});
		await host.commands.showFailure(failure);
	}
}

async function chooseName(service: McpService, proposed: string): Promise<string> {
	const taken = new Set(service.definitions.all.map(definition => definition.name));
	const check = (text: string): string | undefined => {
		if (!/^[\w][\w .-]{0,60}$/.test(text.trim())) return 'Letters, digits, spaces, dots, dashes and underscores.';
		return taken.has(text.trim()) ? `There is a server “${text.trim()}” already.` : undefined;
	};
	const name = await askText({
		title: 'Add MCP Server',
		prompt: 'How is it called here? Its tools carry the name.',
		value: freeName(proposed, taken),
		validateInput: check,
	});
	if (name === undefined) throw new CancelledError();
	return name.trim();
}

function freeName(proposed: string, taken: ReadonlySet<string>): string {
	const names = [proposed, ...Array.from({ length: 98 }, (_, index) => `${proposed}-${index + 2}`)];
	return names.find(name => !taken.has(name)) ?? proposed;
}

/** The folder whose `.mcp.json` takes it; `undefined` for the user's own settings. */
async function choosePlace(name: string): Promise<string | undefined> {
	const folders = workspaceFolders();
	if (folders.length === 0) return undefined;
	const mine = { label: '$(account) For me, in every folder', description: 'user settings', folder: undefined };
	const shared = folders.map(folder => ({
		label: `$(repo) For everybody in ${folder.split(/[\\/]/).at(-1) ?? folder}`,
		description: '.mcp.json',
		folder,
	}));
	const picked = await vscode.window.showQuickPick<{ label: string; description: string; folder: string | undefined }>(
		[mine, ...shared],
		{ title: 'Add MCP Server', placeHolder: `Who gets “${name}”?`, ignoreFocusOut: true },
	);
	if (!picked) throw new CancelledError();
	return picked.folder;
}

/** The definition as it will be read back from the setting. */
function definitionOf(name: string, raw: JsonObject): McpServerDefinition {
	const [definition] = readSetting({ [name]: raw }, workspaceFolders()[0] ?? null).definitions;
	if (!definition) throw new ExpectedError('mcp.invalidConfig', `“${name}” is not a definition of a server.`);
	return definition;
}
