import type { Json } from '../../base/json';
import { edgeText } from './flow';
import type { Flow, FlowEdge, FlowGroup, FlowInput, FlowNode, Position } from './flow';

const grid = 8;
/** Far beyond any graph, and exact: a place from a broken file must not push everything else out of sight. */
const farthest = 2 ** 26;

/** The nearest point of the grid. */
export function snap(value: number): number {
	if (Number.isNaN(value)) return 0;
	// `+ 0` because -0 would differ from what is read back.
	return Math.round(Math.max(-farthest, Math.min(farthest, value)) / grid) * grid + 0;
}

/** A place as the document can hold it. The same object when it is one already. */
export function snapPosition(position: Position): Position {
	const { x, y, width, height } = position;
	const hasSize = width !== undefined && height !== undefined;
	const isSnapped = snap(x) === x && snap(y) === y && !Object.is(x, -0) && !Object.is(y, -0);
	if (isSnapped && !hasSize && width === undefined && height === undefined) return position;
	if (isSnapped && hasSize && sizeOf(width) === width && sizeOf(height) === height) return position;
	return {
		x: snap(x),
		y: snap(y),
		...(hasSize ? { width: sizeOf(width), height: sizeOf(height) } : {}),
	};
}

function sizeOf(value: number): number {
	return Math.max(grid, snap(value));
}

/** The parameters that are set; `undefined` when none is. The same object when all are. */
export function setParams(params: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> | undefined {
	const names = Object.keys(params);
	if (names.length === 0) return undefined;
	if (names.every(name => params[name] !== null)) return params;
	const set = Object.entries(params).filter(([, value]) => value !== null);
	return set.length === 0 ? undefined : Object.fromEntries(set);
}

/** True for a value of a node's key that says nothing: it is not written, so that a flow has one text. */
export function isDefault(key: keyof FlowNode, value: unknown): boolean {
	if (value === undefined || value === null || value === '') return key !== 'type';
	switch (key) {
		case 'onError':
			return value === 'stop';
		case 'retry':
			return (value as { max?: number }).max === 0;
		case 'params':
		case 'origin':
		case 'unknown':
			return Object.keys(value).length === 0;
		default:
			return false;
	}
}

/** A node without what says nothing. The same object when there is nothing of it. */
export function normaliseNode(node: FlowNode): FlowNode {
	const params = node.params && setParams(node.params);
	const keys = Object.keys(node) as (keyof FlowNode)[];
	if (params === node.params && keys.every(key => !isDefault(key, node[key]))) return node;
	return Object.fromEntries(
		keys
			.map(key => [key, key === 'params' ? params : node[key]] as const)
			.filter(([key, value]) => !isDefault(key, value)),
	) as unknown as FlowNode;
}

/** An input without an empty description. */
export function normaliseInput(input: FlowInput): FlowInput {
	if (input.description !== '') return input;
	const { description: _empty, ...rest } = input;
	return rest;
}

/** A group whose nodes are sorted and stand once. */
export function normaliseGroup(group: FlowGroup): FlowGroup {
	const isSorted = group.nodes.every((id, at) => at === 0 || group.nodes[at - 1]! < id);
	return isSorted ? group : { ...group, nodes: [...new Set(group.nodes)].toSorted(byCode) };
}

/** Order by code units, the same on every machine. */
export function byCode(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}

const sorted = new WeakSet<readonly FlowEdge[]>();

/** Edges in the order of their lines, without duplicates. The same array when it is so already. */
export function sortEdges(edges: readonly FlowEdge[]): readonly FlowEdge[] {
	if (sorted.has(edges)) return edges;
	const lines = edges.map(edgeText);
	const isSorted = lines.every((line, at) => at === 0 || lines[at - 1]! < line);
	const result = isSorted
		? edges
		: [...new Map(edges.map((edge, at) => [lines[at]!, edge]))].sort((a, b) => byCode(a[0], b[0])).map(pair => pair[1]);
	sorted.add(result);
	return result;
}

/** Says that an array was made sorted, so that it is not looked through again. */
export function trustEdges(edges: readonly FlowEdge[]): readonly FlowEdge[] {
	sorted.add(edges);
	return edges;
}

const sortedKeys = new WeakMap<object, readonly string[]>();

/** The keys of a map, sorted by code units; those of large ones are remembered, because maps of a flow are values. */
export function keysOf(map: Readonly<Record<string, unknown>>): readonly string[] {
	const known = sortedKeys.get(map);
	if (known) return known;
	const keys = Object.keys(map);
	for (let at = 1; at < keys.length; at++) {
		if (keys[at - 1]! < keys[at]!) continue;
		keys.sort(byCode);
		break;
	}
	if (keys.length > 50) sortedKeys.set(map, keys);
	return keys;
}

function sortMap<T>(map: Readonly<Record<string, T>>, change: (value: T) => T): Readonly<Record<string, T>> {
	const own = Object.keys(map);
	const keys = keysOf(map);
	const isSame = keys.every((key, at) => own[at] === key && change(map[key]!) === map[key]);
	return isSame ? map : Object.fromEntries(keys.map(key => [key, change(map[key]!)]));
}

/**
 * A flow as the document can hold it: maps and edges sorted, places on the grid and only of nodes that exist, nothing
 * that says nothing. What `parseFlow` and `applyOps` give is so already; importers pass what they built through here.
 */
export function normaliseFlow(flow: Flow): Flow {
	const nodes = sortMap(flow.nodes, normaliseNode);
	const strays = Object.keys(flow.layout).filter(id => !Object.hasOwn(nodes, id));
	const layout =
		strays.length === 0
			? flow.layout
			: Object.fromEntries(Object.entries(flow.layout).filter(([id]) => !strays.includes(id)));
	const { description, unknown, ...rest } = flow;
	return {
		...rest,
		...(description ? { description } : {}),
		inputs: sortMap(flow.inputs, normaliseInput),
		nodes,
		edges: sortEdges(flow.edges),
		groups: sortMap(flow.groups, normaliseGroup),
		layout: sortMap(layout, snapPosition),
		...(unknown && Object.keys(unknown).length > 0 ? { unknown } : {}),
	};
}
