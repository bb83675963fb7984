import { booleanSetting, textSetting } from '../settings';
import { defineWidget } from '../widget';

export const modelServerWidget = defineWidget({
	kind: 'modelServer',
	title: 'Model Server',
	description: 'Ollama and other servers of models on this machine: which models are loaded, in how much GPU memory.',
	icon: 'chip',
	group: 'services',
	size: { w: 4, h: 5, leastW: 2, leastH: 2 },
	settings: {
		server: textSetting({
			title: 'Server',
			description: 'The first part of its models’ names, such as `ollama`. Empty: all that are on this machine.',
			most: 40,
		}),
		withUnloaded: booleanSetting({ title: 'Show models that are not loaded', default: false }),
	},
});
