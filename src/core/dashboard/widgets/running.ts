import { integerSetting } from '../settings';
import { defineWidget } from '../widget';

export const runningWidget = defineWidget({
	kind: 'running',
	title: 'Running',
	description: 'Executions that run now or wait for you; open or stop them.',
	icon: 'sync',
	group: 'agents',
	size: { w: 4, h: 5, leastW: 2, leastH: 2 },
	settings: { most: integerSetting({ title: 'At most', default: 20, least: 1, most: 100 }) },
});
