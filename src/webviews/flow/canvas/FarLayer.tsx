import { useEffect, useRef, type ReactElement } from 'react';
import { useCanvas } from '../context';
import { DisposableStore } from '../../../core/base/lifecycle';
import { contains, grown, type Rect } from '../graph/grid';
import { visibleRect, type View } from '../state/view';
import { readColours, watchTheme, type Colours } from './colours';
import type { CanvasModel } from './model';
import { paintFar } from './paint';

/** More than is seen is painted, so that panning moves a picture instead of painting it again. */
const spare = 0.2;
const settleMs = 140;

/** The view that the picture was painted for, and what it covers. */
interface Painted {
	readonly view: View;
	readonly covers: Rect;
	readonly marginX: number;
	readonly marginY: number;
}

/** Paints the whole graph as one picture while it is seen from far away. */
class FarPainter {
	readonly #store = new DisposableStore();
	readonly #element: HTMLCanvasElement;
	readonly #canvas: CanvasModel;
	#colours: Colours;
	#painted: Painted | null = null;
	#isLeaving = false;
	#frame = 0;
	#settling: ReturnType<typeof setTimeout> | undefined;

	constructor(element: HTMLCanvasElement, canvas: CanvasModel) {
		this.#element = element;
		this.#canvas = canvas;
		this.#colours = readColours(element.parentElement ?? document.body);
		const again = (): void => this.#request();
		const { editor } = canvas;
		this.#store.add(canvas.scene.listen(again));
		this.#store.add(editor.selection.listen(again));
		this.#store.add(editor.doc.listen(again));
		this.#store.add(editor.runs.tick.listen(again));
		this.#store.add(editor.view.listen(view => this.#follow(view)));
		this.#store.add({
			dispose: watchTheme(() => {
				this.#colours = readColours(element.parentElement ?? document.body);
				again();
			}),
		});
		again();
	}

	dispose(): void {
		this.#store.dispose();
		cancelAnimationFrame(this.#frame);
		clearTimeout(this.#settling);
	}

	get #hasContent(): boolean {
		return this.#canvas.scene.get().isFar || this.#isLeaving;
	}

	#request(): void {
		if (this.#frame !== 0) return;
		this.#frame = requestAnimationFrame(() => {
			this.#frame = 0;
			this.#paint();
		});
	}

	/** Moves the picture with the view; paints again when it no longer covers what is seen, or when all is still. */
	#follow(view: View): void {
		if (!this.#hasContent) return;
		const painted = this.#painted;
		const { width, height } = this.#canvas.size;
		const ratio = painted ? view.zoom / painted.view.zoom : 0;
		const isCovered = painted !== null && contains(painted.covers, visibleRect(view, width, height));
		if (!painted || !isCovered || ratio > 1.6 || ratio < 0.6) return this.#request();
		this.#place(view, painted);
		if (ratio === 1) return;
		clearTimeout(this.#settling);
		this.#settling = setTimeout(() => this.#request(), settleMs);
	}

	#place(view: View, painted: Painted): void {
		const ratio = view.zoom / painted.view.zoom;
		const x = view.x - (painted.view.x + painted.marginX) * ratio;
		const y = view.y - (painted.view.y + painted.marginY) * ratio;
		this.#element.style.transform = `translate(${x}px, ${y}px) scale(${ratio})`;
	}

	#paint(): void {
		const { width, height } = this.#canvas.size;
		const context = this.#element.getContext('2d');
		if (!context || width === 0) return;
		const { isFar, isPartial } = this.#canvas.scene.get();
		// Coming nearer, the picture stays until all cards are there.
		this.#isLeaving = !isFar && isPartial && (this.#isLeaving || this.#painted !== null);
		if (!isFar && !this.#isLeaving) {
			this.#element.style.display = 'none';
			this.#painted = null;
			return;
		}
		const { editor } = this.#canvas;
		const view = editor.view.get();
		const marginX = Math.round(width * spare);
		const marginY = Math.round(height * spare);
		const scale = Math.min(2, window.devicePixelRatio || 1);
		this.#resize(width + 2 * marginX, height + 2 * marginY, scale);
		context.setTransform(scale, 0, 0, scale, 0, 0);
		context.clearRect(0, 0, width + 2 * marginX, height + 2 * marginY);
		const shifted = { x: view.x + marginX, y: view.y + marginY, zoom: view.zoom };
		const seen = visibleRect(view, width, height);
		const covers = { ...grown(seen, 0), x: seen.x - marginX / view.zoom, y: seen.y - marginY / view.zoom };
		const whole = {
			...covers,
			width: seen.width + (2 * marginX) / view.zoom,
			height: seen.height + (2 * marginY) / view.zoom,
		};
		paintFar(context, editor, shifted, whole, this.#colours);
		this.#painted = { view, covers: whole, marginX, marginY };
		this.#place(view, this.#painted);
		this.#element.style.display = '';
	}

	#resize(width: number, height: number, scale: number): void {
		const element = this.#element;
		const pixelWidth = Math.round(width * scale);
		const pixelHeight = Math.round(height * scale);
		if (element.width === pixelWidth && element.height === pixelHeight) return;
		element.width = pixelWidth;
		element.height = pixelHeight;
		element.style.width = `${width}px`;
		element.style.height = `${height}px`;
	}
}

/** The surface below the cards. */
export function FarLayer(): ReactElement {
	const canvas = useCanvas();
	const element = useRef<HTMLCanvasElement>(null);
	useEffect(() => {
		if (!element.current) return undefined;
		const painter = new FarPainter(element.current, canvas);
		return () => painter.dispose();
	}, [canvas]);
	return <canvas ref={element} className="far-layer" aria-hidden="true" />;
}
