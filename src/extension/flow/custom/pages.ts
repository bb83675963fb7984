import * as vscode from 'vscode';
import { ExpectedError } from '../../../core/base/errors';
import { Owner, type Disposable, DisposableStore } from '../../../core/base/lifecycle';
import { capabilityWords } from '../../../core/flow/custom/capabilities';
import { describeFile } from '../../../core/flow/custom/customFile';
import { customNode, customType, missingGrants } from '../../../core/flow/custom/customNode';
import type { CustomNodeView } from '../../../core/flow/custom/customNodes';
import { customPath, newCustomNode, newNodeShape, nodeName, readNodeForm } from '../../../core/flow/custom/newNode';
import type { NodePageContract, NodePageView } from '../../../core/flow/custom/nodePageProtocol';
import type { WrittenNode } from '../../../core/flow/custom/writeNode';
import type { NodeType } from '../../../core/flow/nodes/nodeType';
import { serve } from '../../../core/rpc/rpc';
import { z } from 'zod';
import type { WebviewPort } from '../../host/webviewHost';
import type { FlowService } from '../service';
import { trialSchema, tryNode } from './trial';
import { closeDraft, folderOfNode, saveNode, showDraft, writeWithModel } from './writing';

/** What a model wrote and nobody has saved. */
export interface Draft {
	written: WrittenNode;
	readonly folder: vscode.Uri;
	readonly model: string;
}

interface Tried {
	readonly type: NodeType;
	readonly view: CustomNodeView;
	readonly cwd: string;
	readonly problem: string | null;
}

const lineShape = z.object({ line: z.int().min(1).max(1_000_000).nullable() });
const wishShape = z.object({ wish: z.string().min(1).max(20_000) });

/** Pages of custom nodes: the form of a new one, and one that is tried out, saved or not. */
export class NodePages extends Owner {
	readonly #service: FlowService;
	readonly #drafts = new Map<string, Draft>();
	#next = 1;

	constructor(service: FlowService) {
		super();
		this.#service = service;
	}

	/** The identity of a page on what a model wrote. */
	keepDraft(draft: Draft): string {
		const identity = `draft:${this.#next++}`;
		this.#drafts.set(identity, draft);
		return identity;
	}

	connect(identity: string, port: WebviewPort, panel: vscode.WebviewPanel): Disposable {
		return new NodePageHost(this.#service, identity, this.#drafts.get(identity), port, panel);
	}
}

class NodePageHost extends Owner {
	readonly #service: FlowService;
	readonly #panel: vscode.WebviewPanel;
	readonly #store = this.own(new DisposableStore());
	#uri: vscode.Uri | undefined;
	#draft: Draft | undefined;
	readonly #isForm: boolean;
	#trial = new AbortController();

	constructor(
		service: FlowService,
		identity: string,
		draft: Draft | undefined,
		port: WebviewPort,
		panel: vscode.WebviewPanel,
	) {
		super();
		this.#service = service;
		this.#panel = panel;
		this.#draft = draft;
		this.#isForm = identity === 'new';
		this.#uri = identity.startsWith('try:') ? vscode.Uri.parse(identity.slice(4), true) : undefined;
		const server = this.own(
			serve<NodePageContract>(port, {
				openNode: async () => {
					await service.nodes.ready;
					return this.#view();
				},
				createNode: ({ form }) => this.#create(form),
				tryNode: ({ input }) => this.#try(input),
				stopTrial: () => this.#trial.abort(),
				openNodeFile: given => this.#openFile(lineShape.parse(given).line),
				saveNode: () => this.#save(),
				changeNode: async given => {
					await this.#change(wishShape.parse(given).wish);
					server.emit('nodeChanged', await this.#view());
				},
				closeNode: () => panel.dispose(),
			}),
		);
		const tell = async (): Promise<void> => {
			if (!this.isDisposed && this.#uri) server.emit('nodeChanged', await this.#view());
		};
		this.#store.add(service.nodes.onDidChange(() => void tell()));
	}

	override dispose(): void {
		super.dispose();
		this.#trial.abort();
	}

	async #view(): Promise<NodePageView | null> {
		if (this.#isForm) return { kind: 'new', schema: z.toJSONSchema(newNodeShape, { io: 'input' }) };
		const written = this.#draft ? { explanation: this.#draft.written.explanation } : null;
		const path = this.#draft?.written.file.path ?? (this.#uri && vscode.workspace.asRelativePath(this.#uri));
		if (path === undefined) return null;
		const tried = await this.#tried().catch((error: unknown) => error as Error);
		if (tried instanceof Error) {
			const schema = { type: 'object', properties: {} };
			return {
				kind: 'try',
				title: path.split('/').at(-1) ?? '',
				path,
				schema,
				reaches: [],
				written,
				problem: tried.message,
			};
		}
		const { type, view } = tried;
		const reaches = view.capabilities.map(capabilityWords);
		return {
			kind: 'try',
			title: type.title,
			path,
			schema: trialSchema(type),
			reaches,
			written,
			problem: tried.problem,
		};
	}

	/** The node as it is now. */
	async #tried(): Promise<Tried> {
		const { nodes, services, world } = this.#service;
		const draft = this.#draft;
		if (draft) {
			const { path, source } = draft.written.file;
			const file = await describeFile(services.sandbox, path, source, AbortSignal.timeout(20_000));
			const type = customNode(file, { sandbox: services.sandbox, grants: nodes.grants }) as NodeType;
			const { title, capabilities } = file.description;
			const missing = missingGrants(file, nodes.grants);
			const view = { type: customType(file.description), title, path, hash: file.hash, capabilities, missing };
			return { type, view, cwd: draft.folder.fsPath, problem: null };
		}
		const listed = nodes.list.find(({ uri }) => uri.toString() === this.#uri?.toString());
		if (!listed) throw new ExpectedError('not-found', 'This file is not there any more.');
		const type = listed.view && world.catalog.find(listed.view.type);
		if (!type || !listed.view) {
			const untrusted = 'The file is read and run once the workspace is trusted.';
			throw new ExpectedError('custom-shape', listed.problem ?? untrusted);
		}
		return { type, view: listed.view, cwd: folderOfNode(listed.uri), problem: null };
	}

	async #create(form: unknown): Promise<void> {
		const filled = readNodeForm(form);
		const folder = await pickFolder();
		if (!folder) return;
		const node = { path: customPath(nodeName(filled)), source: newCustomNode(filled) };
		const file = await saveNode(this.#service, folder, node, false);
		if (!file) return;
		this.#panel.dispose();
		await vscode.window.showTextDocument(file, { viewColumn: vscode.ViewColumn.Beside });
	}

	async #try(input: unknown): ReturnType<typeof tryNode> {
		this.#trial.abort();
		this.#trial = new AbortController();
		const { signal } = this.#trial;
		const { type, view, cwd } = await this.#tried();
		if (!(await this.#service.nodes.grants.ask(view, () => this.#openFile(null)))) {
			throw new ExpectedError('custom-not-granted', 'It was not allowed to reach what it asks for, and was not run.');
		}
		return tryNode(this.#service, { type, cwd, input, signal });
	}

	async #openFile(line: number | null): Promise<void> {
		if (this.#draft) return showDraft(this.#draft.folder, this.#draft.written.file);
		if (!this.#uri) return;
		const at = line === null ? undefined : new vscode.Range(line - 1, 0, line - 1, 0);
		await vscode.window.showTextDocument(this.#uri, {
			viewColumn: this.#panel.viewColumn === vscode.ViewColumn.One ? vscode.ViewColumn.Two : vscode.ViewColumn.One,
			...(at ? { selection: at } : {}),
		});
	}

	async #save(): Promise<void> {
		if (!this.#draft) return;
		const { folder, written } = this.#draft;
		const file = await saveNode(this.#service, folder, written.file, true);
		if (!file) return;
		await closeDraft(written.file);
		this.#panel.dispose();
		await vscode.window.showTextDocument(file, { viewColumn: vscode.ViewColumn.One });
	}

	async #change(description: string): Promise<void> {
		const draft = this.#draft;
		if (!draft) return;
		const { folder, model } = draft;
		const current = draft.written.file.source;
		const written = await writeWithModel(this.#service, { description, cwd: folder.fsPath, model, current });
		if (!written) return;
		await closeDraft(draft.written.file);
		draft.written = written;
		await showDraft(folder, written.file);
	}
}

/** The folder that a new node is for; `undefined` when the user cancels. */
export async function pickFolder(): Promise<vscode.Uri | undefined> {
	const folders = vscode.workspace.workspaceFolders?.filter(({ uri }) => uri.scheme === 'file') ?? [];
	if (folders.length === 0) throw new ExpectedError('no-folder', 'Open a folder first: custom nodes lie in one.');
	if (folders.length === 1) return folders[0]?.uri;
	return (await vscode.window.showWorkspaceFolderPick({ placeHolder: 'In which folder does the node lie?' }))?.uri;
}
