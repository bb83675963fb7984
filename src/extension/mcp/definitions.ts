import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import { loadConfigs, readSetting, type McpConfigProblem, type McpConfigs } from '../../core/mcp/configs';
import { servedByClaude, type McpServerDefinition } from '../../core/mcp/definition';
import { placesOf, type McpPlace } from '../../core/mcp/places';
import type { Host } from '../host/context';
import { workspaceFolders } from '../host/workspace';

const readText = (path: string): Promise<string> => readFile(path, 'utf8');

/** The definitions that hold in this window: our own setting, and the files of the open folders. */
export class Definitions extends Owner {
	readonly #host: Host;
	readonly #changed = this.own(new Emitter<void>());
	/** A setting, a file or the set of folders changed: read again. */
	readonly onDidChange = this.#changed.event;
	#configs: McpConfigs = { definitions: [], problems: [] };

	constructor(host: Host) {
		super();
		this.#host = host;
		const changed = (): void => this.#changed.fire();
		this.own(host.settings.onDidChange(keys => (keys.has('mcp.servers') ? changed() : undefined)));
		this.own(vscode.workspace.onDidChangeWorkspaceFolders(changed));
		const watcher = this.own(vscode.workspace.createFileSystemWatcher('**/{.mcp.json,.vscode/mcp.json}'));
		this.own(watcher.onDidChange(changed));
		this.own(watcher.onDidCreate(changed));
		this.own(watcher.onDidDelete(changed));
	}

	get problems(): readonly McpConfigProblem[] {
		return this.#configs.problems;
	}

	get all(): readonly McpServerDefinition[] {
		return this.#configs.definitions;
	}

	find(id: string): McpServerDefinition | undefined {
		return this.all.find(definition => definition.id === id);
	}

	async read(): Promise<readonly McpServerDefinition[]> {
		const own = readSetting(this.#host.settings.get('mcp.servers'), workspaceFolders()[0] ?? null);
		const files = await loadConfigs(this.#places('here'), readText);
		this.#configs = {
			definitions: [...own.definitions, ...files.definitions],
			problems: [...own.problems, ...files.problems],
		};
		return this.all;
	}

	/** Servers that other programs of this machine have, to be imported. */
	async elsewhere(): Promise<McpConfigs> {
		return loadConfigs(this.#places('elsewhere'), readText);
	}

	/** Ids of ours that the Claude CLI of this machine has as well. */
	async servedByClaude(): Promise<ReadonlySet<string>> {
		return servedByClaude(this.all, (await this.elsewhere()).definitions);
	}

	#places(which: 'here' | 'elsewhere'): readonly McpPlace[] {
		const home = homedir();
		const places = placesOf({
			platform: process.platform,
			home,
			environment: process.env,
			workspaceFolders: workspaceFolders(),
			editorUserFolder: editorUserFolder(this.#host),
		});
		if (which === 'here') return places.filter(isHere);
		const other = (label: string, ...path: string[]): McpPlace => ({
			source: { kind: 'claudeUser', label, path: join(home, ...path) },
			folder: workspaceFolders()[0] ?? null,
		});
		return [
			...places.filter(place => !isHere(place)),
			other('Cursor', '.cursor', 'mcp.json'),
			other('Windsurf', '.codeium', 'windsurf', 'mcp_config.json'),
		];
	}
}

function isHere({ source }: McpPlace): boolean {
	return source.kind === 'workspace' || source.kind === 'vscode';
}

/**
 * VS Code has no stable way to list the servers that it knows. Its user file is beside the folder of extensions'
 * storage, where that has the usual shape; in another profile it is that profile's.
 */
function editorUserFolder({ context }: Host): string | null {
	const storage = dirname(dirname(context.globalStorageUri.fsPath));
	return context.globalStorageUri.scheme === 'file' ? storage : null;
}
