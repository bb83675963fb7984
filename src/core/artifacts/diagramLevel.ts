import { loopReach, type Point, type Rect } from './diagramFrame';
import { roomOf, type Box, type Cluster, type End, type Wire } from './diagramLayers';
import { turn } from './diagramTurn';
import {
	directionOf,
	isLevel,
	moved,
	paddingOf,
	padsOf,
	type Direction,
	type Found,
	type Group,
	type LayoutEdge,
	type LayoutNode,
	type Level,
	type Link,
	type Padding,
	type Reached,
	type Scope,
} from './diagramTypes';

/** Lays out the members of `node` in one direction, and by themselves the parts that have another. */
export function layoutLevel(
	node: LayoutNode,
	direction: Direction,
	links: readonly Link[],
	parents: ReadonlyMap<string, string>,
): Level {
	const scope: Scope = { node, direction, boxes: new Map(), clusters: new Map(), parts: new Map() };
	addMembers(node, undefined, scope, links, parents);
	const depths = depthsOf(scope, links, parents);
	const ends = (id: string, isSource: boolean) => endOf(id, isSource, scope, depths, parents);
	const found: Found[] = [];
	for (const link of links) {
		const [from, to] = [ends(link.source, true), ends(link.target, false)];
		if (from === undefined || to === undefined) continue;
		// What is within a part is told by the part.
		if (from.end.box === to.end.box && scope.parts.get(from.end.box.id)?.paths.has(link.edge) === true) continue;
		found.push({ link, from, to, wire: wireOf(link.edge, from.end, to.end, direction) });
	}
	widen(scope, found);
	const level: Level = { rects: new Map(), paths: new Map(), width: 0, height: 0 };
	const groups = together(asWritten(scope, found), found, scope.clusters);
	const turned = groups.map(group => turn(group, scope));
	pack(turned, paddingOf(node), level);
	addParts(scope, level);
	return level;
}

function addMembers(
	node: LayoutNode,
	cluster: string | undefined,
	scope: Scope,
	links: readonly Link[],
	parents: ReadonlyMap<string, string>,
): void {
	for (const child of node.children ?? []) {
		const own = directionOf(child);
		if ((child.children ?? []).length === 0) {
			const pad = child.children === undefined ? undefined : paddingOf(child);
			const width = child.width ?? (pad === undefined ? 0 : pad.left + pad.right + 40);
			const height = child.height ?? (pad === undefined ? 0 : pad.top + pad.bottom);
			addBox(child.id, { x: 0, y: 0, width, height }, cluster, scope);
		} else if (own !== undefined && own !== scope.direction) {
			const part = layoutLevel(child, own, links, parents);
			scope.parts.set(child.id, part);
			addBox(child.id, { x: 0, y: 0, width: part.width, height: part.height }, cluster, scope);
		} else {
			const pads = padsOf(paddingOf(child), scope.direction);
			scope.clusters.set(child.id, { id: child.id, parent: cluster, pads });
			addMembers(child, child.id, scope, links, parents);
		}
	}
}

function addBox(id: string, { width, height }: Rect, cluster: string | undefined, { boxes, direction }: Scope): void {
	const [across, along] = isLevel(direction) ? [height, width] : [width, height];
	boxes.set(id, { id, width: across, height: along, cluster, margin: 0, x: 0, y: 0, rank: 0 });
}

/** How far down each box is likely to be: edges that lead back do not count. */
function depthsOf(scope: Scope, links: readonly Link[], parents: ReadonlyMap<string, string>): Map<string, number> {
	const depths = new Map<string, number>();
	for (const { source, target } of links) {
		const [from, to] = [boxAt(source, scope, parents)?.id, boxAt(target, scope, parents)?.id];
		if (from === undefined || to === undefined) continue;
		if (!depths.has(from)) depths.set(from, 0);
		if (!depths.has(to)) depths.set(to, (depths.get(from) ?? 0) + 1);
	}
	return depths;
}

function boxAt(id: string, { boxes }: Scope, parents: ReadonlyMap<string, string>): Box | undefined {
	for (let at: string | undefined = id; at !== undefined; at = parents.get(at)) {
		const box = boxes.get(at);
		if (box !== undefined) return box;
	}
	return undefined;
}

/** The box of this level that stands for `id`; for a cluster it is one at the side where the edge goes on. */
function endOf(
	id: string,
	isSource: boolean,
	scope: Scope,
	depths: ReadonlyMap<string, number>,
	parents: ReadonlyMap<string, string>,
): Reached | undefined {
	if (scope.clusters.has(id)) {
		const inside = [...scope.boxes.values()].filter(box => {
			for (let at = box.cluster; at !== undefined; at = scope.clusters.get(at)?.parent) if (at === id) return true;
			return false;
		});
		const depth = (box: Box) => depths.get(box.id) ?? 0;
		const [box] = inside.toSorted((a, b) => (isSource ? depth(b) - depth(a) : depth(a) - depth(b)));
		return box === undefined ? undefined : { end: { box }, cluster: id };
	}
	const box = boxAt(id, scope, parents);
	if (box === undefined) return undefined;
	const within = scope.parts.get(box.id)?.rects.get(id);
	if (within === undefined) return { end: { box } };
	const middle = isLevel(scope.direction) ? within.y + within.height / 2 : within.x + within.width / 2;
	return { end: { box, offset: middle - box.width / 2 }, within };
}

function wireOf(edge: LayoutEdge, from: End, to: End, direction: Direction): Wire {
	const { width = 0, height = 0, layoutOptions } = edge.labels?.[0] ?? {};
	const [across, along] = isLevel(direction) ? [height, width] : [width, height];
	const isBeside = !isLevel(direction) && layoutOptions?.['elk.edgeLabels.inline'] !== 'true';
	const label = width === 0 ? undefined : { width: across, height: along, isBeside, x: 0, y: 0 };
	return { key: edge.id, from, to, label, upper: from, lower: to, xs: [], labelRank: -1 };
}

/** Boxes with edges to themselves get room for them. */
function widen(scope: Scope, found: Found[]): void {
	for (const { wire } of found) {
		const { box } = wire.from;
		const margin = Math.max(
			box.margin,
			loopReach(wire.label) + (wire.label === undefined ? 0 : roomOf(wire.label) / 2) + 12,
		);
		if (box === wire.to.box) scope.boxes.set(box.id, { ...box, margin });
	}
	const current = (end: End): End => ({ ...end, box: scope.boxes.get(end.box.id) ?? end.box });
	for (const one of found) {
		const [from, to] = [current(one.wire.from), current(one.wire.to)];
		one.wire = { ...one.wire, from, to, upper: from, lower: to };
	}
}

/** The boxes in the order in which edges name them: the first is where a reader, and so a cycle, starts. */
function asWritten({ boxes }: Scope, found: readonly Found[]): Box[] {
	const named = found.flatMap(({ wire }) => [wire.from.box, wire.to.box]);
	return [...new Set([...named, ...boxes.values()])];
}

function together(boxes: readonly Box[], found: readonly Found[], clusters: ReadonlyMap<string, Cluster>): Group[] {
	const leaders = new Map<string, string>();
	const leader = (id: string): string => {
		let at = id;
		for (let next = leaders.get(at); next !== undefined; next = leaders.get(at)) at = next;
		return at;
	};
	const join = (a: string, b: string): void => {
		const [one, other] = [leader(a), leader(b)];
		if (one !== other) leaders.set(other, one);
	};
	for (const { id, parent } of clusters.values()) if (parent !== undefined) join(`c ${parent}`, `c ${id}`);
	for (const { id, cluster } of boxes) if (cluster !== undefined) join(`c ${cluster}`, `b ${id}`);
	for (const { wire } of found) join(`b ${wire.from.box.id}`, `b ${wire.to.box.id}`);
	const groups = new Map<string, Group>();
	for (const box of boxes) {
		const key = leader(`b ${box.id}`);
		const group = groups.get(key) ?? { boxes: [], found: [] };
		group.boxes.push(box);
		groups.set(key, group);
	}
	for (const one of found) groups.get(leader(`b ${one.wire.from.box.id}`))?.found.push(one);
	return [...groups.values()];
}

/** Puts groups beside each other and in rows, so that a page is filled rather than a line. */
function pack(groups: readonly Level[], padding: Padding, level: Level): void {
	const gap = 40;
	const area = groups.reduce((sum, { width, height }) => sum + (width + gap) * (height + gap), 0);
	const limit = Math.max(...groups.map(({ width }) => width), Math.sqrt(area) * 1.4);
	let [x, y, row, right] = [0, 0, 0, 0];
	for (const group of groups) {
		if (x > 0 && x + group.width > limit) [x, y, row] = [0, y + row + gap, 0];
		const corner = { x: padding.left + x, y: padding.top + y };
		for (const [id, rect] of group.rects) level.rects.set(id, moved(rect, corner));
		addPaths(group, corner, level);
		right = Math.max(right, x + group.width);
		row = Math.max(row, group.height);
		x += group.width + gap;
	}
	level.width = padding.left + right + padding.right;
	level.height = padding.top + y + row + padding.bottom;
}

function addPaths(from: Level, corner: Point, into: Level): void {
	for (const [edge, { points, label }] of from.paths)
		into.paths.set(edge, {
			points: points.map(point => moved(point, corner)),
			label: label === undefined ? undefined : moved(label, corner),
		});
}

function addParts({ parts }: Scope, level: Level): void {
	for (const [id, part] of parts) {
		const corner = level.rects.get(id) ?? { x: 0, y: 0 };
		for (const [inner, rect] of part.rects) level.rects.set(inner, moved(rect, corner));
		addPaths(part, corner, level);
	}
}
