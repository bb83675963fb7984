import { choiceSetting } from '../settings';
import { defineWidget } from '../widget';

export const servicesWidget = defineWidget({
	kind: 'services',
	title: 'Services',
	description: 'The services that are watched: how they are, since when, and what can be done about it.',
	icon: 'pulse',
	group: 'services',
	size: { w: 4, h: 6, leastW: 2, leastH: 3 },
	settings: {
		show: choiceSetting({
			title: 'Show',
			choices: [
				['all', 'All services'],
				['expected', 'Those that somebody counts on'],
				['problems', 'Those that are not well'],
			],
			default: 'all',
		}),
	},
});
