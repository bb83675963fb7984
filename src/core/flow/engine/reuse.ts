import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../base/json';
import type { Flow, NodeId } from '../model/flow';
import type { PortValues } from '../nodes/nodeType';
import type { CompiledFlow, CompiledNode } from './compiled';
import type { StoredValue } from './events';
import type { RunState } from './runState';

/** An earlier run, and the document that it ran. */
export interface LastRun {
	readonly flow: Flow;
	readonly state: RunState;
	/** The value, also when it lies in a file. */
	readonly valueOf: (stored: StoredValue) => Json | undefined;
}

/**
 * Outputs of an earlier run that still stand: neither the node, nor its edges, nor anything before it has changed, and
 * the flow is given the same inputs. One pass along the edges.
 */
export function standingOutputs(
	now: CompiledFlow,
	inputs: Readonly<Record<string, Json>>,
	last: LastRun,
): ReadonlyMap<NodeId, PortValues> {
	const standing = new Map<NodeId, PortValues>();
	if (!isDeepStrictEqual(inputs, last.state.inputs)) return standing;
	const edges = [edgesByTarget(now.flow), edgesByTarget(last.flow)] as const;
	const [body] = now.bodies;
	if (!body) return standing;
	for (const local of body.order) {
		const node = body.nodes[local]!;
		const sources = sourcesOf(now, local);
		if (!sources.every(({ id }) => standing.has(id) || last.state.at({ node: id, frame: '' })?.state === 'skipped'))
			continue;
		if (!isUnchanged(node, now, last, edges)) continue;
		const values = valuesOf(last, node.id);
		if (values) standing.set(node.id, values);
	}
	return standing;
}

type EdgeLines = ReadonlyMap<NodeId, readonly string[]>;

/** The node, and everything inside of it. */
function isUnchanged(
	node: CompiledNode,
	now: CompiledFlow,
	last: LastRun,
	[left, right]: readonly [EdgeLines, EdgeLines],
): boolean {
	const open = [node];
	for (let next = open.pop(); next; next = open.pop()) {
		const { id } = next;
		const before = Object.hasOwn(last.flow.nodes, id) ? last.flow.nodes[id] : undefined;
		if (!before || !isDeepStrictEqual(essence(before), essence(next.node))) return false;
		if (!isDeepStrictEqual(left.get(id), right.get(id))) return false;
		if (next.inner >= 0) open.push(...now.bodies[next.inner]!.nodes);
	}
	return true;
}

/** What of a node changes its result. */
function essence({ type, params, in: inside, onError, skip }: Flow['nodes'][string]): unknown {
	return { type, params: params ?? {}, inside, onError, skip };
}

function edgesByTarget({ edges }: Flow): EdgeLines {
	const lines = new Map<NodeId, string[]>();
	for (const { from, output, to, input } of edges) {
		const line = `${from}.${output} ${input}`;
		const known = lines.get(to);
		if (known) known.push(line);
		else lines.set(to, [line]);
	}
	return lines;
}

function sourcesOf({ bodies: [body] }: CompiledFlow, local: number): readonly CompiledNode[] {
	if (!body) return [];
	const sources: CompiledNode[] = [];
	for (let at = body.inStart[local]!; at < body.inStart[local + 1]!; at++) {
		const from = body.edgeFrom[body.inEdges[at]!]!;
		if (from >= 0) sources.push(body.nodes[from]!);
	}
	return sources;
}

function valuesOf({ state, valueOf }: LastRun, node: NodeId): PortValues | undefined {
	const run = state.at({ node, frame: '' });
	if (!run || !['succeeded', 'cached', 'pinned'].includes(run.state)) return undefined;
	const values: Record<string, Json> = {};
	for (const [port, stored] of Object.entries(run.outputs)) {
		const value = valueOf(stored);
		if (value === undefined) return undefined;
		values[port] = value;
	}
	return values;
}
