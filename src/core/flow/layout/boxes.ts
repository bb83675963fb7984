import { portsOf, typeOfNode } from '../assist';
import type { Flow, NodeId } from '../model/flow';
import type { NodeCatalog, PortWorld } from '../nodes/nodeType';
import type { NodeBox } from './flowLayout';
import { headerHeight, rowHeight, sizeOf } from './sizes';

/** What the sizes of nodes depend on beside the flow. */
export interface BoxWorld {
	readonly catalog: NodeCatalog;
	readonly ports: PortWorld;
}

/** Room in a container beside its ports. */
const margin = 32;

/** How large the nodes of a flow are drawn, as the page works it out. */
export function boxesOf(flow: Flow, world: BoxWorld): (id: NodeId) => NodeBox {
	const known = new Map<NodeId, NodeBox>();
	return id => {
		let box = known.get(id);
		if (!box) known.set(id, (box = boxOf(flow, world, id)));
		return box;
	};
}

function boxOf(flow: Flow, { catalog, ports: world }: BoxWorld, id: NodeId): NodeBox {
	const node = flow.nodes[id];
	const type = node && typeOfNode(catalog, node);
	if (!node || !type) return { width: 224, height: 64 };
	const ports = portsOf(catalog, world, node);
	const isNote = type.isNote === true;
	const shape = isNote ? 'note' : type.container ? 'container' : 'card';
	// The error branch is a port as well.
	const all = node.onError === 'branch' && shape === 'card' ? withError(ports) : ports;
	const size = sizeOf(shape, all, flow.layout[id]);
	if (shape !== 'container') return { ...size, isNote };
	const rows = Math.max(ports.inputs.length, ports.outputs.length);
	const top = headerHeight + Math.min(rows, 3) * rowHeight;
	return { ...size, frame: { left: margin + 40, top, right: margin + 40, bottom: margin } };
}

function withError({ inputs, outputs }: ReturnType<typeof portsOf>): ReturnType<typeof portsOf> {
	if (outputs.some(({ name }) => name === 'error')) return { inputs, outputs };
	return { inputs, outputs: [...outputs, { name: 'error', title: 'Error', kind: 'object' }] };
}
