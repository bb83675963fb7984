import type { Rect } from './grid';
import { snapToGrid } from '../../../core/flow/layout/sizes';

/** A line along which a dragged node lines up with another. */
export interface Guide {
	readonly axis: 'x' | 'y';
	readonly at: number;
	readonly from: number;
	readonly to: number;
}

interface Snapped {
	readonly x: number;
	readonly y: number;
	readonly guides: readonly Guide[];
}

const reach = 6;

/** Lines on which a rectangle can lie: its edges and its middle. */
const offsets = (length: number): readonly number[] => [0, length / 2, length];

/**
 * Where a dragged rectangle comes to lie: on a line with one of `others` when it is near one, else on the grid. The
 * distance is in pixels of the screen, so that guides are as easy to reach when zoomed out.
 */
export function snapTo(rect: Rect, others: readonly Rect[], zoom: number): Snapped {
	const x = nearestLine(rect.x, rect.width, others, 'x', reach / zoom);
	const y = nearestLine(rect.y, rect.height, others, 'y', reach / zoom);
	const at = { x: x?.at ?? snapToGrid(rect.x), y: y?.at ?? snapToGrid(rect.y) };
	const placed = { ...rect, ...at };
	const guides: Guide[] = [];
	if (x) guides.push(guideOf('x', x.line, placed, x.other));
	if (y) guides.push(guideOf('y', y.line, placed, y.other));
	return { ...at, guides };
}

interface Line {
	readonly at: number;
	readonly line: number;
	readonly other: Rect;
}

function nearestLine(
	start: number,
	length: number,
	others: readonly Rect[],
	axis: 'x' | 'y',
	within: number,
): Line | null {
	let best: Line | null = null;
	let bestDistance = within;
	for (const other of others) {
		const otherStart = axis === 'x' ? other.x : other.y;
		const otherLength = axis === 'x' ? other.width : other.height;
		for (const theirs of offsets(otherLength)) {
			for (const own of offsets(length)) {
				const distance = Math.abs(start + own - otherStart - theirs);
				if (distance >= bestDistance) continue;
				bestDistance = distance;
				// The document keeps places on the grid: what is shown while dragging is where it will lie.
				best = { at: snapToGrid(otherStart + theirs - own), line: otherStart + theirs, other };
			}
		}
	}
	return best;
}

function guideOf(axis: 'x' | 'y', at: number, a: Rect, b: Rect): Guide {
	const [startA, startB] = axis === 'x' ? [a.y, b.y] : [a.x, b.x];
	const [lengthA, lengthB] = axis === 'x' ? [a.height, b.height] : [a.width, b.width];
	return { axis, at, from: Math.min(startA, startB), to: Math.max(startA + lengthA, startB + lengthB) };
}
