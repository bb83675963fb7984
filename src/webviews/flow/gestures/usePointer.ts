import { useEffect, type RefObject } from 'react';
import { useCanvas } from '../context';
import { contains, overlaps } from '../graph/grid';
import type { CanvasModel } from '../canvas/model';
import type { End } from '../edits/connect';
import { selectOnly } from '../state/selection';
import { beginConnecting, endConnecting, moveConnecting } from './connecting';

/**
 * Pressing and pulling on the canvas beside dragging nodes: an edge from a port, a box around nodes, and panning with
 * the space bar, the middle button or the hand.
 */
export function usePointer(surface: RefObject<HTMLDivElement | null>): void {
	const canvas = useCanvas();
	useEffect(() => {
		const element = surface.current;
		if (!element) return undefined;
		const down = (event: PointerEvent): void => {
			const target = event.target instanceof Element ? event.target : null;
			const port = target?.closest<HTMLElement>('.port');
			if (event.button !== 0 || !target) return;
			if (port) pullEdge(canvas, element, port, event);
			else if (isPane(target) && !isPanning(canvas, element)) pullBox(canvas, element, event);
		};
		element.addEventListener('pointerdown', down, true);
		return () => element.removeEventListener('pointerdown', down, true);
	}, [canvas, surface]);
}

function isPane(target: Element): boolean {
	return target.classList.contains('react-flow__pane');
}

function isPanning(canvas: CanvasModel, element: HTMLElement): boolean {
	return canvas.editor.ui.get().tool === 'pan' || element.dataset['space'] === 'down';
}

function pullEdge(canvas: CanvasModel, element: HTMLElement, port: HTMLElement, event: PointerEvent): void {
	const { editor } = canvas;
	if (!editor.canEdit) return;
	const { node = '', handle = '', side } = port.dataset;
	const end: End = { node, handle, side: side === 'input' ? 'input' : 'output' };
	const at = pointIn(canvas, element, event);
	const begun = beginConnecting(editor.index, end, at.x, at.y);
	if (!begun) return;
	event.preventDefault();
	event.stopPropagation();
	const start = { x: event.clientX, y: event.clientY };
	let hasMoved = false;
	track(element, event, {
		move: next => {
			hasMoved ||= Math.hypot(next.clientX - start.x, next.clientY - start.y) > 4;
			if (!hasMoved) return;
			autoPan(canvas, element, next);
			const point = pointIn(canvas, element, next);
			const now = canvas.connecting.get() ?? begun;
			canvas.connecting.set(moveConnecting(editor.index, now, point.x, point.y, 22 / editor.view.get().zoom));
		},
		end: isCancelled => {
			const now = canvas.connecting.get();
			canvas.connecting.set(null);
			if (!now || isCancelled) return;
			const ops = endConnecting(editor.index, now);
			if (ops.length > 0) editor.apply(now.target ? 'Connect' : 'Disconnect', ops);
			else if (!now.target && now.refusal === null) {
				canvas.quickAdd.set({ kind: 'connect', start: now.start, x: now.x, y: now.y });
			} else if (now.refusal !== null) editor.say(now.refusal);
		},
	});
}

function pullBox(canvas: CanvasModel, element: HTMLElement, event: PointerEvent): void {
	const { editor } = canvas;
	const origin = pointIn(canvas, element, event);
	const isAdding = event.shiftKey || event.ctrlKey || event.metaKey;
	const before = editor.selection.get();
	let hasMoved = false;
	track(element, event, {
		move: next => {
			const to = pointIn(canvas, element, next);
			const rect = {
				x: Math.min(origin.x, to.x),
				y: Math.min(origin.y, to.y),
				width: Math.abs(to.x - origin.x),
				height: Math.abs(to.y - origin.y),
			};
			hasMoved ||= Math.hypot(rect.width, rect.height) * editor.view.get().zoom > 4;
			if (!hasMoved) return;
			canvas.selecting.set(rect);
			// A frame is meant only when it is inside as a whole: its nodes are reached through it.
			const boxes = editor.index.query(rect).filter(box => box.shape !== 'container' || contains(rect, box));
			const folded = editor.index.folds.filter(fold => overlaps(fold, rect)).flatMap(({ nodes }) => [...nodes]);
			const found = [...boxes.map(box => box.id), ...folded];
			editor.selection.set(isAdding ? selectOnly([...before.nodes, ...found]) : selectOnly(found));
		},
		end: isCancelled => {
			canvas.selecting.set(null);
			if (isCancelled) editor.selection.set(before);
			else if (!hasMoved) pressPane(canvas, origin, isAdding);
		},
	});
}

/** A press on nothing clears the selection; far away, where no cards are, it takes the node that is drawn there. */
function pressPane(canvas: CanvasModel, at: { readonly x: number; readonly y: number }, isAdding: boolean): void {
	const { editor } = canvas;
	const hit = canvas.scene.get().isFar
		? editor.index.query({ ...at, width: 0, height: 0 }).findLast(box => box.shape !== 'container')
		: undefined;
	if (hit) editor.select(isAdding ? [...editor.selection.get().nodes, hit.id] : [hit.id], hit.id);
	else if (!isAdding) editor.select([], null);
}

interface Tracking {
	readonly move: (event: PointerEvent) => void;
	readonly end: (isCancelled: boolean) => void;
}

/** Follows the pointer until it is let go. Escape ends without an effect. */
function track(element: HTMLElement, from: PointerEvent, { move, end }: Tracking): void {
	const controller = new AbortController();
	const finish = (isCancelled: boolean): void => {
		controller.abort();
		end(isCancelled);
	};
	const options = { signal: controller.signal, capture: true };
	const view = element.ownerDocument.defaultView ?? window;
	view.addEventListener('pointermove', event => event.pointerId === from.pointerId && move(event), options);
	view.addEventListener('pointerup', event => event.pointerId === from.pointerId && finish(false), options);
	view.addEventListener('pointercancel', () => finish(true), options);
	view.addEventListener('blur', () => finish(true), options);
	view.addEventListener(
		'keydown',
		event => {
			if (event.key !== 'Escape') return;
			event.stopPropagation();
			finish(true);
		},
		options,
	);
}

function pointIn(canvas: CanvasModel, element: HTMLElement, event: PointerEvent): { x: number; y: number } {
	const { left, top } = element.getBoundingClientRect();
	return canvas.toCanvas(event.clientX - left, event.clientY - top);
}

const panMargin = 36;

const panStep = (near: number, far: number): number => (near < panMargin ? 12 : far < panMargin ? -12 : 0);

/** Near the border the canvas moves on, so that an edge reaches what is not seen yet. */
function autoPan(canvas: CanvasModel, element: HTMLElement, event: PointerEvent): void {
	const { left, top, right, bottom } = element.getBoundingClientRect();
	const dx = panStep(event.clientX - left, right - event.clientX);
	const dy = panStep(event.clientY - top, bottom - event.clientY);
	if (dx !== 0 || dy !== 0) canvas.pan(dx, dy);
}
