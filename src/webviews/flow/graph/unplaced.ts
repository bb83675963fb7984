import type { Flow, NodeId, Position } from '../../../core/flow/model/flow';

const columnWidth = 288;
const rowHeight = 176;
const gap = 96;

/**
 * Places for nodes that the document gives none, as when a flow was written by hand: columns in the order of the edges,
 * below what has a place. Only for drawing; the document gets them when they are moved.
 */
export function placesForRest(flow: Flow): ReadonlyMap<NodeId, Position> {
	const missing = Object.keys(flow.nodes).filter(id => !Object.hasOwn(flow.layout, id));
	if (missing.length === 0) return new Map();
	const columns = columnsOf(flow, missing);
	const bottom = Object.values(flow.layout).reduce((most, { y, height = 120 }) => Math.max(most, y + height + gap), 0);
	const rows = new Map<number, number>();
	return new Map(
		missing.map(id => {
			const column = columns.get(id) ?? 0;
			const row = rows.get(column) ?? 0;
			rows.set(column, row + 1);
			return [id, { x: column * columnWidth, y: bottom + row * rowHeight }];
		}),
	);
}

/** The longest way from a beginning. What hangs in a circle stays in the first column. */
function columnsOf(flow: Flow, ids: readonly NodeId[]): ReadonlyMap<NodeId, number> {
	const waits = new Map<NodeId, number>(ids.map(id => [id, 0]));
	const next = new Map<NodeId, NodeId[]>();
	for (const { from, to } of flow.edges) {
		if (!waits.has(from) || !waits.has(to)) continue;
		waits.set(to, (waits.get(to) ?? 0) + 1);
		const list = next.get(from);
		if (list) list.push(to);
		else next.set(from, [to]);
	}
	const columns = new Map<NodeId, number>();
	const ready = ids.filter(id => waits.get(id) === 0);
	for (let at = 0; at < ready.length; at++) {
		const id = ready[at] ?? '';
		const column = columns.get(id) ?? 0;
		columns.set(id, column);
		for (const to of next.get(id) ?? []) {
			columns.set(to, Math.max(columns.get(to) ?? 0, column + 1));
			const left = (waits.get(to) ?? 0) - 1;
			waits.set(to, left);
			if (left === 0) ready.push(to);
		}
	}
	return columns;
}
