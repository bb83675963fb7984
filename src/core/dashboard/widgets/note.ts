import { textSetting } from '../settings';
import { defineWidget } from '../widget';

export const longestNote = 20_000;

export const noteWidget = defineWidget({
	kind: 'note',
	title: 'Note',
	description: 'A text in Markdown, written where it stands.',
	icon: 'note',
	group: 'other',
	size: { w: 3, h: 4, leastW: 2, leastH: 2 },
	settings: {
		text: textSetting({ title: 'Text', description: 'Markdown.', most: longestNote, isLong: true }),
	},
});
