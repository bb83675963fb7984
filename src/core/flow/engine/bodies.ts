import type { Json } from '../../base/json';
import type { FlowNode, NodeId } from '../model/flow';
import type { NodeType, Ports } from '../nodes/nodeType';
import { fromEntry, fromOuter, toExit, type Body, type CompiledNode, type InputSlot } from './compiled';

/** A node while its flow is being compiled. */
export interface DraftNode {
	readonly id: NodeId;
	readonly node: FlowNode;
	readonly type: NodeType;
	readonly params: Readonly<Record<string, Json>>;
	readonly ports: Ports;
	readonly typeIndex: number;
	parent: DraftNode | null;
	/** Outer input ports that an edge ends at. */
	readonly connected: Set<string>;
}

export interface DraftEdge {
	readonly from: DraftNode;
	readonly to: DraftNode;
	/** '' for an edge that is only an order. */
	readonly port: string;
	readonly input: string;
	/** `entry`: from the container's inner side. */
	readonly source: 'node' | 'entry';
	/** Into the container's inner side. */
	readonly isExit: boolean;
}

/** An edge in the body that it stands in. */
interface BodyEdge {
	readonly from: number;
	readonly to: number;
	readonly port: string;
	readonly slot: number;
	readonly outer: number;
}

interface BodyDraft {
	readonly owner: DraftNode | null;
	readonly members: DraftNode[];
	readonly edges: BodyEdge[];
	readonly exits: string[];
}

interface Built {
	readonly bodies: readonly Body[];
	readonly nodes: readonly CompiledNode[];
	/** Ids of nodes that depend on each other in a circle; empty when there are none. */
	readonly cycle: readonly NodeId[];
}

type Rest = Omit<CompiledNode, 'index' | 'body' | 'local' | 'inner' | 'slots'>;

/** Sorts nodes and edges into the bodies of their containers. An edge from outside also makes the container wait. */
export function buildBodies(
	drafts: readonly DraftNode[],
	edges: readonly DraftEdge[],
	finish: (draft: DraftNode) => Rest,
): Built {
	const places = new Places(drafts);
	const slots = new Map<DraftNode, InputSlot[]>(drafts.map(draft => [draft, slotsOf(draft)]));
	const lifted = new Set<string>();
	for (const edge of edges) addEdge(edge, places, slots, lifted);
	const nodes = drafts.map((draft, index): CompiledNode => {
		const { body, local } = places.of(draft);
		const inner = places.bodyOf(draft) ?? -1;
		return { ...finish(draft), index, body, local, inner, slots: slots.get(draft) ?? [] };
	});
	const byDraft = new Map(drafts.map((draft, index) => [draft, nodes[index]!]));
	const cycle: NodeId[] = [];
	const bodies = places.bodies.map((draft, index) => {
		const members = draft.members.map(member => byDraft.get(member)!);
		const body = toArrays(index, draft, members, draft.owner ? (byDraft.get(draft.owner) ?? null) : null);
		if (body.order.length < members.length && cycle.length === 0) cycle.push(...cycleIn(body));
		return body;
	});
	return { bodies, nodes, cycle };
}

/** Which body each node stands in, and where. */
class Places {
	readonly bodies: BodyDraft[] = [{ owner: null, members: [], edges: [], exits: [] }];
	readonly #own = new Map<DraftNode, number>();
	readonly #places = new Map<DraftNode, { readonly body: number; readonly local: number }>();
	readonly #indices = new Map<DraftNode, number>();

	constructor(drafts: readonly DraftNode[]) {
		for (const [index, draft] of drafts.entries()) {
			this.#indices.set(draft, index);
			if (draft.type.container === undefined) continue;
			this.#own.set(draft, this.bodies.length);
			const exits = draft.ports.inputs.filter(port => port.isInner === true).map(port => port.name);
			this.bodies.push({ owner: draft, members: [], edges: [], exits });
		}
		for (const draft of drafts) {
			const body = draft.parent ? (this.#own.get(draft.parent) ?? 0) : 0;
			const { members } = this.bodies[body]!;
			this.#places.set(draft, { body, local: members.length });
			members.push(draft);
		}
	}

	of(draft: DraftNode): { readonly body: number; readonly local: number } {
		return this.#places.get(draft)!;
	}

	bodyOf(draft: DraftNode): number | undefined {
		return this.#own.get(draft);
	}

	indexOf(draft: DraftNode): number {
		return this.#indices.get(draft)!;
	}
}

function slotsOf(draft: DraftNode): InputSlot[] {
	return draft.ports.inputs
		.filter(port => port.isInner !== true)
		.map(({ name, isMany, isRequired }) => ({
			port: name,
			isMany: isMany === true,
			isRequired: isRequired === true,
			isConnected: false,
		}));
}

function addEdge(
	edge: DraftEdge,
	places: Places,
	slots: ReadonlyMap<DraftNode, InputSlot[]>,
	lifted: Set<string>,
): void {
	const { from, to, port } = edge;
	const source = places.of(from);
	if (edge.isExit) {
		const body = places.bodies[places.bodyOf(to) ?? 0]!;
		const start = edge.source === 'entry' ? fromEntry : source.local;
		body.edges.push({ from: start, to: toExit, port, slot: body.exits.indexOf(edge.input), outer: -1 });
		return;
	}
	const target = places.of(to);
	const body = places.bodies[target.body]!;
	const slot = port === '' ? -1 : slotIndex(slots.get(to)!, edge.input);
	const isEntry = edge.source === 'entry' && places.bodyOf(from) === target.body;
	if (isEntry) body.edges.push({ from: fromEntry, to: target.local, port, slot, outer: -1 });
	else if (edge.source === 'node' && source.body === target.body)
		body.edges.push({ from: source.local, to: target.local, port, slot, outer: -1 });
	else {
		body.edges.push({ from: fromOuter, to: target.local, port, slot, outer: places.indexOf(from) });
		if (edge.source === 'node') lift(from, to, places, lifted);
	}
}

/** The container that stands beside `from` and around `to` waits for `from`. */
function lift(from: DraftNode, to: DraftNode, places: Places, lifted: Set<string>): void {
	let around = to;
	while (around.parent && around.parent !== from.parent) around = around.parent;
	const key = `${from.id} ${around.id}`;
	if (lifted.has(key)) return;
	lifted.add(key);
	const { body, local } = places.of(from);
	const target = places.of(around).local;
	places.bodies[body]!.edges.push({ from: local, to: target, port: '', slot: -1, outer: -1 });
}

function slotIndex(slots: InputSlot[], name: string): number {
	const known = slots.findIndex(slot => slot.port === name);
	const index = known < 0 ? slots.length : known;
	const slot = slots[index] ?? { port: name, isMany: false, isRequired: false };
	slots[index] = { ...slot, isConnected: true };
	return index;
}

function toArrays(index: number, draft: BodyDraft, nodes: readonly CompiledNode[], owner: CompiledNode | null): Body {
	const { edges } = draft;
	const count = edges.length;
	const [edgeFrom, edgeTo] = [new Int32Array(count), new Int32Array(count)];
	const [edgeSlot, edgeOuter] = [new Int32Array(count), new Int32Array(count)];
	const edgePort: string[] = [];
	const [entryEdges, exitEdges]: [number[], number[]] = [[], []];
	for (let at = 0; at < count; at++) {
		const { from, to, port, slot, outer } = edges[at]!;
		edgeFrom[at] = from;
		edgeTo[at] = to;
		edgeSlot[at] = slot;
		edgeOuter[at] = outer;
		edgePort.push(port);
		if (from < 0) entryEdges.push(at);
		if (to === toExit) exitEdges.push(at);
	}
	const outgoing = groupBy(nodes.length, edgeFrom);
	const incoming = groupBy(nodes.length, edgeTo);
	sortBySlot(incoming, edgeSlot);
	const arrays = {
		edgeFrom,
		edgeTo,
		outStart: outgoing.start,
		outEdges: outgoing.items,
		inStart: incoming.start,
	};
	return {
		index,
		owner,
		nodes,
		edgeCount: count,
		...arrays,
		edgePort,
		edgeSlot,
		edgeOuter,
		inEdges: incoming.items,
		entryEdges: Int32Array.from(entryEdges),
		exitEdges: Int32Array.from(exitEdges),
		exits: draft.exits,
		order: orderOf(nodes.length, arrays),
	};
}

interface Groups {
	readonly start: Int32Array;
	readonly items: Int32Array;
}

/** So that the inputs of a node are gathered in one pass; the order of the lines is kept within a slot. */
function sortBySlot({ start, items }: Groups, slots: Int32Array): void {
	for (let node = 0; node + 1 < start.length; node++) {
		const [from, to] = [start[node]!, start[node + 1]!];
		let isSorted = true;
		for (let at = from + 1; at < to; at++) if (slots[items[at]!]! < slots[items[at - 1]!]!) isSorted = false;
		if (!isSorted) items.subarray(from, to).sort((a, b) => slots[a]! - slots[b]! || a - b);
	}
}

/** Indices of edges by node, those without a node left out. */
function groupBy(count: number, keys: Int32Array): Groups {
	const start = new Int32Array(count + 1);
	for (let edge = 0; edge < keys.length; edge++) if (keys[edge]! >= 0) start[keys[edge]! + 1]!++;
	for (let node = 0; node < count; node++) start[node + 1]! += start[node]!;
	const items = new Int32Array(start[count]!);
	const next = start.slice();
	for (let edge = 0; edge < keys.length; edge++) if (keys[edge]! >= 0) items[next[keys[edge]!]!++] = edge;
	return { start, items };
}

type Arrays = Pick<Body, 'edgeFrom' | 'edgeTo' | 'outStart' | 'outEdges' | 'inStart'>;

/** Kahn's order; nodes on a circle, and behind one, are left out. */
function orderOf(count: number, { edgeFrom, edgeTo, outStart, outEdges }: Arrays): Int32Array {
	const open = new Int32Array(count);
	for (let edge = 0; edge < edgeTo.length; edge++)
		if (edgeFrom[edge]! >= 0 && edgeTo[edge]! >= 0) open[edgeTo[edge]!]!++;
	const order = new Int32Array(count);
	let length = 0;
	for (let node = 0; node < count; node++) if (open[node] === 0) order[length++] = node;
	for (let at = 0; at < length; at++) {
		const node = order[at]!;
		for (let out = outStart[node]!; out < outStart[node + 1]!; out++) {
			const to = edgeTo[outEdges[out]!]!;
			if (to >= 0 && --open[to]! === 0) order[length++] = to;
		}
	}
	return order.subarray(0, length);
}

/** One circle, as ids; the first is named again at the end. */
function cycleIn({ nodes, order, inStart, inEdges, edgeFrom }: Body): NodeId[] {
	const isOrdered = new Uint8Array(nodes.length);
	for (const node of order) isOrdered[node] = 1;
	const visited = new Int32Array(nodes.length).fill(-1);
	const path: number[] = [];
	let node = isOrdered.indexOf(0);
	while (visited[node] === -1) {
		visited[node] = path.length;
		path.push(node);
		// Backwards: every node that could not be ordered has a source that could not be ordered either.
		for (let at = inStart[node]!; at < inStart[node + 1]!; at++) {
			const from = edgeFrom[inEdges[at]!]!;
			if (from >= 0 && isOrdered[from] === 0) {
				node = from;
				break;
			}
		}
	}
	const circle = path.slice(visited[node]).toReversed();
	return [...circle, circle[0]!].map(local => nodes[local]!.id);
}
