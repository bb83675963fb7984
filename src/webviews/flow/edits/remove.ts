import { edgeText, type FlowEdge, type NodeId } from '../../../core/flow/model/flow';
import type { FlowOp } from '../../../core/flow/model/ops';
import { portAt, edgeHandles } from '../../../core/flow/layout/handles';
import type { GraphIndex } from '../graph/graphIndex';
import { kindFits } from '../../../core/flow/model/kinds';

/** Takes away nodes and edges. What stands in a frame goes with it. */
export function removeOps(index: GraphIndex, nodes: Iterable<NodeId>, edges: Iterable<string>): readonly FlowOp[] {
	const gone = withInside(index, nodes);
	const ops: FlowOp[] = [];
	for (const text of edges) {
		const edge = index.edge(text);
		if (edge && !gone.has(edge.from) && !gone.has(edge.to)) ops.push({ op: 'removeEdge', edge });
	}
	for (const id of gone) ops.push({ op: 'removeNode', id });
	return ops;
}

/** Takes away nodes and joins what came before them with what came after, as far as the kinds fit. */
export function removeAndReconnectOps(index: GraphIndex, nodes: Iterable<NodeId>): readonly FlowOp[] {
	const gone = withInside(index, nodes);
	const sources = new Map<NodeId, readonly FlowEdge[]>();
	const sourcesOf = (id: NodeId, seen: ReadonlySet<NodeId>): readonly FlowEdge[] => {
		const known = sources.get(id);
		if (known) return known;
		if (seen.has(id)) return [];
		const inside = new Set(seen).add(id);
		const found = index
			.edges(id)
			.incoming.flatMap(edge => (gone.has(edge.from) ? sourcesOf(edge.from, inside) : [edge]));
		sources.set(id, found);
		return found;
	};
	const added = new Map<string, FlowEdge>();
	for (const id of gone) {
		for (const after of index.edges(id).outgoing) {
			if (gone.has(after.to)) continue;
			const before = sourcesOf(id, new Set()).find(edge => kindsFit(index, edge, after));
			if (before === undefined || before.from === after.to) continue;
			const edge = { from: before.from, output: before.output, to: after.to, input: after.input };
			added.set(edgeText(edge), edge);
		}
	}
	return [
		...[...gone].map(id => ({ op: 'removeNode' as const, id })),
		...[...added.values()].map(edge => ({ op: 'addEdge' as const, edge })),
	];
}

/** The nodes, and all that stands inside of them. */
export function withInside(index: GraphIndex, nodes: Iterable<NodeId>): ReadonlySet<NodeId> {
	const all = new Set<NodeId>();
	for (const id of nodes) {
		if (!index.box(id)) continue;
		all.add(id);
		for (const inside of index.descendants(id)) all.add(inside);
	}
	return all;
}

function kindsFit(index: GraphIndex, before: FlowEdge, after: FlowEdge): boolean {
	const source = portAt(index.box(before.from), 'output', edgeHandles(index, before).source);
	const target = portAt(index.box(after.to), 'input', edgeHandles(index, after).target);
	return kindFits(source?.kind ?? 'any', target?.kind ?? 'any');
}
