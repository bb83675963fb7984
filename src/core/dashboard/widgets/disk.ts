import { booleanSetting, textSetting } from '../settings';
import { defineWidget } from '../widget';

export const diskWidget = defineWidget({
	kind: 'disk',
	title: 'Disks',
	description: 'How full each disk is, and how much is read and written.',
	icon: 'database',
	group: 'machine',
	size: { w: 3, h: 4, leastW: 2, leastH: 2 },
	settings: {
		mounts: textSetting({
			title: 'Only these',
			description: 'Mount points, separated by commas, such as `/, /home`; empty for all.',
		}),
		showRates: booleanSetting({ title: 'Show reading and writing', default: true }),
	},
});
