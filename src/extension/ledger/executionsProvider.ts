import type * as vscode from 'vscode';
import type { Lazy } from '../../core/base/async';
import type { Clock } from '../../core/base/clock';
import { errorText } from '../../core/base/errors';
import { MutableDisposable, type Disposable } from '../../core/base/lifecycle';
import type { Logger } from '../../core/base/logger';
import type { ExecutionRow, Ledger } from '../../core/ledger/queries';
import { executionsTree, isLive } from '../../core/ledger/views/executionsTree';
import { isFiltered } from '../../core/ledger/views/filter';
import { failureNodes } from '../../core/ledger/views/viewNode';
import type { ChatActions } from '../chat/actions';
import type { FlowActions } from '../flow/actions';
import { isRunningHere } from './commands';
import type { FilterState } from './filterState';
import { LiveTree } from './liveTree';
import type { TreeRow } from './treeRow';

/** Rows read at once, and again with each "Show more…". */
const pageSize = 200;

export interface ExecutionsProviderDeps {
	readonly ledger: Lazy<Ledger>;
	readonly chat: ChatActions;
	readonly flows: FlowActions;
	readonly clock: Clock;
	readonly log: Logger;
	readonly filter: FilterState;
	readonly view: vscode.TreeView<TreeRow>;
}

/** The executions as a live tree. It reads the ledger when it is looked at, and again when something in it changed. */
export class ExecutionsProvider extends LiveTree {
	readonly #deps: ExecutionsProviderDeps;
	readonly #tick = this.own(new MutableDisposable<Disposable>());
	#executions: readonly ExecutionRow[] = [];
	#hasMore = false;
	#limit = pageSize;
	#failure: string | undefined;
	#isListening = false;

	constructor(deps: ExecutionsProviderDeps) {
		super(deps.clock, deps.view);
		this.#deps = deps;
		this.own(
			deps.filter.onDidChange(() => {
				this.#limit = pageSize;
				this.retry();
			}),
		);
	}

	/** Reads older executions too. */
	showMore(): void {
		this.#limit += pageSize;
		this.retry();
	}

	protected override async load(): Promise<void> {
		try {
			const ledger = await this.#deps.ledger.get();
			if (!this.#isListening && !this.isDisposed) {
				this.#isListening = true;
				this.own(
					ledger.onDidChange(change => {
						if (change.executions.length > 0) this.outdated();
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
		this.#show();
	}

	protected override onVisibility(): void {
		super.onVisibility();
		this.#scheduleTick();
	}

	/** Shows what is known now. */
	#show(): void {
		if (this.isDisposed) return;
		const nodes =
			this.#failure === undefined
				? executionsTree({
						rows: this.#executions,
						hasMore: this.#hasMore,
						isFiltered: isFiltered(this.#deps.filter.value),
						now: this.#deps.clock.now(),
						isRunningHere: id => isRunningHere(this.#deps, id),
						commands: { open: 'quarterdeck.executions.open', more: 'quarterdeck.executions.more' },
					})
				: failureNodes(this.#failure, { output: 'quarterdeck.showOutput', retry: 'quarterdeck.ledger.retry' });
		this.draw(nodes);
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
		this.#show();
	}
}
