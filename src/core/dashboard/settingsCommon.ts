import { choiceSetting, type Setting } from './settings';

/** How far back a small chart goes; 0 shows none. */
export function historySetting(): Setting<0 | 1 | 5 | 15 | 60> {
	return choiceSetting({
		title: 'Small chart',
		choices: [
			[0, 'None'],
			[1, 'The last minute'],
			[5, 'The last 5 minutes'],
			[15, 'The last 15 minutes'],
			[60, 'The last hour'],
		],
		default: 5,
	});
}
