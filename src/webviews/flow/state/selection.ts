import type { NodeId } from '../../../core/flow/model/flow';

/** What is selected. `current` is where the keyboard is: the last node that was reached or pressed. */
export interface Selection {
	readonly nodes: ReadonlySet<NodeId>;
	/** By `edgeText`. */
	readonly edges: ReadonlySet<string>;
	readonly current: NodeId | null;
}

export const noSelection: Selection = { nodes: new Set(), edges: new Set(), current: null };

export function selectOnly(ids: Iterable<NodeId>, current?: NodeId | null): Selection {
	const nodes = new Set(ids);
	return { nodes, edges: new Set(), current: current ?? [...nodes].at(-1) ?? null };
}

/** Adds, or takes away what was in already. */
export function toggled(selection: Selection, id: NodeId): Selection {
	const nodes = new Set(selection.nodes);
	if (nodes.delete(id)) {
		const current = selection.current === id ? ([...nodes].at(-1) ?? null) : selection.current;
		return { ...selection, nodes, current };
	}
	return { ...selection, nodes: nodes.add(id), current: id };
}

export function toggledEdge(selection: Selection, edge: string): Selection {
	const edges = new Set(selection.edges);
	if (!edges.delete(edge)) edges.add(edge);
	return { ...selection, edges };
}

/** The selection without what is no longer there. The same one, when nothing is gone. */
export function pruned(
	selection: Selection,
	hasNode: (id: NodeId) => boolean,
	hasEdge: (text: string) => boolean,
): Selection {
	const nodes = [...selection.nodes].filter(hasNode);
	const edges = [...selection.edges].filter(hasEdge);
	const isWhole = nodes.length === selection.nodes.size && edges.length === selection.edges.size;
	const hasCurrent = selection.current === null || hasNode(selection.current);
	if (isWhole && hasCurrent) return selection;
	return {
		nodes: new Set(nodes),
		edges: new Set(edges),
		current: hasCurrent ? selection.current : (nodes.at(-1) ?? null),
	};
}
