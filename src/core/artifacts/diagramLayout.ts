import type { Point } from './diagramFrame';
import { layoutLevel } from './diagramLevel';
import { directionOf, type LayoutEdge, type LayoutNode, type Level, type Link, type Way } from './diagramTypes';

interface LayoutAnswer {
	readonly data: { readonly id: number; readonly data: LayoutNode };
}

class LayoutWorker {
	onmessage: ((answer: LayoutAnswer) => void) | null = null;
	readonly dispatcher = {
		saveDispatch: ({ data: { id, graph } }: { data: { id: number; graph: LayoutNode } }) =>
			this.onmessage?.({ data: { id, data: layoutDiagram(graph) } }),
	};
}

/** Stands in the place of elkjs, of which the diagrams' library uses what is here, and waits for nothing. */
export class Layouter {
	readonly worker = { worker: new LayoutWorker() };
}

/** Lays out `root`: gives its nodes places and sizes, its edges sections, its labels places. */
export function layoutDiagram(root: LayoutNode): LayoutNode {
	keepOnce(root);
	const parents = new Map<string, string>();
	const links = linksOf(root, parents);
	const level = layoutLevel(root, directionOf(root) ?? 'DOWN', links, parents);
	writeNodes(root, level);
	root.width = level.width;
	root.height = level.height;
	const corners = new Map<string, Point>([[root.id, { x: 0, y: 0 }], ...level.rects]);
	for (const { edge, holder } of links) {
		const way = level.paths.get(edge);
		if (way !== undefined) writeEdge(edge, way, corners.get(holder.id) ?? { x: 0, y: 0 });
	}
	return root;
}

/** A group that an edge in a group names appears as a node, too, maybe in itself: only the group is kept. */
function keepOnce(root: LayoutNode): void {
	const groups = new Set<string>();
	const seen = new Set([root.id]);
	const collect = (node: LayoutNode): void => {
		for (const child of node.children ?? []) {
			if (child.children !== undefined) groups.add(child.id);
			collect(child);
		}
	};
	const prune = (node: LayoutNode): void => {
		if (node.children === undefined) return;
		node.children = node.children.filter(({ id, children }) => {
			const isKept = !seen.has(id) && (children !== undefined || !groups.has(id));
			if (isKept) seen.add(id);
			return isKept;
		});
		for (const child of node.children) prune(child);
	};
	collect(root);
	prune(root);
}

/** All edges, those through a port joined to one between nodes; fills `parents`. */
function linksOf(root: LayoutNode, parents: Map<string, string>): Link[] {
	const links: Link[] = [];
	const ports = new Set<string>();
	const visit = (node: LayoutNode): void => {
		for (const { id } of node.ports ?? []) ports.add(id);
		for (const edge of node.edges ?? [])
			links.push({ edge, holder: node, source: edge.sources[0] ?? '', target: edge.targets[0] ?? '' });
		for (const child of node.children ?? []) {
			parents.set(child.id, node.id);
			visit(child);
		}
	};
	visit(root);
	const inner = new Map<string, string>();
	for (const { source, target } of links) {
		if (ports.has(source)) inner.set(source, target);
		else if (ports.has(target)) inner.set(target, source);
	}
	return links
		.filter(link => !isInner(link))
		.map(link => ({
			...link,
			source: inner.get(link.source) ?? link.source,
			target: inner.get(link.target) ?? link.target,
		}))
		.filter(({ source, target }) => parents.has(source) && parents.has(target))
		.toSorted((a, b) => numberOf(a) - numberOf(b));
}

/** Whether it leads from a port to a node within: the edge outside, which goes all the way, tells it too. */
const isInner = ({ edge, holder }: Link) =>
	(holder.ports ?? []).some(({ id }) => edge.sources.includes(id) || edge.targets.includes(id));

/** Edges are numbered as they were written. */
const numberOf = ({ edge }: Link) => Number(/\d+/u.exec(edge.id)?.[0] ?? 0);

function writeNodes(node: LayoutNode, level: Level): void {
	const corner = level.rects.get(node.id) ?? { x: 0, y: 0 };
	for (const child of node.children ?? []) {
		const rect = level.rects.get(child.id);
		if (rect !== undefined) Object.assign(child, rect, { x: rect.x - corner.x, y: rect.y - corner.y });
		writeNodes(child, level);
	}
}

function writeEdge(edge: LayoutEdge, { points, label }: Way, corner: Point): void {
	const [startPoint, ...bendPoints] = points.map(({ x, y }) => ({ x: x - corner.x, y: y - corner.y }));
	const endPoint = bendPoints.pop();
	if (startPoint === undefined || endPoint === undefined) return;
	edge.sections = [{ id: `${edge.id}_s0`, startPoint, endPoint, bendPoints }];
	const [text] = edge.labels ?? [];
	if (text === undefined || label === undefined) return;
	text.x = label.x - corner.x - (text.width ?? 0) / 2;
	text.y = label.y - corner.y - (text.height ?? 0) / 2;
}
