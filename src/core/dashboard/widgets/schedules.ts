import { booleanSetting, choicesSetting } from '../settings';
import { defineWidget } from '../widget';

export const schedulesWidget = defineWidget({
	kind: 'schedules',
	title: 'Schedules',
	description:
		'What starts flows by itself: when it comes next and how it went last; turn it on and off, or run it now.',
	icon: 'calendar',
	group: 'agents',
	size: { w: 4, h: 5, leastW: 2, leastH: 2 },
	settings: {
		kinds: choicesSetting({
			title: 'Show',
			choices: [
				['schedule', 'Schedules'],
				['webhook', 'Webhooks'],
				['fileChange', 'Changes of files'],
				['git', 'Changes of Git'],
			],
			default: ['schedule', 'webhook', 'fileChange', 'git'],
		}),
		withOff: booleanSetting({ title: 'Show those that are off', default: true }),
	},
});
