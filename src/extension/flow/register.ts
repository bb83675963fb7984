import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { Lazy } from '../../core/base/async';
import { errorText } from '../../core/base/errors';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import { commandIds as editorCommandIds } from '../../core/flow/editorCommands';
import type { Host } from '../host/context';
import { flowCommandId, flowEditorType, flowLanguage, panelTypes, viewIds } from '../host/ids';
import { LazyTree } from '../host/lazyTree';
import { Panels } from '../host/panels';
import { webviewHtml, webviewOptions } from '../host/webviewHost';
import type { TreeRow } from '../ledger/treeRow';
import { registerCustomNodes } from './custom/register';
import { wakeJsonLanguage } from './jsonLanguage';
import type { ParamFiles } from './paramFiles';
import type { FlowService } from './service';
import { registerTests } from './testing/register';
import { registerTriggers } from './triggers/register';

/** After the start, milliseconds. */
const restMs = 2000;

/** Registers the editor of flows, its commands and the view. Their code loads with the first flow. */
export function registerFlow(host: Host, service: Lazy<FlowService>): Disposable {
	const store = new DisposableStore();
	registerEditor(host, service, store);
	registerCommands(host, service, store);
	registerView(host, service, store);
	registerDocuments(store);
	store.add(wakeJsonLanguage());
	store.add(
		vscode.languages.registerDocumentFormattingEditProvider(flowLanguage, {
			provideDocumentFormattingEdits: async document => (await import('./canonical')).formatFlow(document),
		}),
	);
	store.add(registerCustomNodes(host, service));
	store.add(registerTests(host, service));
	store.add(registerTriggers(host, service));
	registerGallery(host, store);
	followFlows(host, service, store);
	offerInterrupted(host, service, store);
	return store;
}

function registerEditor({ context }: Host, service: Lazy<FlowService>, store: DisposableStore): void {
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
}

function registerCommands({ commands }: Host, service: Lazy<FlowService>, store: DisposableStore): void {
	store.add(
		commands.register('quarterdeck.newFlow', async (folder?: unknown) =>
			(await import('./newFlow')).newFlow(folder instanceof vscode.Uri ? folder : undefined),
		),
	);
	store.add(
		commands.register('quarterdeck.flows.showGraph', async (argument?: unknown) =>
			(await import('./commands')).showGraph(argument),
		),
	);
	store.add(
		commands.register('quarterdeck.flows.reveal', async (uri: string, node: string) =>
			(await import('./commands')).revealNode(await service.get(), uri, node),
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
		commands.register('quarterdeck.flows.compare', async (argument?: unknown) =>
			(await import('./compare')).compareFlow(await service.get(), argument),
		),
	);
	store.add(
		commands.register('quarterdeck.flows.compareWith', async (argument?: unknown) =>
			(await import('./compare')).compareFlowWith(await service.get(), argument),
		),
	);
	store.add(commands.register('quarterdeck.flows.compareDiff', async () => (await import('./compare')).compareDiff()));
	store.add(
		commands.register('quarterdeck.flows.setSecret', async (name?: unknown) =>
			(await service.get()).secrets.ask(typeof name === 'string' ? name : undefined),
		),
	);
	for (const id of editorCommandIds) {
		store.add(commands.register(flowCommandId(id), async () => (await service.started)?.activePage?.command(id)));
	}
}

/** The page of templates: there is one of it. */
function registerGallery(host: Host, store: DisposableStore): void {
	const { extensionUri } = host.context;
	const panels = store.add(
		new Panels(extensionUri, {
			viewType: panelTypes.templates,
			surface: 'templates',
			icon: vscode.Uri.joinPath(extensionUri, 'media', 'quarterdeck.svg'),
			connect: async (_identity, port) => {
				const { connectGallery } = await import('./gallery');
				return connectGallery(host, port);
			},
		}),
	);
	store.add(
		host.commands.register('quarterdeck.flows.openTemplates', () => panels.show('templates', 'Flow Templates')),
	);
}

function registerView({ log }: Host, service: Lazy<FlowService>, store: DisposableStore): void {
	const tree = store.add(
		new LazyTree<TreeRow>(
			viewIds.flows,
			async () => {
				const { FlowsTree } = await import('./tree');
				return store.add(new FlowsTree(await service.get()));
			},
			log,
		),
	);
	// The first look checks the flows of the workspace, too: their problems are in the tree.
	const looking = tree.view.onDidChangeVisibility(({ visible }) => {
		if (!visible) return;
		looking.dispose();
		service
			.get()
			.then(flows => flows.checker.checkWorkspace())
			.catch((error: unknown) => log.warn(`Flows could not be checked: ${errorText(error)}`));
	});
	store.add(looking);
}

/** Values of runs to read, and parameters to write, as documents. */
function registerDocuments(store: DisposableStore): void {
	store.add(
		vscode.workspace.registerTextDocumentContentProvider('quarterdeck-value', {
			provideTextDocumentContent: async uri => (await import('./valueText')).valueDocument(uri),
		}),
	);
	store.add(
		vscode.workspace.registerTextDocumentContentProvider('quarterdeck-flow-compare', {
			provideTextDocumentContent: async uri => (await import('./compareSources')).compareText(uri),
		}),
	);
	const params = new Lazy<ParamFiles>(async () => {
		const { ParamFiles } = await import('./paramFiles');
		const files = store.add(new ParamFiles());
		store.add(files.onDidChangeFile(changes => changed.fire(changes)));
		return files;
	});
	const changed = store.add(new vscode.EventEmitter<vscode.FileChangeEvent[]>());
	store.add(
		vscode.workspace.registerFileSystemProvider('quarterdeck-param', {
			onDidChangeFile: changed.event,
			watch: () => ({ dispose: () => undefined }),
			stat: async uri => (await params.get()).stat(uri),
			readFile: async uri => (await params.get()).readFile(uri),
			writeFile: async (uri, content) => (await params.get()).writeFile(uri, content),
			readDirectory: () => [],
			createDirectory: refuse,
			delete: refuse,
			rename: refuse,
		}),
	);
}

/** A flow that is opened as text is checked as well. */
function followFlows({ log }: Host, service: Lazy<FlowService>, store: DisposableStore): void {
	const check = (document: vscode.TextDocument): void => {
		// What Git keeps is compared and never mended: its problems are nobody's.
		if (!document.uri.path.endsWith('.flow.json') || !['file', 'untitled'].includes(document.uri.scheme)) return;
		service
			.get()
			// The graph that is about to open checks it at once; what it has read is not read twice.
			.then(flows => flows.checker.checkSoon(document.uri))
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

function refuse(): never {
	throw vscode.FileSystemError.NoPermissions();
}
