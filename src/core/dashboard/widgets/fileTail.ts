import { booleanSetting, integerSetting, textSetting } from '../settings';
import { defineWidget } from '../widget';

export const fileTailWidget = defineWidget({
	kind: 'fileTail',
	title: 'File Tail',
	description: 'The last lines of a file of this workspace, such as a log, as they are written.',
	icon: 'output',
	group: 'other',
	size: { w: 6, h: 6, leastW: 2, leastH: 3 },
	settings: {
		path: textSetting({ title: 'File', description: 'Its path in the workspace, such as `logs/server.log`.' }),
		lines: integerSetting({ title: 'Lines', default: 200, least: 5, most: 2000 }),
		wrap: booleanSetting({ title: 'Break long lines', default: false }),
	},
});
