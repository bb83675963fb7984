import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { CancelledError, ExpectedError } from '../../core/base/errors';
import { installDraft, launcherNeeds, readCatalogue, type CatalogueServer } from '../../core/mcp/catalogue';
import { toSetting } from '../../core/mcp/configs';
import { targetOf, type McpServerDefinition } from '../../core/mcp/definition';
import type { JsonObject } from '../../core/mcp/jsonText';
import { parsePasted } from '../../core/mcp/paste';
import { askText } from '../host/askText';
import { workspaceFolders } from '../host/workspace';
import type { Definitions } from './definitions';

/** A server that may be added. */
export interface Candidate {
	readonly name: string;
	readonly raw: JsonObject;
	/** Values that were given already and stay secret, by input. */
	readonly secrets: Readonly<Record<string, string>>;
	/** What to know before it is added. */
	readonly notes: readonly string[];
}

const title = 'Add MCP Server';

interface Way extends vscode.QuickPickItem {
	readonly run: () => Promise<readonly Candidate[]>;
}

/** Lets the user say where a server comes from, and which. Throws `CancelledError` when they leave. */
export async function chooseCandidates(definitions: Definitions): Promise<readonly Candidate[]> {
	const found = await definitions.elsewhere();
	const bySource = new Map<string, McpServerDefinition[]>();
	for (const definition of found.definitions) {
		const known = bySource.get(definition.source.label) ?? [];
		bySource.set(definition.source.label, [...known, definition]);
	}
	const { servers } = readCatalogue();
	const ways: Way[] = [
		{ label: '$(library) From the catalogue', description: `${servers.length} servers`, run: fromCatalogue },
		{ label: '$(json) Paste JSON', description: 'from a README or another program', run: fromPaste },
		...[...bySource].map(([source, list]) => ({
			label: `$(cloud-download) Import from ${source}`,
			description: list.length === 1 ? '1 server' : `${list.length} servers`,
			run: () => fromElsewhere(source, list),
		})),
		{ label: '$(folder-opened) Import from a file…', description: 'such as claude_desktop_config.json', run: fromFile },
		{ label: '$(terminal) A command', description: 'a program on this machine', run: fromCommand },
		{ label: '$(globe) An address', description: 'https://…', run: fromAddress },
	];
	const picked = await vscode.window.showQuickPick(ways, { title, placeHolder: 'Where does it come from?' });
	if (!picked) throw new CancelledError();
	return picked.run();
}

async function fromCatalogue(): Promise<readonly Candidate[]> {
	const { servers, checked } = readCatalogue();
	const items = servers.flatMap((server, index) => {
		const item = { label: server.name, description: server.category, detail: server.description, server };
		const isFirst = servers[index - 1]?.category !== server.category;
		const separator = { label: server.category, kind: vscode.QuickPickItemKind.Separator, server: undefined };
		return isFirst ? [separator, item] : [item];
	});
	const picked = await vscode.window.showQuickPick<vscode.QuickPickItem & { server: CatalogueServer | undefined }>(
		items,
		{
			title: `${title}: catalogue of ${checked}`,
			placeHolder: 'Which server?',
			matchOnDescription: true,
			matchOnDetail: true,
		},
	);
	if (!picked?.server) throw new CancelledError();
	return [await install(picked.server)];
}

async function install(server: CatalogueServer): Promise<Candidate> {
	const answers: Record<string, string> = {};
	const inputs = server.inputs ?? [];
	for (const [index, input] of inputs.entries()) {
		const where = input.where === undefined ? '' : ` You get it at ${input.where}`;
		const answer = await askText({
			title: `${title}: ${server.name} (${index + 1}/${inputs.length})`,
			prompt: `${input.description}.${where}${input.isSecret ? ' It is kept in the secret storage.' : ''}`,
			password: input.isSecret,
			value: input.default ?? '',
			placeHolder: input.isOptional === true ? 'may stay empty' : '',
			validateInput: text => (text.trim() === '' && input.isOptional !== true ? 'It needs this to work.' : undefined),
		});
		if (answer === undefined) throw new CancelledError();
		answers[input.id] = answer.trim();
	}
	const { definition, secrets } = installDraft(server, server.id, answers);
	const needs = server.launcher.kind === 'http' ? [] : [`It needs ${launcherNeeds(server.launcher)} on this machine.`];
	return {
		name: server.id,
		raw: definition,
		secrets,
		notes: [server.description, ...(server.note === undefined ? [] : [server.note]), ...needs, server.homepage],
	};
}

async function fromPaste(): Promise<readonly Candidate[]> {
	const clipboard = await vscode.env.clipboard.readText();
	const held = clipboard.length < 100_000 ? parsePasted(clipboard, workspaceFolders()[0] ?? null) : undefined;
	if (held?.problem === null) {
		const use = {
			label: '$(clippy) What the clipboard holds',
			description: held.definitions.map(each => each.name).join(', '),
		};
		const type = { label: '$(edit) Something else…' };
		const picked = await vscode.window.showQuickPick([use, type], { title, placeHolder: 'Read which JSON?' });
		if (!picked) throw new CancelledError();
		if (picked === use) return chooseOf('the clipboard', held.definitions);
	}
	const text = await askText({
		title,
		prompt: 'Paste the JSON of a server, or of several.',
		placeHolder: '{ "mcpServers": { … } }',
		validateInput: value => (value.trim() === '' ? undefined : (parsePasted(value).problem ?? undefined)),
	});
	if (text === undefined || text.trim() === '') throw new CancelledError();
	return chooseOf('the pasted text', readServers(text));
}

async function fromFile(): Promise<readonly Candidate[]> {
	const [file] =
		(await vscode.window.showOpenDialog({
			title,
			openLabel: 'Import',
			filters: { JSON: ['json'], 'All files': ['*'] },
		})) ?? [];
	if (!file) throw new CancelledError();
	return chooseOf(file.fsPath, readServers(await readFile(file.fsPath, 'utf8')));
}

function readServers(text: string): readonly McpServerDefinition[] {
	const { definitions, problem } = parsePasted(text, workspaceFolders()[0] ?? null);
	if (problem !== null) throw new ExpectedError('mcp.badPaste', problem);
	return definitions;
}

async function fromElsewhere(source: string, list: readonly McpServerDefinition[]): Promise<readonly Candidate[]> {
	return chooseOf(source, list);
}

async function chooseOf(source: string, list: readonly McpServerDefinition[]): Promise<readonly Candidate[]> {
	const usable = list.filter(definition => definition.problem === null);
	const [broken] = list.filter(definition => definition.problem !== null);
	if (usable.length === 0) {
		throw new ExpectedError(
			'mcp.invalidConfig',
			`“${broken?.name ?? source}” cannot be used: ${broken?.problem ?? ''}`,
		);
	}
	const chosen = usable.length === 1 ? usable : await pickSome(source, usable);
	return chosen.map(definition => ({
		name: definition.name,
		raw: toSetting(definition),
		secrets: {},
		notes: [`Imported from ${source}; what is there stays as it is.`],
	}));
}

async function pickSome(source: string, list: readonly McpServerDefinition[]): Promise<readonly McpServerDefinition[]> {
	const items = list.map(definition => ({
		label: definition.name,
		description: targetOf(definition),
		definition,
		picked: true,
	}));
	const picked = await vscode.window.showQuickPick(items, {
		title: `${title}: ${source}`,
		placeHolder: 'Which of them? You look at each before it is added.',
		canPickMany: true,
		ignoreFocusOut: true,
	});
	if (!picked || picked.length === 0) throw new CancelledError();
	return picked.map(({ definition }) => definition);
}

async function fromCommand(): Promise<readonly Candidate[]> {
	const line = await askText({
		title,
		prompt: 'The command line that starts it. It is run as it stands, without a shell.',
		placeHolder: 'npx -y @modelcontextprotocol/server-memory',
		validateInput: text => (text.trim() !== '' && words(text) === undefined ? 'A quote is not closed.' : undefined),
	});
	const [command, ...args] = line === undefined ? [] : (words(line) ?? []);
	if (command === undefined) throw new CancelledError();
	const [named] = parsePasted(JSON.stringify({ command, args })).definitions;
	return [{ name: named?.name ?? 'server', raw: { command, args }, secrets: {}, notes: [] }];
}

/** Words of a command line; quotes keep blanks together. `undefined` when a quote is open at the end. */
function words(line: string): readonly string[] | undefined {
	const word = /(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'])+/g;
	if (line.replaceAll(word, '').trim() !== '') return undefined;
	return [...line.matchAll(word)].map(match => unquoted(match[0]));
}

function unquoted(text: string): string {
	return text.replaceAll(
		/"((?:[^"\\]|\\.)*)"|'([^']*)'/g,
		(_, double: string | undefined, single: string | undefined) =>
			double === undefined ? (single ?? '') : double.replaceAll(/\\(["\\])/g, '$1'),
	);
}

async function fromAddress(): Promise<readonly Candidate[]> {
	const url = await askText({
		title,
		prompt: 'The address of the server.',
		placeHolder: 'https://example.com/mcp',
		validateInput: text =>
			text === '' || /^https?:\/\/[^\s/]+/.test(text.trim())
				? undefined
				: 'An address begins with https:// or http://.',
	});
	if (url === undefined || url.trim() === '') throw new CancelledError();
	const [named] = parsePasted(url.trim()).definitions;
	return [{ name: named?.name ?? 'server', raw: { type: 'http', url: url.trim() }, secrets: {}, notes: [] }];
}
