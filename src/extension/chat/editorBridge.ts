import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import type { AttachmentView } from '../../core/chat/items';
import { imageBytesLimit } from '../../core/chat/limits';
import type { EditorContext } from '../../core/chat/protocol';
import { isOfficeFile } from '../../core/documents/kinds';
import { unlinked } from '../host/unlinked';
import type { Documents } from './documents';

const imageTypes: Readonly<Record<string, 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp'>> = {
	png: 'image/png',
	jpg: 'image/jpeg',
	jpeg: 'image/jpeg',
	gif: 'image/gif',
	webp: 'image/webp',
};

/** What the chat does with VS Code's editors: reads the selection, inserts, opens, attaches. */
export class EditorBridge extends Owner {
	readonly #changed = this.own(new Emitter<EditorContext>());
	/** The open file or the selection changed. */
	readonly onDidChange = this.#changed.event;
	readonly #documents: Documents;
	#timer: ReturnType<typeof setTimeout> | undefined;

	/** @param documents reads PDF, Word and Excel files and notebooks */
	constructor(documents: Documents) {
		super();
		this.#documents = documents;
		const announce = (): void => {
			clearTimeout(this.#timer);
			this.#timer = setTimeout(() => this.#changed.fire(this.current), 100);
		};
		this.own(vscode.window.onDidChangeActiveTextEditor(announce));
		this.own(vscode.window.onDidChangeTextEditorSelection(announce));
		this.own({ dispose: () => clearTimeout(this.#timer) });
	}

	/** The file and selection in front of the user, where it is a file on disk. */
	get current(): EditorContext {
		const editor = vscode.window.activeTextEditor;
		if (editor?.document.uri.scheme !== 'file') return { file: null, selection: null };
		const { uri } = editor.document;
		const label = vscode.workspace.asRelativePath(uri, false);
		return { file: { path: uri.fsPath, label }, selection: selectionOf(editor, label) };
	}

	/** Puts text where the cursor is, replacing what is selected. */
	async insertAtCursor(text: string): Promise<void> {
		const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0];
		if (!editor) throw new ExpectedError('no-editor', 'No editor is open to insert into. Open a file and try again.');
		const done = await editor.edit(edit => {
			for (const selection of editor.selections) edit.replace(selection, text);
		});
		if (!done) throw new ExpectedError('read-only', `${editor.document.fileName} cannot be edited.`);
		await vscode.window.showTextDocument(editor.document, editor.viewColumn);
	}

	/** Opens text as a new, unsaved file. */
	async openAsFile(text: string, language: string): Promise<void> {
		const known = await vscode.languages.getLanguages();
		const document = await vscode.workspace.openTextDocument({
			content: text,
			language: known.includes(language) ? language : 'plaintext',
		});
		await vscode.window.showTextDocument(document);
	}

	/** Opens a file that a tool named, at a line counted from 1. Relative paths are looked up in the workspace. */
	async openFile(path: string, line: number | null): Promise<void> {
		const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
		const uri = isAbsolute(path) || !folder ? vscode.Uri.file(path) : vscode.Uri.joinPath(folder, path);
		try {
			await vscode.workspace.fs.stat(uri);
		} catch (error) {
			throw new ExpectedError('no-file', `${uri.fsPath} is not there any more.`, { cause: error });
		}
		const at = new vscode.Position(Math.max(0, (line ?? 1) - 1), 0);
		await vscode.commands.executeCommand('vscode.open', uri, { selection: new vscode.Range(at, at) });
	}

	/** Opens a web link; VS Code asks the user first where the site is not trusted. */
	async openLink(href: string): Promise<void> {
		if (!/^https?:\/\//i.test(href))
			throw new ExpectedError('bad-link', `Only web links are opened from an answer; this one is '${href}'.`);
		await vscode.env.openExternal(vscode.Uri.parse(href, true));
	}

	/** Turns dropped or pasted URIs into attachments. What cannot be attached is named, with the reason. */
	async attachUris(
		uris: readonly string[],
	): Promise<{ attachments: readonly AttachmentView[]; refused: readonly string[] }> {
		const attachments: AttachmentView[] = [];
		const refused: string[] = [];
		for (const text of uris) {
			try {
				attachments.push(await this.#attachment(vscode.Uri.parse(text, true)));
			} catch (error) {
				refused.push(error instanceof ExpectedError ? error.message : `${text} cannot be read.`);
			}
		}
		return { attachments, refused };
	}

	/** Lets the user pick files in VS Code's dialog. */
	async pickFiles(): Promise<readonly AttachmentView[]> {
		const picked = await vscode.window.showOpenDialog({ canSelectMany: true, openLabel: 'Attach' });
		const { attachments, refused } = await this.attachUris((picked ?? []).map(uri => uri.toString()));
		if (refused.length > 0) void vscode.window.showWarningMessage(unlinked(refused.join(' ')));
		return attachments;
	}

	async #attachment(uri: vscode.Uri): Promise<AttachmentView> {
		if (uri.scheme !== 'file' && uri.scheme !== 'vscode-remote')
			throw new ExpectedError('not-a-file', `${uri.toString()} is not a file on this machine.`);
		const stat = await vscode.workspace.fs.stat(uri);
		const label = vscode.workspace.asRelativePath(uri, false);
		if (isOfficeFile(uri.path) && stat.type !== vscode.FileType.Directory)
			return this.#documents.fromFile(uri.fsPath, label);
		const mediaType = imageTypes[uri.path.slice(uri.path.lastIndexOf('.') + 1).toLowerCase()];
		if (stat.type === vscode.FileType.Directory) return { kind: 'file', path: uri.fsPath, label };
		if (!mediaType) return { kind: 'file', path: uri.fsPath, label, bytes: stat.size };
		if (stat.size > imageBytesLimit)
			throw new ExpectedError(
				'too-large',
				`${label} is larger than ${imageBytesLimit / 1e6} MB, the most that an image may have. Drop it from the file manager or paste it: then it is made smaller.`,
			);
		const data = Buffer.from(await vscode.workspace.fs.readFile(uri)).toString('base64');
		return { kind: 'image', label, mediaType, data };
	}
}

/** The selected text of an editor, or `null` where nothing is selected. */
export function selectionOf(
	editor: vscode.TextEditor,
	label: string,
): Extract<AttachmentView, { kind: 'selection' }> | null {
	const { selection, document } = editor;
	if (selection.isEmpty) return null;
	const startLine = selection.start.line + 1;
	const endLine = selection.end.character === 0 ? selection.end.line : selection.end.line + 1;
	return {
		kind: 'selection',
		path: document.uri.fsPath,
		label: startLine === endLine ? `${label}:${startLine}` : `${label}:${startLine}-${endLine}`,
		startLine,
		endLine,
		text: document.getText(selection),
	};
}
