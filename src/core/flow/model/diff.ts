import type { Json } from '../../base/json';
import { applyOps, sameJson, sameRecord } from './apply';
import { edgeText } from './flow';
import type { Flow, FlowNode, NodeId, Position } from './flow';
import { sortEdges } from './normalise';
import type { FlowOp } from './ops';

type NodeKey = Exclude<keyof FlowNode, 'params'>;

/**
 * The operations that make `b` of `a`. What both share is not looked into, so that the difference of two states of an
 * edited flow costs little.
 */
export function diffFlows(a: Flow, b: Flow): readonly FlowOp[] {
	if (a === b) return [];
	const gone = a.nodes === b.nodes ? [] : Object.keys(a.nodes).filter(id => !Object.hasOwn(b.nodes, id));
	const removals: FlowOp[] = gone.map(id => ({ op: 'removeNode', id }));
	// Removing a node takes more with it; what is left to do is told from what that leaves.
	const left = applyOps(a, removals);
	return [
		...removals,
		...headOps(left, b),
		...nodeOps(left, b),
		...placeOps(left, b),
		...edgeOps(left, b),
		...mapOps(left, b),
	];
}

/** What takes the operations back from the flow they were applied to. */
export function inverseOps(flow: Flow, ops: readonly FlowOp[]): readonly FlowOp[] {
	return diffFlows(applyOps(flow, ops), flow);
}

function headOps(a: Flow, b: Flow): readonly FlowOp[] {
	const change = {
		...(a.id === b.id ? {} : { id: b.id }),
		...(a.name === b.name ? {} : { name: b.name }),
		...((a.description ?? '') === (b.description ?? '') ? {} : { description: b.description ?? '' }),
		...(sameRecord(a.limits, b.limits) ? {} : { limits: b.limits }),
		...(sameRecord(a.unknown ?? {}, b.unknown ?? {}) ? {} : { unknown: b.unknown ?? {} }),
	};
	return Object.keys(change).length === 0 ? [] : [{ op: 'setFlow', ...change }];
}

function nodeOps(a: Flow, b: Flow): readonly FlowOp[] {
	if (a.nodes === b.nodes) return [];
	const ops: FlowOp[] = [];
	for (const id of Object.keys(b.nodes)) {
		const before = Object.hasOwn(a.nodes, id) ? a.nodes[id] : undefined;
		const after = b.nodes[id]!;
		if (!before) {
			const at = Object.hasOwn(b.layout, id) ? b.layout[id] : undefined;
			ops.push({ op: 'addNode', id, node: after, ...(at ? { at } : {}) });
		} else if (before !== after) ops.push(...changesOf(id, before, after));
	}
	return ops;
}

function changesOf(id: NodeId, before: FlowNode, after: FlowNode): readonly FlowOp[] {
	const ops: FlowOp[] = [];
	for (const key of new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof FlowNode>) {
		if (key === 'params' || sameRecord(before[key], after[key])) continue;
		ops.push({ op: 'setNode', id, key: key satisfies NodeKey, value: (after[key] ?? null) as Json });
	}
	const [old, params] = [before.params ?? {}, after.params ?? {}];
	if (old === params) return ops;
	for (const name of new Set([...Object.keys(old), ...Object.keys(params)])) {
		const value = Object.hasOwn(params, name) ? params[name]! : null;
		if (!sameJson(Object.hasOwn(old, name) ? old[name] : null, value)) ops.push({ op: 'setParam', id, name, value });
	}
	return ops;
}

function placeOps(a: Flow, b: Flow): readonly FlowOp[] {
	if (a.layout === b.layout) return [];
	const places: Record<NodeId, Position | null> = {};
	for (const id of Object.keys(b.layout)) {
		// A new node brings its place along.
		if (Object.hasOwn(a.nodes, id) && !sameJson(placeOf(a, id), placeOf(b, id))) places[id] = b.layout[id]!;
	}
	for (const id of Object.keys(a.layout)) if (!Object.hasOwn(b.layout, id)) places[id] = null;
	return Object.keys(places).length === 0 ? [] : [{ op: 'move', places }];
}

function placeOf(flow: Flow, id: NodeId): readonly (number | undefined)[] {
	const place = Object.hasOwn(flow.layout, id) ? flow.layout[id] : undefined;
	return place ? [place.x, place.y, place.width, place.height] : [];
}

/** Both lists are sorted: one walk tells them apart. */
function edgeOps(a: Flow, b: Flow): readonly FlowOp[] {
	if (a.edges === b.edges) return [];
	const [old, edges] = [sortEdges(a.edges), sortEdges(b.edges)];
	const ops: FlowOp[] = [];
	for (let i = 0, j = 0; i < old.length || j < edges.length;) {
		const [before, after] = [old[i], edges[j]];
		const [left, right] = [before && edgeText(before), after && edgeText(after)];
		if (left === right) {
			i++;
			j++;
		} else if (before && (right === undefined || left! < right)) {
			ops.push({ op: 'removeEdge', edge: before });
			i++;
		} else if (after) {
			ops.push({ op: 'addEdge', edge: after });
			j++;
		}
	}
	return ops;
}

function mapOps(a: Flow, b: Flow): readonly FlowOp[] {
	const ops: FlowOp[] = [];
	for (const id of keysOfBoth(a.groups, b.groups)) {
		const [before, after] = [own(a.groups, id), own(b.groups, id)];
		if (!sameRecord(before, after)) ops.push({ op: 'setGroup', id, group: after ?? null });
	}
	for (const name of keysOfBoth(a.inputs, b.inputs)) {
		const [before, after] = [own(a.inputs, name), own(b.inputs, name)];
		if (!sameRecord(before, after)) ops.push({ op: 'setInput', name, input: after ?? null });
	}
	return ops;
}

function keysOfBoth(a: object, b: object): Iterable<string> {
	return a === b ? [] : new Set([...Object.keys(a), ...Object.keys(b)]);
}

function own<T>(map: Readonly<Record<string, T>>, key: string): T | undefined {
	return Object.hasOwn(map, key) ? map[key] : undefined;
}
