import * as vscode from 'vscode';
import { Owner } from '../../core/base/lifecycle';
import type { AttachmentView } from '../../core/chat/items';
import { MentionIndex, type Mentionable } from '../../core/chat/mentions';
import type { MentionHit } from '../../core/chat/protocol';

interface FileCandidate extends Mentionable {
	readonly uri: vscode.Uri;
}

const maxFiles = 50_000;

/** Files and symbols of the workspace for `@`. The file list is kept until a file comes or goes. */
export class Mentions extends Owner {
	#index: Promise<MentionIndex<FileCandidate>> | undefined;

	constructor() {
		super();
		const watcher = this.own(vscode.workspace.createFileSystemWatcher('**/*', false, true, false));
		const forget = (): void => {
			this.#index = undefined;
		};
		this.own(watcher.onDidCreate(forget));
		this.own(watcher.onDidDelete(forget));
		this.own(vscode.workspace.onDidChangeWorkspaceFolders(forget));
	}

	/** The best matches: open files for an empty text, else files, then symbols of three letters or more. */
	async find(text: string, limit: number): Promise<readonly MentionHit[]> {
		if (text === '') return this.#openFiles(limit);
		const index = await (this.#index ??= this.#readFiles());
		const files = index.find(text, limit).map(({ candidate, matches }) => fileHit(candidate.uri, matches));
		if (text.length < 3 || files.length >= limit) return files;
		return [...files, ...(await symbols(text, limit - files.length))];
	}

	async #readFiles(): Promise<MentionIndex<FileCandidate>> {
		// `undefined` keeps the user's own `files.exclude`; node_modules is left out even where that does not name it.
		const uris = await vscode.workspace.findFiles('**/*', '**/{node_modules,.git,dist,out}/**', maxFiles);
		return new MentionIndex(uris.map(uri => ({ uri, label: vscode.workspace.asRelativePath(uri, false), detail: '' })));
	}

	#openFiles(limit: number): readonly MentionHit[] {
		const uris = vscode.window.tabGroups.all
			.flatMap(group => group.tabs)
			.map(tab => (tab.input instanceof vscode.TabInputText ? tab.input.uri : undefined))
			.filter(uri => uri?.scheme === 'file');
		const unique = new Map(uris.map(uri => [uri?.toString(), uri]));
		return [...unique.values()].flatMap(uri => (uri ? [fileHit(uri, [])] : [])).slice(0, limit);
	}
}

function fileHit(uri: vscode.Uri, matches: readonly number[]): MentionHit {
	const label = vscode.workspace.asRelativePath(uri, false);
	const attachment: AttachmentView = { kind: 'file', path: uri.fsPath, label };
	return { attachment, label, detail: '', matches };
}

async function symbols(text: string, limit: number): Promise<readonly MentionHit[]> {
	const found = await vscode.commands.executeCommand<vscode.SymbolInformation[] | undefined>(
		'vscode.executeWorkspaceSymbolProvider',
		text,
	);
	return (found ?? [])
		.filter(symbol => symbol.location.uri.scheme === 'file')
		.slice(0, limit)
		.map(symbol => {
			const { uri, range } = symbol.location;
			const attachment = {
				kind: 'symbol' as const,
				path: uri.fsPath,
				label: symbol.name,
				startLine: range.start.line + 1,
				endLine: range.end.line + 1,
			};
			return { attachment, label: symbol.name, detail: vscode.workspace.asRelativePath(uri, false), matches: [] };
		});
}
