import type * as vscode from 'vscode';
import type { Lazy } from '../../core/base/async';
import type { Clock } from '../../core/base/clock';
import { errorText } from '../../core/base/errors';
import { Emitter } from '../../core/base/event';
import { MutableDisposable, Owner, type Disposable } from '../../core/base/lifecycle';
import type { Logger } from '../../core/base/logger';
import type { ExecutionRow, Ledger } from '../../core/ledger/queries';
import { executionsTree, isLive } from '../../core/ledger/views/executionsTree';
import { isFiltered } from '../../core/ledger/views/filter';
import { failureNodes } from '../../core/ledger/views/viewNode';
import type { ChatActions } from '../chat/actions';
import type { FilterState } from './filterState';
import { Refresher } from './refresher';
import { toTreeItem, TreeRows, type TreeRow } from './treeRow';

/** Rows read at once, and again with each "Show more…". */
const pageSize = 200;
const refreshInterval = 500;

export interface ExecutionsProviderDeps {
	readonly ledger: Lazy<Ledger>;
	readonly chat: ChatActions;
	readonly clock: Clock;
	readonly log: Logger;
	readonly filter: FilterState;
	readonly view: vscode.TreeView<TreeRow>;
}

/** The executions as a live tree. It reads the ledger when it is looked at, and again when something in it changed. */
export class ExecutionsProvider extends Owner implements vscode.TreeDataProvider<TreeRow> {
	readonly #deps: ExecutionsProviderDeps;
	readonly #changed = this.own(new Emitter<TreeRow | TreeRow[] | undefined>());
	readonly onDidChangeTreeData = this.#changed.event;
	readonly #rows = new TreeRows();
	readonly #refresher: Refresher;
	readonly #tick = this.own(new MutableDisposable<Disposable>());
	#executions: readonly ExecutionRow[] = [];
	#hasMore = false;
	#limit = pageSize;
	#failure: string | undefined;
	#first: Promise<void> | undefined;
	#isListening = false;
	#isStale = false;

	constructor(deps: ExecutionsProviderDeps) {
		super();
		this.#deps = deps;
		this.#refresher = this.own(new Refresher(deps.clock, refreshInterval, () => this.#load()));
		this.own(
			deps.filter.onDidChange(() => {
				this.#limit = pageSize;
				this.#refresher.request();
			}),
		);
		this.own(deps.view.onDidChangeVisibility(() => this.#onVisible()));
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

	/** Reads older executions too. */
	showMore(): void {
		this.#limit += pageSize;
		this.#refresher.request();
	}

	/** Reads again, after a failure. */
	retry(): void {
		this.#refresher.request();
	}

	async #load(): Promise<void> {
		try {
			const ledger = await this.#deps.ledger.get();
			if (!this.#isListening && !this.isDisposed) {
				this.#isListening = true;
				this.own(
					ledger.onDidChange(change => {
						if (change.executions.length > 0) this.#onChange();
					}),
				);
			}
			const rows = await ledger.query('executions', { ...this.#deps.filter.value, limit: this.#limit + 1 });
			this.#hasMore = rows.length > this.#limit;
			this.#executions = rows.slice(0, this.#limit);
			this.#failure = undefined;
		} catch (error) {
			this.#deps.log.error(error instanceof Error ? error : errorText(error));
			this.#failure = errorText(error);
		}
		this.#draw();
	}

	#onChange(): void {
		if (this.#deps.view.visible) this.#refresher.request();
		else this.#isStale = true;
	}

	#onVisible(): void {
		if (this.#deps.view.visible && this.#isStale) {
			this.#isStale = false;
			this.#refresher.request();
		}
		this.#scheduleTick();
	}

	/** Shows what is known now, and tells VS Code which rows look different. */
	#draw(): void {
		if (this.isDisposed) return;
		const nodes =
			this.#failure === undefined
				? executionsTree({
						rows: this.#executions,
						hasMore: this.#hasMore,
						isFiltered: isFiltered(this.#deps.filter.value),
						now: this.#deps.clock.now(),
						isRunningHere: id => this.#deps.chat.isRunningHere(id),
						commands: { open: 'quarterdeck.executions.open', more: 'quarterdeck.executions.more' },
					})
				: failureNodes(this.#failure, { output: 'quarterdeck.showOutput', retry: 'quarterdeck.ledger.retry' });
		const { rows } = this.#rows.update(nodes);
		if (rows === undefined) this.#changed.fire(undefined);
		else if (rows.length > 0) this.#changed.fire([...rows]);
		this.#scheduleTick();
	}

	/** A running row's clock moves once a second, and only while somebody can see it. */
	#scheduleTick(): void {
		const isNeeded = this.#deps.view.visible && this.#failure === undefined && this.#executions.some(isLive);
		if (!isNeeded) this.#tick.value = undefined;
		else this.#tick.value ??= this.#deps.clock.after(1000, () => this.#onTick());
	}

	#onTick(): void {
		this.#tick.value = undefined;
		this.#draw();
	}
}
