import type { Json } from '../../base/json';
import { applyOps, sameJson } from './apply';
import type { Flow, FlowEdge, FlowNode, NodeId } from './flow';
import type { FlowOp } from './ops';
import { renameReferences } from './rename';
import { freshSlug } from './slugs';

/** Ids that were taken meanwhile, with what they are called now. */
export type Renames = Readonly<Record<NodeId, NodeId>>;

export interface Rebased {
	readonly ops: readonly FlowOp[];
	readonly renames: Renames;
}

/**
 * Operations that were made on an earlier state, as they are meant on this one: a new node whose id was taken meanwhile
 * gets another, and what would hang on something that is gone is left out.
 */
export function rebaseOps(flow: Flow, ops: readonly FlowOp[]): Rebased {
	const renames = collisions(flow, ops);
	const renamed = renameOps(ops, renames);
	const { nodes } = applyOps(flow, renamed);
	const exists = (id: NodeId): boolean => Object.hasOwn(nodes, id);
	return { ops: renamed.flatMap(op => kept(op, exists)), renames };
}

function collisions(flow: Flow, ops: readonly FlowOp[]): Renames {
	const renames: Record<NodeId, NodeId> = {};
	const added = new Set(ops.flatMap(op => (op.op === 'addNode' ? [op.id] : [])));
	const removed = new Set<NodeId>();
	for (const op of ops) {
		if (op.op === 'removeNode') removed.add(op.id);
		if (op.op !== 'addNode' || !Object.hasOwn(flow.nodes, op.id) || removed.has(op.id)) continue;
		// The same node from both sides is one node: the redo of an addition, seen twice.
		if (sameJson(flow.nodes[op.id], op.node)) continue;
		const id = freshSlug(op.id, other => Object.hasOwn(flow.nodes, other) || added.has(other), op.id);
		added.add(id);
		renames[op.id] = id;
	}
	return renames;
}

/** The operations with other ids, in expressions too. The same list when there is nothing to rename. */
export function renameOps(ops: readonly FlowOp[], renames: Renames): readonly FlowOp[] {
	if (Object.keys(renames).length === 0) return ops;
	const id = (old: NodeId): NodeId => (Object.hasOwn(renames, old) ? renames[old]! : old);
	const edge = (old: FlowEdge): FlowEdge => ({ ...old, from: id(old.from), to: id(old.to) });
	const text = (value: Json): Json => renameReferences(value, renames);
	const node = (old: FlowNode): FlowNode => ({
		...old,
		...(old.in === undefined ? {} : { in: id(old.in) }),
		...(old.params === undefined ? {} : { params: text(old.params) as NonNullable<FlowNode['params']> }),
	});
	return ops.map((op): FlowOp => {
		switch (op.op) {
			case 'addNode':
				return { ...op, id: id(op.id), node: node(op.node) };
			case 'removeNode':
				return { ...op, id: id(op.id) };
			case 'setNode':
				return {
					...op,
					id: id(op.id),
					value: op.key === 'in' && typeof op.value === 'string' ? id(op.value) : op.value,
				};
			case 'setParam':
				return { ...op, id: id(op.id), value: text(op.value) };
			case 'move':
				return { ...op, places: Object.fromEntries(Object.entries(op.places).map(([key, place]) => [id(key), place])) };
			case 'addEdge':
			case 'removeEdge':
				return { ...op, edge: edge(op.edge) };
			case 'setGroup':
				return op.group ? { ...op, group: { ...op.group, nodes: op.group.nodes.map(id) } } : op;
			default:
				return op;
		}
	});
}

function kept(op: FlowOp, exists: (id: NodeId) => boolean): readonly FlowOp[] {
	if (op.op === 'addEdge') return exists(op.edge.from) && exists(op.edge.to) ? [op] : [];
	if (op.op === 'setNode' && op.key === 'in' && typeof op.value === 'string') return exists(op.value) ? [op] : [];
	if (op.op === 'addNode' && op.node.in !== undefined && !exists(op.node.in)) {
		const { in: _gone, ...node } = op.node;
		return [{ ...op, node }];
	}
	if (op.op === 'setGroup' && op.group)
		return [{ ...op, group: { ...op.group, nodes: op.group.nodes.filter(exists) } }];
	return [op];
}
