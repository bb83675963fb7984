import { metricTitles } from '../../hardware/metrics';
import { choiceSetting, choicesSetting } from '../settings';
import { defineWidget } from '../widget';

/** What can be drawn over time: a line for each device of a kind. */
export const chartMetrics = Object.entries(metricTitles);

export const timeSeriesWidget = defineWidget({
	kind: 'timeSeries',
	title: 'Chart',
	description: 'Up to eight values of the machine over the last minute to the last day.',
	icon: 'graph-line',
	group: 'machine',
	size: { w: 6, h: 6, leastW: 3, leastH: 4 },
	settings: {
		minutes: choiceSetting({
			title: 'Goes back',
			choices: [
				[1, '1 minute'],
				[5, '5 minutes'],
				[15, '15 minutes'],
				[60, '1 hour'],
				[360, '6 hours'],
				[1440, '24 hours'],
			],
			default: 15,
		}),
		metrics: choicesSetting({
			title: 'Shows',
			choices: chartMetrics,
			default: ['cpu.usage', 'memory.usage', 'gpu.usage', 'gpu.memory'],
			most: 8,
		}),
	},
});
