import { DisposableStore, type Disposable } from '../../../core/base/lifecycle';
import type { NodeId } from '../../../core/flow/model/flow';
import type { FlowOp } from '../../../core/flow/model/ops';
import type { End } from '../edits/connect';
import { fittingKinds, type Connecting } from '../gestures/connecting';
import { centreOf, type Rect } from '../graph/grid';
import { placesWithSizes } from '../edits/arrange';
import { withInside } from '../edits/remove';
import type { Guide } from '../graph/guides';
import type { Editor } from '../state/editor';
import { Store } from '../state/store';
import { detailZoom, viewOf, type View } from '../state/view';
import { SceneMaker, type Scene } from './scene';

export type Places = ReadonlyMap<NodeId, { readonly x: number; readonly y: number }>;

/** Where a node is asked for. */
export type QuickAdd =
	| { readonly kind: 'free'; readonly x: number; readonly y: number }
	/** An edge was let go over nothing: only what fits to it is offered. */
	| { readonly kind: 'connect'; readonly start: End; readonly x: number; readonly y: number }
	| { readonly kind: 'splice'; readonly edge: string; readonly x: number; readonly y: number };

/** What a drag shows while it goes on; the document knows nothing of it until it ends. */
export interface DragView {
	readonly places: Places;
	readonly guides: readonly Guide[];
	/** Edge that the node would be put into. */
	readonly splice: string | null;
	/** Frame that the nodes would be put into; `undefined` when that does not change. */
	readonly into: NodeId | null | undefined;
}

export const noDrag: DragView = { places: new Map(), guides: [], splice: null, into: undefined };

const nothing: Scene = { nodes: [], edges: [], passing: [], isFar: false, isPartial: false };

/** What only the surface in the document can do. */
export interface Surface {
	readonly move: (view: View, durationMs: number) => void;
	readonly focus: () => void;
}

/** Keeps the window of the graph that is drawn: it follows the flow, the view, the selection and a drag. */
export class CanvasModel implements Disposable {
	readonly scene = new Store<Scene>(nothing);
	readonly drag = new Store<DragView>(noDrag);
	readonly connecting = new Store<Connecting | null>(null);
	/** The box that is being drawn around nodes, in points of the canvas. */
	readonly selecting = new Store<Rect | null>(null);
	readonly quickAdd = new Store<QuickAdd | null>(null);
	/** A frame or note that is being pulled to another size. */
	readonly resizing = new Store<(Rect & { readonly id: NodeId }) | null>(null);
	/** Where the menu of the selection is open, in points of the surface. */
	readonly menu = new Store<{ readonly x: number; readonly y: number } | null>(null);
	/** A list that is open over the canvas: ports to connect with. */
	readonly picker = new Store<'connect' | null>(null);
	readonly editor: Editor;
	#pointer: { readonly x: number; readonly y: number } | null = null;
	#surface: Surface | undefined;
	#frame = 0;
	#width = 0;
	#height = 0;
	readonly #maker: SceneMaker;
	readonly #store = new DisposableStore();

	constructor(editor: Editor) {
		this.editor = editor;
		this.#maker = new SceneMaker(editor.index);
		const again = (): void => this.#make();
		this.#store.add(editor.doc.listen(again));
		this.#store.add(editor.selection.listen(again));
		this.#store.add(this.drag.listen(again));
		this.#store.add(this.resizing.listen(again));
		this.#store.add(editor.view.listen(view => this.#look(view)));
	}

	get size(): { readonly width: number; readonly height: number } {
		return { width: this.#width, height: this.#height };
	}

	resize(width: number, height: number): void {
		if (width === this.#width && height === this.#height) return;
		this.#width = width;
		this.#height = height;
		this.#make();
	}

	/** Shows another part of the canvas. */
	move(view: View, durationMs: number): void {
		// While it is animated the surface tells of every step; the last one is where it ends.
		if (durationMs === 0 || !this.#surface) this.editor.view.set(view);
		this.#surface?.move(view, durationMs);
	}

	/** Gives the keyboard to the graph. */
	focus(): void {
		this.#surface?.focus();
	}

	/** The surface tells what it can do, as long as it is there. */
	attach(surface: Partial<Surface>): void {
		this.#surface = { move: () => undefined, focus: () => undefined, ...this.#surface, ...surface };
	}

	/** Where the pointer was last, on the canvas: pasting goes there. */
	get pointer(): { readonly x: number; readonly y: number } | null {
		return this.#pointer;
	}

	pointAt(x: number, y: number): void {
		this.#pointer = this.toCanvas(x, y);
	}

	pointAway(): void {
		this.#pointer = null;
	}

	/** Brings a node into view, without moving more than is needed. */
	reveal(id: NodeId): void {
		const box = this.editor.index.box(id);
		if (!box || this.#width === 0) return;
		const view = this.editor.view.get();
		const zoom = Math.max(view.zoom, detailZoom);
		const left = view.x + box.x * view.zoom;
		const top = view.y + box.y * view.zoom;
		const isSeen =
			left >= 8 &&
			top >= 8 &&
			left + box.width * view.zoom <= this.#width - 8 &&
			top + box.height * view.zoom <= this.#height - 8;
		if (isSeen && zoom === view.zoom) return;
		const { x, y } = centreOf(box.shape === 'container' ? { ...box, height: 80 } : box);
		this.move({ x: this.#width / 2 - x * zoom, y: this.#height / 2 - y * zoom, zoom }, 120);
	}

	/** Shows the whole flow. */
	fit(): void {
		const { bounds } = this.editor.index;
		if (bounds) this.move(viewOf(bounds, this.#width, this.#height), 160);
	}

	pan(dx: number, dy: number): void {
		const view = this.editor.view.get();
		this.move({ ...view, x: view.x + dx, y: view.y + dy }, 0);
	}

	/** Places of nodes, and of what stands inside of them, after a move. */
	shifted(nodes: Iterable<NodeId>, dx: number, dy: number): Places {
		const places = new Map<NodeId, { x: number; y: number }>();
		for (const id of withInside(this.editor.index, nodes)) {
			const box = this.editor.index.box(id);
			if (box) places.set(id, { x: box.x + dx, y: box.y + dy });
		}
		return places;
	}

	moveOps(nodes: Iterable<NodeId>, dx: number, dy: number): readonly FlowOp[] {
		return [{ op: 'move', places: placesWithSizes(this.editor.flow, this.shifted(nodes, dx, dy)) }];
	}

	/** Kinds at which the drawn edge may end, for the style sheet. */
	fittingWords(now: Connecting): string {
		return fittingKinds(now).join(' ');
	}

	dispose(): void {
		cancelAnimationFrame(this.#frame);
		this.#store.dispose();
	}

	#look(view: View): void {
		if (!this.#maker.covers({ view, width: this.#width, height: this.#height })) this.#make();
	}

	/** Point of the canvas under a point of the surface. */
	toCanvas(x: number, y: number): { readonly x: number; readonly y: number } {
		const view = this.editor.view.get();
		return { x: (x - view.x) / view.zoom, y: (y - view.y) / view.zoom };
	}

	/** The point of the canvas in the middle of what is seen. */
	get middle(): { readonly x: number; readonly y: number } {
		return this.toCanvas(this.#width / 2, this.#height / 2);
	}

	#make(): void {
		if (this.#width === 0) return;
		const { nodes, edges } = this.editor.selection.get();
		cancelAnimationFrame(this.#frame);
		this.scene.set(
			this.#maker.make({
				view: this.editor.view.get(),
				width: this.#width,
				height: this.#height,
				selectedNodes: nodes,
				selectedEdges: edges,
				moving: this.drag.get().places,
				resized: this.resizing.get(),
			}),
		);
		if (this.scene.get().isPartial) this.#frame = requestAnimationFrame(() => this.#make());
	}
}
