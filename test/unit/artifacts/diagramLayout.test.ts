import { expect, test } from 'vitest';
import type { Point, Rect } from '../../../src/core/artifacts/diagramFrame';
import { layoutDiagram, Layouter } from '../../../src/core/artifacts/diagramLayout';
import type { LayoutEdge, LayoutNode } from '../../../src/core/artifacts/diagramTypes';

const box = (id: string): LayoutNode => ({ id, width: 60, height: 36 });

/** `a>b` is an edge, `a>b:text` one with a label. */
function edges(...written: string[]): LayoutEdge[] {
	return written.map((text, index) => {
		const [, source = '', target = '', label] = /^(\w+)>(\w+)(:.+)?$/u.exec(text) ?? [];
		const labels = [{ width: 40, height: 20, layoutOptions: { 'elk.edgeLabels.inline': 'true' } }];
		return { id: `e${index}`, sources: [source], targets: [target], ...(label === undefined ? {} : { labels }) };
	});
}

function root(direction: string, children: LayoutNode[], links: LayoutEdge[]): LayoutNode {
	const padding = '[top=40,left=40,bottom=40,right=40]';
	return { id: 'root', layoutOptions: { 'elk.direction': direction, 'elk.padding': padding }, children, edges: links };
}

const group = (id: string, children: LayoutNode[], direction?: string): LayoutNode => ({
	id,
	layoutOptions: {
		'elk.padding': '[top=44,left=16,bottom=16,right=16]',
		...(direction === undefined ? {} : { 'elk.direction': direction }),
	},
	children,
});

/** Every node's place on the page. */
function places(node: LayoutNode, at: Point = { x: 0, y: 0 }, found = new Map<string, Rect>()): Map<string, Rect> {
	for (const child of node.children ?? []) {
		const { x = Number.NaN, y = Number.NaN, width = 0, height = 0 } = child;
		found.set(child.id, { x: at.x + x, y: at.y + y, width, height });
		places(child, { x: at.x + x, y: at.y + y }, found);
	}
	return found;
}

function place(node: LayoutNode, id: string): Rect {
	const found = places(node).get(id);
	if (found === undefined) throw new Error(`${id} has no place`);
	return found;
}

function path(edge: LayoutEdge | undefined): Point[] {
	const [section] = edge?.sections ?? [];
	if (section === undefined) throw new Error('an edge without sections');
	return [section.startPoint, ...section.bendPoints, section.endPoint];
}

const right = ({ x, width }: Rect) => x + width;
const bottom = ({ y, height }: Rect) => y + height;

function isWithin(inner: Rect, outer: Rect): boolean {
	return inner.x > outer.x && inner.y > outer.y && right(inner) < right(outer) && bottom(inner) < bottom(outer);
}

function crosses(points: readonly Point[], { x, y, width, height }: Rect): boolean {
	return points.slice(1).some((to, at) => {
		const from = points[at] ?? to;
		const [low, high] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
		const [top, end] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
		return high > x + 1 && low < x + width - 1 && end > y + 1 && top < y + height - 1;
	});
}

const isRightAngled = (points: readonly Point[]) =>
	points.slice(1).every((to, at) => {
		const from = points[at] ?? to;
		return Math.abs(from.x - to.x) < 0.01 || Math.abs(from.y - to.y) < 0.01;
	});

/** A cycle, an edge past two ranks, two edges between the same boxes. */
const tangle = () => edges('a>b', 'b>c:yes', 'c>a', 'a>d', 'd>e', 'a>e', 'b>e:no', 'b>e');
const abcde = () => ['e', 'd', 'c', 'b', 'a'].map(box);

test.each([
	['DOWN', (from: Rect, to: Rect) => bottom(from) < to.y],
	['UP', (from: Rect, to: Rect) => from.y > bottom(to)],
	['RIGHT', (from: Rect, to: Rect) => right(from) < to.x],
	['LEFT', (from: Rect, to: Rect) => from.x > right(to)],
])('%s: what was written first is where a cycle starts, and edges pass beside boxes', (direction, leads) => {
	const laid = layoutDiagram(root(direction, abcde(), tangle()));
	const [a, b, c] = ['a', 'b', 'c'].map(id => place(laid, id));
	expect(a !== undefined && b !== undefined && c !== undefined && leads(a, b) && leads(b, c)).toBe(true);
	for (const edge of laid.edges ?? []) {
		expect(isRightAngled(path(edge))).toBe(true);
		for (const rect of places(laid).values()) expect(crosses(path(edge), rect)).toBe(false);
	}
	const all = [...places(laid).values()];
	for (const [index, one] of all.entries())
		for (const other of all.slice(index + 1))
			expect(right(one) <= other.x || right(other) <= one.x || bottom(one) <= other.y || bottom(other) <= one.y).toBe(
				true,
			);
	expect([Math.min(...all.map(({ x }) => x)) >= 40, Math.min(...all.map(({ y }) => y)) >= 40]).toEqual([true, true]);
});

test('edges begin and end at the outlines of their boxes, each at its own place', () => {
	const laid = layoutDiagram(root('DOWN', abcde(), edges('a>b', 'a>b', 'a>c')));
	const a = place(laid, 'a');
	const starts = (laid.edges ?? []).map(edge => path(edge)[0] ?? { x: 0, y: 0 });
	expect(starts.every(({ x, y }) => y === bottom(a) && x > a.x && x < right(a))).toBe(true);
	expect(new Set(starts.map(({ x }) => x)).size).toBe(3);
});

test('a label is on its line', () => {
	const laid = layoutDiagram(root('RIGHT', abcde(), tangle()));
	for (const edge of laid.edges ?? []) {
		const [label] = edge.labels ?? [];
		if (label === undefined) continue;
		const rect = { x: (label.x ?? 0) + 18, y: (label.y ?? 0) + 8, width: 4, height: 4 };
		expect(crosses(path(edge), rect)).toBe(true);
		for (const node of places(laid).values()) expect(isWithin(rect, node)).toBe(false);
	}
});

test.each(['DOWN', 'RIGHT'])('%s: groups, also nested, surround what is in them, below their titles', direction => {
	const inner = group('inner', [box('b'), box('c')]);
	const children = [box('a'), group('outer', [inner, box('d')]), box('e')];
	const laid = layoutDiagram(root(direction, children, edges('a>b', 'b>c:x', 'c>d', 'd>e', 'a>e')));
	const [outer, within] = [place(laid, 'outer'), place(laid, 'inner')];
	expect([isWithin(within, outer), isWithin(place(laid, 'd'), outer)]).toEqual([true, true]);
	expect(['b', 'c'].every(id => isWithin(place(laid, id), within))).toBe(true);
	expect(['a', 'e'].some(id => isWithin(place(laid, id), outer))).toBe(false);
	expect(place(laid, 'b').y - within.y).toBeGreaterThanOrEqual(44);
	expect(crosses(path(laid.edges?.[4]), outer)).toBe(false);
});

test('an edge to a group ends at its outline', () => {
	const laid = layoutDiagram(
		root('DOWN', [box('a'), group('g', [box('b'), box('c')]), box('d')], edges('b>c', 'a>g', 'g>d')),
	);
	const frame = place(laid, 'g');
	expect(path(laid.edges?.[1]).at(-1)?.y).toBe(frame.y);
	expect(path(laid.edges?.[2])[0]?.y).toBe(bottom(frame));
	expect(place(laid, 'd').y).toBeGreaterThan(bottom(frame));
});

test('a group that is named as a node within itself is there once', () => {
	const laid = layoutDiagram(root('DOWN', [group('g', [box('b'), box('g')])], edges('b>g', 'a>g', 'b>b')));
	expect([...places(laid).keys()]).toEqual(['g', 'b']);
});

test('a group with its own direction is entered through its ports', () => {
	const inside: LayoutNode = {
		...group('g', [box('b'), box('c')], 'RIGHT'),
		ports: [{ id: 'g_in_0' }],
		edges: [
			{ id: 'e1', sources: ['b'], targets: ['c'] },
			{ id: 'e0_internal', sources: ['g_in_0'], targets: ['c'] },
		],
	};
	const laid = layoutDiagram(root('DOWN', [box('a'), inside], edges('a>g_in_0')));
	const [b, c] = [place(laid, 'b'), place(laid, 'c')];
	expect([b.y === c.y, right(b) < c.x]).toEqual([true, true]);
	const way = path(laid.edges?.[0]);
	expect([isRightAngled(way), way.at(-1)?.y]).toEqual([true, c.y]);
	expect(inside.edges?.[1]?.sections).toBeUndefined();
	// What belongs to a group is told from the group's corner.
	expect(path(inside.edges?.[0])[0]?.x).toBe(right(b) - place(laid, 'g').x);
});

test('an edge from a box to itself stands beside it', () => {
	const laid = layoutDiagram(root('DOWN', [box('a'), box('b')], edges('a>a:again', 'a>b')));
	const loop = path(laid.edges?.[0]);
	expect(loop.every(({ x }) => x >= right(place(laid, 'a')))).toBe(true);
	expect(laid.width).toBeGreaterThanOrEqual((laid.edges?.[0]?.labels?.[0]?.x ?? 0) + 40 + 40);
});

test('what is not connected fills rows rather than a line', () => {
	const laid = layoutDiagram(
		root(
			'DOWN',
			Array.from({ length: 30 }, (_, index) => box(`n${index}`)),
			[],
		),
	);
	expect((laid.width ?? 0) / (laid.height ?? 1)).toBeLessThan(3);
});

test('nothing, and what has no ends, is laid out too', () => {
	expect(layoutDiagram(root('DOWN', [], []))).toMatchObject({ width: 80, height: 80 });
	const laid = layoutDiagram(root('DOWN', [group('empty', []), box('a')], edges('a>empty', 'a>nowhere')));
	expect(place(laid, 'empty').width).toBeGreaterThan(0);
	expect(laid.edges?.[1]?.sections).toBeUndefined();
});

test('many boxes are laid out soon', () => {
	const names = Array.from({ length: 200 }, (_, index) => `n${index}`);
	const links = names.slice(1).flatMap((name, index) => {
		const back = index % 4 === 0 ? [`${name}>n${(index * 37) % 200}`] : [];
		return [`n${Math.floor((index * 7) / 11)}>${name}`, ...back];
	});
	const start = performance.now();
	const laid = layoutDiagram(root('DOWN', names.map(box), edges(...links)));
	expect(performance.now() - start).toBeLessThan(25_000);
	expect([...places(laid).values()].every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))).toBe(true);
});

test('the library that draws asks and is answered at once', () => {
	const { worker } = new Layouter().worker;
	let width = 0;
	// oxlint-disable-next-line unicorn/prefer-add-event-listener -- what the library sets
	worker.onmessage = ({ data }) => (width = data.data.width ?? 0);
	worker.dispatcher.saveDispatch({ data: { id: 0, graph: root('DOWN', [box('a')], []) } });
	expect(width).toBe(140);
});
