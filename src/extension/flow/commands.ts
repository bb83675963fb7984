import * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';
import { emptyFlow, type Flow } from '../../core/flow/model/flow';
import { printFlow } from '../../core/flow/model/print';
import { slugOf } from '../../core/flow/model/slugs';
import { flowEditorType } from '../host/ids';
import { projectFolder } from '../host/workspace';
import { TreeRow } from '../ledger/treeRow';
import { freeFile, isFlowFile, readFlow } from './files';
import { fileOf } from './runs';
import type { FlowService } from './service';

/** Asks for a name, writes a flow with a beginning and an end, and opens it. */
export async function newFlow(folder?: vscode.Uri): Promise<void> {
	const parent = folder ?? vscode.Uri.file(projectFolder());
	const name = await vscode.window.showInputBox({
		title: 'New Flow',
		prompt: 'What is it called?',
		placeHolder: 'Review my changes',
		validateInput: text => (text.trim() === '' ? 'Give it a name.' : undefined),
	});
	if (name === undefined) return;
	const file = await freeFile(parent, slugOf(name, 'flow'));
	const text = printFlow(minimalFlow(name.trim()));
	await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
	await vscode.commands.executeCommand('vscode.openWith', file, flowEditorType);
}

function minimalFlow(name: string): Flow {
	return {
		...emptyFlow(slugOf(name, 'flow'), name),
		nodes: { start: { type: 'trigger.manual@1' }, result: { type: 'flow.output@1' } },
		edges: [{ from: 'start', output: 'at', to: 'result', input: 'value' }],
		layout: { start: { x: 0, y: 0 }, result: { x: 320, y: 0 } },
	};
}

/** The flow that is open as text, as a graph. */
export async function showGraph(argument?: unknown): Promise<void> {
	const { activeTextEditor } = vscode.window;
	const target = namedUri(argument) ?? activeTextEditor?.document.uri;
	if (!target || !isFlowFile(target)) throw new ExpectedError('no-flow', 'Open a *.flow.json file first.');
	await vscode.commands.executeCommand('vscode.openWith', target, flowEditorType, activeTextEditor?.viewColumn);
}

/** Shows a node of a flow on its graph. */
export async function revealNode(service: FlowService, address: string, node: string): Promise<void> {
	const uri = vscode.Uri.parse(address, true);
	await vscode.commands.executeCommand('vscode.openWith', uri, flowEditorType);
	for (const page of service.pagesOf(uri)) page.reveal(node);
}

/** Shows what differs between the last commit and the file, on the graph. */
export async function compareFlow(service: FlowService, argument: unknown): Promise<void> {
	const uri = targetOf(service, argument);
	const git = vscode.extensions.getExtension('vscode.git');
	if (uri.scheme !== 'file' || !git)
		throw new ExpectedError('no-git', 'Only a file in a Git repository can be compared.');
	await git.activate();
	// The address that VS Code's own Git extension reads.
	const query = JSON.stringify({ path: uri.fsPath, ref: 'HEAD' });
	const committed = uri.with({ scheme: 'git', query });
	const isKept = await vscode.workspace.openTextDocument(committed).then(
		document => document.getText() !== '',
		() => false,
	);
	if (!isKept)
		throw new ExpectedError('not-committed', 'This flow is in no commit yet: there is nothing to compare with.');
	await vscode.commands.executeCommand('vscode.openWith', committed, flowEditorType);
}

/** Runs a flow: the one that is named, or the one that is open. */
export async function runFlow(service: FlowService, argument: unknown): Promise<void> {
	const uri = targetOf(service, argument);
	if (service.runs.book.liveOf(fileOf(uri))) {
		throw new ExpectedError('run-goes-on', 'A run of this flow goes on. Stop it first, or wait for its end.');
	}
	const flow = service.documents.find(uri)?.sync.flow ?? (await readFlow(uri));
	await service.runs.startFlow({ uri, flow, scope: { kind: 'all' }, withLastInputs: false });
}

/** Stops the run of a flow. */
export function stopFlow(service: FlowService, argument: unknown): void {
	const run = service.runs.book.liveOf(fileOf(targetOf(service, argument)));
	if (!run) throw new ExpectedError('no-run', 'No run of this flow goes on in this window.');
	run.run?.stop();
}

/** What a command was called for: a file of the explorer, a row of the tree, or what is open. */
export function targetOf(service: FlowService, argument: unknown): vscode.Uri {
	const named = namedUri(argument);
	if (named) return named;
	const page = service.activePage;
	const open = page?.panel.active === true ? page.uri : vscode.window.activeTextEditor?.document.uri;
	const target = open ?? page?.uri;
	if (!target || !isFlowFile(target)) throw new ExpectedError('no-flow', 'Open a flow first.');
	return target;
}

/** A file of the explorer, a row of the view, or the address that a row opens. */
export function namedUri(argument: unknown): vscode.Uri | undefined {
	if (argument instanceof vscode.Uri) return argument;
	if (argument instanceof TreeRow) return vscode.Uri.parse(argument.node.id, true);
	return typeof argument === 'string' ? vscode.Uri.parse(argument, true) : undefined;
}
