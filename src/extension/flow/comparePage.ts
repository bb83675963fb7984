import * as vscode from 'vscode';
import { MutableDisposable, Owner, type Disposable } from '../../core/base/lifecycle';
import { portsOf } from '../../core/flow/assist';
import { checkedEditor } from '../../core/flow/editorChecks';
import type { CompareMarks, EditorSnapshot, FlowEditorContract, TextError } from '../../core/flow/editorProtocol';
import { compareView } from '../../core/flow/editorViews';
import { emptyFlow, type Flow } from '../../core/flow/model/flow';
import { parseFlow, type FlowParse } from '../../core/flow/model/parse';
import { serve, type Handlers, type Server } from '../../core/rpc/rpc';
import type { WebviewPort } from '../host/webviewHost';
import { textOf } from './files';
import { sideNames, sidesOf, type ComparedSides } from './compareSources';
import { gitOf } from './git';
import type { FlowParts } from './parts';

/** Compared again this long after the last change, milliseconds. */
const restMs = 300;

interface Compared {
	readonly flow: Flow;
	readonly compare: CompareMarks | null;
	readonly textError: TextError | null;
}

/**
 * Two versions of a flow as one graph, read-only, with what differs: those that the address names, or what Git keeps and
 * the file.
 */
export class ComparePage extends Owner {
	readonly #document: vscode.TextDocument;
	readonly #parts: FlowParts;
	readonly #sides: ComparedSides;
	readonly #server: Server<FlowEditorContract>;
	readonly #timer = this.own(new MutableDisposable<Disposable>());
	#version = 1;

	constructor(document: vscode.TextDocument, panel: vscode.WebviewPanel, port: WebviewPort, parts: FlowParts) {
		super();
		this.#document = document;
		this.#parts = parts;
		this.#sides = sidesOf(document.uri);
		const { catalog, ports: world } = parts.world;
		const handlers: Partial<Handlers<FlowEditorContract>> = {
			open: () => this.#open(),
			ports: ({ nodes }) => nodes.map(node => portsOf(catalog, world, node)),
			focus: () => undefined,
			watch: () => undefined,
			runs: () => [],
		};
		// Everything else is refused as unknown: a comparison can be looked at only.
		this.#server = this.own(serve<FlowEditorContract>(port, checkedEditor(handlers as Handlers<FlowEditorContract>)));
		const compared = new Set([this.#sides.before, this.#sides.after].map(String));
		this.own(
			vscode.workspace.onDidChangeTextDocument(({ document: changed }) => {
				if (changed === document || compared.has(changed.uri.toString())) this.#later();
			}),
		);
		// What is not open as a text tells nothing when it changes on disk.
		const { before, after } = this.#sides;
		for (const { scheme, path } of [before, after]) {
			if (scheme !== 'file') continue;
			const folder = vscode.Uri.file(path.slice(0, path.lastIndexOf('/')));
			const pattern = new vscode.RelativePattern(folder, path.slice(path.lastIndexOf('/') + 1));
			const watcher = this.own(vscode.workspace.createFileSystemWatcher(pattern));
			for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete])
				this.own(event(() => this.#later()));
		}
		this.own(panel.onDidChangeViewState(() => panel.visible && this.#later()));
		void this.#followGit();
	}

	async #open(): Promise<EditorSnapshot> {
		const shown = await this.#compare();
		const { world } = this.#parts;
		return {
			...shown,
			mode: 'compare',
			reason: null,
			version: this.#version,
			file: this.#document.uri.path.split('/').at(-1) ?? '',
			catalog: world.views,
			problems: [],
			isTrusted: true,
			keys: 'page',
			offers: [],
			breakpoints: [],
			pins: [],
			triggers: [],
			caps: {},
			run: null,
		};
	}

	#later(): void {
		this.#timer.value = this.#parts.host.clock.after(restMs, () => void this.#tell());
	}

	async #tell(): Promise<void> {
		const { flow, compare, textError } = await this.#compare();
		if (this.isDisposed) return;
		this.#server.emit('changed', { version: ++this.#version, flow, compare });
		this.#server.emit('textError', textError);
	}

	/** A commit, a checkout and staging make other versions of what Git keeps. */
	async #followGit(): Promise<void> {
		const { before, after } = this.#sides;
		const kept = [before, after].find(({ scheme }) => scheme === 'git');
		const git = kept && (await gitOf(vscode.Uri.file(kept.path)));
		if (git && !this.isDisposed) this.own(git.repository.state.onDidChange(() => this.#later()));
	}

	async #compare(): Promise<Compared> {
		const { before, after } = this.#sides;
		const [old, fresh] = await Promise.all([this.#read(before), this.#read(after)]);
		const broken = [old, fresh].find(side => side !== undefined && !side.flow);
		if (broken) {
			const shown = fresh?.flow ?? old?.flow ?? emptyFlow('flow', '');
			return { flow: shown, compare: null, textError: errorOf(broken) };
		}
		// A side that is not there is empty: everything was added, or is gone.
		const none = {
			...(old?.flow ?? fresh?.flow ?? emptyFlow('flow', '')),
			nodes: {},
			edges: [],
			layout: {},
			groups: {},
		};
		return { ...compareView(old?.flow ?? none, fresh?.flow ?? none, sideNames(this.#sides)), textError: null };
	}

	/** `undefined` when there is no such version. */
	async #read(uri: vscode.Uri): Promise<FlowParse | undefined> {
		const isOwn = uri.toString() === this.#document.uri.toString();
		const text = isOwn ? this.#document.getText() : await textOf(uri).catch(() => undefined);
		return text === undefined || text === '' ? undefined : parseFlow(text);
	}
}

function errorOf({ problems }: FlowParse): TextError {
	const [first] = problems;
	return { message: first?.message ?? 'This is no flow.', line: (first?.range?.line ?? 0) + 1 };
}
