import type { Json } from '../../base/json';
import { sameJson, sameRecord } from './apply';
import { edgeText } from './flow';
import type { Flow, FlowEdge, FlowNode, NodeId, Position } from './flow';
import { keysOf, sortEdges } from './normalise';
import { nodeKeys } from './print';
import type { JsonPath } from './problem';

/** One value that differs. Without `before` it is new, without `after` it is gone. */
export interface ValueChange {
	/** From the node, the input or the flow on: `['params', 'headers', 0, 'name']`. */
	readonly path: JsonPath;
	readonly before?: Json;
	readonly after?: Json;
}

/** How a node differs: what it does (`changed`), what it is called (`renamed`), or only where it stands (`moved`). */
export type NodeMark = 'added' | 'removed' | 'changed' | 'renamed' | 'moved';

export interface NodeDiff {
	readonly id: NodeId;
	readonly mark: NodeMark;
	/** Of a node that is on both sides, in the order of the document. Not its place. */
	readonly changes: readonly ValueChange[];
	readonly isMoved: boolean;
}

/** What differs between two flows, as a reader sees it. */
export interface FlowDiff {
	/** Only nodes that differ, by id. */
	readonly nodes: ReadonlyMap<NodeId, NodeDiff>;
	readonly edges: readonly { readonly edge: FlowEdge; readonly mark: 'added' | 'removed' }[];
	readonly inputs: readonly {
		readonly name: string;
		readonly mark: 'added' | 'removed' | 'changed';
		readonly changes: readonly ValueChange[];
	}[];
	readonly groups: readonly { readonly id: string; readonly mark: 'added' | 'removed' | 'changed' }[];
	/** Name, description, limits. */
	readonly flow: readonly ValueChange[];
	/** Nothing differs at all, places included. */
	readonly isSame: boolean;
	/** Nothing differs but places. */
	readonly isLayoutOnly: boolean;
}

/** Compares two flows by their ids. Linear; parts that both share are not looked into. */
export function semanticDiff(a: Flow, b: Flow): FlowDiff {
	const nodes = new Map<NodeId, NodeDiff>();
	if (a.nodes !== b.nodes || a.layout !== b.layout) {
		for (const id of bothKeys(a.nodes, b.nodes)) {
			const diff = nodeDiff(a, b, id);
			if (diff) nodes.set(id, diff);
		}
	}
	const edges = edgeDiff(a.edges, b.edges);
	const inputs = [...mapDiff(a.inputs, b.inputs)].map(([name, before, after]) => ({
		name,
		mark: markOf(before, after),
		changes: before && after ? recordChanges(before, after, []) : [],
	}));
	const groups = [...mapDiff(a.groups, b.groups)].map(([id, before, after]) => ({ id, mark: markOf(before, after) }));
	const flow = headChanges(a, b);
	const rest = edges.length + inputs.length + groups.length + flow.length;
	return {
		nodes,
		edges,
		inputs,
		groups,
		flow,
		isSame: rest === 0 && nodes.size === 0,
		isLayoutOnly: rest === 0 && nodes.size > 0 && [...nodes.values()].every(node => node.mark === 'moved'),
	};
}

function own<T>(map: Readonly<Record<string, T>>, key: string): T | undefined {
	return Object.hasOwn(map, key) ? map[key] : undefined;
}

function bothKeys(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): readonly string[] {
	if (a === b) return keysOf(a);
	const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
	return [...keys].sort((left, right) => (left < right ? -1 : 1));
}

function markOf(before: unknown, after: unknown): 'added' | 'removed' | 'changed' {
	return before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
}

function* mapDiff<T>(
	a: Readonly<Record<string, T>>,
	b: Readonly<Record<string, T>>,
): Generator<[string, T | undefined, T | undefined]> {
	if (a === b) return;
	for (const key of bothKeys(a, b)) {
		const [before, after] = [own(a, key), own(b, key)];
		if (!sameRecord(before, after)) yield [key, before, after];
	}
}

function nodeDiff(a: Flow, b: Flow, id: NodeId): NodeDiff | undefined {
	const [before, after] = [own(a.nodes, id), own(b.nodes, id)];
	if (!before || !after) return { id, mark: before ? 'removed' : 'added', changes: [], isMoved: false };
	const changes = before === after ? [] : nodeChanges(before, after);
	const isMoved = !samePlace(own(a.layout, id), own(b.layout, id));
	if (changes.length === 0 && !isMoved) return undefined;
	const isRenamed = changes.length > 0 && changes.every(({ path }) => path[0] === 'name');
	return { id, mark: isRenamed ? 'renamed' : changes.length > 0 ? 'changed' : 'moved', changes, isMoved };
}

function samePlace(a: Position | undefined, b: Position | undefined): boolean {
	return a === b || (a?.x === b?.x && a?.y === b?.y && a?.width === b?.width && a?.height === b?.height);
}

function nodeChanges(before: FlowNode, after: FlowNode): readonly ValueChange[] {
	return [...nodeKeys, 'unknown' as const].flatMap(key =>
		valueChanges(before[key] as Json | undefined, after[key] as Json | undefined, [key]),
	);
}

function headChanges(a: Flow, b: Flow): readonly ValueChange[] {
	const keys = ['id', 'name', 'description', 'limits', 'unknown'] as const;
	return keys.flatMap(key => valueChanges(a[key] as Json | undefined, b[key] as Json | undefined, [key]));
}

function recordChanges(a: object, b: object, path: JsonPath): readonly ValueChange[] {
	return valueChanges(a as Json, b as Json, path);
}

/** Goes into objects, and into lists of the same length; a list that grew differs as a whole. */
function valueChanges(before: Json | undefined, after: Json | undefined, path: JsonPath): readonly ValueChange[] {
	if (before === after || sameJson(before, after)) return [];
	const [left, right] = [entriesOf(before), entriesOf(after)];
	if (left && right && (!Array.isArray(before) || left.size === right.size)) {
		const keys = new Set([...left.keys(), ...right.keys()]);
		const inner = [...keys].flatMap(key => valueChanges(left.get(key), right.get(key), [...path, key]));
		// Only the order of the keys differs.
		if (inner.length > 0) return inner;
	}
	return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}

/** Of two values that both have them; a list and an object are not compared entry by entry. */
function entriesOf(value: Json | undefined): ReadonlyMap<string | number, Json> | undefined {
	if (typeof value !== 'object' || value === null) return undefined;
	if (Array.isArray(value)) return new Map((value as readonly Json[]).entries());
	return new Map(Object.entries(value as Readonly<Record<string, Json>>));
}

function edgeDiff(a: readonly FlowEdge[], b: readonly FlowEdge[]): FlowDiff['edges'] {
	if (a === b) return [];
	const [before, after] = [new Set(a.map(edgeText)), new Set(b.map(edgeText))];
	const removed = sortEdges(a).filter(edge => !after.has(edgeText(edge)));
	const added = sortEdges(b).filter(edge => !before.has(edgeText(edge)));
	return [
		...removed.map(edge => ({ edge, mark: 'removed' as const })),
		...added.map(edge => ({ edge, mark: 'added' as const })),
	];
}

/** What a value change is drawn as: where it is, in one word with dots. */
export function pathText(path: JsonPath): string {
	const [first, ...rest] = path;
	const inner = rest.map(step => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
	return first === 'params' && rest.length > 0 ? inner.replace(/^\./, '') : `${first ?? ''}${inner}`;
}

/** A value on one line, cut where it is long. */
export function valueText(value: Json, most = 60): string {
	const text = JSON.stringify(value);
	// A pair of surrogates is not cut in two.
	return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** One change as a sentence without its subject: `model: "haiku" → "sonnet"`. */
export function changeText({ path, before, after }: ValueChange): string {
	const where = pathText(path);
	if (typeof before === 'string' && typeof after === 'string' && (before.includes('\n') || after.includes('\n'))) {
		return `${where}: ${linesText(before, after)}`;
	}
	if (before === undefined) return `${where}: ${valueText(after ?? null)} (new)`;
	if (after === undefined) return `${where}: ${valueText(before)} (removed)`;
	return `${where}: ${valueText(before)} → ${valueText(after)}`;
}

/** How much of a long text differs, between what is common at both ends. */
function linesText(before: string, after: string): string {
	const [old, lines] = [before.split('\n'), after.split('\n')];
	const most = Math.min(old.length, lines.length);
	let head = 0;
	while (head < most && old[head] === lines[head]) head++;
	let tail = 0;
	while (tail < most - head && old[old.length - 1 - tail] === lines[lines.length - 1 - tail]) tail++;
	const removed = old.length - head - tail;
	const added = lines.length - head - tail;
	const at = `from line ${head + 1}`;
	return (
		[added > 0 ? `+${added}` : '', removed > 0 ? `−${removed}` : ''].filter(part => part !== '').join(' ') +
		` line${added + removed === 1 ? '' : 's'} ${at}`
	);
}

/** The difference in lines that read like prose, for a terminal and a hover. Empty when nothing differs. */
export function diffSentences(a: Flow, b: Flow, diff: FlowDiff = semanticDiff(a, b)): readonly string[] {
	const lines: string[] = diff.flow.map(change => `Flow: ${changeText(change)}`);
	for (const { name, mark, changes } of diff.inputs) {
		lines.push(
			mark === 'changed'
				? `Input '${name}': ${changes.map(changeText).join('; ')}`
				: `${capital(mark)} input '${name}'`,
		);
	}
	let moved = 0;
	for (const node of diff.nodes.values()) {
		if (node.mark === 'moved') moved++;
		else lines.push(...nodeSentences(a, b, node));
	}
	for (const { edge, mark } of diff.edges)
		lines.push(`${mark === 'added' ? 'Connected' : 'Disconnected'} ${edgeText(edge)}`);
	for (const { id, mark } of diff.groups)
		lines.push(`${capital(mark)} group '${(own(b.groups, id) ?? own(a.groups, id))?.name || id}'`);
	if (moved > 0) lines.push(`Moved ${moved} node${moved === 1 ? '' : 's'}`);
	return lines;
}

function nodeSentences(a: Flow, b: Flow, { id, mark, changes }: NodeDiff): readonly string[] {
	if (mark === 'added') return [`Added ${titled(b, id)}`];
	if (mark === 'removed') return [`Removed ${titled(a, id)}`];
	if (mark === 'renamed')
		return [
			`Renamed '${id}': ${changes.map(({ before, after }) => `${valueText(before ?? id)} → ${valueText(after ?? id)}`).join('')}`,
		];
	const [only] = changes;
	if (only && changes.length === 1) return [`Changed '${id}': ${changeText(only)}`];
	return [`Changed '${id}':`, ...changes.map(change => `  ${changeText(change)}`)];
}

function titled(flow: Flow, id: NodeId): string {
	const node = flow.nodes[id]!;
	const [type] = node.type.split('@');
	return node.name === undefined ? `'${id}' (${type})` : `'${id}' "${node.name}" (${type})`;
}

function capital(word: string): string {
	return word.charAt(0).toUpperCase() + word.slice(1);
}

/**
 * The flow that a comparison draws: `b`, with what it no longer has at its old place, so that removed nodes and edges
 * can be shown.
 */
export function unionFlow(a: Flow, b: Flow): Flow {
	const gone = Object.keys(a.nodes).filter(id => !Object.hasOwn(b.nodes, id));
	const take = <T>(map: Readonly<Record<string, T>>): Record<string, T> =>
		Object.fromEntries(gone.flatMap(id => (Object.hasOwn(map, id) ? [[id, map[id]!]] : [])));
	const known = new Set(b.edges.map(edgeText));
	return {
		...b,
		nodes: { ...b.nodes, ...take(a.nodes) },
		layout: { ...b.layout, ...take(a.layout) },
		edges: sortEdges([...b.edges, ...a.edges.filter(edge => !known.has(edgeText(edge)))]),
	};
}
