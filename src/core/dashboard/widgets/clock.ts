import { booleanSetting, choiceSetting, textSetting } from '../settings';
import { defineWidget } from '../widget';

export const clockWidget = defineWidget({
	kind: 'clock',
	title: 'Clock',
	description: 'Time and date, here or in another time zone.',
	icon: 'clock',
	group: 'other',
	size: { w: 2, h: 3, leastW: 2, leastH: 2 },
	settings: {
		zone: textSetting({
			title: 'Time zone',
			description: 'A name such as `Europe/Berlin` or `UTC`; empty for the one of this machine.',
			most: 60,
		}),
		hours: choiceSetting({
			title: 'Hours',
			choices: [
				['auto', 'As this machine does'],
				['24', '24 hours'],
				['12', '12 hours, am and pm'],
			],
			default: 'auto',
		}),
		showSeconds: booleanSetting({ title: 'Show seconds', default: false }),
		showDate: booleanSetting({ title: 'Show the date', default: true }),
	},
});
