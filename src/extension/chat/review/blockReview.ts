import * as vscode from 'vscode';
import { ExpectedError } from '../../../core/base/errors';
import { hunksBetween, linesOf } from '../../../core/chat/review/hunks';
import { replaceLines } from '../../../core/chat/review/changes';
import type { ReviewSubject } from './diffReview';

/**
 * A code block of an answer, compared with the open file: in place of the selection, or of the whole file when nothing
 * is selected. Applying it changes the document, which the user can undo and saves when they like.
 */
export function blockSubject(block: string, close: () => Promise<void>): ReviewSubject {
	const editor = targetEditor();
	const { document, selection } = editor;
	const original = textOf(document);
	const text = block.replaceAll('\r\n', '\n');
	const proposed = selection.isEmpty ? wholeFile(text, original) : replaced(document, selection, text);
	if (proposed === original) throw new ExpectedError('unchanged', 'The file holds this already.');
	return {
		path: document.uri.fsPath,
		proposer: 'an answer',
		original,
		proposed,
		endsWithTab: true,
		async apply(final) {
			const now = await vscode.workspace.openTextDocument(document.uri);
			if (textOf(now) !== original)
				throw new ExpectedError(
					'changed',
					'The file has changed since the diff was opened. Open it again from the answer.',
				);
			await write(now, final);
			await close();
			await vscode.window.showTextDocument(now);
		},
		refuse: close,
	};
}

/** The editor in front of the user; the chat itself may be the active tab. */
function targetEditor(): vscode.TextEditor {
	const editors = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors];
	const editor = editors.find(each => each?.document.uri.scheme === 'file' || each?.document.isUntitled === true);
	if (editor) return editor;
	throw new ExpectedError('no-editor', 'No file is open to apply this to. Open the file and try again.');
}

function textOf(document: vscode.TextDocument): string {
	return document.getText().replaceAll('\r\n', '\n');
}

/** Blocks come without their last line break; a file that ends with one keeps it. */
function wholeFile(block: string, original: string): string {
	return original.endsWith('\n') && !block.endsWith('\n') ? `${block}\n` : block;
}

function replaced(document: vscode.TextDocument, selection: vscode.Selection, block: string): string {
	const whole = new vscode.Range(0, 0, document.lineCount, 0);
	const before = document.getText(new vscode.Range(whole.start, selection.start));
	const after = document.getText(new vscode.Range(selection.end, whole.end));
	const text = selection.end.character === 0 && !block.endsWith('\n') ? `${block}\n` : block;
	return `${before}${text}${after}`.replaceAll('\r\n', '\n');
}

async function write(document: vscode.TextDocument, final: string): Promise<void> {
	const original = textOf(document);
	const lines = linesOf(original);
	const edit = new vscode.WorkspaceEdit();
	for (const hunk of hunksBetween(original, final)) {
		const end = hunk.originalStart + hunk.originalLines.length;
		const { start, end: to, text } = replaceLines(lines, hunk.originalStart, end, hunk.modifiedLines);
		edit.replace(document.uri, new vscode.Range(start.line, start.character, to.line, to.character), text);
	}
	if (edit.size > 0 && !(await vscode.workspace.applyEdit(edit)))
		throw new ExpectedError('read-only', `${document.fileName} cannot be edited.`);
}
