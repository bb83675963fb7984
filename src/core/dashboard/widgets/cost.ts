import { booleanSetting } from '../settings';
import { defineWidget } from '../widget';

export const costWidget = defineWidget({
	kind: 'cost',
	title: 'Costs',
	description: 'What agents cost today and this month, beside the budgets, and the days before.',
	icon: 'credit-card',
	group: 'agents',
	size: { w: 3, h: 5, leastW: 2, leastH: 3 },
	settings: { showDays: booleanSetting({ title: 'Show the last 14 days', default: true }) },
});
