import { choiceSetting, integerSetting, textSetting } from '../settings';
import { leastSeconds, mostSeconds } from '../topics/feed';
import { defineWidget } from '../widget';

export const inboxWidget = defineWidget({
	kind: 'inbox',
	title: 'Inbox',
	description: 'Messages of a JSON feed by their importance, each with the reply that the feed suggests.',
	icon: 'inbox',
	group: 'other',
	size: { w: 4, h: 6, leastW: 2, leastH: 3 },
	settings: {
		url: textSetting({
			title: 'Address',
			description:
				'Answers with a list of messages: `from`, `subject`, `text`, `date`, `importance`, `suggestedReply`.',
			most: 2000,
		}),
		least: choiceSetting({
			title: 'At least',
			choices: [
				['low', 'Low'],
				['normal', 'Normal'],
				['high', 'High'],
				['critical', 'Critical'],
			],
			default: 'low',
		}),
		seconds: integerSetting({
			title: 'Seconds between two times',
			default: 300,
			least: leastSeconds,
			most: mostSeconds,
		}),
	},
});
