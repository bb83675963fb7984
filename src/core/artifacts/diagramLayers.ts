import { graphlib, layout } from '@dagrejs/dagre';

// A diagram is laid out in a frame whose edges run downwards; whoever reads it turns the frame.

/** A node, or a part that was laid out by itself. Its place is its middle. */
export interface Box {
	readonly id: string;
	readonly width: number;
	readonly height: number;
	readonly cluster: string | undefined;
	/** Room beside it, for edges from it to itself. */
	readonly margin: number;
	x: number;
	y: number;
	rank: number;
}

/** A frame around boxes, and its distance from them. */
export interface Cluster {
	readonly id: string;
	readonly parent: string | undefined;
	readonly pads: Pads;
}

export interface Pads {
	readonly left: number;
	readonly right: number;
	readonly before: number;
	readonly after: number;
}

/** The end of an edge; `offset` says where on its box it must be. */
export interface End {
	readonly box: Box;
	readonly offset?: number;
}

export interface WireLabel {
	readonly width: number;
	readonly height: number;
	/** Stands to the right of its line rather than on it. */
	readonly isBeside: boolean;
	x: number;
	y: number;
}

/** An edge. `xs` says where it is in each rank, from the upper box to the lower. */
export interface Wire {
	readonly key: string;
	readonly from: End;
	readonly to: End;
	readonly label: WireLabel | undefined;
	upper: End;
	lower: End;
	xs: number[];
	labelRank: number;
}

export interface Spacing {
	readonly node: number;
	readonly layer: number;
	readonly edge: number;
}

interface Placed {
	readonly x: number;
	readonly y: number;
	readonly points?: readonly { readonly x: number; readonly y: number }[];
}

/** A label beside its line has as much room on the other side: so the line stays in the middle of the room. */
export const roomOf = ({ width, isBeside }: WireLabel) => (isBeside ? 2 * width : width);

/** Gives every box its rank and its place across, and every edge a way through the ranks between. */
export function layer(
	boxes: readonly Box[],
	clusters: readonly Cluster[],
	wires: readonly Wire[],
	spacing: Spacing,
): number {
	const graph = new graphlib.Graph({ multigraph: true, compound: true });
	graph.setGraph({ nodesep: spacing.node, edgesep: spacing.edge, ranksep: spacing.layer });
	for (const { id } of clusters) graph.setNode(`c ${id}`, {});
	for (const { id, parent } of clusters) if (parent !== undefined) graph.setParent(`c ${id}`, `c ${parent}`);
	for (const { id, width, height, cluster, margin } of boxes) {
		graph.setNode(`b ${id}`, { width: width + 2 * margin, height });
		if (cluster !== undefined) graph.setParent(`b ${id}`, `c ${cluster}`);
	}
	for (const { key, from, to, label } of wires) {
		const room = label === undefined ? {} : { width: roomOf(label), height: label.height, labelpos: 'c' };
		graph.setEdge(`b ${from.box.id}`, `b ${to.box.id}`, room, key);
	}
	layout(graph);
	return readRanks(
		boxes,
		wires,
		box => graph.node(`b ${box.id}`) as Placed,
		wire => graph.edge(`b ${wire.from.box.id}`, `b ${wire.to.box.id}`, wire.key) as Placed,
	);
}

const level = (y: number) => Math.round(y * 4);

/** Of the library's ranks those count that hold boxes or labels; the others only keep room. */
function readRanks(
	boxes: readonly Box[],
	wires: readonly Wire[],
	ofBox: (box: Box) => Placed,
	ofWire: (wire: Wire) => Placed,
): number {
	const levels = new Set(boxes.map(box => level(ofBox(box).y)));
	for (const wire of wires) if (wire.label !== undefined) levels.add(level(ofWire(wire).y));
	const ranks = new Map([...levels].toSorted((a, b) => a - b).map((at, rank) => [at, rank]));
	for (const box of boxes) {
		const { x, y } = ofBox(box);
		box.x = x;
		box.rank = ranks.get(level(y)) ?? 0;
	}
	for (const wire of wires) {
		const { y, points = [] } = ofWire(wire);
		const isDown = wire.from.box.rank < wire.to.box.rank;
		wire.upper = isDown ? wire.from : wire.to;
		wire.lower = isDown ? wire.to : wire.from;
		const known = new Map(points.slice(1, -1).map(point => [ranks.get(level(point.y)), point.x]));
		const between = wire.lower.box.rank - wire.upper.box.rank;
		wire.xs = Array.from({ length: between + 1 }, (_, index) => {
			if (index === 0) return wire.upper.box.x;
			return index === between ? wire.lower.box.x : (known.get(wire.upper.box.rank + index) ?? wire.upper.box.x);
		});
		wire.labelRank = wire.label === undefined ? -1 : (ranks.get(level(y)) ?? -1);
	}
	if (isMirrored(boxes)) {
		for (const box of boxes) box.x *= -1;
		for (const wire of wires) wire.xs = wire.xs.map(x => -x);
	}
	return ranks.size;
}

/** Whether most boxes are the other way round than they were written: what was written first stands first. */
function isMirrored(boxes: readonly Box[]): boolean {
	let balance = 0;
	for (const [index, box] of boxes.entries())
		for (const other of boxes.slice(index + 1)) if (other.rank === box.rank) balance += Math.sign(other.x - box.x);
	return balance < 0;
}
