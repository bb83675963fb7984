import { choiceSetting } from '../settings';
import { defineWidget } from '../widget';

export const mcpServersWidget = defineWidget({
	kind: 'mcpServers',
	title: 'MCP Servers',
	description: 'MCP servers of this window: whether they run, how many tools they bring; start and stop them.',
	icon: 'server-process',
	group: 'services',
	size: { w: 4, h: 5, leastW: 2, leastH: 2 },
	settings: {
		show: choiceSetting({
			title: 'Show',
			choices: [
				['enabled', 'Servers that are switched on'],
				['all', 'All servers'],
			],
			default: 'enabled',
		}),
	},
});
