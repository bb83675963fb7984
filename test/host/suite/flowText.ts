import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { until } from '../../e2e/driver/until';
import type { HostTests } from '../harness';

/** The text of a flow is in a language of ours for its icon, and loses nothing of what VS Code does for JSON. */
export const flowTextTests: HostTests = {
	'the text of a flow is completed and described from its schema, and formatted as the graph writes it': async () => {
		const folder = mkdtempSync(join(tmpdir(), 'qd-flow-'));
		try {
			await tryText(join(folder, 'a.flow.json'));
		} finally {
			await vscode.commands.executeCommand('workbench.action.closeAllEditors');
			rmSync(folder, { recursive: true, force: true });
		}
	},
};

async function tryText(path: string): Promise<void> {
	writeFileSync(
		path,
		'{"flow":1,"id":"a","name":"A",\n"nodes":{"start":{"type":"trigger.manual@1"}},"edges":[],"layout":{}}\n',
	);
	const document = await vscode.workspace.openTextDocument(path);
	assert.equal(document.languageId, 'quarterdeck-flow');
	await vscode.window.showTextDocument(document);
	const inside = document.positionAt(1);
	await until('a completion from the schema', async () => {
		const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
			'vscode.executeCompletionItemProvider',
			document.uri,
			inside,
		);
		return items.some(({ label }) => (typeof label === 'string' ? label : label.label).includes('limits'));
	});
	const edits = await vscode.commands.executeCommand<vscode.TextEdit[]>(
		'vscode.executeFormatDocumentProvider',
		document.uri,
		{ tabSize: 2, insertSpaces: true },
	);
	const edit = new vscode.WorkspaceEdit();
	edit.set(document.uri, edits);
	await vscode.workspace.applyEdit(edit);
	assert.ok(document.getText().startsWith('{\n  "flow": 1,\n  "id": "a",\n'), document.getText());
	await document.save();
}
