import { booleanSetting, choiceSetting } from '../settings';
import { defineWidget } from '../widget';

export const alertsWidget = defineWidget({
	kind: 'alerts',
	title: 'Alerts',
	description: 'Open alerts with their causes; acknowledge, snooze or resolve them.',
	icon: 'bell',
	group: 'services',
	size: { w: 4, h: 5, leastW: 2, leastH: 2 },
	settings: {
		least: choiceSetting({
			title: 'At least',
			choices: [
				['low', 'Low'],
				['medium', 'Medium'],
				['high', 'High'],
				['critical', 'Critical'],
			],
			default: 'low',
		}),
		withQuiet: booleanSetting({ title: 'Show acknowledged and snoozed ones', default: true }),
	},
});
