import * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';
import { notesOf, projectFiles, withNote } from '../../core/memory/projectFile';
import { unlinked } from '../host/unlinked';

interface Found {
	readonly name: string;
	readonly uri: vscode.Uri;
	/** `null` when there is no such file yet. */
	readonly text: string | null;
}

/**
 * Adds a fact to the notes of the repository's own file for agents, and shows it there: an edit that the user can see,
 * undo and leave unsaved. Where there is none, the user picks which to begin.
 */
export async function addNote(fact: string): Promise<void> {
	const found = await pickFile();
	if (!found) return;
	const edit = new vscode.WorkspaceEdit();
	if (found.text === null) edit.createFile(found.uri, { ignoreIfExists: true });
	if (found.text === null) edit.insert(found.uri, new vscode.Position(0, 0), withNote('', fact));
	else {
		const document = await vscode.workspace.openTextDocument(found.uri);
		const whole = new vscode.Range(0, 0, document.lineCount, 0);
		const next = withNote(document.getText(), fact);
		if (next === document.getText()) {
			void vscode.window.showInformationMessage(unlinked(`${found.name} has this note already.`));
			return;
		}
		edit.replace(found.uri, document.validateRange(whole), next);
	}
	await vscode.workspace.applyEdit(edit);
	await vscode.window.showTextDocument(found.uri);
}

/** The notes in the repository's own file for agents. Rejects with `no-file` where there is none. */
export async function readNotes(): Promise<{ readonly name: string; readonly notes: readonly string[] }> {
	const existing = (await files()).filter(({ text }) => text !== null);
	const name = existing.map(file => file.name).join(' and ');
	if (existing.length === 0) {
		throw new ExpectedError('no-file', `This folder has no ${projectFiles.join(' or ')} yet.`);
	}
	return { name, notes: existing.flatMap(({ text }) => notesOf(text ?? '')) };
}

async function pickFile(): Promise<Found | undefined> {
	const all = await files();
	const existing = all.filter(({ text }) => text !== null);
	if (existing.length === 1) return existing[0];
	const picked = await vscode.window.showQuickPick(
		(existing.length === 0 ? all : existing).map(file => ({
			label: file.name,
			description: file.text === null ? 'new file' : '',
			file,
		})),
		{ placeHolder: 'Into which file?' },
	);
	return picked?.file;
}

async function files(): Promise<readonly Found[]> {
	const folder = vscode.workspace.workspaceFolders?.[0];
	if (!folder) throw new ExpectedError('no-folder', 'Open a folder first: the file belongs into one.');
	return Promise.all(
		projectFiles.map(async name => {
			const uri = vscode.Uri.joinPath(folder.uri, name);
			try {
				return { name, uri, text: new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)) };
			} catch (error) {
				if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return { name, uri, text: null };
				throw error;
			}
		}),
	);
}
