import type { Rect } from '../graph/grid';

/** Where the canvas is looked at. A point of the canvas is drawn at `x + point * zoom`. */
export interface View {
	readonly x: number;
	readonly y: number;
	readonly zoom: number;
}

/** The part of the canvas that a surface of this size shows. */
export function visibleRect(view: View, width: number, height: number): Rect {
	return { x: -view.x / view.zoom, y: -view.y / view.zoom, width: width / view.zoom, height: height / view.zoom };
}

export const minZoom = 0.02;
export const maxZoom = 2.5;
/** Below this, cards cannot be read: rectangles are drawn instead. */
export const detailZoom = 0.35;

/** From here on the texts of cards can be read. */
export const readableZoom = 0.5;

/** The view that shows `rect` in the middle, not nearer than `most`. */
export function viewOf(rect: Rect, width: number, height: number, most = 1): View {
	const margin = 40;
	const zoom = Math.max(
		minZoom,
		Math.min(most, (width - 2 * margin) / Math.max(1, rect.width), (height - 2 * margin) / Math.max(1, rect.height)),
	);
	return {
		x: width / 2 - (rect.x + rect.width / 2) * zoom,
		y: height / 2 - (rect.y + rect.height / 2) * zoom,
		zoom,
	};
}

/** Where a flow is looked at first: as a whole when that can be read, else at its beginning. */
export function firstView(bounds: Rect, start: Rect, width: number, height: number): View {
	const whole = viewOf(bounds, width, height);
	if (whole.zoom >= readableZoom) return whole;
	const zoom = Math.min(0.75, Math.max(readableZoom, (height - 80) / Math.max(1, bounds.height)));
	const isLow = bounds.height * zoom > height - 80;
	const y = isLow ? 48 - start.y * zoom : height / 2 - (bounds.y + bounds.height / 2) * zoom;
	return { x: 40 - start.x * zoom, y, zoom };
}

/** Where an earlier page of this tab looked, if it says so. */
export function savedView(saved: unknown): View | null {
	if (typeof saved !== 'object' || saved === null || !('view' in saved)) return null;
	const view = saved.view as Record<string, unknown> | null;
	const [x, y, zoom] = [view?.['x'], view?.['y'], view?.['zoom']];
	const isView = [x, y, zoom].every(part => typeof part === 'number' && Number.isFinite(part));
	if (!isView || typeof zoom !== 'number' || zoom < minZoom || zoom > maxZoom) return null;
	return { x: x as number, y: y as number, zoom };
}
