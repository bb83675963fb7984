import { Emitter } from '../../../core/base/event';
import { localDay } from '../../../core/base/clock';
import { costsTopic, type CostsView } from '../../../core/dashboard/topics/costs';
import type { CostRow } from '../../../core/ledger/queries';
import { sumRow } from '../../../core/ledger/views/costsTree';
import { dayBefore } from '../../../core/ledger/views/format';
import { CostsSource } from '../../ledger/costsSource';
import { tells, type Source } from '../source';
import { following, rereading } from './watched';

const dayCount = 14;

/** What agents cost, told again when something was used, a budget was set or a day began. */
export const costsSource: Source = {
	tells: [
		tells(costsTopic, (_params, sink, { host, ledger }) =>
			following(sink, store => {
				const costs = store.add(new CostsSource(ledger, host.clock, host.settings));
				const changed = store.add(new Emitter<void>());
				store.add(costs.onDidChange(() => changed.fire()));
				store.add(
					rereading(sink, async () => {
						const { today, month, byDay } = await costs.read(['today', 'month', 'byDay']);
						return viewOf(host.clock.now(), { today, month, byDay }, costs.budgets);
					}, [changed.event]),
				);
			}),
		),
	],
};

function viewOf(
	now: number,
	rows: { readonly today: readonly CostRow[]; readonly month: readonly CostRow[]; readonly byDay: readonly CostRow[] },
	budgets: CostsView['budgets'],
): CostsView {
	const costOf = new Map(rows.byDay.map(({ key: [day], cost }) => [day, cost]));
	const days = Array.from({ length: dayCount }, (_, index) => {
		const day = index === dayCount - 1 ? localDay(now) : dayBefore(now, dayCount - 1 - index);
		return { day, cost: costOf.get(day) ?? 0 };
	});
	return { today: sumRow(rows.today), month: sumRow(rows.month), days, budgets };
}
