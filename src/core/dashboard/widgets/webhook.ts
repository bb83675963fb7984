import { choiceSetting, integerSetting, textSetting } from '../settings';
import { leastSeconds, mostSeconds } from '../topics/feed';
import { defineWidget } from '../widget';

export const webhookWidget = defineWidget({
	kind: 'webhook',
	title: 'Web Value',
	description:
		'What an address answers to GET, as a number, a table or text: of this machine or of the public web, once you allow it.',
	icon: 'radio-tower',
	group: 'other',
	size: { w: 3, h: 4, leastW: 2, leastH: 2 },
	settings: {
		url: textSetting({
			title: 'Address',
			description: '`http://localhost:3000/status`, or one of the public web.',
			most: 2000,
		}),
		path: textSetting({ title: 'Part', description: 'A path into the JSON: `data.items[0].name`. Empty: all of it.' }),
		shape: choiceSetting({
			title: 'Show as',
			choices: [
				['auto', 'What fits'],
				['number', 'A number'],
				['table', 'A table'],
				['text', 'Text'],
			],
			default: 'auto',
		}),
		unit: textSetting({ title: 'Unit', description: 'Stands behind a number.', most: 20 }),
		seconds: integerSetting({
			title: 'Seconds between two times',
			default: 300,
			least: leastSeconds,
			most: mostSeconds,
		}),
	},
});
