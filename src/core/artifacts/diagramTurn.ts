import { arrange, type Arranged, type Point, type Rect } from './diagramFrame';
import {
	isLevel,
	moved,
	type Direction,
	type Found,
	type Group,
	type Level,
	type Reached,
	type Scope,
	type Way,
} from './diagramTypes';

/** Lays out a group and turns its frame in the direction of the level. */
export function turn({ boxes, found }: Group, { node, direction, clusters, parts }: Scope): Level {
	const number = (name: string, otherwise: number) => Number(node.layoutOptions?.[name] ?? otherwise);
	const spacing = {
		node: number('elk.spacing.nodeNode', 28),
		layer: number('elk.layered.spacing.nodeNodeBetweenLayers', 48),
		edge: number('elk.spacing.edgeEdge', 12),
	};
	const used = new Set<string>();
	for (const { cluster } of boxes) for (let at = cluster; at !== undefined; at = clusters.get(at)?.parent) used.add(at);
	const arranged = arrange(
		boxes,
		[...clusters.values()].filter(({ id }) => used.has(id)),
		found.map(({ wire }) => wire),
		spacing,
	);
	const { bounds } = arranged;
	const place = placer(bounds, direction);
	const [width, height] = isLevel(direction) ? [bounds.height, bounds.width] : [bounds.width, bounds.height];
	const level: Level = { rects: new Map(), paths: new Map(), width, height };
	for (const [id, rect] of arranged.clusters) level.rects.set(id, turnRect(rect, place));
	for (const { id, x, y, ...size } of boxes)
		level.rects.set(id, turnRect({ x: x - size.width / 2, y: y - size.height / 2, ...size }, place));
	for (const one of found) level.paths.set(one.link.edge, wayOf(one, arranged, level.rects, parts, place));
	return level;
}

function placer({ x, y, height }: Rect, direction: Direction): (point: Point) => Point {
	return point => {
		const across = point.x - x;
		const along = direction === 'UP' || direction === 'LEFT' ? y + height - point.y : point.y - y;
		return isLevel(direction) ? { x: along, y: across } : { x: across, y: along };
	};
}

function turnRect({ x, y, width, height }: Rect, place: (point: Point) => Point): Rect {
	const [a, b] = [place({ x, y }), place({ x: x + width, y: y + height })];
	return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
}

function wayOf(
	{ wire, from, to }: Found,
	{ paths }: Arranged,
	rects: ReadonlyMap<string, Rect>,
	parts: ReadonlyMap<string, Level>,
	place: (point: Point) => Point,
): Way {
	let points = (paths.get(wire) ?? []).map(place);
	const meant = ({ cluster, within, end }: Reached): Rect | undefined => {
		if (cluster !== undefined) return rects.get(cluster);
		const corner = parts.has(end.box.id) ? rects.get(end.box.id) : undefined;
		return within === undefined || corner === undefined ? undefined : moved(within, corner);
	};
	const [source, target] = [meant(from), meant(to)];
	if (wire.from.box !== wire.to.box) {
		if (target !== undefined) points = endAt(points, target, to.cluster !== undefined);
		if (source !== undefined) points = endAt(points.toReversed(), source, from.cluster !== undefined).toReversed();
	}
	return { points, label: wire.label === undefined ? undefined : place(wire.label) };
}

/** Ends the line at the outline of `rect`: earlier, where that surrounds its end, or later, where it lies beyond. */
function endAt(points: Point[], rect: Rect, isAround: boolean): Point[] {
	const last = points.at(-1);
	if (last === undefined) return points;
	if (!isAround) return [...points.slice(0, -1), onOutline(points.at(-2) ?? last, last, rect)];
	const isInside = ({ x, y }: Point) => x > rect.x && x < rect.x + rect.width && y > rect.y && y < rect.y + rect.height;
	const outside = points.findLastIndex(point => !isInside(point));
	const [before, after] = [points[outside], points[outside + 1]];
	if (before === undefined || after === undefined) return points;
	return [...points.slice(0, outside + 1), onOutline(before, after, rect)];
}

/** Where a level or upright line from `from` through `to` meets the outline first. */
function onOutline(from: Point, to: Point, { x, y, width, height }: Rect): Point {
	if (Math.abs(from.x - to.x) < 0.5) return { x: to.x, y: from.y < y + height / 2 ? y : y + height };
	return { x: from.x < x + width / 2 ? x : x + width, y: to.y };
}
