import * as vscode from 'vscode';
import { Emitter } from '../../core/base/event';
import { MutableDisposable, Owner, type Disposable } from '../../core/base/lifecycle';
import { parseFlow } from '../../core/flow/model/parse';
import { customNodesTree, type CustomNodeRow } from '../../core/flow/views/customNodesTree';
import { flowsTree, type FlowRow } from '../../core/flow/views/flowsTree';
import { toTreeItem, TreeRows, type TreeRow } from '../ledger/treeRow';
import type { ListedNode } from './custom/nodes';
import { flowSuffix } from './files';
import { fileOf } from './runs';
import type { FlowService } from './service';

const mostFlows = 500;
/** Changes closer to each other are shown together, milliseconds. */
const restMs = 400;

/** The flows of the workspace. Read when somebody looks, and again when a file or a run changes. */
export class FlowsTree extends Owner implements vscode.TreeDataProvider<TreeRow> {
	readonly #service: FlowService;
	readonly #rows = new TreeRows();
	readonly #changed = this.own(new Emitter<TreeRow | TreeRow[] | undefined>());
	readonly onDidChangeTreeData = this.#changed.event;
	readonly #timer = this.own(new MutableDisposable<Disposable>());
	#first: Promise<void> | undefined;

	constructor(service: FlowService) {
		super();
		this.#service = service;
		const { runs, checker, nodes, triggers } = service;
		const later = (): void => {
			this.#timer.value = service.host.clock.after(restMs, () => void this.#load());
		};
		this.own(runs.book.onDidBegin(later));
		this.own(runs.book.onDidEnd(later));
		this.own(checker.onDidCheck(later));
		this.own(nodes.onDidChange(later));
		this.own(triggers.onDidChange(later));
	}

	getTreeItem(row: TreeRow): vscode.TreeItem {
		const item = toTreeItem(row);
		const uri = vscode.Uri.parse(row.node.id, true);
		if (uri.scheme === 'quarterdeck') return item;
		item.resourceUri = uri;
		if (row.parent) item.command = { title: row.node.label, command: 'vscode.open', arguments: [uri] };
		return item;
	}

	async getChildren(row?: TreeRow): Promise<TreeRow[]> {
		if (row) return row.children ?? [];
		await this.#service.nodes.ready;
		await (this.#first ??= this.#load());
		return this.#rows.roots;
	}

	getParent(row: TreeRow): TreeRow | undefined {
		return row.parent;
	}

	async #load(): Promise<void> {
		const files = await vscode.workspace.findFiles(`**/*${flowSuffix}`, '**/node_modules/**', mostFlows);
		const rows = await Promise.all(files.map(uri => this.#row(uri)));
		if (this.isDisposed) return;
		const { host, nodes: custom } = this.#service;
		const nodes = [
			...flowsTree(rows, host.clock.now(), 'quarterdeck.flows.showGraph'),
			...customNodesTree(custom.list.map(customRow)),
		];
		const { rows: changed } = this.#rows.update(nodes);
		if (changed === undefined) this.#changed.fire(undefined);
		else if (changed.length > 0) this.#changed.fire([...changed]);
	}

	async #row(uri: vscode.Uri): Promise<FlowRow> {
		const { runs, checker, documents, triggers } = this.#service;
		const open = documents.find(uri)?.sync;
		const flow = open ? open.flow : await flowOf(uri);
		return {
			uri: uri.toString(),
			path: vscode.workspace.asRelativePath(uri),
			name: flow?.name ?? null,
			problems: checker.problemsOf(uri).filter(({ severity }) => severity === 'error').length,
			last: await runs.book.newest(fileOf(uri)),
			isRunningHere: runs.book.liveOf(fileOf(uri)) !== undefined,
			triggers: flow ? triggers.viewsOf(uri, flow) : [],
		};
	}
}

async function flowOf(uri: vscode.Uri): Promise<ReturnType<typeof parseFlow>['flow']> {
	try {
		return parseFlow(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri))).flow;
	} catch {
		return undefined; // Gone since: the next look does not find it.
	}
}

function customRow({ uri, path, view, problem }: ListedNode): CustomNodeRow {
	const { capabilities = [], missing = [] } = view ?? {};
	return { uri: uri.toString(), path, title: view?.title ?? null, problem: problem ?? null, capabilities, missing };
}
