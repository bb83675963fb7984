import { portsOf, typeOfNode } from '../assist';
import { boxesOf, type BoxWorld } from '../layout/boxes';
import { edgeEnds, type PlacedNode } from '../layout/handles';
import { handleSpots, type Shape } from '../layout/sizes';
import type { Flow, NodeId } from '../model/flow';
import type { NodeCategory } from '../nodes/nodeType';

export interface PictureBox {
	readonly title: string;
	/** A codicon's name. */
	readonly icon: string;
	readonly category: NodeCategory;
	readonly shape: Shape;
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

/** A flow to be drawn and not touched; its corner is at 0, 0. */
export interface FlowPicture {
	readonly width: number;
	readonly height: number;
	/** Containers before what stands in them. */
	readonly boxes: readonly PictureBox[];
	/** From where to where, as `x1, y1, x2, y2`. */
	readonly edges: readonly (readonly [number, number, number, number])[];
}

interface Placed extends PlacedNode {
	readonly picture: PictureBox;
	readonly depth: number;
}

/** What is drawn of a flow that has its layout. Nodes without a place are left out. */
export function pictureOf(flow: Flow, world: BoxWorld): FlowPicture {
	const boxOf = boxesOf(flow, world);
	const placed = new Map<NodeId, Placed>();
	const places = Object.values(flow.layout);
	const left = Math.min(...places.map(({ x }) => x));
	const top = Math.min(...places.map(({ y }) => y));
	for (const [id, node] of Object.entries(flow.nodes)) {
		const at = flow.layout[id];
		const type = typeOfNode(world.catalog, node);
		if (!at || !type) continue;
		const { width, height } = boxOf(id);
		const shape = type.isNote === true ? 'note' : type.container ? 'container' : 'card';
		const spots = handleSpots(shape, portsOf(world.catalog, world.ports, node), { width, height });
		const rect = { x: at.x - left, y: at.y - top, width, height };
		const title = node.name ?? type.title;
		const picture = { title, icon: type.icon, category: type.category, shape, ...rect } as const;
		placed.set(id, { node, spots, picture, depth: depthOf(flow, id), ...rect });
	}
	const all = [...placed.values()];
	const index = { box: (id: NodeId) => placed.get(id) };
	return {
		width: Math.max(0, ...all.map(({ x, width }) => x + width)),
		height: Math.max(0, ...all.map(({ y, height }) => y + height)),
		boxes: all.sort((a, b) => a.depth - b.depth).map(({ picture }) => picture),
		edges: flow.edges.flatMap(edge => {
			const ends = edgeEnds(index, edge);
			return ends ? [[ends.x1, ends.y1, ends.x2, ends.y2] as const] : [];
		}),
	};
}

function depthOf(flow: Flow, id: NodeId): number {
	let depth = 0;
	// A flow that was not checked may have a container in itself.
	for (let at = flow.nodes[id]?.in; at !== undefined && depth < 100; at = flow.nodes[at]?.in) depth++;
	return depth;
}
