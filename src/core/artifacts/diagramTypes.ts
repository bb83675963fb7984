import type { Point, Rect } from './diagramFrame';
import type { Box, Cluster, End, Pads, Wire } from './diagramLayers';

// The JSON of the Eclipse Layout Kernel, as far as the library that draws diagrams uses it, and what is made of it.

export interface LayoutLabel {
	x?: number;
	y?: number;
	readonly width?: number;
	readonly height?: number;
	readonly layoutOptions?: Readonly<Record<string, string>>;
}

export interface LayoutEdge {
	readonly id: string;
	readonly sources: readonly string[];
	readonly targets: readonly string[];
	readonly labels?: readonly LayoutLabel[];
	sections?: readonly LayoutSection[];
}

export interface LayoutSection {
	readonly id: string;
	readonly startPoint: Point;
	readonly endPoint: Point;
	readonly bendPoints: readonly Point[];
}

export interface LayoutNode {
	readonly id: string;
	x?: number;
	y?: number;
	width?: number;
	height?: number;
	children?: readonly LayoutNode[];
	readonly edges?: readonly LayoutEdge[];
	readonly ports?: readonly { readonly id: string }[];
	readonly layoutOptions?: Readonly<Record<string, string>>;
}

export type Direction = 'DOWN' | 'UP' | 'RIGHT' | 'LEFT';

/** An edge with its ends; `holder` is the node that its coordinates are relative to. */
export interface Link {
	readonly edge: LayoutEdge;
	readonly holder: LayoutNode;
	readonly source: string;
	readonly target: string;
}

/** A part that was laid out: all places are relative to its corner. */
export interface Level {
	readonly rects: Map<string, Rect>;
	readonly paths: Map<LayoutEdge, Way>;
	width: number;
	height: number;
}

export interface Way {
	readonly points: readonly Point[];
	readonly label: Point | undefined;
}

/** What a member of a level has to know of it. */
export interface Scope {
	readonly node: LayoutNode;
	readonly direction: Direction;
	readonly boxes: Map<string, Box>;
	readonly clusters: Map<string, Cluster>;
	/** Parts whose edges run in another direction than those around them, laid out by themselves. */
	readonly parts: Map<string, Level>;
}

/** An edge as it is at one level. */
export interface Found {
	readonly link: Link;
	readonly from: Reached;
	readonly to: Reached;
	wire: Wire;
}

/** A box, and the cluster or the node within a part that is really meant. */
export interface Reached {
	readonly end: End;
	readonly cluster?: string;
	readonly within?: Rect;
}

/** Boxes that are connected or share a cluster, with their edges. */
export interface Group {
	readonly boxes: Box[];
	readonly found: Found[];
}

const isDirection = (text: string | undefined): text is Direction =>
	text === 'DOWN' || text === 'UP' || text === 'RIGHT' || text === 'LEFT';

export function directionOf({ layoutOptions }: LayoutNode): Direction | undefined {
	const direction = layoutOptions?.['elk.direction'];
	return isDirection(direction) ? direction : undefined;
}

export interface Padding {
	readonly top: number;
	readonly left: number;
	readonly bottom: number;
	readonly right: number;
}

export function paddingOf({ layoutOptions }: LayoutNode): Padding {
	const text = layoutOptions?.['elk.padding'] ?? '';
	const side = (name: string) => Number(new RegExp(`${name}=([\\d.]+)`, 'u').exec(text)?.[1] ?? 12);
	return { top: side('top'), left: side('left'), bottom: side('bottom'), right: side('right') };
}

export function padsOf(pad: Padding, direction: Direction): Pads {
	const [left, right, before, after] = {
		DOWN: [pad.left, pad.right, pad.top, pad.bottom] as const,
		UP: [pad.left, pad.right, pad.bottom, pad.top] as const,
		RIGHT: [pad.top, pad.bottom, pad.left, pad.right] as const,
		LEFT: [pad.top, pad.bottom, pad.right, pad.left] as const,
	}[direction];
	return { left, right, before, after };
}

export const isLevel = (direction: Direction) => direction === 'RIGHT' || direction === 'LEFT';

export const moved = <P extends Point>(point: P, by: Point): P => ({ ...point, x: point.x + by.x, y: point.y + by.y });
