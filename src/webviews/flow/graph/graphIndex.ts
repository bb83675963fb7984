import {
	edgeText,
	type Flow,
	type FlowEdge,
	type FlowNode,
	type NodeId,
	type Position,
} from '../../../core/flow/model/flow';
import type { Ports } from '../../../core/flow/nodes/nodeType';
import { edgeEnds, type PlacedNode } from '../../../core/flow/layout/handles';
import type { Box } from './box';
import { foldedNode, foldsOf, type Fold } from './folds';
import { Grid, boundsOf, type Rect } from './grid';
import { placesForRest } from './unplaced';
import { handleSpots, sizeOf, type Shape } from '../../../core/flow/layout/sizes';

export interface NodeEdges {
	readonly incoming: readonly FlowEdge[];
	readonly outgoing: readonly FlowEdge[];
}

/** What the index must know of a node beside the document. */
export interface NodeShapes {
	shapeOf(node: FlowNode): Shape;
	portsOf(id: NodeId, node: FlowNode, edges: NodeEdges): Ports;
}

/** Rectangles that edges lie in: left, top, right and bottom of each, in the order of `list`. */
export interface EdgeRects {
	readonly list: readonly FlowEdge[];
	readonly rects: Float64Array;
}

const noEdges: NodeEdges = { incoming: [], outgoing: [] };
const noNodes: readonly NodeId[] = [];

/** Where everything is and what hangs together. It follows the flow by `update`; what did not change keeps its identity. */
export class GraphIndex {
	readonly #boxes = new Map<NodeId, Box>();
	readonly #grid = new Grid<Box>();
	readonly #places = new Map<NodeId, Position>();
	#edges = new Map<NodeId, { incoming: FlowEdge[]; outgoing: FlowEdge[] }>();
	#byText = new Map<string, FlowEdge>();
	#children = new Map<NodeId, NodeId[]>();
	#listed: readonly FlowEdge[] | undefined;
	#folds: readonly Fold[] = [];
	/** Nodes that are hidden, with the fold that hides them. */
	#hidden = new Map<NodeId, Fold>();
	#bounds: Rect | null | undefined;
	#rects: EdgeRects | undefined;

	get size(): number {
		return this.#boxes.size;
	}

	/** Everything on the canvas; `null` for an empty flow. */
	get bounds(): Rect | null {
		if (this.#bounds === undefined) this.#bounds = boundsOf(this.#boxes.values());
		return this.#bounds;
	}

	boxes(): IterableIterator<Box> {
		return this.#boxes.values();
	}

	box(id: NodeId): Box | undefined {
		return this.#boxes.get(id);
	}

	edges(id: NodeId): NodeEdges {
		return this.#edges.get(id) ?? noEdges;
	}

	edge(text: string): FlowEdge | undefined {
		return this.#byText.get(text);
	}

	/** All edges that are drawn. They are gone through at each step of a drag, which lookups by name would make slow. */
	get edgeRects(): EdgeRects {
		if (this.#rects) return this.#rects;
		const list: FlowEdge[] = [];
		const rects = new Float64Array(this.#byText.size * 4);
		for (const edge of this.#byText.values()) {
			const from = this.#hidden.get(edge.from) ?? this.#boxes.get(edge.from);
			const to = this.#hidden.get(edge.to) ?? this.#boxes.get(edge.to);
			if (!from || !to || from === to) continue;
			const at = list.push(edge) * 4 - 4;
			rects[at] = Math.min(from.x, to.x);
			rects[at + 1] = Math.min(from.y, to.y);
			rects[at + 2] = Math.max(from.x + from.width, to.x + to.width);
			rects[at + 3] = Math.max(from.y + from.height, to.y + to.height);
		}
		return (this.#rects = { list, rects });
	}

	/** Nodes directly inside a container. */
	children(id: NodeId): readonly NodeId[] {
		return this.#children.get(id) ?? noNodes;
	}

	/** Nodes inside a container, at any depth. A document may hold a ring of containers: each counts once. */
	descendants(id: NodeId): ReadonlySet<NodeId> {
		const found = new Set<NodeId>();
		const open = [...this.children(id)];
		for (let next = open.pop(); next !== undefined; next = open.pop()) {
			if (found.has(next)) continue;
			found.add(next);
			open.push(...this.children(next));
		}
		return found;
	}

	/** Groups that are folded. */
	get folds(): readonly Fold[] {
		return this.#folds;
	}

	/** The folded group that hides a node. */
	foldOf(id: NodeId): Fold | undefined {
		return this.#hidden.get(id);
	}

	/** Hides the nodes of these groups behind a card each. To be said again when the flow has changed. */
	fold(groups: Flow['groups'], folded: ReadonlySet<string>): void {
		if (folded.size === 0 && this.#hidden.size === 0) return;
		this.#rects = undefined;
		for (const id of this.#hidden.keys()) {
			const box = this.#boxes.get(id);
			if (box) this.#grid.add(box);
		}
		this.#folds = foldsOf(
			groups,
			folded,
			id => this.#boxes.get(id),
			id => this.descendants(id),
		);
		this.#hidden = new Map(this.#folds.flatMap(fold => [...fold.nodes].map(id => [id, fold] as const)));
		for (const id of this.#hidden.keys()) {
			const box = this.#boxes.get(id);
			if (box) this.#grid.remove(box);
		}
	}

	/** Where an edge is drawn; `null` for one that is hidden, or leads nowhere. */
	ends(edge: FlowEdge): ReturnType<typeof edgeEnds> {
		const fold = this.#hidden.get(edge.from);
		if (fold && fold === this.#hidden.get(edge.to)) return null;
		return edgeEnds(this.#asDrawn, edge);
	}

	readonly #asDrawn = {
		box: (id: NodeId): PlacedNode | undefined => {
			const box = this.#boxes.get(id);
			const fold = this.#hidden.get(id);
			return box && fold ? foldedNode(box, fold) : box;
		},
	};

	/** What can be seen of the nodes in the rectangle: not those of folded groups. */
	query(rect: Rect): readonly Box[] {
		return this.#grid.query(rect);
	}

	/** Follows the flow. `isAllNew`: types or ports may have changed without the nodes. */
	update(flow: Flow, shapes: NodeShapes, isAllNew = false): void {
		this.#rects = undefined;
		const hasNewEdges = this.#listed !== flow.edges;
		const touched = hasNewEdges ? this.#takeEdges(flow.edges) : new Set<NodeId>();
		for (const id of this.#boxes.keys()) if (!Object.hasOwn(flow.nodes, id)) this.#drop(id);
		this.#children = new Map();
		const rest = placesForRest(flow);
		for (const [id, node] of Object.entries(flow.nodes)) {
			if (node.in !== undefined) this.#addChild(node.in, id);
			const before = this.#boxes.get(id);
			const at = flow.layout[id] ?? this.#placeOfRest(id, rest);
			const isSame = before?.node === node && this.#places.get(id) === at && !touched.has(id);
			if (!isSame || isAllNew) this.#put(id, node, at, shapes, before);
		}
	}

	#put(id: NodeId, node: FlowNode, at: Position, shapes: NodeShapes, before: Box | undefined): void {
		const shape = shapes.shapeOf(node);
		const ports = shapes.portsOf(id, node, this.edges(id));
		const size = sizeOf(shape, ports, at);
		this.#places.set(id, at);
		const isSame =
			before?.node === node &&
			before.ports === ports &&
			before.shape === shape &&
			before.x === at.x &&
			before.y === at.y &&
			before.width === size.width &&
			before.height === size.height;
		if (isSame) return;
		if (before) this.#grid.remove(before);
		const box: Box = { id, node, shape, ports, ...size, x: at.x, y: at.y, spots: handleSpots(shape, ports, size) };
		this.#boxes.set(id, box);
		this.#grid.add(box);
		this.#bounds = undefined;
	}

	/** The place it had before, when that is the same: nothing has to be drawn again. */
	#placeOfRest(id: NodeId, rest: ReadonlyMap<NodeId, Position>): Position {
		const at = rest.get(id) ?? { x: 0, y: 0 };
		const before = this.#places.get(id);
		return before?.x === at.x && before.y === at.y ? before : at;
	}

	#drop(id: NodeId): void {
		const box = this.#boxes.get(id);
		if (box) this.#grid.remove(box);
		this.#boxes.delete(id);
		this.#places.delete(id);
		this.#bounds = undefined;
	}

	#addChild(container: NodeId, id: NodeId): void {
		const list = this.#children.get(container);
		if (list) list.push(id);
		else this.#children.set(container, [id]);
	}

	/** Returns the nodes whose edges are others now: ports of unknown types come from their edges. */
	#takeEdges(edges: readonly FlowEdge[]): Set<NodeId> {
		this.#listed = edges;
		const before = this.#byText;
		const touched = new Set<NodeId>();
		this.#edges = new Map();
		this.#byText = new Map();
		const of = (id: NodeId): { incoming: FlowEdge[]; outgoing: FlowEdge[] } => {
			const known = this.#edges.get(id);
			if (known) return known;
			const fresh = { incoming: [], outgoing: [] };
			this.#edges.set(id, fresh);
			return fresh;
		};
		for (const edge of edges) {
			const text = edgeText(edge);
			this.#byText.set(text, edge);
			of(edge.from).outgoing.push(edge);
			of(edge.to).incoming.push(edge);
			if (!before.has(text)) touched.add(edge.from).add(edge.to);
		}
		for (const [text, edge] of before) if (!this.#byText.has(text)) touched.add(edge.from).add(edge.to);
		return touched;
	}
}
