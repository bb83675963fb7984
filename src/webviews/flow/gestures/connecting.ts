import type { FlowEdge } from '../../../core/flow/model/flow';
import { valueKinds, type ValueKind } from '../../../core/flow/model/flow';
import { connectOps, edgesAt, firstFitting, refusal, spotOf, type End } from '../edits/connect';
import { handleId } from '../../../core/flow/layout/handles';
import type { GraphIndex } from '../graph/graphIndex';
import { kindFits } from '../../../core/flow/model/kinds';
import type { FlowOp } from '../../../core/flow/model/ops';

/** An edge that is being drawn. Points are of the canvas. */
export interface Connecting {
	readonly start: End;
	readonly kind: ValueKind;
	readonly x: number;
	readonly y: number;
	/** Edge that is pulled off its old end. */
	readonly detached: FlowEdge | null;
	readonly target: End | null;
	/** Why what is under the pointer does not fit. */
	readonly refusal: string | null;
}

/** Begins at a port. An input that has its only edge already lets go of it: the edge is pulled from its other end. */
export function beginConnecting(index: GraphIndex, end: End, x: number, y: number): Connecting | null {
	const spot = spotOf(index, end);
	if (!spot) return null;
	const [only, ...more] = end.side === 'input' && !spot.port.isMany ? edgesAt(index, end) : [];
	if (only && more.length === 0) {
		const start = sourceOf(index, only);
		const source = start && spotOf(index, start);
		if (start && source) {
			return { start, kind: source.port.kind, x, y, detached: only, target: end, refusal: null };
		}
	}
	return { start: end, kind: spot.port.kind, x, y, detached: null, target: null, refusal: null };
}

/** The pointer has moved: looks for a port near it, then for a card under it. */
export function moveConnecting(index: GraphIndex, now: Connecting, x: number, y: number, radius: number): Connecting {
	const near = nearestEnd(index, now.start, x, y, radius);
	if (near) {
		const isHome = now.detached !== null && isEndOf(now.detached, near);
		const why = isHome ? null : refusal(index, now.start, near);
		return { ...now, x, y, target: why === null ? near : null, refusal: why };
	}
	const box = index.query({ x, y, width: 0, height: 0 }).findLast(one => one.shape === 'card');
	if (!box || box.id === now.start.node) return { ...now, x, y, target: null, refusal: null };
	const target = firstFitting(index, now.start, box);
	return { ...now, x, y, target, refusal: target ? null : 'No port of this node fits.' };
}

/** What letting go here does to the document. */
export function endConnecting(index: GraphIndex, now: Connecting): readonly FlowOp[] {
	const { start, target, detached } = now;
	if (!target) return detached ? [{ op: 'removeEdge', edge: detached }] : [];
	if (detached && isEndOf(detached, target)) return [];
	const joined = connectOps(index, start, target);
	return detached ? [{ op: 'removeEdge', edge: detached }, ...joined] : joined;
}

/** Kinds of ports that the drawn edge may end at, for dimming the others. */
export function fittingKinds({ kind, start }: Connecting): readonly ValueKind[] {
	return valueKinds.filter(other => (start.side === 'output' ? kindFits(kind, other) : kindFits(other, kind)));
}

function nearestEnd(index: GraphIndex, start: End, x: number, y: number, radius: number): End | null {
	const side = start.side === 'output' ? 'input' : 'output';
	let best: End | null = null;
	let bestDistance = radius;
	const around = { x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius };
	for (const box of index.query(around)) {
		for (const spot of box.spots) {
			if (spot.side !== side) continue;
			const distance = Math.hypot(box.x + spot.x - x, box.y + spot.y - y);
			if (distance < bestDistance) {
				bestDistance = distance;
				best = { node: box.id, handle: handleId(spot.port), side };
			}
		}
	}
	return best;
}

function sourceOf(index: GraphIndex, edge: FlowEdge): End | null {
	const box = index.box(edge.from);
	const spot = box?.spots.find(
		one =>
			one.side === 'output' &&
			one.port.name === edge.output &&
			edgesAt(index, { node: edge.from, handle: handleId(one.port), side: 'output' }).includes(edge),
	);
	return spot ? { node: edge.from, handle: handleId(spot.port), side: 'output' } : null;
}

function isEndOf(edge: FlowEdge, end: End): boolean {
	return edge.to === end.node && edge.input === end.handle.replace(/^~/, '');
}
