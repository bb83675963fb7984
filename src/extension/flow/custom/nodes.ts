import { watch } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { errorText } from '../../../core/base/errors';
import { Emitter } from '../../../core/base/event';
import { DisposableStore, MutableDisposable, Owner, toDisposable, type Disposable } from '../../../core/base/lifecycle';
import { capabilityWords } from '../../../core/flow/custom/capabilities';
import { CustomNodes, type CustomNodeView, type NodeSource } from '../../../core/flow/custom/customNodes';
import { customFolder } from '../../../core/flow/custom/newNode';
import { customSources } from '../../../core/flow/custom/sources';
import { usedParts } from '../../../core/flow/custom/usedParts';
import type { Flow } from '../../../core/flow/model/flow';
import type { CustomRemark } from '../../../core/flow/model/validate/checks';
import type { NodeType } from '../../../core/flow/nodes/nodeType';
import type { Sandbox } from '../../../core/flow/sandbox/sandbox';
import type { Host } from '../../host/context';
import { workspaceFolders } from '../../host/workspace';
import { NodeGrants } from './grants';

/** Files that change together, as a checkout does, are read together; milliseconds. */
const restMs = 200;
/** The folder's own coming and going is told of it alone. */
const watched = `{**/.quarterdeck,**/${customFolder},**/${customFolder}/*.js}`;

/** A file of `.quarterdeck/nodes` as it lies there, run or not. */
export interface ListedNode {
	readonly uri: vscode.Uri;
	/** `custom.word-count`. */
	readonly type: string;
	readonly path: string;
	/** `undefined`: it is no node now, or the workspace is not trusted. */
	readonly view: CustomNodeView | undefined;
	/** Why it is none. */
	readonly problem: string | undefined;
}

/**
 * The custom nodes of the workspace's folders. They are described in the sandbox whenever their files change; in a
 * workspace that is not trusted they are listed, and nothing of them runs.
 */
export class WorkspaceNodes extends Owner {
	readonly grants: NodeGrants;
	readonly #host: Host;
	readonly #nodes: CustomNodes;
	readonly #diagnostics = this.own(vscode.languages.createDiagnosticCollection('quarterdeck-nodes'));
	readonly #timer = this.own(new MutableDisposable<Disposable>());
	readonly #folders = this.own(new MutableDisposable<DisposableStore>());
	readonly #stop = new AbortController();
	readonly #changed = this.own(new Emitter<void>());
	/** Types, files, problems or permissions are others. */
	readonly onDidChange = this.#changed.event;
	#files: ReadonlyMap<string, vscode.Uri> = new Map();
	#ready: Promise<void>;

	constructor(host: Host, sandbox: () => Sandbox) {
		super();
		this.#host = host;
		this.grants = this.own(new NodeGrants(host));
		// The sandbox's thread starts with the first file.
		const lazy = { run: async (...args: Parameters<Sandbox['run']>) => sandbox().run(...args) };
		this.#nodes = this.own(new CustomNodes({ sandbox: lazy, grants: this.grants }));
		this.own(this.grants.onDidChange(() => this.#changed.fire()));
		const watcher = this.own(vscode.workspace.createFileSystemWatcher(watched));
		for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete])
			this.own(event(() => this.#later()));
		this.own(vscode.workspace.onDidChangeWorkspaceFolders(() => this.#later()));
		this.own(vscode.workspace.onDidGrantWorkspaceTrust(() => this.#later()));
		this.#ready = this.#read();
	}

	/** Resolves when the files have been read as they were when it was asked for. */
	get ready(): Promise<void> {
		return this.#ready;
	}

	/** Reads the files now: after one of them was written by us. */
	refresh(): Promise<void> {
		this.#timer.value = undefined;
		this.#ready = this.#read();
		return this.#ready;
	}

	get types(): readonly NodeType[] {
		return this.#nodes.types;
	}

	/** Every file, by its path. */
	get list(): readonly ListedNode[] {
		const views = new Map(this.#nodes.views.map(view => [view.path, view]));
		const problems = new Map(this.#nodes.problems.map(({ path, message }) => [path, message]));
		return [...this.#files].map(([path, uri]) => ({
			uri,
			path,
			type: typeOf(path),
			view: views.get(path),
			problem: problems.get(path),
		}));
	}

	/** What a flow's Problems say of a custom type. */
	remark(type: string, lastHash: string | undefined): CustomRemark | undefined {
		const name = type.slice('custom.'.length);
		const listed = this.list.find(each => each.type === type);
		if (!listed) return undefined;
		if (!vscode.workspace.isTrusted) {
			const message = `“${name}” is a custom node: ${listed.path} is not read before the workspace is trusted.`;
			return { severity: 'warning', message };
		}
		if (listed.problem !== undefined) return { severity: 'error', message: `“${name}”: ${listed.problem}` };
		const { view } = listed;
		if (!view) return undefined;
		if (view.missing.length > 0) {
			const wishes = view.missing.map(capabilityWords).join('; ');
			const when = this.grants.hadEarlier(view) ? 'has changed since you allowed it, and asks' : 'asks';
			return { severity: 'hint', message: `${view.path} ${when} to ${wishes}. You are asked when the flow runs.` };
		}
		if (this.#nodes.stateOf(type, lastHash) !== 'changed') return undefined;
		return { severity: 'hint', message: `${view.path} has changed since this flow ran with it.` };
	}

	/** The versions of the custom nodes among the types. */
	versionsOf(types: Iterable<string>): Readonly<Record<string, string>> {
		const hashes = new Map(this.#nodes.views.map(({ type, hash }) => [type, hash]));
		return Object.fromEntries([...types].flatMap(type => (hashes.has(type) ? [[type, hashes.get(type) ?? '']] : [])));
	}

	/**
	 * Asks for what the custom nodes of a flow have not been granted, and keeps which versions of them it runs with.
	 * @returns whether the run may begin
	 */
	async permit(file: string, flow: Flow, load: (path: string) => Flow | undefined): Promise<boolean> {
		const { types } = await usedParts(flow, path => Promise.resolve(load(path)));
		for (const { view, uri } of this.list) {
			if (!view || !types.has(view.type) || view.missing.length === 0) continue;
			if (!(await this.grants.ask(view, async () => void (await vscode.window.showTextDocument(uri))))) return false;
		}
		const versions = this.versionsOf(types);
		const before = this.#host.state.flowNodeVersions(file);
		if (Object.entries(versions).every(([type, hash]) => before[type] === hash)) return true;
		await this.#host.state.setFlowNodeVersions(file, versions);
		this.#changed.fire();
		return true;
	}

	override dispose(): void {
		super.dispose();
		this.#stop.abort();
	}

	#later(): void {
		this.#timer.value = this.#host.clock.after(restMs, () => void this.refresh());
	}

	async #read(): Promise<void> {
		try {
			const { sources, files } = await allSources();
			if (this.isDisposed) return;
			this.#files = files;
			this.#watchFolders();
			await this.#nodes.update(vscode.workspace.isTrusted ? sources : [], this.#stop.signal);
		} catch (error) {
			if (!this.isDisposed) this.#host.log.warn(`Custom nodes could not be read: ${errorText(error)}`);
		}
		if (this.isDisposed) return;
		this.#diagnose();
		this.#changed.fire();
	}

	/** VS Code's watcher may miss files of a folder that has just been made: each folder has one of its own as well. */
	#watchFolders(): void {
		const store = new DisposableStore();
		for (const folder of workspaceFolders()) {
			try {
				const watcher = watch(join(folder, customFolder), { persistent: false }, () => this.#later());
				watcher.on('error', () => watcher.close());
				store.add(toDisposable(() => watcher.close()));
			} catch {
				// Most folders have no custom nodes.
			}
		}
		this.#folders.value = store;
	}

	#diagnose(): void {
		this.#diagnostics.clear();
		for (const { path, message, line, column } of this.#nodes.problems) {
			const uri = this.#files.get(path);
			if (!uri) continue;
			const at = new vscode.Range(line - 1, column - 1, line - 1, column);
			const diagnostic = new vscode.Diagnostic(at, message);
			diagnostic.source = 'Quarterdeck';
			this.#diagnostics.set(uri, [diagnostic]);
		}
	}
}

/** The files of all folders; with several folders a path begins with its folder's name. */
async function allSources(): Promise<{
	readonly sources: readonly NodeSource[];
	readonly files: ReadonlyMap<string, vscode.Uri>;
}> {
	const folders = workspaceFolders();
	const files = new Map<string, vscode.Uri>();
	const sources: NodeSource[] = [];
	for (const folder of folders) {
		for (const { path, text } of await customSources(folder)) {
			const uri = vscode.Uri.file(join(folder, path));
			const shown = vscode.workspace.asRelativePath(uri);
			files.set(shown, uri);
			sources.push({ path: shown, text });
		}
	}
	return { sources, files };
}

function typeOf(path: string): string {
	return `custom.${path.split('/').at(-1)?.replace(/\.js$/u, '') ?? ''}`;
}
