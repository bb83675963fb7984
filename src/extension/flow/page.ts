import * as vscode from 'vscode';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import { checkedEditor } from '../../core/flow/editorChecks';
import type {
	EditorSnapshot,
	FlowEditorContract,
	HostOffer,
	ProblemView,
	TextError,
} from '../../core/flow/editorProtocol';
import type { TriggerView } from '../../core/flow/triggers/triggerView';
import type { CommandId } from '../../core/flow/editorCommands';
import { problemView } from '../../core/flow/editorViews';
import type { NodeId } from '../../core/flow/model/flow';
import type { FlowProblem } from '../../core/flow/model/problem';
import type { SyncChange } from '../../core/flow/model/syncHost';
import { serve, type Server } from '../../core/rpc/rpc';
import { setContext } from '../host/commands';
import type { WebviewPort } from '../host/webviewHost';
import { callsFlows } from './checker';
import type { FlowDocument } from './document';
import { documentHandlers } from './documentHandlers';
import { isWritable } from './files';
import { runHandlers } from './runHandlers';
import type { FlowParts, PageContext } from './parts';
import { ShownRun } from './shownRun';
import { valueHandlers } from './valueHandlers';

/** Of a flow with more nodes the problems are told after the graph. */
const mostAtOnce = 1000;

/** One page of the editor of a flow. */
export class FlowPage extends Owner implements PageContext {
	readonly document: FlowDocument;
	readonly panel: vscode.WebviewPanel;
	readonly parts: FlowParts;
	readonly shown: ShownRun;
	readonly #server: Server<FlowEditorContract>;
	readonly #closed = this.own(new Emitter<void>());
	readonly onDidClose = this.#closed.event;
	#problems: readonly FlowProblem[] = [];
	#readonlyReason: string | null;
	#isOpen = false;
	#wanted: NodeId | undefined;

	constructor(document: FlowDocument, panel: vscode.WebviewPanel, port: WebviewPort, parts: FlowParts) {
		super();
		this.document = document;
		this.panel = panel;
		this.parts = parts;
		this.#readonlyReason = readonlyReason(document.uri);
		this.#server = this.own(
			serve<FlowEditorContract>(
				port,
				checkedEditor({
					open: () => this.#open(),
					focus: ({ part }) => setContext('quarterdeck.flowGraphFocus', part === 'graph'),
					...documentHandlers(this),
					...runHandlers(this),
					...valueHandlers(this),
				}),
			),
		);
		this.shown = this.own(new ShownRun(this));
		document.pages.add(this);
		// A page keeps its focus while another tab is in front; the keys belong to that one then.
		this.own(
			panel.onDidChangeViewState(() => {
				if (!panel.active) setContext('quarterdeck.flowGraphFocus', false);
				// Permissions of files change without a word.
				else if (readonlyReason(this.uri) !== this.#readonlyReason) this.#emitMode();
			}),
		);
		this.#follow();
	}

	get uri(): vscode.Uri {
		return this.document.uri;
	}

	get isReadonly(): boolean {
		return this.#readonlyReason !== null;
	}

	/** Problems as the page knows them, by the ids of their views. */
	problem(id: string): FlowProblem | undefined {
		return this.#problems[Number(id)];
	}

	readonly emit: Server<FlowEditorContract>['emit'] = (name, payload) => {
		if (!this.isDisposed) this.#server.emit(name, payload);
	};

	changed(change: SyncChange): void {
		this.emit('changed', change);
	}

	command(id: CommandId): void {
		this.emit('command', { id });
	}

	/** Puts a node into view; one that has just opened does so once it knows the flow. */
	reveal(node: NodeId): void {
		if (this.#isOpen) this.emit('reveal', { node });
		else this.#wanted = node;
	}

	override dispose(): void {
		if (this.isDisposed) return;
		this.document.pages.delete(this);
		if (this.panel.active) setContext('quarterdeck.flowGraphFocus', false);
		this.#closed.fire();
		super.dispose();
	}

	async #open(): Promise<EditorSnapshot> {
		const { document, uri } = this;
		const { world, runs, pins, checker } = this.parts;
		await Promise.all([pins.look(uri), world.ready]);
		this.#readonlyReason = readonlyReason(uri);
		// The graph of a large flow is seen before its problems are known.
		const isLarge = Object.keys(document.sync.flow.nodes).length > mostAtOnce;
		if (!isLarge) await checker.checkNow(uri);
		const run = await this.shown.open();
		// After the answer to this.
		setImmediate(() => {
			if (isLarge) checker.checkSoon(uri);
			this.#isOpen = true;
			const wanted = this.#wanted;
			this.#wanted = undefined;
			if (wanted !== undefined) this.reveal(wanted);
		});
		return {
			mode: this.isReadonly ? 'readonly' : 'edit',
			reason: this.#readonlyReason,
			version: document.sync.version,
			flow: document.sync.flow,
			textError: this.#textError(),
			file: uri.path.split('/').at(-1) ?? '',
			catalog: world.views,
			problems: this.#problemViews(),
			compare: null,
			isTrusted: vscode.workspace.isTrusted,
			keys: 'host',
			offers,
			breakpoints: runs.breakpointsOf(uri),
			pins: pins.nodesOf(uri),
			triggers: this.#triggers(),
			caps: runs.capsOf(document.sync.flow),
			run,
		};
	}

	#follow(): void {
		const { document, uri } = this;
		const { checker, runs, pins, world } = this.parts;
		this.own(document.onDidChangeReadable(() => this.emit('textError', this.#textError())));
		this.own(
			checker.onDidCheck(checked => {
				if (checked.toString() === uri.toString()) this.emit('problems', this.#problemViews());
			}),
		);
		this.own(world.onDidChange(() => this.emit('portsChanged', null)));
		this.own(
			checker.onDidChangeFlow(({ path }) => {
				if (path !== uri.path && callsFlows(document.sync.flow)) this.emit('portsChanged', null);
			}),
		);
		this.own(world.onDidChangeTypes(() => this.emit('catalog', world.views)));
		this.own(
			pins.onDidChange(flow => {
				if (flow.toString() === uri.toString()) this.emit('pins', pins.nodesOf(uri));
			}),
		);
		this.own(
			runs.onDidChangeBreakpoints(() => {
				this.emit('breakpoints', runs.breakpointsOf(uri));
			}),
		);
		const emitTriggers = (): void => this.emit('triggers', this.#triggers());
		this.own(this.parts.triggers.onDidChange(emitTriggers));
		this.own(document.onDidChange(emitTriggers));
		this.own(vscode.workspace.onDidGrantWorkspaceTrust(() => this.#emitMode()));
	}

	#emitMode(): void {
		this.#readonlyReason = readonlyReason(this.uri);
		const mode = this.isReadonly ? 'readonly' : 'edit';
		this.emit('mode', { mode, reason: this.#readonlyReason, isTrusted: vscode.workspace.isTrusted });
	}

	#triggers(): readonly TriggerView[] {
		return this.parts.triggers.viewsOf(this.uri, this.document.sync.flow);
	}

	#problemViews(): readonly ProblemView[] {
		this.#problems = this.parts.checker.problemsOf(this.uri);
		return this.#problems.map(problemView);
	}

	#textError(): TextError | null {
		const problem = this.document.textError;
		return problem ? { message: problem.message, line: (problem.range?.line ?? 0) + 1 } : null;
	}
}

const offers: readonly HostOffer[] = [
	'run',
	'layout',
	'extract',
	'importN8n',
	'openSubflow',
	'openText',
	'openValue',
	'editParam',
	'completions',
	'compareRuns',
	'replay',
	'tests',
	'pins',
	'triggers',
];

/** Why a document cannot be changed here, in a sentence; `null` when it can. */
function readonlyReason({ scheme, fsPath }: vscode.Uri): string | null {
	if (scheme === 'file') {
		return isWritable(fsPath)
			? null
			: 'The file may not be written: it can be looked at and run, and not changed. Change its permissions to edit it.';
	}
	if (scheme === 'untitled' || vscode.workspace.fs.isWritableFileSystem(scheme) === true) return null;
	return 'This is not the file itself, so it can be looked at and not changed.';
}
