import { freshSlug } from '../../../core/flow/model/slugs';
import type { Json } from '../../../core/base/json';
import type { NodeTypeView } from '../../../core/flow/editorProtocol';
import type { FlowEdge, FlowNode, NodeId, Position } from '../../../core/flow/model/flow';
import type { FlowOp } from '../../../core/flow/model/ops';
import type { Ports } from '../../../core/flow/nodes/nodeType';
import { edgeHandles, handleId } from '../../../core/flow/layout/handles';
import type { Box } from '../graph/box';
import type { GraphIndex } from '../graph/graphIndex';
import { contains, overlaps, type Rect } from '../graph/grid';
import { gridStep, sizeOf, snapToGrid } from '../../../core/flow/layout/sizes';
import { connectOps, fittingPort, type End } from './connect';

const noPorts: Ports = { inputs: [], outputs: [] };

export interface AddedNode {
	readonly id: NodeId;
	readonly ops: readonly FlowOp[];
}

/** A node of a type at a place, inside the frame that is there. */
export function addOps(
	index: GraphIndex,
	type: NodeTypeView,
	at: { readonly x: number; readonly y: number },
	params?: Readonly<Record<string, Json>>,
): AddedNode {
	const id = freshSlug(type.title, taken => index.box(taken) !== undefined);
	const place = freePlace(index, type, at);
	const container = type.isNote ? undefined : frameAt(index, { ...sizeOfType(type), ...at });
	const node: FlowNode = {
		type: `${type.type}@${type.version}`,
		...(params ? { params } : {}),
		...(container ? { in: container.id } : {}),
	};
	return { id, ops: [{ op: 'addNode', id, node, at: place }] };
}

/** A node that is joined with the port where an edge was dropped. `ports` are those of the new node. */
export function addConnectedOps(
	index: GraphIndex,
	type: NodeTypeView,
	at: { readonly x: number; readonly y: number },
	start: End,
	ports: Ports,
): AddedNode {
	const side = start.side === 'output' ? 'input' : 'output';
	const spot = index.box(start.node)?.spots.find(one => one.side === start.side && handleId(one.port) === start.handle);
	const added = addOps(index, type, at);
	const port = spot && fittingPort(side === 'input' ? ports.inputs : ports.outputs, spot.port, side);
	if (!port) return added;
	const { ops } = added;
	return { id: added.id, ops: [...ops, ...connectOps(index, start, { node: added.id, handle: handleId(port), side })] };
}

/** Puts a node into an edge: what it joined is joined through the node. `null` when no ports fit. */
export function spliceOps(index: GraphIndex, edge: FlowEdge, id: NodeId, ports: Ports): readonly FlowOp[] | null {
	const { source, target } = edgeHandles(index, edge);
	const from = index.box(edge.from)?.spots.find(spot => spot.side === 'output' && handleId(spot.port) === source);
	const to = index.box(edge.to)?.spots.find(spot => spot.side === 'input' && handleId(spot.port) === target);
	if (!from || !to) return null;
	const input = fittingPort(ports.inputs, from.port, 'input');
	const output = fittingPort(ports.outputs, to.port, 'output');
	if (!input || !output) return null;
	return [
		{ op: 'removeEdge', edge },
		{ op: 'addEdge', edge: { from: edge.from, output: edge.output, to: id, input: input.name } },
		{ op: 'addEdge', edge: { from: id, output: output.name, to: edge.to, input: edge.input } },
	];
}

/** The innermost frame that holds the rectangle's middle, without those that are `moving` themselves. */
export function frameAt(index: GraphIndex, rect: Rect, moving?: ReadonlySet<NodeId>): Box | undefined {
	const middle = { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2, width: 0, height: 0 };
	let best: Box | undefined;
	for (const box of index.query(middle)) {
		if (box.shape !== 'container' || moving?.has(box.id) || !contains(box, middle)) continue;
		if (!best || box.width * box.height < best.width * best.height) best = box;
	}
	return best;
}

/** The place itself, or the next one below where nothing lies. */
function freePlace(index: GraphIndex, type: NodeTypeView, at: { readonly x: number; readonly y: number }): Position {
	const size = sizeOfType(type);
	let place = { x: snapToGrid(at.x), y: snapToGrid(at.y) };
	for (let tries = 0; tries < 40; tries++) {
		const rect = { ...size, ...place };
		const other = index.query(rect).find(box => box.shape !== 'container' && overlaps(box, rect));
		if (!other) break;
		place = { x: place.x, y: snapToGrid(other.y + other.height + 2 * gridStep) };
	}
	return place;
}

function sizeOfType(type: NodeTypeView): { readonly width: number; readonly height: number } {
	const shape = type.isNote ? 'note' : type.isContainer ? 'container' : 'card';
	return sizeOf(shape, type.ports ?? noPorts, undefined);
}
