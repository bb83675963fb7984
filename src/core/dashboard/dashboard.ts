import { newId, type Branded } from '../base/ids';
import type { Json } from '../base/json';

export type DashboardId = Branded<'DashboardId'>;
export type WidgetId = Branded<'WidgetId'>;

/** How wide the page is. Each class has columns of its own, and a layout of its own once the user arranged it there. */
export const widthClasses = ['wide', 'medium', 'narrow'] as const;
export type WidthClass = (typeof widthClasses)[number];

export const columnsOf: Readonly<Record<WidthClass, number>> = { wide: 12, medium: 6, narrow: 1 };

/** The class of a page, by its width in pixels. */
export function widthClassOf(pixels: number): WidthClass {
	if (pixels >= 760) return 'wide';
	return pixels >= 440 ? 'medium' : 'narrow';
}

/** Where a widget stands, in columns and rows of the grid. */
export interface Placement {
	readonly x: number;
	readonly y: number;
	readonly w: number;
	readonly h: number;
}

/** Where the widgets stand, by their ids. */
export type Layout = Readonly<Record<string, Placement>>;

export type WidgetSettings = Readonly<Record<string, Json>>;

export interface Widget {
	readonly id: WidgetId;
	/** As the catalog of widgets names it; one that this version does not know is kept and said to be unknown. */
	readonly kind: string;
	/** What the user calls it; the kind's own title otherwise. */
	readonly title?: string;
	readonly settings: WidgetSettings;
}

/** A page of widgets that somebody arranged. It is a value: edits make a new one. */
export interface Dashboard {
	readonly id: DashboardId;
	readonly name: string;
	readonly widgets: readonly Widget[];
	/** Only the wide one is always there; the others follow it until they are arranged themselves. */
	readonly layouts: Layouts;
}

export interface Layouts {
	readonly wide: Layout;
	readonly medium?: Layout;
	readonly narrow?: Layout;
}

/** What one workspace keeps. */
export interface StoredDashboards {
	readonly dashboards: readonly Dashboard[];
	/** The one that was looked at last. */
	readonly shown: DashboardId;
}

export const limits = { dashboards: 50, widgets: 60, name: 80, rows: 40, depth: 2000 } as const;

export function newDashboardId(): DashboardId {
	return newId<DashboardId>();
}

export function newWidgetId(): WidgetId {
	return newId<WidgetId>();
}

/** `name`, or `name 2`, `name 3`, … until nobody else is called so. */
export function freeName(name: string, taken: Iterable<string>): string {
	const others = new Set(taken);
	const base = name.slice(0, limits.name - 4).trim() || 'Dashboard';
	if (!others.has(base)) return base;
	for (let number = 2; ; number++) if (!others.has(`${base} ${number}`)) return `${base} ${number}`;
}
