import type { NodeChange, OnNodeDrag } from 'reactflow';
import { useMemo } from 'react';
import type { NodeId } from '../../../core/flow/model/flow';
import type { FlowOp } from '../../../core/flow/model/ops';
import type { Ports } from '../../../core/flow/nodes/nodeType';
import { noDrag, type CanvasModel } from '../canvas/model';
import type { SceneNode } from '../canvas/scene';
import { useCanvas } from '../context';
import { frameAt, spliceOps } from '../edits/add';
import { placesWithSizes } from '../edits/arrange';
import { withInside } from '../edits/remove';
import type { Box } from '../graph/box';
import { centreOf, type Rect } from '../graph/grid';
import { snapTo } from '../graph/guides';

interface Drag {
	readonly lead: Box;
	/** Everything that moves, with its place before: the selection, and what stands in selected frames. */
	readonly start: ReadonlyMap<NodeId, Box>;
	/** What the lead can line up with. */
	readonly others: readonly Rect[];
	dx: number;
	dy: number;
}

/** Moves nodes: shown while they are dragged, one step of undo when they are let go. */
class NodeDrag {
	readonly #canvas: CanvasModel;
	#drag: Drag | null = null;

	constructor(canvas: CanvasModel) {
		this.#canvas = canvas;
	}

	onStart: OnNodeDrag<SceneNode> = (_event, node) => {
		this.#drag = begin(this.#canvas, node.id);
	};

	onChanges = (changes: readonly NodeChange<SceneNode>[]): void => {
		const drag = this.#drag;
		if (!drag) return;
		for (const change of changes) {
			if (change.type === 'position' && change.id === drag.lead.id && change.position)
				follow(this.#canvas, drag, change.position);
		}
	};

	onStop = (): void => {
		if (this.#drag) end(this.#canvas, this.#drag);
		this.#drag = null;
	};
}

/** The gesture of dragging nodes, for the surface. */
export function useNodeDrag(): NodeDrag {
	const canvas = useCanvas();
	return useMemo(() => new NodeDrag(canvas), [canvas]);
}

function begin(canvas: CanvasModel, id: NodeId): Drag | null {
	const { editor } = canvas;
	const { index } = editor;
	const lead = index.box(id);
	if (!lead) return null;
	if (!editor.selection.get().nodes.has(id)) editor.select([id]);
	const start = new Map<NodeId, Box>();
	for (const each of withInside(index, editor.selection.get().nodes)) {
		const box = index.box(each);
		if (box) start.set(each, box);
	}
	const others = canvas.scene
		.get()
		.nodes.filter(node => !node.data.isGhost && !start.has(node.id))
		.map(node => node.data.box);
	return { lead, start, others, dx: 0, dy: 0 };
}

function follow(canvas: CanvasModel, drag: Drag, to: { readonly x: number; readonly y: number }): void {
	const { editor } = canvas;
	const { lead } = drag;
	const rect = { ...to, width: lead.width, height: lead.height };
	const snapped = editor.ui.get().isSnapping
		? snapTo(rect, drag.others, editor.view.get().zoom)
		: { x: Math.round(to.x), y: Math.round(to.y), guides: [] };
	drag.dx = snapped.x - lead.x;
	drag.dy = snapped.y - lead.y;
	const places = new Map<NodeId, { x: number; y: number }>();
	for (const [id, box] of drag.start) places.set(id, { x: box.x + drag.dx, y: box.y + drag.dy });
	const placed = { ...lead, x: snapped.x, y: snapped.y };
	const splice = spliceTarget(canvas, drag, placed);
	canvas.drag.set({ places, guides: snapped.guides, splice, into: frameChange(canvas, drag, placed) });
}

function end(canvas: CanvasModel, drag: Drag): void {
	const { editor } = canvas;
	const { splice, into } = canvas.drag.get();
	if (drag.dx === 0 && drag.dy === 0) return canvas.drag.set(noDrag);
	const places = placesWithSizes(editor.flow, canvas.drag.get().places);
	canvas.drag.set(noDrag);
	const ops: FlowOp[] = [{ op: 'move', places }];
	if (into !== undefined) {
		for (const id of editor.selection.get().nodes) {
			if (drag.start.get(id)?.shape !== 'note') ops.push({ op: 'setNode', id, key: 'in', value: into });
		}
	}
	const edge = splice === null ? undefined : editor.index.edge(splice);
	if (edge) ops.push(...(spliceOps(editor.index, edge, drag.lead.id, drag.lead.ports) ?? []));
	editor.apply(edge ? 'Put node into edge' : 'Move', ops);
}

/** The edge under the middle of a single node that has no edges yet. */
function spliceTarget(canvas: CanvasModel, drag: Drag, placed: Rect): string | null {
	const { index } = canvas.editor;
	const { lead, start } = drag;
	const edges = index.edges(lead.id);
	if (start.size > 1 || lead.shape !== 'card' || edges.incoming.length + edges.outgoing.length > 0) return null;
	return edgeUnder(canvas, centreOf(placed), lead.id, lead.ports);
}

/** The drawn edge under a point that a node with these ports could be put into. */
export function edgeUnder(
	canvas: CanvasModel,
	point: { readonly x: number; readonly y: number },
	node: NodeId,
	ports: Ports,
): string | null {
	const { index } = canvas.editor;
	for (const { id } of canvas.scene.get().edges) {
		const edge = index.edge(id);
		const ends = edge && index.ends(edge);
		if (ends && isNear(ends, point, 24) && spliceOps(index, edge, node, ports)) return id;
	}
	return null;
}

/** The frame that the nodes come into, `null` for none; `undefined` when they stay where they belong. */
function frameChange(canvas: CanvasModel, drag: Drag, placed: Rect): NodeId | null | undefined {
	const { index } = canvas.editor;
	if (drag.lead.shape === 'note') return undefined;
	const frame = frameAt(index, placed, new Set(drag.start.keys()))?.id ?? null;
	return frame === (drag.lead.node.in ?? null) ? undefined : frame;
}

/** Whether a point lies on the curve between two ends: its drawn shape, sampled. */
function isNear(
	{ x1, y1, x2, y2 }: { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number },
	point: { readonly x: number; readonly y: number },
	within: number,
): boolean {
	const left = Math.min(x1, x2) - 2 * within;
	const right = Math.max(x1, x2) + 2 * within;
	if (point.x < left || point.x > right) return false;
	const bend = Math.max(30, Math.abs(x2 - x1) / 2);
	for (let step = 1; step < 24; step++) {
		const t = step / 24;
		const u = 1 - t;
		const x = u ** 3 * x1 + 3 * u * u * t * (x1 + bend) + 3 * u * t * t * (x2 - bend) + t ** 3 * x2;
		const y = u ** 3 * y1 + 3 * u * u * t * y1 + 3 * u * t * t * y2 + t ** 3 * y2;
		if (Math.hypot(x - point.x, y - point.y) <= within) return true;
	}
	return false;
}
