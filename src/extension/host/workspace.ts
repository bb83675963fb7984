import * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';

/** Folders of this window that are on this machine's disk. */
export function workspaceFolders(): readonly string[] {
	const folders = vscode.workspace.workspaceFolders ?? [];
	return folders.filter(folder => folder.uri.scheme === 'file').map(folder => folder.uri.fsPath);
}

/** The folder that agents of this window work in. */
export function projectFolder(): string {
	const [folder] = workspaceFolders();
	if (folder === undefined) throw new ExpectedError('no-folder', 'Open a folder first: an agent works in one.');
	return folder;
}
