import type { FlowEdge, NodeId } from '../../../core/flow/model/flow';
import type { FlowOp } from '../../../core/flow/model/ops';
import type { Port } from '../../../core/flow/nodes/nodeType';
import { edgeHandles, handleId, isInside, portName } from '../../../core/flow/layout/handles';
import type { Box } from '../graph/box';
import type { GraphIndex } from '../graph/graphIndex';
import { kindFits } from '../../../core/flow/model/kinds';
import { kindNames } from '../graph/kinds';
import type { HandleSpot } from '../../../core/flow/layout/sizes';
import { closesCircle } from '../graph/walk';

/** One end of an edge on the canvas. */
export interface End {
	readonly node: NodeId;
	readonly handle: string;
	readonly side: 'input' | 'output';
}

/** Why two ends cannot be joined, in a sentence; `null` when they can. */
export function refusal(index: GraphIndex, a: End, b: End): string | null {
	const [from, to] = a.side === 'output' ? [a, b] : [b, a];
	if (from.side !== 'output' || to.side !== 'input') return 'An edge goes from an output to an input.';
	const source = spotOf(index, from);
	const target = spotOf(index, to);
	if (!source || !target) return 'This port does not exist.';
	const scope = scopeProblem(index, from.node, source.port, to.node, target.port);
	if (scope !== null) return scope;
	if (!kindFits(source.port.kind, target.port.kind))
		return `“${source.port.title}” gives ${kindNames[source.port.kind]}, “${target.port.title}” takes ${kindNames[target.port.kind]}.`;
	return closesCircle(index, from.node, to.node) ? 'This would close a circle. Use a loop node to repeat steps.' : null;
}

/** An inner port is for nodes inside its frame, an outer one for nodes beside it. */
function scopeProblem(index: GraphIndex, from: NodeId, source: Port, to: NodeId, target: Port): string | null {
	if (from === to) return 'A node cannot be joined with itself.';
	const isFromInner = source.isInner === true;
	const isToInner = target.isInner === true;
	if (isFromInner !== isInside(index, to, from)) return 'Inner ports are for nodes inside the frame.';
	if (isToInner !== isInside(index, from, to)) return 'Inner ports are for nodes inside the frame.';
	const frame = index.box(from)?.node.in;
	if (isToInner) return frame === to ? null : 'Only a node that stands directly in the frame can end there.';
	if (isFromInner || frame === undefined || isInside(index, to, frame)) return null;
	return 'What happens in a frame leaves it through the frame’s inner port.';
}

/** What makes the edge. An input that takes one edge loses the one that it had. */
export function connectOps(index: GraphIndex, a: End, b: End): readonly FlowOp[] {
	const [from, to] = a.side === 'output' ? [a, b] : [b, a];
	const edge: FlowEdge = { from: from.node, output: portName(from.handle), to: to.node, input: portName(to.handle) };
	const target = spotOf(index, to);
	const replaced = target?.port.isMany ? [] : edgesAt(index, to);
	return [...replaced.map(old => ({ op: 'removeEdge' as const, edge: old })), { op: 'addEdge', edge }];
}

/** Edges that end at this place. */
export function edgesAt(index: GraphIndex, end: End): readonly FlowEdge[] {
	const { incoming, outgoing } = index.edges(end.node);
	if (end.side === 'input') return incoming.filter(edge => edgeHandles(index, edge).target === end.handle);
	return outgoing.filter(edge => edgeHandles(index, edge).source === end.handle);
}

/** The first port of a node that an edge from `start` may end at; free ones first. */
export function firstFitting(index: GraphIndex, start: End, box: Box): End | null {
	const side = start.side === 'output' ? 'input' : 'output';
	const ends = box.spots
		.filter(spot => spot.side === side)
		.map(spot => ({ node: box.id, handle: handleId(spot.port), side }) satisfies End)
		.filter(end => refusal(index, start, end) === null);
	return ends.find(end => end.side === 'output' || edgesAt(index, end).length === 0) ?? ends[0] ?? null;
}

export function spotOf(index: GraphIndex, end: End): HandleSpot | undefined {
	return index.box(end.node)?.spots.find(spot => spot.side === end.side && handleId(spot.port) === end.handle);
}

/** The fitting port of a type that is not on the canvas yet. */
export function fittingPort(ports: readonly Port[], wanted: Port, side: 'input' | 'output'): Port | undefined {
	return ports.find(
		port => !port.isInner && (side === 'input' ? kindFits(wanted.kind, port.kind) : kindFits(port.kind, wanted.kind)),
	);
}
