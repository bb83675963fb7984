import { booleanSetting, integerSetting } from '../settings';
import { historySetting } from '../settingsCommon';
import { defineWidget } from '../widget';

export const gpuWidget = defineWidget({
	kind: 'gpu',
	title: 'GPU',
	description: 'Use, memory, temperature and power of each graphics card, and why it is slowed down.',
	icon: 'circuit-board',
	group: 'machine',
	size: { w: 4, h: 6, leastW: 2, leastH: 3 },
	settings: {
		history: historySetting(),
		showDetails: booleanSetting({ title: 'Show fan, clocks and PCIe', default: true }),
		hotAt: integerSetting({
			title: 'Hot from',
			description: 'Degrees Celsius from which the temperature is coloured as a warning.',
			default: 83,
			least: 40,
			most: 120,
		}),
	},
});
