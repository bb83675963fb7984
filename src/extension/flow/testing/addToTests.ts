import * as vscode from 'vscode';
import type { ExecutionId } from '../../../core/base/ids';
import { readDataset } from '../../../core/flow/datasets/readDataset';
import { rowOfRun, withRow } from '../../../core/flow/datasets/rowOfRun';
import { askText } from '../../host/askText';
import { textOf } from '../files';
import { fileOf, type FlowRuns } from '../runs';
import { datasetUri } from './datasetFiles';

/** Makes a test of a run: what it was given, and what came out of it. Asks what it is called, and shows it. */
export async function addToTests(runs: FlowRuns, flow: vscode.Uri, id: ExecutionId): Promise<void> {
	const stored = await runs.book.read(fileOf(flow), id);
	// Refused before anybody is asked.
	rowOfRun(stored, '');
	const uri = datasetUri(flow);
	const before = await textOf(uri);
	const taken = new Set(readDataset(before ?? '').rows.map(({ key }) => key));
	const name = await askText({
		title: 'Add to Tests',
		prompt: 'What is the test called?',
		value: freeName(taken),
		validateInput: text => {
			if (text.trim() === '') return 'Give it a name.';
			return taken.has(text.trim()) ? 'There is a test of this name.' : undefined;
		},
	});
	if (name === undefined) return;
	const edit = new vscode.WorkspaceEdit();
	if (before === undefined) edit.createFile(uri, { ignoreIfExists: true });
	const end = endOf(before ?? '');
	edit.insert(uri, end, withRow(before ?? '', rowOfRun(stored, name.trim())));
	await vscode.workspace.applyEdit(edit);
	const document = await vscode.workspace.openTextDocument(uri);
	await document.save();
	const line = document.lineCount - 2;
	await vscode.window.showTextDocument(document, {
		viewColumn: vscode.ViewColumn.Beside,
		selection: new vscode.Range(line, 0, line, 0),
	});
}

function freeName(taken: ReadonlySet<string>): string {
	for (let number = taken.size + 1; ; number++) if (!taken.has(`Test ${number}`)) return `Test ${number}`;
}

function endOf(text: string): vscode.Position {
	const lines = text.split(/\r?\n/);
	return new vscode.Position(lines.length - 1, lines.at(-1)?.length ?? 0);
}
