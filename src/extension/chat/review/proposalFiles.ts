import * as vscode from 'vscode';
import { Owner, toDisposable } from '../../../core/base/lifecycle';

export const originalScheme = 'quarterdeck-original';
export const proposalScheme = 'quarterdeck-proposal';

interface MemoryFile {
	readonly original: string;
	content: Uint8Array;
}

/**
 * Both sides of a review, in memory alone: the original as a read-only document, the proposal as a file that can be
 * edited. The authority of an address is the review's id, the path that of the reviewed file.
 */
export class ProposalFiles extends Owner implements vscode.FileSystemProvider, vscode.TextDocumentContentProvider {
	readonly #files = new Map<string, MemoryFile>();
	readonly #changed = this.own(new vscode.EventEmitter<vscode.FileChangeEvent[]>());
	readonly onDidChangeFile = this.#changed.event;
	readonly #originalChanged = this.own(new vscode.EventEmitter<vscode.Uri>());
	readonly onDidChange = this.#originalChanged.event;

	constructor() {
		super();
		this.own(vscode.workspace.registerTextDocumentContentProvider(originalScheme, this));
		this.own(vscode.workspace.registerFileSystemProvider(proposalScheme, this, { isCaseSensitive: true }));
	}

	/** Puts both sides of a review in place. */
	put(id: string, original: string, proposed: string): void {
		this.#files.set(id, { original, content: new TextEncoder().encode(proposed) });
	}

	/** Shows another original at the left. */
	rebase(left: vscode.Uri, original: string): void {
		const file = this.#files.get(left.authority);
		if (!file) return;
		this.#files.set(left.authority, { original, content: file.content });
		this.#originalChanged.fire(left);
	}

	/** Follows the edited text, so that closing the tab without saving loses nothing. */
	follow(id: string, text: string): void {
		const file = this.#files.get(id);
		if (file) file.content = new TextEncoder().encode(text);
	}

	drop(id: string): void {
		this.#files.delete(id);
	}

	provideTextDocumentContent(uri: vscode.Uri): string {
		return this.#files.get(uri.authority)?.original ?? '';
	}

	watch(): vscode.Disposable {
		return toDisposable(() => undefined);
	}

	stat(uri: vscode.Uri): vscode.FileStat {
		// One modification time for good: the content follows the editor, and must never look newer than the editor's own.
		return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: this.readFile(uri).length };
	}

	/** A tab that outlived its review (after a reload) reads as empty until it is closed. */
	readFile(uri: vscode.Uri): Uint8Array {
		return this.#files.get(uri.authority)?.content ?? new Uint8Array();
	}

	writeFile(uri: vscode.Uri, content: Uint8Array): void {
		const file = this.#files.get(uri.authority);
		if (file) file.content = content;
	}

	readDirectory(): [string, vscode.FileType][] {
		return [];
	}

	createDirectory(uri: vscode.Uri): void {
		throw vscode.FileSystemError.NoPermissions(uri);
	}

	delete(uri: vscode.Uri): void {
		throw vscode.FileSystemError.NoPermissions(uri);
	}

	rename(uri: vscode.Uri): void {
		throw vscode.FileSystemError.NoPermissions(uri);
	}
}

/** The addresses of a review's two sides. */
export function reviewUris(id: string, path: string): { readonly left: vscode.Uri; readonly right: vscode.Uri } {
	const file = vscode.Uri.file(path);
	return {
		left: file.with({ scheme: originalScheme, authority: id }),
		right: file.with({ scheme: proposalScheme, authority: id }),
	};
}

/** The review that a tab shows, if it shows one. */
export function reviewOfTab(tab: vscode.Tab | undefined): string | undefined {
	const input = tab?.input;
	const uri =
		input instanceof vscode.TabInputTextDiff
			? input.modified
			: input instanceof vscode.TabInputText
				? input.uri
				: undefined;
	return uri?.scheme === proposalScheme ? uri.authority : undefined;
}
