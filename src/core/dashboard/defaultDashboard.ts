import {
	newDashboardId,
	newWidgetId,
	type Dashboard,
	type Placement,
	type Widget,
	type WidgetSettings,
} from './dashboard';

/** What a workspace begins with: how the machine copes, what agents do, and what it costs. */
export function defaultDashboard(): Dashboard {
	const widgets: Widget[] = [];
	const wide: Record<string, Placement> = {};
	const add = (
		kind: string,
		[x, y, w, h]: readonly [number, number, number, number],
		settings: WidgetSettings = {},
	): void => {
		const id = newWidgetId();
		widgets.push({ id, kind, settings });
		wide[id] = { x, y, w, h };
	};
	add('cpu', [0, 0, 3, 4]);
	add('clock', [3, 0, 3, 4]);
	return { id: newDashboardId(), name: 'Dashboard', widgets, layouts: { wide } };
}
