import { layer, roomOf, type Box, type Cluster, type Spacing, type Wire, type WireLabel } from './diagramLayers';
import { attach, tracksBelow } from './diagramRoutes';

export interface Point {
	readonly x: number;
	readonly y: number;
}

export interface Rect extends Point {
	readonly width: number;
	readonly height: number;
}

/** What came of a frame: boxes and labels have got their places, the rest is here. */
export interface Arranged {
	readonly clusters: ReadonlyMap<string, Rect>;
	readonly paths: ReadonlyMap<Wire, readonly Point[]>;
	readonly bounds: Rect;
}

const trackStep = 12;
/** From a box to the first line along it: the head of an arrow fits between. */
const trackMargin = 16;

/** Lays out boxes that belong together, all edges running downwards but those of a cycle. */
export function arrange(
	boxes: readonly Box[],
	clusters: readonly Cluster[],
	wires: readonly Wire[],
	spacing: Spacing,
): Arranged {
	const loops = wires.filter(wire => wire.from.box === wire.to.box);
	const others = wires.filter(wire => wire.from.box !== wire.to.box);
	const ranks = layer(boxes, clusters, others, spacing);
	const members = new Members(boxes, clusters, others);
	makeRoom(members, boxes, others, spacing);
	attach(boxes, others);
	const paths = placeRanks(ranks, boxes, others, members, spacing);
	for (const [index, wire] of loops.entries()) paths.set(wire, loopPath(wire, index));
	const frames = members.frames();
	return { clusters: frames, paths, bounds: boundsOf(boxes, wires, paths, frames) };
}

/** Who is in which cluster. */
class Members {
	readonly clusters: readonly Cluster[];
	readonly #boxes = new Map<string, Box[]>();
	readonly #wires = new Map<string, Wire[]>();
	readonly #parents: ReadonlyMap<string, string | undefined>;

	constructor(boxes: readonly Box[], clusters: readonly Cluster[], wires: readonly Wire[]) {
		this.#parents = new Map(clusters.map(cluster => [cluster.id, cluster.parent]));
		const inside = clusters.map(cluster => ({ cluster, depth: this.#around(cluster.id).length }));
		this.clusters = inside.toSorted((a, b) => b.depth - a.depth).map(({ cluster }) => cluster);
		for (const box of boxes) for (const id of this.#around(box.cluster)) add(this.#boxes, id, box);
		for (const wire of wires) {
			const ends = [...this.#around(wire.from.box.cluster), ...this.#around(wire.to.box.cluster)];
			for (const id of new Set(ends)) add(this.#wires, id, wire);
		}
	}

	#around(id: string | undefined): string[] {
		const ids: string[] = [];
		for (let at = id; at !== undefined; at = this.#parents.get(at)) ids.push(at);
		return ids;
	}

	left(id: string): number {
		const boxes = (this.#boxes.get(id) ?? []).map(box => box.x - box.width / 2 - box.margin);
		return Math.min(...boxes, ...this.#passing(id).map(({ x, width }) => x - width / 2));
	}

	/** Where edges of the cluster's boxes pass its ranks, with their labels. */
	#passing(id: string): Rect[] {
		const ranks = (this.#boxes.get(id) ?? []).map(box => box.rank);
		const [first, last] = [Math.min(...ranks), Math.max(...ranks)];
		return (this.#wires.get(id) ?? []).flatMap(({ upper, xs, label, labelRank }) =>
			xs.flatMap((x, at) => {
				const rank = upper.box.rank + at;
				if (at === 0 || at === xs.length - 1 || rank < first || rank > last) return [];
				if (label === undefined || rank !== labelRank) return [{ x, y: Number.NaN, width: 0, height: 0 }];
				return [{ x, y: label.y, width: roomOf(label), height: label.height }];
			}),
		);
	}

	/** What the clusters that begin at `rank` need above their boxes, or those that end there below them. */
	pads(rank: number, edge: 'before' | 'after'): number {
		const needs = new Map<string, number>();
		for (const { id, pads } of this.clusters) {
			const ranks = (this.#boxes.get(id) ?? []).map(box => box.rank);
			if ((edge === 'before' ? Math.min(...ranks) : Math.max(...ranks)) !== rank) continue;
			for (const within of this.clusters)
				if (this.#around(within.id).includes(id)) needs.set(within.id, (needs.get(within.id) ?? 0) + pads[edge]);
		}
		return Math.max(0, ...needs.values());
	}

	/** The clusters' outlines: inner ones are there before those around them. */
	frames(): Map<string, Rect> {
		const frames = new Map<string, Rect>();
		for (const { id, pads } of this.clusters) {
			const rects = (this.#boxes.get(id) ?? []).map(box => rectOf(box, box.margin));
			const [{ y: inside } = { y: 0 }] = rects;
			for (const rect of this.#passing(id)) rects.push(rectOf(Number.isNaN(rect.y) ? { ...rect, y: inside } : rect));
			for (const inner of this.clusters) {
				const frame = inner.parent === id ? frames.get(inner.id) : undefined;
				if (frame !== undefined) rects.push(frame);
			}
			const { x, y, width, height } = union(rects);
			frames.set(id, {
				x: x - pads.left,
				y: y - pads.before,
				width: width + pads.left + pads.right,
				height: height + pads.before + pads.after,
			});
		}
		return frames;
	}
}

function add<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
	const list = lists.get(key);
	if (list === undefined) lists.set(key, [value]);
	else list.push(value);
}

/** The library keeps the same narrow room on all sides of a cluster; where it must be wider, all beyond is moved on. */
function makeRoom(members: Members, boxes: readonly Box[], wires: readonly Wire[], spacing: Spacing): void {
	for (const { id, pads } of members.clusters) {
		const missing = pads.left - spacing.edge;
		if (missing <= 6) continue;
		const at = members.left(id) - 0.1;
		for (const box of boxes) if (box.x > at) box.x += missing;
		for (const wire of wires) wire.xs = wire.xs.map(x => (x > at ? x + missing : x));
	}
}

/** Heights of ranks and of what is between them, and with them the ways of the edges. */
function placeRanks(
	count: number,
	boxes: readonly Box[],
	wires: readonly Wire[],
	members: Members,
	spacing: Spacing,
): Map<Wire, Point[]> {
	const rows = Array.from({ length: count }, (_, rank) => {
		const nodes = boxes.filter(box => box.rank === rank);
		const labels = wires.flatMap(wire => (wire.labelRank === rank && wire.label !== undefined ? [wire.label] : []));
		const height = Math.max(0, ...nodes.map(box => box.height), ...labels.map(label => label.height));
		return { nodes, height, hasNodes: nodes.length > 0 };
	});
	const trackYs: ((wire: Wire) => number)[] = [];
	const middles: number[] = [];
	let y = 0;
	for (const [rank, { nodes, height, hasNodes }] of rows.entries()) {
		for (const box of nodes) box.y = y + height / 2;
		middles.push(y + height / 2);
		const tracks = tracksBelow(rank, wires);
		const used = Math.max(-1, ...tracks.values()) + 1;
		const least = hasNodes && (rows[rank + 1]?.hasNodes ?? true) ? spacing.layer : spacing.layer / 2;
		const channel = Math.max(least, used === 0 ? 0 : 2 * trackMargin + (used - 1) * trackStep);
		const top = y + height + members.pads(rank, 'after');
		const first = top + (channel - (used - 1) * trackStep) / 2;
		trackYs.push(wire => first + (tracks.get(wire) ?? 0) * trackStep);
		y = top + channel + members.pads(rank + 1, 'before');
	}
	return new Map(wires.map(wire => [wire, pathOf(wire, trackYs, middles)]));
}

function pathOf(wire: Wire, trackYs: readonly ((wire: Wire) => number)[], middles: readonly number[]): Point[] {
	const { upper, lower, xs, label, labelRank } = wire;
	const points: Point[] = [{ x: xs[0] ?? 0, y: upper.box.y + upper.box.height / 2 }];
	for (let at = 1; at < xs.length; at++) {
		const [from = 0, to = 0] = xs.slice(at - 1);
		if (Math.abs(from - to) < 0.5) continue;
		const y = trackYs[upper.box.rank + at - 1]?.(wire) ?? 0;
		points.push({ x: from, y }, { x: to, y });
	}
	points.push({ x: points.at(-1)?.x ?? 0, y: lower.box.y - lower.box.height / 2 });
	if (label !== undefined) {
		label.x = (xs[labelRank - upper.box.rank] ?? 0) + (label.isBeside ? label.width / 2 : 0);
		label.y = middles[labelRank] ?? 0;
	}
	return upper === wire.from ? points : points.toReversed();
}

/** How far an edge from a box to itself goes out. */
export const loopReach = (label: WireLabel | undefined) =>
	label === undefined || label.isBeside ? 20 : Math.max(20, label.width / 2 + 6);

function loopPath({ from: { box }, label }: Wire, index: number): Point[] {
	const edge = box.x + box.width / 2;
	const x = edge + loopReach(label) + (index % 3) * 6;
	const half = Math.min(box.height / 2 - 4, 14 + (index % 3) * 6);
	if (label !== undefined) Object.assign(label, { x: label.isBeside ? x + label.width / 2 : x, y: box.y });
	return [
		{ x: edge, y: box.y - half },
		{ x, y: box.y - half },
		{ x, y: box.y + half },
		{ x: edge, y: box.y + half },
	];
}

const rectOf = ({ x, y, width, height }: Rect, margin = 0): Rect => ({
	x: x - width / 2 - margin,
	y: y - height / 2,
	width: width + 2 * margin,
	height,
});

function union(rects: readonly Rect[]): Rect {
	if (rects.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
	const x = Math.min(...rects.map(rect => rect.x));
	const y = Math.min(...rects.map(rect => rect.y));
	const right = Math.max(...rects.map(rect => rect.x + rect.width));
	const bottom = Math.max(...rects.map(rect => rect.y + rect.height));
	return { x, y, width: right - x, height: bottom - y };
}

function boundsOf(
	boxes: readonly Box[],
	wires: readonly Wire[],
	paths: ReadonlyMap<Wire, readonly Point[]>,
	frames: ReadonlyMap<string, Rect>,
): Rect {
	const points = [...paths.values()].flat().map(({ x, y }) => ({ x, y, width: 0, height: 0 }));
	const labels = wires.flatMap(({ label }) => (label === undefined ? [] : [rectOf(label)]));
	return union([...boxes.map(box => rectOf(box)), ...frames.values(), ...labels, ...points]);
}
