import { historySetting } from '../settingsCommon';
import { defineWidget } from '../widget';

export const memoryWidget = defineWidget({
	kind: 'memory',
	title: 'Memory',
	description: 'How much memory programs use, what is left for more, and swap.',
	icon: 'chip',
	group: 'machine',
	size: { w: 3, h: 5, leastW: 2, leastH: 3 },
	settings: { history: historySetting() },
});
