import { moveBy, readingOrder, resizeBy, type Direction } from '../../core/dashboard/arrange';
import {
	columnsOf,
	limits,
	type Dashboard,
	type Layout,
	type Placement,
	type WidgetId,
	type WidthClass,
} from '../../core/dashboard/dashboard';
import { leastSizeOf } from '../../core/dashboard/edits';

const arrows: Readonly<Record<string, Direction>> = {
	ArrowLeft: 'left',
	ArrowRight: 'right',
	ArrowUp: 'up',
	ArrowDown: 'down',
};

export function arrowOf(key: string): Direction | undefined {
	return Object.hasOwn(arrows, key) ? arrows[key] : undefined;
}

/** The layout after one press of an arrow: it moves, and with Shift it changes the size. */
export function stepped(
	dashboard: Dashboard,
	layout: Layout,
	step: {
		readonly id: WidgetId;
		readonly width: WidthClass;
		readonly direction: Direction;
		readonly isResize: boolean;
	},
): Layout {
	const { id, width, direction, isResize } = step;
	const columns = columnsOf[width];
	if (!isResize) return moveBy(layout, id, direction, columns);
	const widget = dashboard.widgets.find(each => each.id === id);
	if (!widget) return layout;
	const change = { left: { w: -1 }, right: { w: 1 }, up: { h: -1 }, down: { h: 1 } }[direction];
	return resizeBy(layout, id, change, { columns, least: leastSizeOf(widget, width), rows: limits.rows });
}

/** For screen readers: where it is now, counted from 1. */
export function placeText({ x, y, w, h }: Placement, width: WidthClass): string {
	const columns = columnsOf[width];
	const column = columns === 1 ? '' : `column ${x + 1} of ${columns}, `;
	const wide = columns === 1 ? '' : `${w} wide, `;
	return `${column}row ${y + 1}, ${wide}${h} high`;
}

/** The widget that an arrow leads to from another one: the nearest in that direction. */
export function neighbourOf(layout: Layout, id: string, direction: Direction): string | undefined {
	const from = layout[id];
	if (!from) return readingOrder(layout)[0];
	const isSideways = direction === 'left' || direction === 'right';
	const candidates = Object.entries(layout).filter(([other, at]) => other !== id && isBeyond(from, at, direction));
	const distance = ([, at]: readonly [string, Placement]): number => {
		const along = isSideways
			? middle(at.x, at.w) - middle(from.x, from.w)
			: middle(at.y, at.h) - middle(from.y, from.h);
		const across = isSideways
			? middle(at.y, at.h) - middle(from.y, from.h)
			: middle(at.x, at.w) - middle(from.x, from.w);
		return Math.abs(along) + 3 * Math.abs(across);
	};
	return candidates.sort((left, right) => distance(left) - distance(right))[0]?.[0];
}

function isBeyond(from: Placement, at: Placement, direction: Direction): boolean {
	switch (direction) {
		case 'left':
			return at.x + at.w <= from.x;
		case 'right':
			return at.x >= from.x + from.w;
		case 'up':
			return at.y + at.h <= from.y;
		default:
			return at.y >= from.y + from.h;
	}
}

function middle(start: number, length: number): number {
	return start + length / 2;
}
