import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	compact,
	freePlace,
	heightOf,
	moveBy,
	narrowed,
	put,
	readingOrder,
	resizeBy,
} from '../../../src/core/dashboard/arrange';
import type { Layout, Placement } from '../../../src/core/dashboard/dashboard';

const at = (x: number, y: number, w: number, h: number): Placement => ({ x, y, w, h });

/** Three side by side, one below the first two. */
const layout: Layout = { a: at(0, 0, 4, 3), b: at(4, 0, 4, 3), c: at(8, 0, 4, 3), d: at(0, 3, 8, 2) };

function overlaps(places: Layout): boolean {
	const all = Object.values(places);
	return all.some((left, index) =>
		all
			.slice(index + 1)
			.some(
				right =>
					left.x < right.x + right.w &&
					right.x < left.x + left.w &&
					left.y < right.y + right.h &&
					right.y < left.y + left.h,
			),
	);
}

describe('the grid', () => {
	test('what is moved onto another pushes it down, and everything rises', () => {
		expect(put(layout, 'c', at(0, 0, 4, 3), 12)).toEqual({
			c: at(0, 0, 4, 3),
			a: at(0, 3, 4, 3),
			b: at(4, 0, 4, 3),
			d: at(0, 6, 8, 2),
		});
	});

	test('a step down changes places with the neighbour below, and a step up changes back', () => {
		const down = moveBy(layout, 'a', 'down', 12);
		expect([down['d'], down['a']]).toEqual([at(0, 3, 8, 2), at(0, 5, 4, 3)]);
		expect(moveBy(down, 'a', 'up', 12)).toEqual(layout);
	});

	test('a step goes no further than the edges, and there is nothing below the last', () => {
		expect(moveBy(layout, 'a', 'left', 12)).toEqual(layout);
		expect(moveBy(layout, 'c', 'right', 12)).toEqual(layout);
		expect(moveBy(layout, 'd', 'down', 12)).toEqual(layout);
		expect(moveBy(layout, 'nobody', 'left', 12)).toBe(layout);
	});

	test('a size stays between the least and the edge of the grid', () => {
		const bounds = { columns: 12, least: { w: 2, h: 2 }, rows: 40 };
		expect(resizeBy(layout, 'c', { w: 3 }, bounds)['c']).toEqual(at(8, 0, 4, 3));
		expect(resizeBy(layout, 'a', { w: -9, h: -9 }, bounds)['a']).toEqual(at(0, 0, 2, 2));
		expect(resizeBy(layout, 'a', { w: 1 }, bounds)['b']).toEqual(at(4, 3, 4, 3));
	});

	test('a new one goes into the first gap that is large enough', () => {
		expect(freePlace({}, { w: 4, h: 3 }, 12)).toEqual(at(0, 0, 4, 3));
		expect(freePlace(layout, { w: 4, h: 3 }, 12)).toEqual(at(8, 3, 4, 3));
		expect(freePlace(layout, { w: 12, h: 1 }, 12)).toEqual(at(0, 5, 12, 1));
		expect(freePlace(layout, { w: 12, h: 1 }, 1)).toMatchObject({ x: 0, w: 1 });
	});

	test('in one column everything stands below each other, in reading order', () => {
		const one = narrowed(layout, 12, 1, () => ({ w: 2, h: 2 }));
		expect(readingOrder(one)).toEqual(['a', 'b', 'c', 'd']);
		expect(Object.values(one).map(({ x, w }) => [x, w])).toEqual([
			[0, 1],
			[0, 1],
			[0, 1],
			[0, 1],
		]);
		expect(heightOf(one)).toBe(11);
	});

	const layouts = fc.dictionary(
		fc.string({ minLength: 1, maxLength: 3 }).filter(id => id !== '__proto__'),
		fc.record({
			x: fc.integer({ min: 0, max: 14 }),
			y: fc.integer({ min: 0, max: 30 }),
			w: fc.integer({ min: 1, max: 14 }),
			h: fc.integer({ min: 1, max: 8 }),
		}),
		{ maxKeys: 14, noNullPrototype: true },
	);
	const directions = fc.constantFrom('left', 'right', 'up', 'down');

	test('nothing overlaps, nothing is lost and nothing stands outside, whatever is done', () => {
		fc.assert(
			fc.property(layouts, fc.array(fc.tuple(fc.nat(), directions), { maxLength: 8 }), (start, steps) => {
				let current = compact(start, 12);
				const ids = Object.keys(start);
				for (const [which, direction] of steps) {
					const id = ids[which % Math.max(1, ids.length)] ?? '';
					current = moveBy(current, id, direction, 12);
				}
				expect(Object.keys(current)).toEqual(ids);
				expect(overlaps(current)).toBe(false);
				expect(Object.values(current).every(({ x, w, y }) => x >= 0 && x + w <= 12 && y >= 0)).toBe(true);
				expect(compact(current, 12)).toEqual(current);
			}),
			{ numRuns: 150 },
		);
	});
});
