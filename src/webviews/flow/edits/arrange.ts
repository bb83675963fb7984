import type { Flow, NodeId, Position } from '../../../core/flow/model/flow';
import type { FlowOp } from '../../../core/flow/model/ops';
import type { Box } from '../graph/box';
import type { GraphIndex } from '../graph/graphIndex';
import { boundsOf } from '../graph/grid';
import { snapToGrid } from '../../../core/flow/layout/sizes';
import { withInside } from './remove';

type Places = ReadonlyMap<NodeId, { readonly x: number; readonly y: number }>;

export type Alignment = 'left' | 'right' | 'top' | 'bottom' | 'center' | 'middle';

/** Places for a `move`; a frame or note keeps the size that the document gives it. */
export function placesWithSizes(flow: Flow, places: Places): Readonly<Record<NodeId, Position>> {
	return Object.fromEntries(
		[...places].map(([id, { x, y }]) => {
			const { width, height } = flow.layout[id] ?? {};
			return [id, { x, y, ...(width === undefined || height === undefined ? {} : { width, height }) }];
		}),
	);
}

/** Puts nodes on one line: their edges or their middles. */
export function alignOps(flow: Flow, index: GraphIndex, nodes: Iterable<NodeId>, how: Alignment): readonly FlowOp[] {
	const boxes = boxesOf(index, nodes);
	const bounds = boundsOf(boxes);
	if (!bounds || boxes.length < 2) return [];
	const to = (box: Box): { x: number; y: number } => {
		switch (how) {
			case 'left':
				return { x: bounds.x, y: box.y };
			case 'right':
				return { x: bounds.x + bounds.width - box.width, y: box.y };
			case 'top':
				return { x: box.x, y: bounds.y };
			case 'bottom':
				return { x: box.x, y: bounds.y + bounds.height - box.height };
			case 'center':
				return { x: snapToGrid(bounds.x + (bounds.width - box.width) / 2), y: box.y };
			case 'middle':
				return { x: box.x, y: snapToGrid(bounds.y + (bounds.height - box.height) / 2) };
			default:
				return how satisfies never;
		}
	};
	return moveOps(flow, index, new Map(boxes.map(box => [box.id, to(box)])));
}

/** Makes the gaps between nodes equal; the outermost stay. */
export function distributeOps(
	flow: Flow,
	index: GraphIndex,
	nodes: Iterable<NodeId>,
	axis: 'horizontal' | 'vertical',
): readonly FlowOp[] {
	const isHorizontal = axis === 'horizontal';
	const start = (box: Box): number => (isHorizontal ? box.x : box.y);
	const length = (box: Box): number => (isHorizontal ? box.width : box.height);
	const boxes = [...boxesOf(index, nodes)].sort((a, b) => start(a) - start(b));
	const [first] = boxes;
	const last = boxes.at(-1);
	if (boxes.length < 3 || !first || !last) return [];
	const used = boxes.reduce((sum, box) => sum + length(box), 0);
	const gap = (start(last) + length(last) - start(first) - used) / (boxes.length - 1);
	const places = new Map<NodeId, { x: number; y: number }>();
	let at = start(first);
	for (const box of boxes) {
		const place = box === last ? start(last) : snapToGrid(at);
		places.set(box.id, isHorizontal ? { x: place, y: box.y } : { x: box.x, y: place });
		at += length(box) + gap;
	}
	return moveOps(flow, index, places);
}

/** Moves nodes to places, and what stands inside of frames along with them. */
export function moveOps(flow: Flow, index: GraphIndex, places: Places): readonly FlowOp[] {
	const all = new Map<NodeId, { x: number; y: number }>();
	for (const [id, to] of places) {
		const box = index.box(id);
		if (!box) continue;
		for (const inside of withInside(index, [id])) {
			const other = index.box(inside);
			if (other && !places.has(inside)) all.set(inside, { x: other.x + to.x - box.x, y: other.y + to.y - box.y });
		}
	}
	for (const [id, to] of places) all.set(id, to);
	const moved = new Map([...all].filter(([id, { x, y }]) => index.box(id)?.x !== x || index.box(id)?.y !== y));
	return moved.size === 0 ? [] : [{ op: 'move', places: placesWithSizes(flow, moved) }];
}

function boxesOf(index: GraphIndex, nodes: Iterable<NodeId>): readonly Box[] {
	return [...nodes].flatMap(id => index.box(id) ?? []);
}
