import * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';
import { flowEditorType } from '../host/ids';
import { TreeRow } from '../ledger/treeRow';
import { isFlowFile, readFlow } from './files';
import { fileOf } from './runs';
import type { FlowService } from './service';

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
