import type { NodeId } from '../../../core/flow/model/flow';
import type { Box } from './box';
import type { GraphIndex } from './graphIndex';
import { isInside } from '../../../core/flow/layout/handles';
import { readingOrder } from './walk';

export interface ListRow {
	readonly id: NodeId;
	/** How many frames it stands in. */
	readonly depth: number;
}

/** Nodes in the order in which they can run, those inside a frame below it; a circle ends the order, not the list. */
export function listOrder(index: GraphIndex): readonly ListRow[] {
	const inner = new Map<NodeId | undefined, Box[]>();
	for (const box of readingOrder(index.boxes())) {
		const parent = box.node.in !== undefined && index.box(box.node.in) ? box.node.in : undefined;
		const list = inner.get(parent);
		if (list) list.push(box);
		else inner.set(parent, [box]);
	}
	const rows: ListRow[] = [];
	const listed = new Set<NodeId>();
	const open: ListRow[] = sorted(index, inner.get(undefined) ?? [])
		.map(box => ({ id: box.id, depth: 0 }))
		.toReversed();
	for (let row = open.pop(); row; row = open.pop()) {
		if (listed.has(row.id)) continue;
		listed.add(row.id);
		rows.push(row);
		const { id, depth } = row;
		const inside = sorted(index, inner.get(id) ?? []).map(box => ({ id: box.id, depth: depth + 1 }));
		open.push(...inside.toReversed());
	}
	// A ring of frames hangs on nothing and would be missing.
	for (const box of index.boxes()) if (!listed.has(box.id)) rows.push({ id: box.id, depth: 0 });
	return rows;
}

/** Sources before targets; among those that can come now, the order of reading. */
function sorted(index: GraphIndex, boxes: readonly Box[]): readonly Box[] {
	const own = new Set(boxes.map(box => box.id));
	const waits = new Map<NodeId, number>();
	for (const { id } of boxes) {
		const sources = index.edges(id).incoming.filter(edge => own.has(edge.from) && !isInside(index, edge.from, id));
		waits.set(id, sources.length);
	}
	const ready = boxes.filter(box => waits.get(box.id) === 0);
	const result: Box[] = [];
	const done = new Set<NodeId>();
	for (let at = 0; at < ready.length; at++) {
		const box = ready[at];
		if (!box || done.has(box.id)) continue;
		done.add(box.id);
		result.push(box);
		for (const edge of index.edges(box.id).outgoing) {
			const left = (waits.get(edge.to) ?? 0) - 1;
			if (!own.has(edge.to)) continue;
			waits.set(edge.to, left);
			const next = index.box(edge.to);
			if (left <= 0 && next) ready.push(next);
		}
	}
	return [...result, ...boxes.filter(box => !done.has(box.id))];
}
