import { Position as Side, type Edge, type Node } from 'reactflow';
import { edgeText, type FlowEdge, type NodeId } from '../../../core/flow/model/flow';
import type { ValueKind } from '../../../core/flow/model/flow';
import { edgeHandles, handleId, portAt } from '../../../core/flow/layout/handles';
import { foldedNode, type Fold } from '../graph/folds';
import type { Box } from '../graph/box';
import type { GraphIndex } from '../graph/graphIndex';
import { grown, overlaps, contains, type Rect } from '../graph/grid';
import { handleBox, handleSize, handleSpots, type HandleSpot } from '../../../core/flow/layout/sizes';
import { detailZoom, visibleRect, type View } from '../state/view';

export interface BoxData extends Record<string, unknown> {
	readonly box: Box;
	/** A node outside the window at which an edge ends: it takes its place and draws nothing. */
	readonly isGhost: boolean;
	/** The folded group that hides it. */
	readonly fold?: Fold;
}
/** One type for all: React Flow measures a node whose type changes, and would lose the handles that it was given. */
export type SceneNode = Node<BoxData, 'box'>;
export interface WireData extends Record<string, unknown> {
	readonly edge: FlowEdge;
	readonly kind: ValueKind;
}
export type SceneEdge = Edge<WireData, 'wire'>;

/** What is in the document now: a window of the graph. */
export interface Scene {
	readonly nodes: SceneNode[];
	readonly edges: SceneEdge[];
	/** Edges that cross the window with both ends outside: drawn, not touched. */
	readonly passing: readonly FlowEdge[];
	/** Too far away for cards: everything is drawn on one surface. */
	readonly isFar: boolean;
	/** More cards are to come: they are put in a few at a time, so that no frame waits for all of them. */
	readonly isPartial: boolean;
}

export interface SceneInput {
	readonly view: View;
	readonly width: number;
	readonly height: number;
	readonly selectedNodes: ReadonlySet<NodeId>;
	readonly selectedEdges: ReadonlySet<string>;
	/** Places of nodes that are being dragged. */
	readonly moving: ReadonlyMap<NodeId, { readonly x: number; readonly y: number }>;
	/** A frame or note that is being pulled to another size. */
	readonly resized: (Rect & { readonly id: NodeId }) | null;
}

/** More cards than this make dragging slow. */
const mostCards = 220;
/** How much more than what is seen is in the document, as far as that many cards allow. */
const margins = [0.4, 0.25, 0.12, 0.05];
/** Cards begin to come in before the edge of the window is seen. */
const early = 0.3;
const mostGhosts = 200;
/** New cards in one frame; the first time there is nothing to see yet, and nothing that could stutter. */
const newAtOnce = 16;
const firstAtOnce = 60;
const mostSelectedFar = 40;

const noEdges: readonly FlowEdge[] = [];

/** A scene that is being put together. */
interface SceneParts {
	readonly nodes: Map<string, SceneNode>;
	readonly edges: Map<string, SceneEdge>;
	readonly ghosts: Set<Box>;
}

/** Makes scenes and remembers the last one, so that what did not change is the same object as before. */
export class SceneMaker {
	readonly #index: GraphIndex;
	#nodes = new Map<string, SceneNode>();
	#edges = new Map<string, SceneEdge>();
	#crossing: readonly FlowEdge[] = noEdges;
	#window: Rect | undefined;
	#isFar = false;
	#isPartial = false;
	/** How far the window goes beyond what was seen. */
	#margin = 0;
	/** Where the last scene was made, for flows so dense that they are far at any zoom. */
	#farZoom = 0;

	constructor(index: GraphIndex) {
		this.#index = index;
	}

	/** Whether the last scene still covers what is seen. */
	covers({ view, width, height }: Pick<SceneInput, 'view' | 'width' | 'height'>): boolean {
		const window = this.#window;
		if (!window) return false;
		const seen = visibleRect(view, width, height);
		if (this.#isPartial || !contains(window, this.#isFar ? seen : grown(seen, this.#margin * early))) return false;
		if (this.#isFar) return view.zoom < detailZoom * 1.08 && view.zoom < this.#farZoom * 1.15;
		// Far larger than needed: cards that nobody sees cost time.
		return view.zoom >= detailZoom && window.width < seen.width * 4;
	}

	make(input: SceneInput): Scene {
		const { view, width, height } = input;
		const seen = visibleRect(view, width, height);
		const inView = this.#index.query(seen);
		this.#farZoom = view.zoom;
		const wasFar = this.#isFar;
		this.#isFar = view.zoom < (wasFar ? detailZoom * 1.08 : detailZoom) || inView.length > mostCards;
		let boxes: readonly Box[];
		if (this.#isFar) {
			this.#window = grown(seen, Math.max(seen.width, seen.height) * 4);
			boxes = [...input.selectedNodes]
				.slice(0, mostSelectedFar)
				.flatMap(id => (this.#index.foldOf(id) ? [] : (this.#index.box(id) ?? [])))
				.filter(box => overlaps(box, seen));
		} else {
			this.#window = seen;
			this.#margin = 0;
			boxes = inView;
			for (const margin of margins) {
				const width = Math.max(seen.width, seen.height) * margin;
				const wider = grown(seen, width);
				const near = this.#index.query(wider);
				if (near.length > mostCards) continue;
				this.#window = wider;
				this.#margin = width;
				boxes = near;
				break;
			}
		}
		return this.#scene(this.#few(boxes, seen), input);
	}

	/** The cards that are there already, and some of the new ones: what is seen first. */
	#few(boxes: readonly Box[], seen: Rect): readonly Box[] {
		const isThere = (box: Box): boolean => this.#nodes.get(box.id)?.data.isGhost === false;
		const fresh = this.#isFar ? [] : boxes.filter(box => !isThere(box));
		const most = this.#nodes.size === 0 ? firstAtOnce : newAtOnce;
		this.#isPartial = fresh.length > most;
		if (!this.#isPartial) return boxes;
		const sorted = [...fresh.filter(box => overlaps(box, seen)), ...fresh.filter(box => !overlaps(box, seen))];
		return [...boxes.filter(isThere), ...sorted.slice(0, most)];
	}

	#scene(boxes: readonly Box[], input: SceneInput): Scene {
		const nodes = new Map<string, SceneNode>();
		for (const each of boxes) {
			const box = each.id === input.resized?.id ? resizedBox(each, input.resized) : each;
			nodes.set(box.id, this.#node(box, input));
		}
		const edges = new Map<string, SceneEdge>();
		const ghosts = new Set<Box>();
		if (!this.#isFar) {
			for (const box of boxes) {
				const { incoming, outgoing } = this.#index.edges(box.id);
				for (const edge of [...incoming, ...outgoing]) this.#addEdge(edge, { nodes, edges, ghosts }, input);
			}
			for (const fold of this.#index.folds)
				if (overlaps(fold, this.#window ?? fold)) this.#addFold(fold, { nodes, edges, ghosts }, input);
		}
		for (const box of ghosts) nodes.set(box.id, this.#ghost(box, input));
		const passing = this.#isFar ? noEdges : this.#passing(edges);
		this.#nodes = nodes;
		this.#edges = edges;
		return {
			nodes: [...nodes.values()],
			edges: [...edges.values()],
			passing,
			isFar: this.#isFar,
			isPartial: this.#isPartial,
		};
	}

	/** Edges that come to a folded group, or leave it. */
	#addFold(fold: Fold, to: SceneParts, input: SceneInput): void {
		for (const id of fold.nodes) {
			const { incoming, outgoing } = this.#index.edges(id);
			for (const edge of incoming) if (!fold.nodes.has(edge.from)) this.#addEdge(edge, to, input);
			for (const edge of outgoing) if (!fold.nodes.has(edge.to)) this.#addEdge(edge, to, input);
		}
	}

	#addEdge(edge: FlowEdge, to: SceneParts, input: SceneInput): void {
		const text = edgeText(edge);
		if (to.edges.has(text)) return;
		const fold = this.#index.foldOf(edge.from);
		if (fold && fold === this.#index.foldOf(edge.to)) return;
		for (const id of [edge.from, edge.to]) {
			const box = this.#index.box(id);
			if (!box) return;
			if (to.nodes.has(id) || to.ghosts.has(box)) continue;
			if (to.ghosts.size >= mostGhosts) return;
			to.ghosts.add(box);
		}
		to.edges.set(text, this.#edge(edge, text, input.selectedEdges.has(text)));
	}

	/** Edges of other nodes that cross the window. */
	#passing(edges: ReadonlyMap<string, SceneEdge>): readonly FlowEdge[] {
		const window = this.#window;
		if (!window) return noEdges;
		const crossing: FlowEdge[] = [];
		const [right, bottom] = [window.x + window.width, window.y + window.height];
		const { list, rects } = this.#index.edgeRects;
		for (let at = 0, place = 0; at < list.length; at++, place += 4) {
			const isNear =
				rects[place]! <= right &&
				rects[place + 2]! >= window.x &&
				rects[place + 1]! <= bottom &&
				rects[place + 3]! >= window.y;
			const edge = list[at]!;
			if (isNear && !edges.has(edgeText(edge))) crossing.push(edge);
			if (crossing.length >= 2000) break;
		}
		const isSame =
			crossing.length === this.#crossing.length && crossing.every((edge, at) => edge === this.#crossing[at]);
		if (!isSame) this.#crossing = crossing;
		return this.#crossing;
	}

	#node(box: Box, { selectedNodes, moving }: SceneInput): SceneNode {
		const at = moving.get(box.id) ?? box;
		const selected = selectedNodes.has(box.id);
		const before = this.#nodes.get(box.id);
		const isSame =
			before?.data.box === box &&
			!before.data.isGhost &&
			before.selected === selected &&
			before.position.x === at.x &&
			before.position.y === at.y;
		if (isSame) return before;
		return { ...sceneNode(box, false, at), selected };
	}

	#ghost(box: Box, { moving }: SceneInput): SceneNode {
		const before = this.#nodes.get(box.id);
		const fold = this.#index.foldOf(box.id);
		if (!fold) {
			const isSame = before?.data.box === box && before.data.isGhost && before.data.fold === undefined;
			return isSame ? before : { ...sceneNode(box, true, box), draggable: false };
		}
		// The card of the group goes with its nodes.
		const moved = moving.get(box.id);
		const at = { x: fold.x + (moved ? moved.x - box.x : 0), y: fold.y + (moved ? moved.y - box.y : 0) };
		const isSame =
			before?.data.box === box && before.data.fold === fold && before.position.x === at.x && before.position.y === at.y;
		if (isSame) return before;
		const { width, height, spots } = foldedNode(box, fold);
		// Edges end at the outer side of a handle, and here none is drawn: they end at the card.
		const inner = spots.map(spot => ({ ...spot, x: spot.x === 0 ? handleSize / 2 : spot.x - handleSize / 2 }));
		const made = sceneNode({ ...box, width, height, spots: inner }, true, at);
		return { ...made, data: { box, isGhost: true, fold }, draggable: false };
	}

	#edge(edge: FlowEdge, text: string, selected: boolean): SceneEdge {
		const { source, target } = edgeHandles(this.#index, edge);
		const kind = portAt(this.#index.box(edge.from), 'output', source)?.kind ?? 'any';
		const before = this.#edges.get(text);
		const isSame =
			before?.data?.kind === kind &&
			before.selected === selected &&
			before.sourceHandle === source &&
			before.targetHandle === target;
		if (isSame) return before;
		return {
			id: text,
			type: 'wire',
			source: edge.from,
			target: edge.to,
			sourceHandle: source,
			targetHandle: target,
			selected,
			data: { edge, kind },
			zIndex: selected ? 5 : 1,
		};
	}
}

function resizedBox(box: Box, { x, y, width, height }: Rect): Box {
	return { ...box, x, y, width, height, spots: handleSpots(box.shape, box.ports, { width, height }) };
}

/** Frames lie below edges and edges below cards; a frame inside a frame lies above it. */
function sceneNode(box: Box, isGhost: boolean, { x, y }: { readonly x: number; readonly y: number }): SceneNode {
	return {
		id: box.id,
		type: 'box',
		position: { x, y },
		// Each transform is a layer of the page's picture, and all layers are gone through at every step of panning.
		style: { transform: 'none', left: x, top: y },
		data: { box, isGhost },
		width: box.width,
		height: box.height,
		measured: { width: box.width, height: box.height },
		handles: box.spots.map(spot => ({
			id: handleId(spot.port),
			type: spot.side === 'output' ? 'source' : 'target',
			position: sideOf(spot),
			...handleBox(spot),
		})),
		zIndex: box.shape === 'container' ? (box.node.in === undefined ? -20 : -10) : box.shape === 'note' ? -5 : 2,
	};
}

/** Edges leave outputs to the right and come to inputs from the left, on the inner side of a frame too. */
function sideOf({ side }: HandleSpot): Side {
	return side === 'output' ? Side.Right : Side.Left;
}
