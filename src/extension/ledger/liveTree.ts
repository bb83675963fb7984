import type * as vscode from 'vscode';
import type { Clock } from '../../core/base/clock';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import type { ViewNode } from '../../core/ledger/views/viewNode';
import { Refresher } from './refresher';
import { toTreeItem, TreeRows, type TreeRow } from './treeRow';

const refreshInterval = 500;

/** A tree that follows the ledger while it is looked at, and tells VS Code only of rows that look different. */
export abstract class LiveTree extends Owner implements vscode.TreeDataProvider<TreeRow> {
	readonly #changed = this.own(new Emitter<TreeRow | TreeRow[] | undefined>());
	readonly onDidChangeTreeData = this.#changed.event;
	readonly #view: vscode.TreeView<TreeRow>;
	readonly #rows = new TreeRows();
	readonly #refresher: Refresher;
	#first: Promise<void> | undefined;
	#isStale = false;

	constructor(clock: Clock, view: vscode.TreeView<TreeRow>) {
		super();
		this.#view = view;
		this.#refresher = this.own(new Refresher(clock, refreshInterval, () => this.load()));
		this.own(view.onDidChangeVisibility(() => this.onVisibility()));
	}

	getTreeItem(row: TreeRow): vscode.TreeItem {
		return toTreeItem(row);
	}

	async getChildren(row?: TreeRow): Promise<TreeRow[]> {
		if (row) return row.children ?? [];
		await (this.#first ??= this.load());
		return this.#rows.roots;
	}

	getParent(row: TreeRow): TreeRow | undefined {
		return row.parent;
	}

	/** Reads again, after a failure. */
	retry(): void {
		this.#refresher.request();
	}

	/** Reads what is to be shown and draws it. Failures are nodes too. */
	protected abstract load(): Promise<void>;

	/** Something that the tree shows is different: it is read again, now or when somebody looks. */
	protected outdated(): void {
		if (this.#view.visible) this.#refresher.request();
		else this.#isStale = true;
	}

	protected onVisibility(): void {
		if (!this.#view.visible || !this.#isStale) return;
		this.#isStale = false;
		this.#refresher.request();
	}

	protected draw(nodes: readonly ViewNode[]): void {
		if (this.isDisposed) return;
		const { rows } = this.#rows.update(nodes);
		if (rows === undefined) this.#changed.fire(undefined);
		else if (rows.length > 0) this.#changed.fire([...rows]);
	}
}
