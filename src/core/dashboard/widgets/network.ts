import { booleanSetting } from '../settings';
import { historySetting } from '../settingsCommon';
import { defineWidget } from '../widget';

export const networkWidget = defineWidget({
	kind: 'network',
	title: 'Network',
	description: 'What is received and sent each second, and in all.',
	icon: 'globe',
	group: 'machine',
	size: { w: 3, h: 5, leastW: 2, leastH: 3 },
	settings: {
		history: historySetting(),
		showTotals: booleanSetting({ title: 'Show totals since the machine started', default: true }),
	},
});
