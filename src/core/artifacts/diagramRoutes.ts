import { roomOf, type Box, type End, type Wire } from './diagramLayers';

/** Offsets that are smaller than this are made straight. */
const jog = 16;
/** Between two edges at one side of a box. */
const apart = 10;

type Side = 'upper' | 'lower';

interface Ports {
	readonly upper: Map<Box, Wire[]>;
	readonly lower: Map<Box, Wire[]>;
}

/** Gives edges their places at the boxes, side by side in the order in which they go on, and takes out small steps. */
export function attach(boxes: readonly Box[], wires: readonly Wire[]): void {
	const ports: Ports = { upper: new Map(), lower: new Map() };
	for (const wire of wires) {
		for (const side of ['upper', 'lower'] as const) {
			const known = ports[side].get(wire[side].box);
			if (known === undefined) ports[side].set(wire[side].box, [wire]);
			else known.push(wire);
		}
	}
	for (const side of ['upper', 'lower'] as const) for (const [box, ends] of ports[side]) spread(box, ends, side);
	for (const wire of wires) takeOutSteps(wire, boxes, wires);
	for (const wire of wires) straighten(wire, ports, boxes, wires);
}

/** A rank where an edge steps aside is passed at the place before or after, where nothing stands in the way. */
function takeOutSteps(wire: Wire, boxes: readonly Box[], wires: readonly Wire[]): void {
	for (let at = 1; at < wire.xs.length - 1; at++) {
		const [before = 0, x = 0, after = 0] = wire.xs.slice(at - 1);
		if (Math.abs(x - before) < 0.5 || Math.abs(x - after) < 0.5) continue;
		const rank = wire.upper.box.rank + at;
		const better = [before, after].find(to => isClear(wire, rank, to, boxes, wires));
		if (better !== undefined) wire.xs[at] = better;
	}
}

/** The places of an edge, seen from one of its ends. */
const seenFrom = (wire: Wire, side: Side) => (side === 'upper' ? wire.xs : wire.xs.toReversed());
const portIndex = (wire: Wire, side: Side) => (side === 'upper' ? 0 : wire.xs.length - 1);
const portOf = (wire: Wire, side: Side) => wire.xs[portIndex(wire, side)] ?? 0;

function spread(box: Box, ends: readonly Wire[], side: Side): void {
	const onward = new Map(ends.map(wire => [wire, seenFrom(wire, side).slice(1)]));
	const ordered = ends.toSorted((a, b) => {
		const [left = [], right = []] = [onward.get(a), onward.get(b)];
		for (let at = 0; at < Math.min(left.length, right.length); at++) {
			const difference = (left[at] ?? 0) - (right[at] ?? 0);
			if (Math.abs(difference) > 0.5) return difference;
		}
		return 0;
	});
	const step = Math.min(box.width / (ends.length + 1), isRound(box) ? 12 : 36);
	const taken = new Map<number, number>();
	for (const [index, wire] of ordered.entries()) {
		const { offset } = wire[side];
		let x = box.x + (index - (ends.length - 1) / 2) * step;
		if (offset !== undefined) {
			// Edges into a part of the diagram lead straight to the node within; there they stand side by side.
			const before = taken.get(offset) ?? 0;
			taken.set(offset, before + 1);
			x = box.x + offset + before * apart;
		}
		wire.xs[portIndex(wire, side)] = x;
	}
}

/** Circles and diamonds are touched near their middle. */
const isRound = ({ width, height }: Box) => Math.abs(width - height) < 1;

function straighten(wire: Wire, ports: Ports, boxes: readonly Box[], wires: readonly Wire[]): void {
	if (wire.xs.length === 2) {
		const [top = 0, bottom = 0] = wire.xs;
		if (Math.abs(top - bottom) > jog) return;
		if (canMove(wire, 'lower', top, ports)) wire.xs[1] = top;
		else if (canMove(wire, 'upper', bottom, ports)) wire.xs[0] = bottom;
		return;
	}
	for (const side of ['upper', 'lower'] as const) {
		const step = side === 'upper' ? 1 : -1;
		const start = portIndex(wire, side);
		const port = portOf(wire, side);
		const x = wire.xs[start + step] ?? port;
		if (x === port || Math.abs(x - port) > jog) continue;
		const run: number[] = [];
		const last = portIndex(wire, side === 'upper' ? 'lower' : 'upper');
		for (let at = start + step; at !== last && Math.abs((wire.xs[at] ?? 0) - x) < 0.5; at += step) run.push(at);
		if (canMove(wire, side, x, ports)) wire.xs[start] = x;
		else if (run.every(at => isClear(wire, wire.upper.box.rank + at, port, boxes, wires)))
			for (const at of run) wire.xs[at] = port;
	}
}

function canMove(wire: Wire, side: Side, x: number, ports: Ports): boolean {
	const { box, offset }: End = wire[side];
	if (offset !== undefined || isRound(box) || Math.abs(x - box.x) > box.width / 2 - 14) return false;
	return (ports[side].get(box) ?? []).every(other => other === wire || Math.abs(portOf(other, side) - x) >= apart);
}

/** Whether an edge that passes a rank can be moved to `x` there, over nothing else. */
function isClear(wire: Wire, rank: number, x: number, boxes: readonly Box[], wires: readonly Wire[]): boolean {
	const roomAt = ({ label, labelRank }: Wire) => (labelRank === rank && label !== undefined ? roomOf(label) / 2 : 0);
	const now = wire.xs[rank - wire.upper.box.rank] ?? x;
	const half = roomAt(wire) + 8;
	const [low, high] = [Math.min(now, x) - half, Math.max(now, x) + half];
	const meets = (at: number, width: number) => at + width > low && at - width < high;
	if (boxes.some(box => box.rank === rank && meets(box.x, box.width / 2 + box.margin))) return false;
	return wires.every(other => {
		if (other === wire || rank <= other.upper.box.rank || rank >= other.lower.box.rank) return true;
		return !meets(other.xs[rank - other.upper.box.rank] ?? 0, roomAt(other));
	});
}

/** One level stretch of an edge between two ranks. */
interface Stretch {
	readonly wire: Wire;
	readonly from: number;
	readonly to: number;
	readonly low: number;
	readonly high: number;
}

/** Which track each edge takes that goes sideways below `rank`; edges on one track do not touch. */
export function tracksBelow(rank: number, wires: readonly Wire[]): Map<Wire, number> {
	const stretches: Stretch[] = [];
	for (const wire of wires) {
		const at = rank - wire.upper.box.rank;
		const from = wire.xs[at];
		const to = wire.xs[at + 1];
		if (from === undefined || to === undefined || Math.abs(from - to) < 0.5) continue;
		stretches.push({ wire, from, to, low: Math.min(from, to), high: Math.max(from, to) });
	}
	const costs = stretches.map(above => stretches.map(below => (above === below ? 0 : crossings(above, below))));
	const order = ordered(
		stretches.length,
		(above, below) => (costs[above]?.[below] ?? 0) - (costs[below]?.[above] ?? 0),
	);
	const tracks = new Map<Wire, number>();
	for (const [position, index] of order.entries()) {
		const stretch = stretches[index];
		if (stretch === undefined) continue;
		let track = 0;
		for (const earlier of order.slice(0, position)) {
			const other = stretches[earlier];
			if (other !== undefined && touch(stretch, other)) track = Math.max(track, (tracks.get(other.wire) ?? 0) + 1);
		}
		tracks.set(stretch.wire, track);
	}
	return tracks;
}

const touch = (a: Stretch, b: Stretch) => a.low < b.high + apart && b.low < a.high + apart;

/** How bad it is when one stretch is above the other: lines upon each other are far worse than lines that cross. */
function crossings(above: Stretch, below: Stretch): number {
	const isWithin = (x: number, { low, high }: Stretch) => x > low && x < high;
	let cost = Math.abs(above.to - below.from) < 4 ? 10 : 0;
	if (isWithin(above.to, below)) cost += 1;
	if (isWithin(below.from, above)) cost += 1;
	return cost;
}

/** An order in which, as far as possible, each comes before those that it would rather be above of. */
function ordered(count: number, cost: (above: number, below: number) => number): number[] {
	const left = Array.from({ length: count }, (_, index) => index);
	const weights = left.map(index => left.reduce((sum, other) => sum + (other === index ? 0 : cost(index, other)), 0));
	const order: number[] = [];
	while (left.length > 0) {
		let best = 0;
		for (let at = 1; at < left.length; at++)
			if ((weights[left[at] ?? 0] ?? 0) < (weights[left[best] ?? 0] ?? 0)) best = at;
		const [next = 0] = left.splice(best, 1);
		order.push(next);
		for (const index of left) weights[index] = (weights[index] ?? 0) - cost(index, next);
	}
	return order;
}
