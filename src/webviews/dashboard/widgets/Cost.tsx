import type { ReactElement } from 'react';
import { formatCost } from '../../../core/base/money';
import type { SettingsOf } from '../../../core/dashboard/settings';
import { costsTopic, type CostSum, type CostsView } from '../../../core/dashboard/topics/costs';
import type { costWidget } from '../../../core/dashboard/widgets/cost';
import { budgetUse, type BudgetLevel } from '../../../core/ledger/views/budget';
import { plural } from '../../../core/ledger/views/format';
import { useTopic } from '../context';
import { Live } from '../Live';
import type { Level } from '../numbers';
import { Bar, Figure } from '../parts';
import { useCommand } from '../useCommand';
import type { WidgetProps } from '../widget';

export function Cost({ settings }: WidgetProps<SettingsOf<typeof costWidget.settings>>): ReactElement {
	const run = useCommand();
	return (
		<Live of={useTopic(costsTopic, null)} loading="Adding up the costs">
			{({ today, month, days, budgets }) => (
				<>
					<Period name="today" sum={today} limitUsd={budgets.dailyUsd} />
					<Period name="this month" sum={month} limitUsd={budgets.monthlyUsd} />
					{settings.showDays && <Days days={days} />}
					<p className="widget-links">
						<button type="button" className="text-button" onClick={() => run('quarterdeck.costs.setBudget')}>
							{budgets.dailyUsd > 0 || budgets.monthlyUsd > 0 ? 'Change Budget' : 'Set a Budget'}
						</button>
						<button type="button" className="text-button" onClick={() => run('quarterdeck.costs.open')}>
							Open Costs
						</button>
					</p>
				</>
			)}
		</Live>
	);
}

const levels: Readonly<Record<BudgetLevel, Level>> = { none: 'ok', ok: 'ok', warning: 'warning', exceeded: 'critical' };

function Period({
	name,
	sum: { cost, unpriced, executions },
	limitUsd,
}: {
	readonly name: string;
	readonly sum: CostSum;
	readonly limitUsd: number;
}): ReactElement {
	const use = budgetUse(cost, limitUsd);
	const level = levels[use.level];
	// Nothing known is not nothing spent.
	const value = cost === 0 && unpriced > 0 ? 'unpriced' : `${unpriced > 0 ? '≥ ' : ''}${formatCost(cost)}`;
	const about = use.level === 'none' ? plural(executions, 'run') : `${use.percent}% of ${formatCost(use.limit)}`;
	return (
		<div>
			<Figure value={value} label={`${name} · ${about}`} level={level} />
			{use.level !== 'none' && <Bar percent={use.percent} level={level} />}
		</div>
	);
}

function Days({ days }: { readonly days: CostsView['days'] }): ReactElement | null {
	const most = Math.max(...days.map(({ cost }) => cost));
	if (most === 0) return null;
	const text = days.map(({ day, cost }) => `${day}: ${formatCost(cost)}`).join(', ');
	return (
		<div className="days" role="img" aria-label={text}>
			{days.map(({ day, cost }) => (
				<div key={day} title={`${day}: ${formatCost(cost)}`}>
					<div style={{ height: cost === 0 ? 0 : `${Math.max(3, (cost / most) * 100)}%` }} />
				</div>
			))}
		</div>
	);
}
