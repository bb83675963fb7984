import type { FlowEdge } from '../../../core/flow/model/flow';
import type { Editor } from '../state/editor';
import type { View } from '../state/view';
import type { Box } from '../graph/box';
import type { Rect } from '../graph/grid';
import type { Colours } from './colours';

/** Names under this size cannot be read. */
const leastName = 0.16;
const mostEdges = 12_000;
/** Browsers work out where the lines of one path cross: a thousand lines in one take seconds. */
const linesAtOnce = 24;

/** What a node's rectangle is filled with: its state in the run, how it changed, else the colour of cards. */
export function fillOf(editor: Editor, box: Box, colours: Colours): string {
	const change = editor.doc.get().compare?.nodes[box.id];
	if (change) return colours[change === 'renamed' ? 'changed' : change];
	switch (editor.runs.nodes.get(box.id).state) {
		case 'running':
		case 'retrying':
			return colours.running;
		case 'waiting':
		case 'paused':
			return colours.waiting;
		case 'succeeded':
		case 'cached':
		case 'pinned':
			return colours.succeeded;
		case 'failed':
			return colours.failed;
		default:
			return box.shape === 'note' ? colours.note : colours.card;
	}
}

/** Draws every node and edge in `seen`: rectangles, straight lines, and names as long as they can be read. */
export function paintFar(
	context: CanvasRenderingContext2D,
	editor: Editor,
	view: View,
	seen: Rect,
	colours: Colours,
): void {
	const boxes = editor.index.query(seen);
	const { zoom } = view;
	const frames = boxes.filter(box => box.shape === 'container').sort((a, b) => b.width - a.width);
	context.fillStyle = colours.frame;
	context.strokeStyle = colours.border;
	for (const box of frames) {
		context.fillRect(view.x + box.x * zoom, view.y + box.y * zoom, box.width * zoom, box.height * zoom);
		context.strokeRect(view.x + box.x * zoom, view.y + box.y * zoom, box.width * zoom, box.height * zoom);
	}
	paintEdges(context, editor, view, edgesOf(editor, boxes), colours.edge);
	const byColour = new Map<string, Box[]>();
	for (const box of boxes) {
		if (box.shape === 'container') continue;
		const fill = fillOf(editor, box, colours);
		const list = byColour.get(fill);
		if (list) list.push(box);
		else byColour.set(fill, [box]);
	}
	for (const [fill, list] of byColour) {
		context.fillStyle = fill;
		for (const { x, y, width, height } of list)
			context.fillRect(view.x + x * zoom, view.y + y * zoom, Math.max(1, width * zoom), Math.max(1, height * zoom));
	}
	paintSelection(context, editor, view, colours);
	if (zoom >= leastName) paintNames(context, editor, view, boxes, colours);
}

/** Edges as faint lines. */
function paintEdges(
	context: CanvasRenderingContext2D,
	editor: Editor,
	view: View,
	edges: Iterable<FlowEdge>,
	colour: string,
): void {
	context.strokeStyle = colour;
	context.lineWidth = Math.max(0.6, Math.min(1.5, view.zoom * 2));
	let count = 0;
	context.beginPath();
	for (const edge of edges) {
		const ends = editor.index.ends(edge);
		if (!ends) continue;
		context.moveTo(view.x + ends.x1 * view.zoom, view.y + ends.y1 * view.zoom);
		context.lineTo(view.x + ends.x2 * view.zoom, view.y + ends.y2 * view.zoom);
		if (++count % linesAtOnce !== 0) continue;
		context.stroke();
		context.beginPath();
	}
	context.stroke();
}

/** Edges that begin at these nodes; of a hundred thousand lines on one screen nobody tells one from another. */
function* edgesOf(editor: Editor, boxes: readonly Box[]): Iterable<FlowEdge> {
	let count = 0;
	for (const box of boxes) {
		for (const edge of editor.index.edges(box.id).outgoing) {
			if (++count > mostEdges) return;
			yield edge;
		}
	}
}

function paintSelection(context: CanvasRenderingContext2D, editor: Editor, view: View, colours: Colours): void {
	context.strokeStyle = colours.selected;
	context.lineWidth = 2;
	for (const id of editor.selection.get().nodes) {
		const box = editor.index.box(id);
		if (!box) continue;
		context.strokeRect(
			view.x + box.x * view.zoom - 1,
			view.y + box.y * view.zoom - 1,
			box.width * view.zoom + 2,
			box.height * view.zoom + 2,
		);
	}
}

function paintNames(
	context: CanvasRenderingContext2D,
	editor: Editor,
	view: View,
	boxes: readonly Box[],
	colours: Colours,
): void {
	const size = Math.max(9, Math.round(42 * view.zoom));
	context.fillStyle = colours.text;
	context.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
	context.textBaseline = 'middle';
	for (const box of boxes) {
		if (box.shape === 'note') continue;
		const most = Math.floor((box.width * view.zoom - 10) / (size * 0.56));
		const title = editor.catalog.titleOf(box.node);
		const name = title.length > most ? `${title.slice(0, Math.max(1, most - 1))}…` : title;
		const y = box.shape === 'container' ? box.y + 24 : box.y + box.height / 2;
		context.fillText(name, view.x + box.x * view.zoom + 5, view.y + y * view.zoom);
	}
}
