import type { FlowEdge, FlowNode, NodeId } from '../model/flow';
import type { Port } from '../nodes/nodeType';
import type { HandleSpot } from './sizes';

/** A node where it stands, with the places where edges end. */
export interface PlacedNode {
	readonly node: Pick<FlowNode, 'in'>;
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
	readonly spots: readonly HandleSpot[];
}

/** Where the nodes of a flow are. */
export interface PlacedNodes {
	box(id: NodeId): PlacedNode | undefined;
}

/** A container's inner port may bear the name of an outer one: on the canvas the two are told apart. */
export function handleId(port: Pick<Port, 'name' | 'isInner'>): string {
	return port.isInner ? `~${port.name}` : port.name;
}

/** Name of the port that a handle stands for. */
export function portName(handle: string): string {
	return handle.startsWith('~') ? handle.slice(1) : handle;
}

/** Whether `inner` stands in `container`, at any depth. */
export function isInside(index: PlacedNodes, inner: NodeId, container: NodeId): boolean {
	const seen = new Set<NodeId>();
	let at = index.box(inner)?.node.in;
	while (at !== undefined && !seen.has(at)) {
		if (at === container) return true;
		seen.add(at);
		at = index.box(at)?.node.in;
	}
	return false;
}

/** Handles that an edge goes between: inner ones where one end stands inside the other. */
export function edgeHandles(index: PlacedNodes, edge: FlowEdge): { readonly source: string; readonly target: string } {
	return {
		source: isInside(index, edge.to, edge.from) ? `~${edge.output}` : edge.output,
		target: isInside(index, edge.from, edge.to) ? `~${edge.input}` : edge.input,
	};
}

/** The port behind a handle. */
export function portAt(box: PlacedNode | undefined, side: 'input' | 'output', handle: string): Port | undefined {
	const spot = box?.spots.find(one => one.side === side && handleId(one.port) === handle);
	return spot?.port;
}

/** Where an edge begins and ends on the canvas. */
export function edgeEnds(
	index: PlacedNodes,
	edge: FlowEdge,
): { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number } | null {
	const from = index.box(edge.from);
	const to = index.box(edge.to);
	if (!from || !to) return null;
	const { source, target } = edgeHandles(index, edge);
	const start = spotAt(from, 'output', source) ?? { x: from.x + from.width, y: from.y + from.height / 2 };
	const end = spotAt(to, 'input', target) ?? { x: to.x, y: to.y + to.height / 2 };
	return { x1: start.x, y1: start.y, x2: end.x, y2: end.y };
}

function spotAt(box: PlacedNode, side: 'input' | 'output', handle: string): { x: number; y: number } | undefined {
	const spot = box.spots.find(one => one.side === side && handleId(one.port) === handle);
	return spot && { x: box.x + spot.x, y: box.y + spot.y };
}
