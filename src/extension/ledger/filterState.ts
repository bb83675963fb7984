import type { TreeView } from 'vscode';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import { describeFilter, isFiltered, normalized, type ExecutionsFilter } from '../../core/ledger/views/filter';
import { setContext } from '../host/commands';

/** What the executions are narrowed by in this window, shown above the tree as long as it holds. */
export class FilterState extends Owner {
	readonly #changed = this.own(new Emitter<void>());
	readonly onDidChange = this.#changed.event;
	readonly #view: Pick<TreeView<unknown>, 'message'>;
	#value: ExecutionsFilter = {};

	constructor(view: Pick<TreeView<unknown>, 'message'>) {
		super();
		this.#view = view;
	}

	get value(): ExecutionsFilter {
		return this.#value;
	}

	set(filter: ExecutionsFilter): void {
		this.#value = normalized(filter);
		const isOn = isFiltered(this.#value);
		this.#view.message = isOn ? `Filter: ${describeFilter(this.#value)}` : '';
		setContext('quarterdeck.executionsFiltered', isOn);
		this.#changed.fire();
	}
}
