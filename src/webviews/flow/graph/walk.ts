import type { NodeId } from '../../../core/flow/model/flow';
import type { Box } from './box';
import type { GraphIndex } from './graphIndex';
import { centreOf } from './grid';
import { isInside } from '../../../core/flow/layout/handles';

/** Everything that comes before these nodes; containers bring what feeds the nodes inside, and the other way round. */
export function upstream(index: GraphIndex, start: Iterable<NodeId>): ReadonlySet<NodeId> {
	return reach(start, id => index.edges(id).incoming.map(edge => edge.from));
}

/** Everything that comes after these nodes. */
export function downstream(index: GraphIndex, start: Iterable<NodeId>): ReadonlySet<NodeId> {
	return reach(start, id => index.edges(id).outgoing.map(edge => edge.to));
}

/** Everything that hangs together with these nodes. */
export function connected(index: GraphIndex, start: Iterable<NodeId>): ReadonlySet<NodeId> {
	return reach(start, id => {
		const { incoming, outgoing } = index.edges(id);
		return [...incoming.map(edge => edge.from), ...outgoing.map(edge => edge.to)];
	});
}

/** Without recursion: a chain may have ten thousand nodes. */
function reach(start: Iterable<NodeId>, next: (id: NodeId) => readonly NodeId[]): ReadonlySet<NodeId> {
	const found = new Set(start);
	const open = [...found];
	for (let id = open.pop(); id !== undefined; id = open.pop()) {
		for (const other of next(id)) {
			if (found.has(other)) continue;
			found.add(other);
			open.push(other);
		}
	}
	return found;
}

export type Direction = 'left' | 'right' | 'up' | 'down';

const vectors: Readonly<Record<Direction, readonly [number, number]>> = {
	left: [-1, 0],
	right: [1, 0],
	up: [0, -1],
	down: [0, 1],
};

/**
 * The nearest node in a direction: the way there counts, and the way aside counts twice. Looks further and further, so
 * that a large flow is searched near the node only.
 */
export function nearest(index: GraphIndex, from: Box, direction: Direction): Box | undefined {
	const [dx, dy] = vectors[direction];
	const here = centreOf(from);
	const { bounds } = index;
	if (!bounds) return undefined;
	const farthest = 2 * Math.max(bounds.width, bounds.height) + 1024;
	for (let radius = 768; ; radius *= 3) {
		const around = { x: here.x - radius, y: here.y - radius, width: 2 * radius, height: 2 * radius };
		let best: Box | undefined;
		let bestScore = Infinity;
		for (const box of index.query(around)) {
			if (box.id === from.id) continue;
			const there = centreOf(box);
			const along = (there.x - here.x) * dx + (there.y - here.y) * dy;
			const aside = Math.abs((there.x - here.x) * dy) + Math.abs((there.y - here.y) * dx);
			if (along <= 4 || aside > along * 3) continue;
			const score = along + 2 * aside;
			if (score < bestScore) [best, bestScore] = [box, score];
		}
		if (best || radius > farthest) return best;
	}
}

/** Nodes in the order of reading: left to right, then top to bottom. */
export function readingOrder(boxes: Iterable<Box>): readonly Box[] {
	return [...boxes].sort((a, b) => a.x - b.x || a.y - b.y || (a.id < b.id ? -1 : 1));
}

/**
 * Whether an edge between these nodes would close a circle. What a node inside a frame waits for, the frame waits for,
 * unless both stand in it.
 */
export function closesCircle(index: GraphIndex, from: NodeId, to: NodeId): boolean {
	if (from === to) return true;
	const open = (id: NodeId): boolean => id !== from && isInside(index, from, id);
	const withFrames = (id: NodeId): readonly NodeId[] => {
		const frames: NodeId[] = [];
		for (let at: NodeId | undefined = id; at !== undefined && !frames.includes(at); at = index.box(at)?.node.in)
			frames.push(at);
		return frames.filter(each => !open(each));
	};
	const after = reach(withFrames(to), id => index.edges(id).outgoing.flatMap(edge => withFrames(edge.to)));
	return after.has(from);
}
