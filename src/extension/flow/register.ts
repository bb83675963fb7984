import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Lazy } from '../../core/base/async';
import { errorText } from '../../core/base/errors';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import { commandIds as editorCommandIds } from '../../core/flow/editorCommands';
import type { Host } from '../host/context';
import { flowCommandId, flowEditorType, viewIds } from '../host/ids';
import { LazyTree } from '../host/lazyTree';
import { webviewHtml, webviewOptions } from '../host/webviewHost';
import type { TreeRow } from '../ledger/treeRow';
import type { FlowService } from './service';

/** After the start, milliseconds. */
const restMs = 2000;

/** Registers the editor of flows and its commands. Their code loads with the first flow. */
export function registerFlow(host: Host, service: Lazy<FlowService>): Disposable {
	const store = new DisposableStore();
	const { commands, context } = host;
	store.add(
		vscode.window.registerCustomEditorProvider(
			flowEditorType,
			{
				resolveCustomTextEditor: async (document, panel) => {
					const { webview } = panel;
					webview.options = webviewOptions(context.extensionUri);
					const flows = await service.get();
					flows.connect(document, panel);
					webview.html = webviewHtml(webview, context.extensionUri, 'flow', {});
				},
			},
			{ supportsMultipleEditorsPerDocument: true },
		),
	);
	store.add(
		vscode.workspace.registerTextDocumentContentProvider('quarterdeck-value', {
			provideTextDocumentContent: async uri => (await import('./valueText')).valueDocument(uri),
		}),
	);
	store.add(
		commands.register('quarterdeck.newFlow', async (folder?: vscode.Uri) =>
			(await import('./commands')).newFlow(folder),
		),
	);
	store.add(
		commands.register('quarterdeck.flows.showGraph', async (argument?: unknown) =>
			(await import('./commands')).showGraph(argument),
		),
	);
	store.add(
		commands.register('quarterdeck.flows.run', async (argument?: unknown) =>
			(await import('./commands')).runFlow(await service.get(), argument),
		),
	);
	store.add(
		commands.register('quarterdeck.flows.stop', async (argument?: unknown) =>
			(await import('./commands')).stopFlow(await service.get(), argument),
		),
	);
	store.add(
		commands.register('quarterdeck.flows.setSecret', async (name?: unknown) =>
			(await service.get()).secrets.ask(typeof name === 'string' ? name : undefined),
		),
	);
	for (const id of editorCommandIds) {
		store.add(commands.register(flowCommandId(id), async () => (await service.started)?.activePage?.command(id)));
	}
	const tree = store.add(
		new LazyTree<TreeRow>(
			viewIds.flows,
			async () => {
				const { FlowsTree } = await import('./tree');
				return store.add(new FlowsTree(await service.get()));
			},
			host.log,
		),
	);
	// The first look checks the flows of the workspace, too: their problems are in the tree.
	const looking = tree.view.onDidChangeVisibility(({ visible }) => {
		if (!visible) return;
		looking.dispose();
		service
			.get()
			.then(flows => flows.checker.checkWorkspace())
			.catch((error: unknown) => host.log.warn(`Flows could not be checked: ${errorText(error)}`));
	});
	store.add(looking);
	followFlows(host, service, store);
	offerInterrupted(host, service, store);
	return store;
}

/** A flow that is opened as text is checked as well. */
function followFlows({ log }: Host, service: Lazy<FlowService>, store: DisposableStore): void {
	const check = (document: vscode.TextDocument): void => {
		if (!document.uri.path.endsWith('.flow.json')) return;
		service
			.get()
			.then(flows => flows.checker.checkNow(document.uri))
			.catch((error: unknown) => log.warn(`A flow could not be checked: ${errorText(error)}`));
	};
	store.add(vscode.workspace.onDidOpenTextDocument(check));
	for (const document of vscode.workspace.textDocuments) check(document);
}

/** Runs that were cut off are offered a moment after the start, without loading anything where none ever ran. */
function offerInterrupted({ context, clock, log }: Host, service: Lazy<FlowService>, store: DisposableStore): void {
	if (!vscode.workspace.isTrusted) return;
	store.add(
		clock.after(restMs, () => {
			if (!existsSync(join(context.globalStorageUri.fsPath, 'flows'))) return;
			service
				.get()
				.then(flows => flows.notices.offerInterrupted())
				.catch((error: unknown) => log.warn(`Interrupted runs could not be looked for: ${errorText(error)}`));
		}),
	);
}
