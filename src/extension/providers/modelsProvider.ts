import * as vscode from 'vscode';
import { errorText } from '../../core/base/errors';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import { modelsTree } from '../../core/providers/views/modelsTree';
import type { Host } from '../host/context';
import { toTreeItem, TreeRows, type TreeRow } from '../ledger/treeRow';
import { Refresher } from '../ledger/refresher';
import type { ProviderService } from './service';

/** Ten providers answer within a second: their rows change together. */
const redrawMs = 100;

/** The providers and their models, asked when the view is looked at. */
export class ModelsProvider extends Owner implements vscode.TreeDataProvider<TreeRow> {
	readonly #host: Host;
	readonly #service: ProviderService;
	readonly #rows = new TreeRows();
	readonly #changed = this.own(new Emitter<TreeRow | TreeRow[] | undefined>());
	readonly onDidChangeTreeData = this.#changed.event;

	constructor(host: Host, service: ProviderService, view: vscode.TreeView<TreeRow>) {
		super();
		this.#host = host;
		this.#service = service;
		const redraw = this.own(new Refresher(host.clock, redrawMs, () => Promise.resolve(this.#update())));
		this.own(service.onDidChange(() => redraw.request()));
		this.own(
			view.onDidChangeVisibility(({ visible }) => {
				if (visible) this.#ask();
			}),
		);
		this.#update();
		this.#ask();
	}

	getTreeItem(row: TreeRow): vscode.TreeItem {
		return toTreeItem(row);
	}

	getChildren(row?: TreeRow): TreeRow[] {
		return row ? (row.children ?? []) : this.#rows.roots;
	}

	getParent(row: TreeRow): TreeRow | undefined {
		return row.parent;
	}

	#ask(): void {
		this.#service.refreshIfOld().catch((error: unknown) => this.#host.log.error(errorText(error)));
	}

	#update(): void {
		// Nothing is asked in an untrusted workspace, so there is nothing to show but why: the view's welcome text.
		const { rows } = this.#rows.update(vscode.workspace.isTrusted ? modelsTree(this.#service.view) : []);
		if (rows === undefined) this.#changed.fire(undefined);
		else if (rows.length > 0) this.#changed.fire([...rows]);
	}
}
