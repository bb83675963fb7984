import type { Flow, NodeId, Position } from '../model/flow';
import { layered, type LayoutBox, type LayoutEdge } from './layered';

/** How large a node is drawn. */
export interface NodeBox {
	readonly width: number;
	readonly height: number;
	/** Of a container: what of its frame lies left and right of, above and below what is inside. */
	readonly frame?: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
	/** It is no part of the run, and stays where it was put. */
	readonly isNote?: boolean;
}

export interface LayoutWish {
	readonly flow: Pick<Flow, 'nodes' | 'edges' | 'layout'>;
	readonly boxOf: (id: NodeId) => NodeBox;
	/** `new`: only nodes without a place, beside what they are connected with. */
	readonly scope: 'all' | 'selection' | 'new';
	/** For `selection`. */
	readonly nodes: readonly NodeId[];
}

type Places = Map<NodeId, Position>;

const gaps = { x: 96, y: 32 };
const grid = 8;

/**
 * New places. What is laid out keeps its corner, so that nothing jumps away; a container grows to hold what is inside.
 * The same flow always gives the same places.
 */
export function layoutFlow(wish: LayoutWish): Readonly<Record<NodeId, Position>> {
	const layout = new FlowLayout(wish);
	const places = wish.scope === 'all' ? layout.all() : layout.some(wish.scope === 'new');
	return Object.fromEntries([...places].map(([id, place]) => [id, snapped(place)]));
}

class FlowLayout {
	readonly #wish: LayoutWish;
	readonly #flow: LayoutWish['flow'];
	readonly #inside = new Map<NodeId | null, NodeId[]>();
	/** Containers that were laid out are as large as that needs. */
	readonly #sizes = new Map<NodeId, { width: number; height: number }>();

	constructor(wish: LayoutWish) {
		this.#wish = wish;
		this.#flow = wish.flow;
		for (const id of Object.keys(wish.flow.nodes)) {
			if (wish.boxOf(id).isNote === true) continue;
			const parent = this.#parentOf(id);
			const list = this.#inside.get(parent);
			if (list) list.push(id);
			else this.#inside.set(parent, [id]);
		}
	}

	all(): Places {
		const places: Places = new Map();
		const local = new Map<NodeId | null, Places>();
		for (const container of this.#innermostFirst()) local.set(container, this.#arrange(container));
		const corner = this.#corner(this.#inside.get(null) ?? []);
		this.#put(null, corner.x, corner.y, local, places);
		return places;
	}

	/** Only the nodes that were named or stand nowhere, each together with those of the same container. */
	some(isNew: boolean): Places {
		const wanted = isNew
			? Object.keys(this.#flow.nodes).filter(id => !this.#placeOf(id) && this.#wish.boxOf(id).isNote !== true)
			: this.#wish.nodes;
		const places: Places = new Map();
		const groups = new Map<NodeId | null, NodeId[]>();
		for (const id of wanted) {
			if (!Object.hasOwn(this.#flow.nodes, id) || this.#wish.boxOf(id).isNote === true) continue;
			const parent = this.#parentOf(id);
			groups.set(parent, [...(groups.get(parent) ?? []), id]);
		}
		for (const [parent, ids] of groups) {
			const { places: found } = layered(this.#boxes(ids), this.#edges(ids, parent), gaps);
			const corner = isNew ? this.#freeCorner(ids, parent, [...found.values()]) : this.#corner(ids);
			for (const [id, { x, y }] of found) places.set(id, { x: corner.x + x, y: corner.y + y });
		}
		return places;
	}

	/** Lays out what is inside of a container, and makes it as large as that needs. */
	#arrange(container: NodeId | null): Places {
		const ids = this.#inside.get(container) ?? [];
		const { places, width, height } = layered(this.#boxes(ids), this.#edges(ids, container), gaps);
		const frame = container === null ? undefined : this.#wish.boxOf(container).frame;
		if (container !== null && frame) {
			const needed = { width: frame.left + width + frame.right, height: frame.top + height + frame.bottom };
			const least = this.#wish.boxOf(container);
			this.#sizes.set(container, {
				width: ids.length === 0 ? least.width : needed.width,
				height: ids.length === 0 ? least.height : needed.height,
			});
		}
		return new Map(places);
	}

	/** Turns places inside of containers into places on the canvas. */
	#put(
		container: NodeId | null,
		x: number,
		y: number,
		local: ReadonlyMap<NodeId | null, Places>,
		places: Places,
	): void {
		const open: [container: NodeId | null, x: number, y: number][] = [[container, x, y]];
		for (let next = open.pop(); next; next = open.pop()) {
			for (const [id, at] of local.get(next[0]) ?? []) {
				const place = { x: next[1] + at.x, y: next[2] + at.y };
				const size = this.#sizes.get(id);
				places.set(id, size ? { ...place, ...size } : place);
				const { frame } = this.#wish.boxOf(id);
				if (frame) open.push([id, place.x + frame.left, place.y + frame.top]);
			}
		}
	}

	#boxes(ids: readonly NodeId[]): LayoutBox[] {
		return ids.map(id => {
			const { width, height } = this.#sizes.get(id) ?? this.#wish.boxOf(id);
			const at = this.#placeOf(id);
			return { id, width, height, ...(at ? { x: at.x, y: at.y } : {}) };
		});
	}

	/** Edges between these, and those that lead into them through containers in between. */
	#edges(ids: readonly NodeId[], parent: NodeId | null): LayoutEdge[] {
		const wanted = new Set(ids);
		const edges: LayoutEdge[] = [];
		for (const { from, to } of this.#flow.edges) {
			const [a, b] = [this.#childOf(parent, from), this.#childOf(parent, to)];
			if (a !== undefined && b !== undefined && a !== b && wanted.has(a) && wanted.has(b))
				edges.push({ from: a, to: b });
		}
		return edges;
	}

	/** Which node of a container a node stands in, however deep. */
	#childOf(container: NodeId | null, id: NodeId): NodeId | undefined {
		const seen = new Set<NodeId>();
		for (let at: NodeId | null = id; at !== null && !seen.has(at); at = this.#parentOf(at)) {
			if (this.#parentOf(at) === container) return at;
			seen.add(at);
		}
		return undefined;
	}

	#parentOf(id: NodeId): NodeId | null {
		const parent = Object.hasOwn(this.#flow.nodes, id) ? this.#flow.nodes[id]?.in : undefined;
		if (parent === undefined || !Object.hasOwn(this.#flow.nodes, parent) || parent === id) return null;
		return this.#wish.boxOf(parent).frame ? parent : null;
	}

	#innermostFirst(): readonly (NodeId | null)[] {
		const order: (NodeId | null)[] = [null];
		for (let at = 0; at < order.length; at++) {
			for (const id of this.#inside.get(order[at]!) ?? []) if (this.#wish.boxOf(id).frame) order.push(id);
		}
		return order.toReversed();
	}

	#placeOf(id: NodeId): Position | undefined {
		return Object.hasOwn(this.#flow.layout, id) ? this.#flow.layout[id] : undefined;
	}

	#corner(ids: readonly NodeId[]): { x: number; y: number } {
		const placed = ids.flatMap(id => this.#placeOf(id) ?? []);
		if (placed.length === 0) return { x: 0, y: 0 };
		return { x: Math.min(...placed.map(({ x }) => x)), y: Math.min(...placed.map(({ y }) => y)) };
	}

	/** Right of what leads to them, and below whatever stands there already. */
	#freeCorner(ids: readonly NodeId[], parent: NodeId | null, found: readonly { x: number; y: number }[]): Position {
		const wanted = new Set(ids);
		const others = (this.#inside.get(parent) ?? []).flatMap(id => {
			const at = wanted.has(id) ? undefined : this.#placeOf(id);
			return at ? [{ id, x: at.x, y: at.y, ...this.#sizeOf(id, at) }] : [];
		});
		const sources = new Set(this.#flow.edges.flatMap(({ from, to }) => (wanted.has(to) ? [from] : [])));
		const before = others.filter(({ id }) => sources.has(id));
		const beside = before.length > 0 ? before : others;
		const x =
			before.length > 0
				? Math.max(...beside.map(box => box.x + box.width)) + gaps.x
				: this.#corner(others.map(({ id }) => id)).x;
		const width = Math.max(0, ...found.map((place, at) => place.x + this.#wish.boxOf(ids[at] ?? '').width));
		const inTheWay = others.filter(box => box.x < x + width && box.x + box.width > x);
		const top = before.length > 0 ? Math.min(...before.map(box => box.y)) : 0;
		const blocked = inTheWay.some(box => box.y + box.height + gaps.y > top);
		return { x, y: blocked ? Math.max(...inTheWay.map(box => box.y + box.height)) + gaps.y : top };
	}

	#sizeOf(id: NodeId, at: Position): { width: number; height: number } {
		const box = this.#wish.boxOf(id);
		return { width: at.width ?? box.width, height: at.height ?? box.height };
	}
}

function snapped({ x, y, width, height }: Position): Position {
	const at = { x: Math.round(x / grid) * grid, y: Math.round(y / grid) * grid };
	if (width === undefined || height === undefined) return at;
	return { ...at, width: Math.ceil(width / grid) * grid, height: Math.ceil(height / grid) * grid };
}
