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
import type { FlowParts } from './parts';

/** Compared again this long after the last change, milliseconds. */
const restMs = 300;

interface Compared {
	readonly flow: Flow;
	readonly compare: CompareMarks | null;
	readonly textError: TextError | null;
}

/** A flow that is not the file itself, such as the one that Git keeps: read-only, with what differs from the file. */
export class ComparePage extends Owner {
	readonly #document: vscode.TextDocument;
	readonly #parts: FlowParts;
	readonly #server: Server<FlowEditorContract>;
	readonly #timer = this.own(new MutableDisposable<Disposable>());
	#version = 1;

	constructor(document: vscode.TextDocument, port: WebviewPort, parts: FlowParts) {
		super();
		this.#document = document;
		this.#parts = parts;
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
		const file = workingFile(document.uri);
		this.own(
			vscode.workspace.onDidChangeTextDocument(({ document: changed }) => {
				if (changed === document || changed.uri.toString() === file.toString()) this.#later();
			}),
		);
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

	async #compare(): Promise<Compared> {
		const own = parseFlow(this.#document.getText());
		if (!own.flow) return { flow: emptyFlow('flow', ''), compare: null, textError: errorOf(own) };
		// Where the file is gone there is nothing to compare with.
		const file = await textOf(workingFile(this.#document.uri)).catch(() => undefined);
		const other = file === undefined ? undefined : parseFlow(file).flow;
		if (!other) return { flow: own.flow, compare: null, textError: null };
		return { ...compareView(own.flow, other, [nameOf(this.#document.uri), 'Working Tree']), textError: null };
	}
}

function errorOf({ problems }: FlowParse): TextError {
	const [first] = problems;
	return { message: first?.message ?? 'This is no flow.', line: (first?.range?.line ?? 0) + 1 };
}

/** The file that a version of it belongs to. */
export function workingFile(uri: vscode.Uri): vscode.Uri {
	return vscode.Uri.file(uri.path);
}

/** What Git calls the version: the query of its addresses has it. */
function nameOf({ query, scheme }: vscode.Uri): string {
	try {
		const { ref } = JSON.parse(query) as { readonly ref?: unknown };
		if (ref === '~' || ref === '') return 'Index';
		if (typeof ref === 'string') return /^[0-9a-f]{40}/.test(ref) ? ref.slice(0, 8) : ref;
	} catch {
		// Another extension's scheme.
	}
	return scheme;
}
