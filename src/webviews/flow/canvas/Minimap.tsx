import { useEffect, useRef, type PointerEvent, type ReactElement } from 'react';
import { DisposableStore } from '../../../core/base/lifecycle';
import { useCanvas } from '../context';
import { grown, type Rect } from '../graph/grid';
import { visibleRect } from '../state/view';
import { readColours, watchTheme } from './colours';
import type { CanvasModel } from './model';
import { fillOf } from './paint';

const width = 180;
const height = 116;
const repaintMs = 200;

interface Fit {
	readonly bounds: Rect;
	readonly scale: number;
	readonly left: number;
	readonly top: number;
}

/** The whole flow in a corner, as one picture, with a frame around what is seen. A press goes there. */
export function Minimap(): ReactElement {
	const canvas = useCanvas();
	const surface = useRef<HTMLCanvasElement>(null);
	const frame = useRef<HTMLDivElement>(null);
	useEffect(() => {
		const { current: element } = surface;
		const { current: seen } = frame;
		if (!element || !seen) return undefined;
		const store = new DisposableStore();
		let timer: ReturnType<typeof setTimeout> | undefined;
		const paint = (): void => {
			timer = undefined;
			paintMap(element, canvas);
			placeFrame(seen, canvas);
		};
		const request = (): void => {
			timer ??= setTimeout(paint, repaintMs);
		};
		const { editor } = canvas;
		store.add(editor.doc.listen(request));
		store.add(editor.runs.tick.listen(request));
		store.add(editor.view.listen(() => placeFrame(seen, canvas)));
		store.add(canvas.scene.listen(() => placeFrame(seen, canvas)));
		store.add({ dispose: watchTheme(request) });
		paint();
		return () => {
			clearTimeout(timer);
			store.dispose();
		};
	}, [canvas]);
	const go = (event: PointerEvent<HTMLElement>): void => {
		const fit = fitOf(canvas);
		if (!fit || (event.buttons & 1) === 0) return;
		const { left, top } = event.currentTarget.getBoundingClientRect();
		const x = (event.clientX - left - fit.left) / fit.scale + fit.bounds.x;
		const y = (event.clientY - top - fit.top) / fit.scale + fit.bounds.y;
		const { zoom } = canvas.editor.view.get();
		const { size } = canvas;
		canvas.move({ x: size.width / 2 - x * zoom, y: size.height / 2 - y * zoom, zoom }, 0);
	};
	return (
		<div className="minimap" aria-hidden="true" onPointerDown={go} onPointerMove={go}>
			<canvas ref={surface} width={width * 2} height={height * 2} style={{ width, height }} />
			<div ref={frame} className="minimap-frame" />
		</div>
	);
}

function fitOf(canvas: CanvasModel): Fit | null {
	const { bounds } = canvas.editor.index;
	if (!bounds) return null;
	const whole = grown(bounds, 60);
	const scale = Math.min(width / whole.width, height / whole.height);
	return {
		bounds: whole,
		scale,
		left: (width - whole.width * scale) / 2,
		top: (height - whole.height * scale) / 2,
	};
}

function paintMap(element: HTMLCanvasElement, canvas: CanvasModel): void {
	const context = element.getContext('2d');
	const fit = fitOf(canvas);
	if (!context) return;
	context.setTransform(2, 0, 0, 2, 0, 0);
	context.clearRect(0, 0, width, height);
	if (!fit) return;
	const colours = readColours(element.parentElement ?? document.body);
	const { editor } = canvas;
	const draw = (isFrame: boolean): void => {
		for (const box of editor.index.boxes()) {
			if ((box.shape === 'container') !== isFrame || editor.index.foldOf(box.id)) continue;
			context.fillStyle = isFrame ? colours.frame : fillOf(editor, box, colours);
			context.fillRect(
				fit.left + (box.x - fit.bounds.x) * fit.scale,
				fit.top + (box.y - fit.bounds.y) * fit.scale,
				Math.max(1, box.width * fit.scale),
				Math.max(1, box.height * fit.scale),
			);
		}
	};
	draw(true);
	draw(false);
	context.fillStyle = colours.card;
	for (const { x, y, width: wide, height: high } of editor.index.folds) {
		const [left, top] = [fit.left + (x - fit.bounds.x) * fit.scale, fit.top + (y - fit.bounds.y) * fit.scale];
		context.fillRect(left, top, Math.max(1, wide * fit.scale), Math.max(1, high * fit.scale));
	}
}

function placeFrame(frame: HTMLElement, canvas: CanvasModel): void {
	const fit = fitOf(canvas);
	frame.style.display = fit ? '' : 'none';
	if (!fit) return;
	const seen = visibleRect(canvas.editor.view.get(), canvas.size.width, canvas.size.height);
	const left = Math.max(0, fit.left + (seen.x - fit.bounds.x) * fit.scale);
	const top = Math.max(0, fit.top + (seen.y - fit.bounds.y) * fit.scale);
	const right = Math.min(width, fit.left + (seen.x + seen.width - fit.bounds.x) * fit.scale);
	const bottom = Math.min(height, fit.top + (seen.y + seen.height - fit.bounds.y) * fit.scale);
	frame.style.transform = `translate(${left}px, ${top}px)`;
	frame.style.width = `${Math.max(4, right - left)}px`;
	frame.style.height = `${Math.max(4, bottom - top)}px`;
}
