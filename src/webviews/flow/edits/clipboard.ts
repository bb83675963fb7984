import { renameReferences } from '../../../core/flow/model/rename';
import { freshSlug } from '../../../core/flow/model/slugs';
import type { FlowFragment } from '../../../core/flow/editorProtocol';
import { isOfFlow, readFragment } from './fragment';
import type { Flow, FlowEdge, FlowNode, NodeId, Position } from '../../../core/flow/model/flow';
import type { FlowOp } from '../../../core/flow/model/ops';
import type { GraphIndex } from '../graph/graphIndex';
import { boundsOf } from '../graph/grid';
import { snapToGrid } from '../../../core/flow/layout/sizes';
import { withInside } from './remove';

/** What the clipboard holds, as text: readable, and pasted by any window of ours. */
export function copyText(flow: Flow, index: GraphIndex, nodes: Iterable<NodeId>): string {
	return JSON.stringify({ quarterdeck: 'flow', ...fragmentOf(flow, index, nodes) }, null, 2);
}

/** Nodes with the edges between them and the edges that come in: `paste.connected` joins those again. */
export function fragmentOf(flow: Flow, index: GraphIndex, nodes: Iterable<NodeId>): FlowFragment {
	const ids = withInside(index, nodes);
	const groups = Object.entries(flow.groups).filter(([, group]) => group.nodes.every(id => ids.has(id)));
	return {
		nodes: picked(flow.nodes, ids),
		edges: flow.edges.filter(edge => ids.has(edge.to)),
		groups: Object.fromEntries(groups),
		layout: Object.fromEntries(
			[...ids].flatMap(id => {
				const box = index.box(id);
				const { width, height } = flow.layout[id] ?? {};
				const size = width === undefined || height === undefined ? {} : { width, height };
				return box ? [[id, { x: box.x, y: box.y, ...size }]] : [];
			}),
		),
	};
}

export type Clipboard =
	{ readonly kind: 'flow'; readonly fragment: FlowFragment } | { readonly kind: 'n8n' } | { readonly kind: 'other' };

/** What a text from the clipboard is. */
export function readClipboard(text: string): Clipboard {
	if (!/^\s*\{/.test(text)) return { kind: 'other' };
	try {
		const value = JSON.parse(text) as unknown;
		if (typeof value !== 'object' || value === null) return { kind: 'other' };
		if (isOfFlow(value)) {
			const fragment = readFragment(value);
			return fragment ? { kind: 'flow', fragment } : { kind: 'other' };
		}
		const isN8n = 'nodes' in value && Array.isArray(value.nodes) && 'connections' in value;
		return isN8n ? { kind: 'n8n' } : { kind: 'other' };
	} catch {
		// It begins like JSON and is none: somebody else's text.
		return { kind: 'other' };
	}
}

export interface Paste {
	readonly ops: readonly FlowOp[];
	readonly ids: readonly NodeId[];
}

/**
 * Puts a fragment around a point under new ids; expressions that name its nodes follow. `isConnected`: edges that came
 * from nodes outside of the fragment come from them again, where they still exist.
 */
export function pasteOps(
	flow: Flow,
	index: GraphIndex,
	fragment: FlowFragment,
	at: { readonly x: number; readonly y: number },
	isConnected: boolean,
): Paste {
	const taken = new Set(Object.keys(flow.nodes));
	const names = new Map<NodeId, NodeId>();
	for (const id of Object.keys(fragment.nodes)) {
		const fresh = freshSlug(id, other => taken.has(other));
		taken.add(fresh);
		names.set(id, fresh);
	}
	const bounds = boundsOf(Object.values(fragment.layout).map(({ x, y }) => ({ x, y, width: 0, height: 0 })));
	const dx = snapToGrid(at.x - (bounds?.x ?? 0));
	const dy = snapToGrid(at.y - (bounds?.y ?? 0));
	const ops: FlowOp[] = [];
	for (const [id, node] of Object.entries(fragment.nodes)) {
		const place = fragment.layout[id] ?? { x: 0, y: 0 };
		const fresh = names.get(id) ?? id;
		ops.push({ op: 'addNode', id: fresh, node: renamed(node, names, index), at: shifted(place, dx, dy) });
	}
	for (const edge of fragment.edges) ops.push(...edgeOps(edge, names, flow, isConnected));
	for (const [id, group] of Object.entries(fragment.groups)) {
		const fresh = freshSlug(id, other => Object.hasOwn(flow.groups, other));
		const nodes = group.nodes.map(each => names.get(each) ?? each);
		ops.push({ op: 'setGroup', id: fresh, group: { ...group, nodes } });
	}
	return { ops, ids: [...names.values()] };
}

function edgeOps(
	edge: FlowEdge,
	names: ReadonlyMap<NodeId, NodeId>,
	flow: Flow,
	isConnected: boolean,
): readonly FlowOp[] {
	const to = names.get(edge.to);
	const from = names.get(edge.from);
	if (to === undefined) return [];
	if (from !== undefined) return [{ op: 'addEdge', edge: { ...edge, from, to } }];
	const isKnown = Object.hasOwn(flow.nodes, edge.from);
	return isConnected && isKnown ? [{ op: 'addEdge', edge: { ...edge, to } }] : [];
}

function renamed(node: FlowNode, names: ReadonlyMap<NodeId, NodeId>, index: GraphIndex): FlowNode {
	const { in: container, params, ...rest } = node;
	const inside =
		container === undefined ? undefined : (names.get(container) ?? (index.box(container) ? container : undefined));
	return {
		...rest,
		...(params
			? {
					params: Object.fromEntries(
						Object.entries(params).map(([key, value]) => [key, renameReferences(value, Object.fromEntries(names))]),
					),
				}
			: {}),
		...(inside === undefined ? {} : { in: inside }),
	};
}

function shifted(place: Position, dx: number, dy: number): Position {
	return { ...place, x: place.x + dx, y: place.y + dy };
}

function picked<T>(record: Readonly<Record<string, T>>, ids: ReadonlySet<string>): Readonly<Record<string, T>> {
	return Object.fromEntries(Object.entries(record).filter(([id]) => ids.has(id)));
}
