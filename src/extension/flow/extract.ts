import * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';
import { extractNodes } from '../../core/flow/extract';
import type { NodeId } from '../../core/flow/model/flow';
import { printFlow } from '../../core/flow/model/print';
import { slugOf } from '../../core/flow/model/slugs';
import { askText } from '../host/askText';
import { unlinked } from '../host/unlinked';
import { asWritten, folderOf, freeFile, insideOf, writeText } from './files';
import { requireEditable, type PageContext } from './parts';

/** Moves nodes of an open flow into a file of their own. One undo brings them back; the new file stays. */
export async function extractSelection(page: PageContext, nodes: readonly NodeId[]): Promise<void> {
	requireEditable(page);
	const { document, uri, parts } = page;
	if (uri.scheme !== 'file')
		throw new ExpectedError('extract', 'Save this flow first: the new one is written beside it.');
	const folder = folderOf(uri);
	const world = { catalog: parts.world.catalog, ports: parts.world.ports };
	// Told before anything is asked.
	extractNodes(document.sync.flow, nodes, world, { name: 'Sub-flow', path: 'sub.flow.json' });
	const name = await askText({
		title: 'Extract Selection to Sub-Flow',
		prompt: 'What is the new flow called?',
		placeHolder: 'Fetch the change',
		validateInput: text => (text.trim() === '' ? 'Give it a name.' : undefined),
	});
	if (name === undefined) return;
	const file = await freeFile(vscode.Uri.joinPath(uri, '..'), slugOf(name, 'sub-flow'));
	if (insideOf(folder, file.fsPath) === undefined) throw new ExpectedError('extract', 'This flow lies in no folder.');
	const { version, flow } = document.sync;
	const made = extractNodes(flow, nodes, world, { name: name.trim(), path: asWritten(folder, file.fsPath) });
	await writeText(file, printFlow(made.inner));
	try {
		// Nobody's page is the author: every page is told.
		await document.sync.apply({ changed: () => undefined }, version, made.ops, 'Extract to sub-flow');
	} catch (error) {
		await vscode.workspace.fs.delete(file);
		throw error;
	}
	page.emit('reveal', { node: made.node });
	const stay = made.stay.length === 0 ? '' : ` ${made.stay.join(', ')} begins or ends this flow, and stays in it.`;
	const text = `${vscode.workspace.asRelativePath(file)} was written.${stay}`;
	void vscode.window.showInformationMessage(unlinked(text), 'Open It').then(async picked => {
		if (picked === 'Open It') await vscode.commands.executeCommand('vscode.open', file);
	});
}
