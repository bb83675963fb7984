import type { Json } from '../../base/json';
import { edgeText } from './flow';
import type { Flow, FlowEdge, FlowGroup, FlowInput, FlowNode, NodeId, Position } from './flow';
import {
	byCode,
	isDefault,
	normaliseGroup,
	normaliseInput,
	normaliseNode,
	snapPosition,
	sortEdges,
	trustEdges,
} from './normalise';
import type { FlowOp } from './ops';

/**
 * The flow after the operations. What did not change is shared with `flow`; when nothing changed it is `flow` itself.
 * What an operation names and is not there is skipped.
 */
export function applyOps(flow: Flow, ops: readonly FlowOp[]): Flow {
	const draft = new Draft(flow);
	for (const op of ops) draft.apply(op);
	return draft.done();
}

/** A map that is copied with its first change, once a batch. */
class DraftMap<T> {
	private changed: Record<string, T> | undefined;
	private isSorted = true;

	constructor(private readonly before: Readonly<Record<string, T>>) {}

	get(key: string): T | undefined {
		const map = this.changed ?? this.before;
		return Object.hasOwn(map, key) ? map[key] : undefined;
	}

	has(key: string): boolean {
		return Object.hasOwn(this.changed ?? this.before, key);
	}

	set(key: string, value: T): void {
		const before = this.get(key);
		if (before === value) return;
		// A key that is there keeps its place; a new one is sorted in at the end of the batch.
		if (before === undefined) this.isSorted = false;
		this.copy()[key] = value;
	}

	delete(key: string): void {
		if (this.has(key)) delete this.copy()[key];
	}

	entries(): readonly (readonly [string, T])[] {
		return Object.entries(this.changed ?? this.before);
	}

	private copy(): Record<string, T> {
		return (this.changed ??= { ...this.before });
	}

	/** Sorted by key. */
	done(): Readonly<Record<string, T>> {
		const { changed } = this;
		if (!changed || this.isSorted) return changed ?? this.before;
		const result: Record<string, T> = {};
		for (const key of Object.keys(changed).sort(byCode)) result[key] = changed[key]!;
		return result;
	}
}

/** Edges sorted by their lines, copied with the first change. */
class DraftEdges {
	private changed: FlowEdge[] | undefined;

	constructor(private readonly before: readonly FlowEdge[]) {}

	private get list(): readonly FlowEdge[] {
		return this.changed ?? sortEdges(this.before);
	}

	/** Where the edge is, or would be. */
	private place(line: string): number {
		const list = this.list;
		let low = 0;
		let high = list.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (edgeText(list[middle]!) < line) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	private copy(): FlowEdge[] {
		return (this.changed ??= [...this.list]);
	}

	add(edge: FlowEdge): void {
		const line = edgeText(edge);
		const at = this.place(line);
		const there = this.list[at];
		if (!there || edgeText(there) !== line) this.copy().splice(at, 0, edge);
	}

	remove(edge: FlowEdge): void {
		const at = this.place(edgeText(edge));
		const there = this.list[at];
		if (there && edgeText(there) === edgeText(edge)) this.copy().splice(at, 1);
	}

	removeOf(ids: ReadonlySet<NodeId>): void {
		const kept = this.list.filter(edge => !ids.has(edge.from) && !ids.has(edge.to));
		if (kept.length !== this.list.length) this.changed = kept;
	}

	done(): readonly FlowEdge[] {
		return this.changed ? trustEdges(this.changed) : this.before;
	}
}

type FlowHead = Pick<Flow, 'id' | 'name' | 'description' | 'limits' | 'unknown'>;

class Draft {
	private readonly nodes: DraftMap<FlowNode>;
	private readonly layout: DraftMap<Position>;
	private readonly groups: DraftMap<FlowGroup>;
	private readonly inputs: DraftMap<FlowInput>;
	private readonly edges: DraftEdges;
	private head: FlowHead;
	/** Nodes that were removed one after the other: their edges and memberships are looked for once. */
	private removed = new Map<NodeId, NodeId | undefined>();

	constructor(private readonly before: Flow) {
		this.nodes = new DraftMap(before.nodes);
		this.layout = new DraftMap(before.layout);
		this.groups = new DraftMap(before.groups);
		this.inputs = new DraftMap(before.inputs);
		this.edges = new DraftEdges(before.edges);
		this.head = before;
	}

	apply(op: FlowOp): void {
		if (op.op !== 'removeNode') this.forgetRemoved();
		switch (op.op) {
			case 'addNode':
				return this.addNode(op.id, op.node, op.at);
			case 'removeNode':
				return this.removeNode(op.id);
			case 'setNode':
				return this.setNode(op.id, op.key, op.value);
			case 'setParam':
				return this.setParam(op.id, op.name, op.value);
			case 'move':
				return this.move(op.places);
			case 'addEdge':
				return this.edges.add(op.edge);
			case 'removeEdge':
				return this.edges.remove(op.edge);
			case 'setGroup':
				return op.group ? this.groups.set(op.id, normaliseGroup(op.group)) : this.groups.delete(op.id);
			case 'setInput':
				return op.input ? this.inputs.set(op.name, normaliseInput(op.input)) : this.inputs.delete(op.name);
			case 'setFlow':
				return this.setFlow(op);
		}
	}

	private addNode(id: NodeId, node: FlowNode, at: Position | undefined): void {
		if (this.nodes.has(id)) return;
		this.nodes.set(id, normaliseNode(node));
		if (at) this.layout.set(id, snapPosition(at));
	}

	private removeNode(id: NodeId): void {
		const node = this.nodes.get(id);
		if (!node) return;
		this.nodes.delete(id);
		this.layout.delete(id);
		this.removed.set(id, node.in);
	}

	private forgetRemoved(): void {
		if (this.removed.size === 0) return;
		const removed = this.removed;
		this.removed = new Map();
		this.edges.removeOf(new Set(removed.keys()));
		for (const [id, group] of this.groups.entries()) {
			const nodes = group.nodes.filter(node => !removed.has(node));
			if (nodes.length < group.nodes.length) this.groups.set(id, { ...group, nodes });
		}
		for (const [id, node] of this.nodes.entries()) {
			if (node.in !== undefined && removed.has(node.in)) this.setNode(id, 'in', outside(node.in, removed) ?? null);
		}
	}

	private setNode(id: NodeId, key: Exclude<keyof FlowNode, 'params'>, value: Json): void {
		const node = this.nodes.get(id);
		if (!node || (key === 'type' && typeof value !== 'string')) return;
		if (isDefault(key, value)) {
			if (node[key] === undefined) return;
			const { [key]: _gone, ...rest } = node;
			this.nodes.set(id, rest as FlowNode);
		} else if (!sameRecord(node[key], value)) {
			this.nodes.set(id, { ...node, [key]: value });
		}
	}

	private setParam(id: NodeId, name: string, value: Json): void {
		const node = this.nodes.get(id);
		if (!node || sameJson(node.params?.[name] ?? null, value)) return;
		const { [name]: _gone, ...others } = node.params ?? {};
		// A parameter that is there keeps its place, which is nobody's concern, and costs no sorting.
		const params = value === null ? others : { ...node.params, [name]: value };
		if (Object.keys(params).length > 0) this.nodes.set(id, { ...node, params });
		else {
			const { params: _none, ...rest } = node;
			this.nodes.set(id, rest);
		}
	}

	private move(places: Readonly<Record<NodeId, Position | null>>): void {
		for (const id of Object.keys(places)) {
			const place = places[id];
			if (!place) this.layout.delete(id);
			else if (this.nodes.has(id)) {
				const snapped = snapPosition(place);
				if (!samePlace(this.layout.get(id), snapped)) this.layout.set(id, snapped);
			}
		}
	}

	private setFlow({ id, name, description, limits, unknown }: Extract<FlowOp, { op: 'setFlow' }>): void {
		const { description: oldDescription, unknown: oldUnknown, ...head } = this.head;
		const words = description ?? oldDescription;
		const strangers = unknown ?? oldUnknown;
		this.head = {
			id: id ?? head.id,
			name: name ?? head.name,
			limits: limits ?? head.limits,
			...(words ? { description: words } : {}),
			...(strangers && Object.keys(strangers).length > 0 ? { unknown: strangers } : {}),
		};
	}

	done(): Flow {
		this.forgetRemoved();
		const { id, name, description, limits, unknown } = this.head;
		const after: Flow = {
			id,
			name,
			...(description === undefined ? {} : { description }),
			inputs: this.inputs.done(),
			limits,
			nodes: this.nodes.done(),
			edges: this.edges.done(),
			groups: this.groups.done(),
			layout: this.layout.done(),
			...(unknown === undefined ? {} : { unknown }),
		};
		const isSame = (Object.keys({ ...this.before, ...after }) as (keyof Flow)[]).every(
			key => after[key] === this.before[key],
		);
		return isSame ? this.before : after;
	}
}

/** The nearest container around `id` that stays. */
function outside(id: NodeId, removed: ReadonlyMap<NodeId, NodeId | undefined>): NodeId | undefined {
	const seen = new Set<NodeId>();
	let container: NodeId | undefined = id;
	while (container !== undefined && removed.has(container) && !seen.has(container)) {
		seen.add(container);
		container = removed.get(container);
	}
	return container !== undefined && seen.has(container) ? undefined : container;
}

function samePlace(a: Position | undefined, b: Position): boolean {
	return a !== undefined && a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

/** Equal with the same order of keys: the document tells the two apart. */
export function sameJson(a: unknown, b: unknown): boolean {
	if (a === b) return true;
	if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
	if (Array.isArray(a) !== Array.isArray(b)) return false;
	if (Array.isArray(a)) {
		const other = b as readonly unknown[];
		return a.length === other.length && a.every((item, at) => sameJson(item, other[at]));
	}
	const [keys, others] = [Object.keys(a), Object.keys(b)];
	const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
	return (
		keys.length === others.length && keys.every((key, at) => others[at] === key && sameJson(left[key], right[key]))
	);
}

/** The same, but the order of the outermost keys is free: of records that are written in an order of their own. */
export function sameRecord(a: unknown, b: unknown): boolean {
	if (!isPlain(a) || !isPlain(b)) return sameJson(a, b);
	return [...new Set([...Object.keys(a), ...Object.keys(b)])].every(key => sameJson(a[key], b[key]));
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
