import { booleanSetting, choiceSetting, integerSetting } from '../settings';
import { defineWidget } from '../widget';

export const processesWidget = defineWidget({
	kind: 'processes',
	title: 'Processes',
	description: 'What runs models and agents, and what uses the machine most; a process can be ended.',
	icon: 'list-tree',
	group: 'machine',
	size: { w: 5, h: 7, leastW: 3, leastH: 3 },
	settings: {
		order: choiceSetting({
			title: 'Order',
			choices: [
				['ai', 'Models and agents first'],
				['cpu', 'By CPU'],
				['memory', 'By memory'],
				['gpu', 'By memory of the GPU'],
			],
			default: 'ai',
		}),
		onlyAi: booleanSetting({ title: 'Only models and agents', default: false }),
		most: integerSetting({ title: 'At most', default: 20, least: 3, most: 100 }),
	},
});
