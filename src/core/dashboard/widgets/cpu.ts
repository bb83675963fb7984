import { booleanSetting } from '../settings';
import { historySetting } from '../settingsCommon';
import { defineWidget } from '../widget';

export const cpuWidget = defineWidget({
	kind: 'cpu',
	title: 'CPU',
	description: 'How busy the processors are, all together and each core, with frequency, temperature and load.',
	icon: 'pulse',
	group: 'machine',
	size: { w: 3, h: 5, leastW: 2, leastH: 3 },
	settings: {
		history: historySetting(),
		showCores: booleanSetting({ title: 'Show each core', default: true }),
	},
});
