import * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';
import type { Flow } from '../../core/flow/model/flow';
import { parseFlow } from '../../core/flow/model/parse';
import { printFlow } from '../../core/flow/model/print';
import { textEdit } from '../../core/flow/model/textEdit';

/** The smallest edit that turns a flow's text into the canonical text of what `change` makes of it; `undefined` where none is needed. */
export function canonicalEdit(
	document: vscode.TextDocument,
	change: (flow: Flow) => Flow = flow => flow,
): vscode.TextEdit | undefined {
	const text = document.getText();
	const { flow } = parseFlow(text);
	if (!flow) throw new ExpectedError('flow-unreadable', 'The text of this flow has a mistake. Mend it first.');
	const after = printFlow(change(flow));
	const isCrlf = document.eol === vscode.EndOfLine.CRLF;
	const edit = textEdit(text, isCrlf ? after.replaceAll('\n', '\r\n') : after);
	if (!edit) return undefined;
	const { offset, length } = edit;
	const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
	return vscode.TextEdit.replace(range, edit.text);
}

/** Formats the text of a flow as the graph writes it. A text that is no flow is left as it is: its problems are listed already. */
export function formatFlow(document: vscode.TextDocument): vscode.TextEdit[] {
	try {
		const edit = canonicalEdit(document);
		return edit ? [edit] : [];
	} catch (error) {
		if (error instanceof ExpectedError) return [];
		throw error;
	}
}
