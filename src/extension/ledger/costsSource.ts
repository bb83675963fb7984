import type { Lazy } from '../../core/base/async';
import type { Clock } from '../../core/base/clock';
import { Emitter } from '../../core/base/event';
import { MutableDisposable, Owner, type Disposable } from '../../core/base/lifecycle';
import type { CostQuery, CostRow, Ledger } from '../../core/ledger/queries';
import type { Budgets } from '../../core/ledger/views/budget';
import { costQueries, type CostRows } from '../../core/ledger/views/costsTree';
import type { Settings } from '../host/settings';

/** Reads costs, and says when they may be others: something was used, a budget was set, or a day began. */
export class CostsSource extends Owner {
	readonly #ledger: Lazy<Ledger>;
	readonly #clock: Clock;
	readonly #settings: Settings;
	readonly #changed = this.own(new Emitter<void>());
	readonly onDidChange = this.#changed.event;
	readonly #midnight = this.own(new MutableDisposable<Disposable>());
	#isListening = false;

	constructor(ledger: Lazy<Ledger>, clock: Clock, settings: Settings) {
		super();
		this.#ledger = ledger;
		this.#clock = clock;
		this.#settings = settings;
		this.own(
			settings.onDidChange(keys => {
				if (keys.has('budget.dailyUsd') || keys.has('budget.monthlyUsd')) this.#changed.fire();
			}),
		);
		this.#awaitMidnight();
	}

	get budgets(): Budgets {
		return { dailyUsd: this.#settings.get('budget.dailyUsd'), monthlyUsd: this.#settings.get('budget.monthlyUsd') };
	}

	/** Asks for the named parts only: each is a query of its own. */
	async read<K extends keyof CostRows>(names: readonly K[]): Promise<Pick<CostRows, K>> {
		const ledger = await this.#ledger.get();
		this.#listen(ledger);
		const queries: Readonly<Record<keyof CostRows, CostQuery>> = costQueries(this.#clock.now());
		const answers = await Promise.all(
			names.map(async (name): Promise<[K, readonly CostRow[]]> => [name, await ledger.query('costs', queries[name])]),
		);
		return Object.fromEntries(answers) as Pick<CostRows, K>;
	}

	#listen(ledger: Ledger): void {
		if (this.#isListening || this.isDisposed) return;
		this.#isListening = true;
		this.own(
			ledger.onDidChange(change => {
				if (change.costs) this.#changed.fire();
			}),
		);
	}

	/** Checked hourly at least: a laptop that slept wakes up on another day, and timers do not count its sleep. */
	#awaitMidnight(): void {
		const now = new Date(this.#clock.now());
		const next = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 0, 0, 1).getTime();
		const wait = Math.min(next - now.getTime(), 60 * 60 * 1000);
		this.#midnight.value = this.#clock.after(wait, () => {
			this.#changed.fire();
			this.#awaitMidnight();
		});
	}
}
