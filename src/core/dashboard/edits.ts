import { compact, freePlace, heightOf, narrowed, type LeastSize } from './arrange';
import {
	columnsOf,
	freeName,
	limits,
	newDashboardId,
	newWidgetId,
	widthClasses,
	type Dashboard,
	type Layout,
	type Layouts,
	type Placement,
	type Widget,
	type WidgetId,
	type WidgetSettings,
	type WidthClass,
} from './dashboard';
import { widgetDefinition } from './widgets/catalog';

/** What a widget of an unknown kind takes at least. */
const unknownSize: LeastSize = { w: 2, h: 2 };

/** The least size of a widget, in columns of a width class. */
export function leastSizeOf(widget: Pick<Widget, 'kind'>, width: WidthClass): LeastSize {
	const size = widgetDefinition(widget.kind)?.size;
	const least = size ? { w: size.leastW, h: size.leastH } : unknownSize;
	return { w: Math.min(least.w, columnsOf[width]), h: least.h };
}

/**
 * Where everything stands in a width class: as it was arranged there, else made of the wide layout. A widget without a
 * place gets one at the end, and a place without a widget is left out: files are written by people too.
 */
export function layoutFor(dashboard: Dashboard, width: WidthClass): Layout {
	const columns = columnsOf[width];
	const own = dashboard.layouts[width];
	if (own) return completed(dashboard, own, width);
	const wide = completed(dashboard, dashboard.layouts.wide, 'wide');
	const byId = new Map(dashboard.widgets.map(widget => [widget.id as string, widget]));
	return narrowed(wide, columnsOf.wide, columns, id => {
		const widget = byId.get(id);
		return widget && leastSizeOf(widget, width);
	});
}

function completed(dashboard: Dashboard, layout: Layout, width: WidthClass): Layout {
	const columns = columnsOf[width];
	const places = new Map<string, Placement>();
	for (const widget of dashboard.widgets) {
		// An id may be a word that every object knows, such as "constructor".
		const at = Object.hasOwn(layout, widget.id) ? layout[widget.id] : undefined;
		if (at) places.set(widget.id, at);
	}
	for (const widget of dashboard.widgets) {
		if (places.has(widget.id)) continue;
		const size = widgetDefinition(widget.kind)?.size ?? { ...unknownSize, w: 3, h: 3 };
		places.set(widget.id, { x: 0, y: heightOf(Object.fromEntries(places)), w: Math.min(size.w, columns), h: size.h });
	}
	return compact(Object.fromEntries(places), columns);
}

/** A widget arranged anew in one width class; the others stay as they are. */
export function withLayout(dashboard: Dashboard, width: WidthClass, layout: Layout): Dashboard {
	return { ...dashboard, layouts: { ...dashboard.layouts, [width]: layout } };
}

/** A new widget in the first gap, in each layout that was arranged. */
export function withWidget(
	dashboard: Dashboard,
	kind: string,
	settings: WidgetSettings = {},
): { readonly dashboard: Dashboard; readonly id: WidgetId } {
	const id = newWidgetId();
	const size = widgetDefinition(kind)?.size ?? { ...unknownSize };
	return { dashboard: added(dashboard, { id, kind, settings }, { w: size.w, h: size.h }), id };
}

/** A copy of a widget, with its size and settings. */
export function withCopy(dashboard: Dashboard, of: WidgetId): { readonly dashboard: Dashboard; readonly id: WidgetId } {
	const id = newWidgetId();
	const widget = dashboard.widgets.find(each => each.id === of);
	const at = dashboard.layouts.wide[of];
	if (!widget || !at) return { dashboard, id: of };
	return { dashboard: added(dashboard, { ...widget, id }, at), id };
}

function added(dashboard: Dashboard, widget: Widget, size: LeastSize): Dashboard {
	if (dashboard.widgets.length >= limits.widgets) return dashboard;
	const layouts = eachLayout(dashboard.layouts, (layout, width) => ({
		...layout,
		[widget.id]: freePlace(layout, size, columnsOf[width]),
	}));
	return { ...dashboard, widgets: [...dashboard.widgets, widget], layouts };
}

export function withoutWidget(dashboard: Dashboard, id: WidgetId): Dashboard {
	const widgets = dashboard.widgets.filter(widget => widget.id !== id);
	const layouts = eachLayout(dashboard.layouts, (layout, width) => {
		const { [id]: _, ...others } = layout;
		return compact(others, columnsOf[width]);
	});
	return { ...dashboard, widgets, layouts };
}

/** Settings of one widget, and what it is called; an empty title is the kind's own. */
export function withSettings(dashboard: Dashboard, id: WidgetId, settings: WidgetSettings, title?: string): Dashboard {
	const changed = (widget: Widget): Widget => {
		const { title: before, ...rest } = widget;
		const next = (title ?? before ?? '').trim().slice(0, limits.name);
		return { ...rest, settings, ...(next === '' ? {} : { title: next }) };
	};
	return { ...dashboard, widgets: dashboard.widgets.map(widget => (widget.id === id ? changed(widget) : widget)) };
}

/** The same page as another one: nothing of it has the same id. */
export function duplicateOf(dashboard: Dashboard, takenNames: Iterable<string>): Dashboard {
	const ids = new Map(dashboard.widgets.map(({ id }) => [id as string, newWidgetId()]));
	const renamed = (layout: Layout): Layout =>
		Object.fromEntries(Object.entries(layout).flatMap(([id, at]) => (ids.has(id) ? [[ids.get(id)!, at]] : [])));
	return {
		id: newDashboardId(),
		name: freeName(dashboard.name, takenNames),
		widgets: dashboard.widgets.map(widget => ({ ...widget, id: ids.get(widget.id)! })),
		layouts: eachLayout(dashboard.layouts, renamed),
	};
}

function eachLayout(layouts: Layouts, change: (layout: Layout, width: WidthClass) => Layout): Layouts {
	const changed = widthClasses.flatMap(width => {
		const layout = layouts[width];
		return layout ? [[width, change(layout, width)] as const] : [];
	});
	return Object.fromEntries(changed) as unknown as Layouts;
}
