import type * as vscode from 'vscode';
import type { Clock } from '../../core/base/clock';
import { errorText } from '../../core/base/errors';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import type { Logger } from '../../core/base/logger';
import { costsTree } from '../../core/ledger/views/costsTree';
import { failureNodes, type ViewNode } from '../../core/ledger/views/viewNode';
import type { CostsSource } from './costsSource';
import { Refresher } from './refresher';
import { toTreeItem, TreeRows, type TreeRow } from './treeRow';

const refreshInterval = 500;

export interface CostsProviderDeps {
	readonly source: CostsSource;
	readonly clock: Clock;
	readonly log: Logger;
	readonly view: vscode.TreeView<TreeRow>;
}

/** What was spent, as a tree that follows the ledger while it is looked at. */
export class CostsProvider extends Owner implements vscode.TreeDataProvider<TreeRow> {
	readonly #deps: CostsProviderDeps;
	readonly #changed = this.own(new Emitter<TreeRow | TreeRow[] | undefined>());
	readonly onDidChangeTreeData = this.#changed.event;
	readonly #rows = new TreeRows();
	readonly #refresher: Refresher;
	#first: Promise<void> | undefined;
	#isStale = false;

	constructor(deps: CostsProviderDeps) {
		super();
		this.#deps = deps;
		this.#refresher = this.own(new Refresher(deps.clock, refreshInterval, () => this.#load()));
		this.own(
			deps.source.onDidChange(() => {
				if (deps.view.visible) this.#refresher.request();
				else this.#isStale = true;
			}),
		);
		this.own(
			deps.view.onDidChangeVisibility(() => {
				if (!deps.view.visible || !this.#isStale) return;
				this.#isStale = false;
				this.#refresher.request();
			}),
		);
	}

	getTreeItem(row: TreeRow): vscode.TreeItem {
		return toTreeItem(row);
	}

	async getChildren(row?: TreeRow): Promise<TreeRow[]> {
		if (row) return row.children ?? [];
		await (this.#first ??= this.#load());
		return this.#rows.roots;
	}

	getParent(row: TreeRow): TreeRow | undefined {
		return row.parent;
	}

	/** Reads again, after a failure. */
	retry(): void {
		this.#refresher.request();
	}

	async #load(): Promise<void> {
		const nodes = await this.#nodes();
		if (this.isDisposed) return;
		const { rows } = this.#rows.update(nodes);
		if (rows === undefined) this.#changed.fire(undefined);
		else if (rows.length > 0) this.#changed.fire([...rows]);
	}

	async #nodes(): Promise<ViewNode[]> {
		try {
			const { source, clock } = this.#deps;
			const rows = await source.read(['today', 'todayByModel', 'month', 'byModel', 'byProject', 'byDay', 'byMonth']);
			return costsTree(rows, source.budgets, clock.now());
		} catch (error) {
			this.#deps.log.error(error instanceof Error ? error : errorText(error));
			return failureNodes(errorText(error), { output: 'quarterdeck.showOutput', retry: 'quarterdeck.ledger.retry' });
		}
	}
}
