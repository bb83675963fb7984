import type * as vscode from 'vscode';
import type { Clock } from '../../core/base/clock';
import { errorText } from '../../core/base/errors';
import type { Logger } from '../../core/base/logger';
import { costsTree } from '../../core/ledger/views/costsTree';
import { failureNodes, type ViewNode } from '../../core/ledger/views/viewNode';
import type { CostsSource } from './costsSource';
import { LiveTree } from './liveTree';
import type { TreeRow } from './treeRow';

export interface CostsProviderDeps {
	readonly source: CostsSource;
	readonly clock: Clock;
	readonly log: Logger;
	readonly view: vscode.TreeView<TreeRow>;
}

/** What was spent, as a tree. */
export class CostsProvider extends LiveTree {
	readonly #deps: CostsProviderDeps;

	constructor(deps: CostsProviderDeps) {
		super(deps.clock, deps.view);
		this.#deps = deps;
		this.own(deps.source.onDidChange(() => this.outdated()));
	}

	protected override async load(): Promise<void> {
		this.draw(await this.#nodes());
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
