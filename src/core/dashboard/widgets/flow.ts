import { booleanSetting, textSetting } from '../settings';
import { defineWidget } from '../widget';

export const flowWidget = defineWidget({
	kind: 'flow',
	title: 'Flow',
	description: 'One flow of this workspace: run it, see how far it is and what it gave.',
	icon: 'type-hierarchy-sub',
	group: 'agents',
	size: { w: 4, h: 5, leastW: 2, leastH: 3 },
	settings: {
		path: textSetting({
			title: 'Flow',
			description: 'Its path in the workspace: `flows/review.flow.json`. Empty: choose one in the widget.',
		}),
		withOutputs: booleanSetting({ title: 'Show what the last run gave', default: true }),
	},
});
