import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layoutFlow, type NodeBox } from '../../../../src/core/flow/layout/flowLayout';
import { layered, type LayoutBox, type LayoutEdge } from '../../../../src/core/flow/layout/layered';
import { emptyFlow, type Flow, type FlowNode, type Position } from '../../../../src/core/flow/model/flow';
import { cpuTime } from '../../cpuTime';

const gaps = { x: 80, y: 24 };
const box = (id: string, more: Partial<LayoutBox> = {}): LayoutBox => ({ id, width: 200, height: 80, ...more });

interface Drawn {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

function overlapping(drawn: readonly Drawn[]): number {
	let count = 0;
	for (const [at, a] of drawn.entries()) {
		for (const b of drawn.slice(at + 1)) {
			const isApart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
			if (!isApart) count++;
		}
	}
	return count;
}

const graphs = fc.integer({ min: 1, max: 30 }).chain(count =>
	fc.record({
		boxes: fc.constant(Array.from({ length: count }, (_, at) => box(`n${at}`, { height: 60 + ((at * 37) % 90) }))),
		edges: fc.array(
			fc
				.tuple(fc.nat(count - 1), fc.nat(count - 1))
				.map(([from, to]): LayoutEdge => ({ from: `n${from}`, to: `n${to}` })),
			{ maxLength: 60 },
		),
	}),
);

describe('columns', () => {
	test('a diamond has three columns, and its middle is level with its ends', () => {
		const boxes = ['a', 'b', 'c', 'd'].map(id => box(id));
		const edges = [
			{ from: 'a', to: 'b' },
			{ from: 'a', to: 'c' },
			{ from: 'b', to: 'd' },
			{ from: 'c', to: 'd' },
		];
		const { places } = layered(boxes, edges, gaps);
		expect(Object.fromEntries(places)).toEqual({
			a: { x: 0, y: 52 },
			b: { x: 280, y: 0 },
			c: { x: 280, y: 104 },
			d: { x: 560, y: 52 },
		});
	});

	test('boxes never overlap, edges lead to the right, and the order in which the graph is told does not matter', () => {
		fc.assert(
			fc.property(graphs, ({ boxes, edges }) => {
				const { places } = layered(boxes, edges, gaps);
				expect(overlapping(boxes.map(each => ({ ...each, ...places.get(each.id)! })))).toBe(0);
				const turned = layered(boxes.toReversed(), edges.toReversed(), gaps);
				expect(Object.fromEntries(turned.places)).toEqual(Object.fromEntries(places));
				const forward = edges.filter(({ from, to }) => Number(from.slice(1)) < Number(to.slice(1)));
				const acyclic = layered(boxes, forward, gaps).places;
				for (const { from, to } of forward) expect(acyclic.get(from)!.x).toBeLessThan(acyclic.get(to)!.x);
			}),
			{ numRuns: 200 },
		);
	});

	test('a graph that is tidy stays as it is', () => {
		fc.assert(
			fc.property(graphs, ({ boxes, edges }) => {
				const forward = edges.filter(({ from, to }) => Number(from.slice(1)) < Number(to.slice(1)));
				let placed = boxes;
				const heights: string[] = [];
				for (let round = 0; round < 6; round++) {
					const { places } = layered(placed, forward, gaps);
					placed = boxes.map(each => ({ ...each, ...places.get(each.id)! }));
					heights.push(JSON.stringify(placed));
				}
				expect(heights.at(-1)).toBe(heights.at(-2));
			}),
			{ numRuns: 100 },
		);
	});

	test('a chain, a fan and a circle of ten thousand are placed in a moment', () => {
		const boxes = Array.from({ length: 10_000 }, (_, at) => box(`n${at}`));
		const chain = boxes.slice(1).map((_, at) => ({ from: `n${at}`, to: `n${at + 1}` }));
		const fan = boxes.slice(1).map(({ id }) => ({ from: 'n0', to: id }));
		for (const edges of [chain, fan, [...chain, { from: 'n9999', to: 'n0' }]]) {
			const took = cpuTime(() => expect(layered(boxes, edges, gaps).places.size).toBe(10_000));
			expect(took).toBeLessThan(5000);
		}
	});
});

const boxOf =
	(flow: Flow) =>
	(id: string): NodeBox => {
		if (flow.nodes[id]?.type === 'note') return { width: 240, height: 120, isNote: true };
		if (flow.nodes[id]?.type !== 'map') return { width: 224, height: 96 };
		return { width: 320, height: 160, frame: { left: 40, top: 60, right: 40, bottom: 30 } };
	};

function flowOf(
	nodes: Readonly<Record<string, FlowNode>>,
	edges: readonly string[],
	layout: Readonly<Record<string, Position>> = {},
): Flow {
	const lines = edges.map(line => {
		const [from = '', to = ''] = line.split(' ');
		return { from, output: 'out', to, input: 'in' };
	});
	return { ...emptyFlow('test', 'Test'), nodes, edges: lines, layout };
}

describe('flows', () => {
	test('a container holds what is inside, and grows for it', () => {
		const flow = flowOf(
			{
				start: { type: 'text' },
				each: { type: 'map' },
				one: { type: 'text', in: 'each' },
				two: { type: 'text', in: 'each' },
				note: { type: 'note' },
			},
			['start each', 'each one', 'one two', 'two each'],
			{ note: { x: 5, y: 5 } },
		);
		const places = layoutFlow({ flow, boxOf: boxOf(flow), scope: 'all', nodes: [] });
		expect(places['note']).toBeUndefined();
		const { each, one, two, start } = places as Record<string, Required<Position>>;
		expect(start!.x).toBeLessThan(each!.x);
		for (const inner of [one!, two!]) {
			expect(inner.x).toBeGreaterThanOrEqual(each!.x + 40);
			expect(inner.y).toBeGreaterThanOrEqual(each!.y + 60);
			expect(inner.x + 224).toBeLessThanOrEqual(each!.x + each!.width);
			expect(inner.y + 96).toBeLessThanOrEqual(each!.y + each!.height);
		}
		expect(Object.values(places).every(({ x, y }) => x % 8 === 0 && y % 8 === 0)).toBe(true);
	});

	test('a selection keeps its corner, and nothing else moves', () => {
		const flow = flowOf({ a: { type: 'text' }, b: { type: 'text' }, c: { type: 'text' } }, ['a b', 'b c'], {
			a: { x: 800, y: 400 },
			b: { x: 640, y: 560 },
			c: { x: 0, y: 0 },
		});
		const places = layoutFlow({ flow, boxOf: boxOf(flow), scope: 'selection', nodes: ['a', 'b'] });
		expect(places).toEqual({ a: { x: 640, y: 400 }, b: { x: 960, y: 400 } });
	});

	test('a new node goes behind what leads to it, where nothing stands', () => {
		const flow = flowOf({ a: { type: 'text' }, b: { type: 'text' }, c: { type: 'text' } }, ['a b', 'a c'], {
			a: { x: 0, y: 0 },
			b: { x: 320, y: 0 },
		});
		const places = layoutFlow({ flow, boxOf: boxOf(flow), scope: 'new', nodes: [] });
		expect(places).toEqual({ c: { x: 320, y: 128 } });
	});

	test('containers in a circle and nodes in nothing are no trouble', () => {
		const flow = flowOf({ a: { type: 'map', in: 'b' }, b: { type: 'map', in: 'a' }, c: { type: 'text', in: 'x' } }, []);
		expect(() => layoutFlow({ flow, boxOf: boxOf(flow), scope: 'all', nodes: [] })).not.toThrow();
	});
});
