import type { Port } from '../../nodes/nodeType';
import { edgeText } from '../flow';
import type { FlowEdge } from '../flow';
import { kindFits } from '../kinds';
import { nearest } from '../nearest';

import type { FlowFix } from '../problem';
import { encloses, isInside } from './checks';
import type { CheckedNode, Checks } from './checks';

/** An edge between siblings: what `from` gives must be there before `to` runs. */
export interface Dependency {
	readonly from: CheckedNode;
	readonly to: CheckedNode;
	/** Index of the edge; -1 for an expression of `reader`. */
	readonly edge: number;
	readonly reader: CheckedNode;
}

const kindWords = {
	any: 'anything',
	text: 'a text',
	number: 'a number',
	boolean: 'true or false',
	object: 'an object',
	list: 'a list',
	file: 'a file',
	image: 'an image',
};

const errorPort: Port = { name: 'error', title: 'Error', kind: 'object' };

/** Every edge by itself, and what the ports of a node get in all. */
export function checkEdges(checks: Checks): readonly Dependency[] {
	const dependencies: Dependency[] = [];
	const crowded = new Map<CheckedNode, Set<string>>();
	for (const [at, edge] of checks.flow.edges.entries()) {
		const [from, to] = [checks.nodes.get(edge.from), checks.nodes.get(edge.to)];
		if (!from || !to) unknownNode(checks, at, edge, from ? edge.to : edge.from);
		else checkEdge(checks, at, from, to, crowded, dependencies);
	}
	if (crowded.size > 0) checkCrowded(checks, crowded);
	for (const node of checks.nodes.values()) checkRequired(checks, node);
	return dependencies;
}

function without(edge: FlowEdge): FlowFix {
	return { title: 'Remove the edge', ops: [{ op: 'removeEdge', edge }] };
}

function instead(edge: FlowEdge, other: FlowEdge): FlowFix {
	return {
		title: `Change it to '${edgeText(other)}'`,
		ops: [
			{ op: 'removeEdge', edge },
			{ op: 'addEdge', edge: other },
		],
	};
}

function unknownNode(checks: Checks, at: number, edge: FlowEdge, id: string): void {
	const near = checks.nearNode(id);
	const message = `There is no node '${id}'.${near === undefined ? '' : ` Did you mean '${near}'?`}`;
	const other = {
		...edge,
		...(edge.from === id ? { from: near ?? '' } : {}),
		...(edge.to === id ? { to: near ?? '' } : {}),
	};
	checks.ofEdge('unknown-node', at, message, {
		fixes: near === undefined ? [without(edge)] : [instead(edge, other), without(edge)],
	});
}

function find(ports: readonly Port[], name: string, isInner: boolean): Port | undefined {
	return ports.find(port => port.name === name && (port.isInner === true) === isInner);
}

function checkEdge(
	checks: Checks,
	at: number,
	from: CheckedNode,
	to: CheckedNode,
	crowded: Map<CheckedNode, Set<string>>,
	dependencies: Dependency[],
): void {
	const edge = checks.flow.edges[at]!;
	if (from.type?.isNote || to.type?.isNote) {
		const message = `'${(from.type?.isNote ? from : to).id}' is a note, and nothing can be connected to it.`;
		checks.ofEdge('unknown-port', at, message, { severity: 'warning', fixes: [without(edge)] });
		return;
	}
	const entry = isInside(to, from) ? find(from.ports.outputs, edge.output, true) : undefined;
	const exit = isInside(from, to) ? find(to.ports.inputs, edge.input, true) : undefined;
	const isError = edge.output === 'error' && from.node.onError === 'branch';
	const output = entry ?? find(from.ports.outputs, edge.output, false) ?? (isError ? errorPort : undefined);
	const input = exit ?? find(to.ports.inputs, edge.input, false);
	if (from.type && !output) unknownPort(checks, at, from, 'output');
	if (to.type && !input) unknownPort(checks, at, to, 'input');
	from.isFollowed = true;
	if (edge.output === 'error') from.isCaught = true;
	if (!exit && !to.connected.includes(edge.input)) to.connected.push(edge.input);
	else if (!exit && input && !input.isMany) crowded.set(to, (crowded.get(to) ?? new Set()).add(edge.input));
	if (output && input) checkKinds(checks, at, output, input);
	if (!crosses(checks, at, from, to, entry !== undefined, exit !== undefined) && !entry && !exit) {
		dependencies.push(dependency(from, to, at));
	}
}

/** The pair of siblings that an edge puts in order: one that ends in a container makes the container wait. */
export function dependency(from: CheckedNode, reader: CheckedNode, edge: number): Dependency {
	let to = reader;
	while (to.parent && to.parent !== from.parent) to = to.parent;
	return { from, to, edge, reader };
}

function unknownPort(checks: Checks, at: number, node: CheckedNode, side: 'input' | 'output'): void {
	const edge = checks.flow.edges[at]!;
	const name = edge[side];
	const ports = side === 'input' ? node.ports.inputs : node.ports.outputs;
	const other = checks.nodes.get(side === 'input' ? edge.from : edge.to);
	const isWithin = other !== undefined && isInside(other, node);
	const usable = ports.filter(port => !port.isInner || isWithin).map(port => port.name);
	const near = nearest(name, usable);
	const isBranch = side === 'output' && name === 'error';
	const fixes: FlowFix[] = [];
	if (isBranch) {
		const ops = [{ op: 'setNode', id: node.id, key: 'onError', value: 'branch' }] as const;
		fixes.push({ title: 'Take this branch when the node fails', ops });
	}
	if (near !== undefined) fixes.push(instead(edge, { ...edge, [side]: near }));
	const isInnerPort = find(ports, name, true) !== undefined;
	const names = ports.filter(port => !port.isInner).map(port => port.name);
	const list = names.length === 0 ? `It has no ${side}s.` : `It has '${names.slice(0, 20).join("', '")}'.`;
	const why = isInnerPort
		? `It is on the inner side, for nodes that stand in '${node.id}'.`
		: isBranch
			? 'It has one when its \'onError\' is "branch".'
			: near === undefined
				? list
				: `Did you mean '${near}'?`;
	checks.ofEdge('unknown-port', at, `'${node.id}' has no ${side} '${name}'. ${why}`, {
		// What depends on a file or a server that cannot be read now may exist all the same.
		severity: node.isOpen && !isInnerPort ? 'warning' : 'error',
		node: node.id,
		fixes: [...fixes, without(edge)],
	});
}

function checkKinds(checks: Checks, at: number, output: Port, input: Port): void {
	if (kindFits(output.kind, input.kind)) return;
	const edge = checks.flow.edges[at]!;
	const message = `'${edge.from}.${output.name}' gives ${kindWords[output.kind]}, and '${edge.to}.${input.name}' takes ${kindWords[input.kind]}.`;
	checks.ofEdge('kind-mismatch', at, message, { fixes: [without(edge)] });
}

/** Whether the edge goes through the wall of a container where there is no door. */
function crosses(
	checks: Checks,
	at: number,
	from: CheckedNode,
	to: CheckedNode,
	isEntry: boolean,
	isExit: boolean,
): boolean {
	const edge = checks.flow.edges[at]!;
	const tell = (message: string, node: CheckedNode): true => {
		checks.ofEdge('crosses-container', at, message, { node: node.id, fixes: [without(edge)] });
		return true;
	};
	if (isEntry || isExit) {
		if (!isExit || from.parent === to || from === to) return false;
		return tell(`'${from.id}' stands deeper than directly in '${to.id}', and cannot end there.`, from);
	}
	if (isInside(to, from)) {
		const doors = from.ports.outputs.filter(port => port.isInner).map(port => port.name);
		const ending = doors.length === 0 ? '' : ` Inside there is '${doors.join("', '")}'.`;
		return (
			find(from.ports.outputs, edge.output, false) !== undefined &&
			tell(`'${to.id}' stands in '${from.id}', and what '${from.id}' gives is there only after it.${ending}`, to)
		);
	}
	if (encloses(from.parent, to.parent)) return false;
	const doors = from.parent?.ports.inputs.filter(port => port.isInner).map(port => port.name) ?? [];
	const door = doors[0] === undefined ? '' : ` Give it to '${from.parent?.id}.${doors[0]}'.`;
	return tell(`'${from.id}' cannot be used outside of '${from.parent?.id}'.${door}`, from);
}

function checkCrowded(checks: Checks, crowded: ReadonlyMap<CheckedNode, ReadonlySet<string>>): void {
	const edgesAt = new Map<string, number[]>();
	for (const [at, { to, input }] of checks.flow.edges.entries()) {
		if (!crowded.get(checks.nodes.get(to)!)?.has(input)) continue;
		const key = `${to}.${input}`;
		const list = edgesAt.get(key);
		if (list) list.push(at);
		else edgesAt.set(key, [at]);
	}
	for (const edges of edgesAt.values()) {
		const { to, input } = checks.flow.edges[edges[0]!]!;
		const node = checks.nodes.get(to)!;
		// Edges from inside end on the inner side, where several are common.
		const outer = edges.filter(at => !isInside(checks.nodes.get(checks.flow.edges[at]!.from) ?? node, node));
		if (outer.length > 1) checkMany(checks, node, input, outer);
	}
}

/** Several edges at a port that takes one value are right only when one of them comes: after a decision. */
function checkMany(checks: Checks, node: CheckedNode, port: string, edges: readonly number[]): void {
	if (exclusive(checks, edges)) return;
	for (const at of edges.slice(1, 20)) {
		const edge = checks.flow.edges[at]!;
		const first = edgeText(checks.flow.edges[edges[0]!]!);
		const message = `'${node.id}.${port}' takes one value, and gets that of '${first}' when both come. Join them first, or remove one.`;
		checks.ofEdge('many-edges', at, message, { severity: 'warning', node: node.id, fixes: [without(edge)] });
	}
}

/** How many edges are looked back over in all; beyond that nothing is said. */
const budgets = new WeakMap<Checks, { left: number; readonly into: Map<string, FlowEdge[]> }>();

/** Whether every two of the edges come from different outputs of one earlier node. */
function exclusive(checks: Checks, edges: readonly number[]): boolean {
	// So many are never the branches of decisions.
	if (edges.length > 20) return false;
	const origins = edges.map(at => outputsBefore(checks, checks.flow.edges[at]!));
	return origins.every((one, at) => origins.slice(at + 1).every(other => isExclusive(one, other)));
}

function isExclusive(
	a: ReadonlyMap<string, ReadonlySet<string>>,
	b: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
	for (const [id, outputs] of a) {
		const others = b.get(id);
		if (others && ![...outputs].some(output => others.has(output))) return true;
	}
	return a.size === 0 || b.size === 0;
}

/** Nodes before an edge, with the outputs by which it is reached from them. Empty when that is too much to find out. */
function outputsBefore(checks: Checks, edge: FlowEdge): ReadonlyMap<string, ReadonlySet<string>> {
	let budget = budgets.get(checks);
	if (!budget) {
		const into = new Map<string, FlowEdge[]>();
		for (const item of checks.flow.edges) {
			const list = into.get(item.to);
			if (list) list.push(item);
			else into.set(item.to, [item]);
		}
		budgets.set(checks, (budget = { left: 200_000, into }));
	}
	const outputs = new Map<string, Set<string>>();
	const queue = [edge];
	for (let next = queue.pop(); next; next = queue.pop()) {
		const seen = outputs.get(next.from);
		if (seen) seen.add(next.output);
		else {
			outputs.set(next.from, new Set([next.output]));
			queue.push(...(budget.into.get(next.from) ?? []));
		}
		if (--budget.left < 0) return new Map();
	}
	return outputs;
}

function checkRequired(checks: Checks, { id, node, ports, connected }: CheckedNode): void {
	if (node.skip !== undefined) return;
	for (const { name, title, isRequired, isInner } of ports.inputs) {
		if (isRequired !== true || isInner === true || connected.includes(name)) continue;
		checks.ofNode(
			'missing-input',
			id,
			[],
			`'${id}' needs a value at '${name}'${title.toLowerCase() === name.toLowerCase() ? '' : ` (${title})`}: connect it.`,
			{ isKey: true },
		);
	}
}
