import {
	newDashboardId,
	newWidgetId,
	type Dashboard,
	type Placement,
	type Widget,
	type WidgetSettings,
} from './dashboard';

type Entry = readonly [
	kind: string,
	at: readonly [x: number, y: number, w: number, h: number],
	settings?: WidgetSettings,
];

/** What a workspace begins with: how the machine copes, what agents do, and what it costs. */
const entries: readonly Entry[] = [
	['gpu', [0, 0, 4, 6]],
	['cpu', [4, 0, 3, 6]],
	['memory', [7, 0, 2, 6]],
	['cost', [9, 0, 3, 6]],
	['timeSeries', [0, 6, 6, 6], { minutes: 15 }],
	['running', [6, 6, 3, 6]],
	['failures', [9, 6, 3, 6]],
	['processes', [0, 12, 6, 6]],
	['disk', [6, 12, 3, 6]],
	['network', [9, 12, 3, 6]],
];

export function defaultDashboard(): Dashboard {
	const widgets: Widget[] = [];
	const wide: Record<string, Placement> = {};
	for (const [kind, [x, y, w, h], settings = {}] of entries) {
		const id = newWidgetId();
		widgets.push({ id, kind, settings });
		wide[id] = { x, y, w, h };
	}
	return { id: newDashboardId(), name: 'Dashboard', widgets, layouts: { wide } };
}
