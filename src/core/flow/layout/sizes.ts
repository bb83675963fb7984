import type { Position } from '../model/flow';
import type { Port, Ports } from '../nodes/nodeType';

/** What is drawn for a node: a card, a frame around other nodes, or a note. */
export type Shape = 'card' | 'container' | 'note';

export interface Size {
	readonly width: number;
	readonly height: number;
}

/** A place on a side of a node where edges end. */
export interface HandleSpot {
	readonly port: Port;
	readonly side: 'input' | 'output';
	/** Centre, from the node's corner. */
	readonly x: number;
	readonly y: number;
}

export const gridStep = 8;
export const headerHeight = 34;
export const rowHeight = 20;
export const cardWidth = 224;
const footerHeight = 24;
export const handleSize = 12;
const smallest: Readonly<Record<Shape, Size>> = {
	card: { width: cardWidth, height: 64 },
	container: { width: 320, height: 160 },
	note: { width: 120, height: 48 },
};
const usual: Readonly<Record<Exclude<Shape, 'card'>, Size>> = {
	container: { width: 560, height: 280 },
	note: { width: 240, height: 120 },
};

/** Sizes are known without measuring: contents clip, and only frames and notes can be resized. */
export function sizeOf(shape: Shape, ports: Ports, at: Position | undefined): Size {
	const rows = Math.max(
		countRows(ports.inputs, ports.outputs, shape === 'container'),
		countRows(ports.outputs, ports.inputs, shape === 'container'),
	);
	if (shape === 'card') {
		return { width: cardWidth, height: upToGrid(headerHeight + 4 + rows * rowHeight + 4 + footerHeight) };
	}
	const least = smallest[shape];
	const needed = shape === 'container' ? upToGrid(headerHeight + rows * rowHeight + 40) : 0;
	return {
		width: Math.max(least.width, at?.width ?? usual[shape].width),
		height: Math.max(least.height, needed, at?.height ?? usual[shape].height),
	};
}

/** The smallest size that a frame or a note can be pulled to. */
export function leastSize(shape: Shape): Size {
	return smallest[shape];
}

/** Where the ports of a node are. Inner ports of a container stand on the opposite side, below the outer ones. */
export function handleSpots(shape: Shape, ports: Ports, size: Size): readonly HandleSpot[] {
	if (shape === 'note') return [];
	const spots: HandleSpot[] = [];
	let left = 0;
	let right = 0;
	const add = (port: Port, side: HandleSpot['side'], isLeft: boolean): void => {
		const row = isLeft ? left++ : right++;
		const y = headerHeight + 4 + row * rowHeight + rowHeight / 2;
		spots.push({ port, side, x: isLeft ? 0 : size.width, y });
	};
	for (const port of ports.inputs) if (!port.isInner) add(port, 'input', true);
	for (const port of ports.outputs) if (!port.isInner) add(port, 'output', false);
	for (const port of ports.outputs) if (port.isInner) add(port, 'output', true);
	for (const port of ports.inputs) if (port.isInner) add(port, 'input', false);
	return spots;
}

export function handleBox(spot: HandleSpot): { x: number; y: number; width: number; height: number } {
	return { x: spot.x - handleSize / 2, y: spot.y - handleSize / 2, width: handleSize, height: handleSize };
}

export function snapToGrid(value: number): number {
	return Math.round(value / gridStep) * gridStep;
}

function countRows(outer: readonly Port[], opposite: readonly Port[], isContainer: boolean): number {
	const own = outer.filter(port => !port.isInner).length;
	return isContainer ? own + opposite.filter(port => port.isInner).length : own;
}

function upToGrid(value: number): number {
	return Math.ceil(value / gridStep) * gridStep;
}
