import { booleanSetting, integerSetting } from '../settings';
import { defineWidget } from '../widget';

export const failuresWidget = defineWidget({
	kind: 'failures',
	title: 'Recent Failures',
	description: 'Executions that failed lately, with the reason; a press opens one.',
	icon: 'error',
	group: 'agents',
	size: { w: 4, h: 5, leastW: 2, leastH: 2 },
	settings: {
		days: integerSetting({ title: 'Days back', default: 7, least: 1, most: 90 }),
		most: integerSetting({ title: 'At most', default: 10, least: 1, most: 100 }),
		showInterrupted: booleanSetting({ title: 'Also those that were interrupted', default: true }),
	},
});
