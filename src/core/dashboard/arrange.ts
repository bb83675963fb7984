import type { Layout, Placement } from './dashboard';

/** The least a widget may be, in columns and rows. */
export interface LeastSize {
	readonly w: number;
	readonly h: number;
}

export type Direction = 'left' | 'right' | 'up' | 'down';

type Entry = readonly [id: string, at: Placement];

/** Rows that a layout takes. */
export function heightOf(layout: Layout): number {
	return Math.max(0, ...Object.values(layout).map(({ y, h }) => y + h));
}

/** Ids from the top left to the bottom right: the order in which the keyboard goes through them. */
export function readingOrder(layout: Layout): readonly string[] {
	return sorted(Object.entries(layout)).map(([id]) => id);
}

/** Lets everything rise as far as it can; nothing overlaps and nothing stands outside of the columns. */
export function compact(layout: Layout, columns: number): Layout {
	const placed = new Map<string, Placement>();
	for (const [id, at] of sorted(Object.entries(layout))) placed.set(id, risen(inside(at, columns), placed));
	return inOrderOf(layout, placed);
}

/** Puts one widget at a place: what stands there gives way downwards, and then all rises as far as it can. */
export function put(layout: Layout, id: string, at: Placement, columns: number): Layout {
	const placed = new Map<string, Placement>([[id, inside(at, columns)]]);
	for (const [other, where] of sorted(Object.entries(layout))) {
		if (other !== id) placed.set(other, risen(inside(where, columns), placed));
	}
	return compact(inOrderOf(layout, placed), columns);
}

/**
 * One step by keyboard. Sideways it goes a column; up and down it changes places with its next neighbour there, because
 * everything rises: a row further down would be the same place again.
 */
export function moveBy(layout: Layout, id: string, direction: Direction, columns: number): Layout {
	const at = layout[id];
	if (!at) return layout;
	if (direction === 'left' || direction === 'right') {
		return put(layout, id, { ...at, x: at.x + (direction === 'left' ? -1 : 1) }, columns);
	}
	const others = Object.entries(layout).filter(([other, where]) => other !== id && sharesColumns(at, where));
	const [, next] =
		direction === 'up'
			? (sorted(others.filter(([, where]) => where.y < at.y)).at(-1) ?? [])
			: (sorted(others.filter(([, where]) => where.y >= at.y + at.h))[0] ?? []);
	if (!next) return layout;
	return put(layout, id, { ...at, y: direction === 'up' ? next.y : next.y + next.h }, columns);
}

/** Makes a widget wider or higher by so many columns and rows, within its least size and the grid. */
export function resizeBy(
	layout: Layout,
	id: string,
	change: { readonly w?: number; readonly h?: number },
	bounds: { readonly columns: number; readonly least: LeastSize; readonly rows: number },
): Layout {
	const at = layout[id];
	if (!at) return layout;
	const least = { w: Math.min(bounds.least.w, bounds.columns), h: bounds.least.h };
	const w = clamp(at.w + (change.w ?? 0), least.w, bounds.columns - at.x);
	const h = clamp(at.h + (change.h ?? 0), least.h, bounds.rows);
	return put(layout, id, { ...at, w: Math.max(w, 1), h }, bounds.columns);
}

/** The first gap from the top that is large enough, or below everything. */
export function freePlace(layout: Layout, size: LeastSize, columns: number): Placement {
	const w = Math.min(size.w, columns);
	const places = Object.values(layout);
	for (let y = 0; ; y++) {
		for (let x = 0; x + w <= columns; x++) {
			const at = { x, y, w, h: size.h };
			if (!places.some(other => overlaps(at, other))) return at;
		}
	}
}

/**
 * The same widgets in fewer columns, in their reading order: a width becomes its share of the columns, and rows are filled
 * up from the left.
 */
export function narrowed(
	layout: Layout,
	from: number,
	columns: number,
	leastOf: (id: string) => LeastSize | undefined,
): Layout {
	const result = new Map<string, Placement>();
	let x = 0;
	for (const id of readingOrder(layout)) {
		const at = layout[id]!;
		const share = Math.max(Math.ceil((at.w * columns) / from), Math.min(leastOf(id)?.w ?? 1, columns));
		const w = Math.min(share, columns);
		if (x + w > columns) x = 0;
		result.set(id, risen({ x, y: heightOf(Object.fromEntries(result)), w, h: at.h }, result));
		x += w;
	}
	return inOrderOf(layout, result);
}

function risen(at: Placement, placed: ReadonlyMap<string, Placement>): Placement {
	const isFree = (y: number): boolean => ![...placed.values()].some(other => overlaps({ ...at, y }, other));
	let { y } = at;
	while (!isFree(y)) y++;
	while (y > 0 && isFree(y - 1)) y--;
	return { ...at, y };
}

function inside(at: Placement, columns: number): Placement {
	const w = clamp(at.w, 1, columns);
	return { x: clamp(at.x, 0, columns - w), y: Math.max(0, at.y), w, h: Math.max(1, at.h) };
}

function overlaps(left: Placement, right: Placement): boolean {
	return sharesColumns(left, right) && left.y < right.y + right.h && right.y < left.y + left.h;
}

function sharesColumns(left: Placement, right: Placement): boolean {
	return left.x < right.x + right.w && right.x < left.x + left.w;
}

function sorted(entries: readonly Entry[]): readonly Entry[] {
	return [...entries].sort(([, left], [, right]) => left.y - right.y || left.x - right.x);
}

function inOrderOf(layout: Layout, placed: ReadonlyMap<string, Placement>): Layout {
	return Object.fromEntries(Object.keys(layout).map(id => [id, placed.get(id)!]));
}

function clamp(value: number, least: number, most: number): number {
	return Math.min(Math.max(value, least), most);
}
