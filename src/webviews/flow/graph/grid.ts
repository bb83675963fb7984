/** A rectangle on the canvas. */
export interface Rect {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

const cell = 512;

/**
 * Finds what lies in a part of the canvas without looking at the rest. A large frame stands in every cell that it
 * touches; a flow of 20,000 nodes fills some thousand cells.
 */
export class Grid<T extends Rect> {
	readonly #cells = new Map<string, Set<T>>();

	add(item: T): void {
		for (const key of keysOf(item)) {
			const set = this.#cells.get(key);
			if (set) set.add(item);
			else this.#cells.set(key, new Set([item]));
		}
	}

	remove(item: T): void {
		for (const key of keysOf(item)) {
			const set = this.#cells.get(key);
			set?.delete(item);
			if (set?.size === 0) this.#cells.delete(key);
		}
	}

	/** Items that touch the rectangle, each once. */
	query(rect: Rect): readonly T[] {
		const found = new Set<T>();
		const wanted = Math.ceil(rect.width / cell + 1) * Math.ceil(rect.height / cell + 1);
		// A rectangle that is larger than the whole flow has more cells than there are.
		const sets =
			wanted > this.#cells.size
				? this.#cells.values()
				: keysOf(rect).flatMap(key => {
						const set = this.#cells.get(key);
						return set ? [set] : [];
					});
		for (const set of sets) for (const item of set) if (!found.has(item) && overlaps(item, rect)) found.add(item);
		return [...found];
	}
}

export function overlaps(a: Rect, b: Rect): boolean {
	return a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height;
}

export function contains(outer: Rect, inner: Rect): boolean {
	return (
		inner.x >= outer.x &&
		inner.y >= outer.y &&
		inner.x + inner.width <= outer.x + outer.width &&
		inner.y + inner.height <= outer.y + outer.height
	);
}

/** The rectangle around all of them; `null` for none. */
export function boundsOf(rects: Iterable<Rect>): Rect | null {
	let left = Infinity;
	let top = Infinity;
	let right = -Infinity;
	let bottom = -Infinity;
	for (const { x, y, width, height } of rects) {
		left = Math.min(left, x);
		top = Math.min(top, y);
		right = Math.max(right, x + width);
		bottom = Math.max(bottom, y + height);
	}
	return left > right ? null : { x: left, y: top, width: right - left, height: bottom - top };
}

export function grown(rect: Rect, by: number): Rect {
	return { x: rect.x - by, y: rect.y - by, width: rect.width + 2 * by, height: rect.height + 2 * by };
}

export function centreOf({ x, y, width, height }: Rect): { readonly x: number; readonly y: number } {
	return { x: x + width / 2, y: y + height / 2 };
}

function keysOf({ x, y, width, height }: Rect): string[] {
	const keys: string[] = [];
	const lastColumn = Math.floor((x + width) / cell);
	const lastRow = Math.floor((y + height) / cell);
	for (let column = Math.floor(x / cell); column <= lastColumn; column++)
		for (let row = Math.floor(y / cell); row <= lastRow; row++) keys.push(`${column}:${row}`);
	return keys;
}
