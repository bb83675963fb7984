import { basename } from 'node:path';
import * as vscode from 'vscode';
import { ExpectedError } from '../../../core/base/errors';
import type { ExecutionId } from '../../../core/base/ids';
import { Owner, toDisposable } from '../../../core/base/lifecycle';
import type { FileChange, FileState, TurnChanges } from '../../../core/chat/review/turnChanges';
import { unlinked } from '../../host/unlinked';

const scheme = 'quarterdeck-turn';

/** Shows what a turn changed as one diff of all its files, at any later time. */
export class TurnDiffs extends Owner implements vscode.FileSystemProvider {
	readonly #changes: TurnChanges;
	readonly #changed = this.own(new vscode.EventEmitter<vscode.FileChangeEvent[]>());
	readonly onDidChangeFile = this.#changed.event;

	constructor(changes: TurnChanges) {
		super();
		this.#changes = changes;
		this.own(vscode.workspace.registerFileSystemProvider(scheme, this, { isReadonly: true, isCaseSensitive: true }));
	}

	/** Opens the diff of a turn. Files too large to be kept are named instead. */
	async open(execution: ExecutionId): Promise<void> {
		const changes = await this.#changes.changesOf(execution);
		const shown = changes.filter(({ before, after }) => before.kind !== 'not-kept' && after.kind !== 'not-kept');
		const left = changes.filter(change => !shown.includes(change));
		if (changes.length === 0)
			throw new ExpectedError('no-changes', 'This turn changed no files, or its changes are no longer kept.');
		if (left.length > 0) void vscode.window.showInformationMessage(unlinked(notShown(left)));
		if (shown.length === 0) return;
		const resources = shown.map(({ path, before, after }) => [
			vscode.Uri.file(path),
			uriOf(path, before),
			uriOf(path, after),
		]);
		await vscode.commands.executeCommand('vscode.changes', 'Changes of the Turn', resources);
	}

	async readFile(uri: vscode.Uri): Promise<Uint8Array> {
		const content = await this.#changes.content({ kind: 'kept', hash: uri.authority });
		if (!content) throw vscode.FileSystemError.FileNotFound(uri);
		return content;
	}

	async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
		return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: (await this.readFile(uri)).length };
	}

	watch(): vscode.Disposable {
		return toDisposable(() => undefined);
	}

	readDirectory(): [string, vscode.FileType][] {
		return [];
	}

	createDirectory(uri: vscode.Uri): void {
		throw vscode.FileSystemError.NoPermissions(uri);
	}

	writeFile(uri: vscode.Uri): void {
		throw vscode.FileSystemError.NoPermissions(uri);
	}

	delete(uri: vscode.Uri): void {
		throw vscode.FileSystemError.NoPermissions(uri);
	}

	rename(uri: vscode.Uri): void {
		throw vscode.FileSystemError.NoPermissions(uri);
	}
}

function uriOf(path: string, state: FileState): vscode.Uri | undefined {
	return state.kind === 'kept' ? vscode.Uri.file(path).with({ scheme, authority: state.hash }) : undefined;
}

function notShown(changes: readonly FileChange[]): string {
	const names = changes.map(change => basename(change.path)).join(', ');
	return `Not shown, because a copy was too large to keep or could not be read: ${names}`;
}
