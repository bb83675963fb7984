import { textSetting } from '../settings';
import { defineWidget } from '../widget';

export const quickChatWidget = defineWidget({
	kind: 'quickChat',
	title: 'Quick Chat',
	description: 'A short exchange with a model, without tools and without files: for a question in between.',
	icon: 'comment-discussion',
	group: 'agents',
	size: { w: 4, h: 7, leastW: 2, leastH: 4 },
	settings: {
		model: textSetting({
			title: 'Model',
			description:
				'As `provider/model`: `ollama/qwen3:8b`, `claude/sonnet`. Empty: one of this machine, or the one that was chosen last.',
			most: 200,
		}),
		system: textSetting({
			title: 'Instructions',
			description: 'What the model is told before each exchange.',
			most: 4000,
			isLong: true,
		}),
	},
});
