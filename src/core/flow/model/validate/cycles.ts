import { edgeText } from '../flow';
import type { Checks } from './checks';
import type { Dependency } from './edges';

const mostShown = 8;
const mostLoops = 50;

/** Names a shortest loop in every knot of nodes that wait for each other. Linear, and without recursion. */
export function checkCycles(checks: Checks, dependencies: readonly Dependency[]): void {
	const after: number[][] = Array.from(checks.nodes, () => []);
	for (const [at, { from }] of dependencies.entries()) after[from.index]!.push(at);
	const target = (at: number): number => dependencies[at]!.to.index;
	const knots = knotsOf(after.length, after, target);
	for (const knot of knots.slice(0, mostLoops)) {
		tell(
			checks,
			loopIn(knot, after, target).map(at => dependencies[at]!),
		);
	}
}

/** Tarjan's strongly connected components that hold a loop. */
function knotsOf(
	count: number,
	after: readonly (readonly number[])[],
	target: (edge: number) => number,
): readonly (readonly number[])[] {
	const found = new Int32Array(count).fill(-1);
	const low = new Int32Array(count);
	const next = new Int32Array(count);
	const isOpen = new Uint8Array(count);
	const stack: number[] = [];
	const knots: number[][] = [];
	let counter = 0;
	const enter = (node: number): number => {
		found[node] = low[node] = counter++;
		isOpen[node] = 1;
		stack.push(node);
		return node;
	};
	const close = (node: number): void => {
		const knot = stack.splice(stack.lastIndexOf(node));
		for (const member of knot) isOpen[member] = 0;
		if (knot.length > 1 || after[node]!.some(edge => target(edge) === node)) knots.push(knot);
	};
	for (let start = 0; start < count; start++) {
		const path = found[start] === -1 ? [enter(start)] : [];
		for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
			const edge = after[node]![next[node]!++];
			if (edge === undefined) {
				path.pop();
				const parent = path.at(-1);
				if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[node]!);
				if (low[node] === found[node]) close(node);
			} else {
				const to = target(edge);
				if (found[to] === -1) path.push(enter(to));
				else if (isOpen[to] === 1) low[node] = Math.min(low[node]!, found[to]!);
			}
		}
	}
	return knots;
}

/** The edges of a shortest loop through the knot's first node. */
function loopIn(
	knot: readonly number[],
	after: readonly (readonly number[])[],
	target: (edge: number) => number,
): readonly number[] {
	const start = Math.min(...knot.slice(0, 1000));
	const members = new Set(knot);
	/** By which edge, and from where, a node was reached first. */
	const reached = new Map<number, { readonly edge: number; readonly from: number }>();
	const queue = [start];
	for (let at = 0; at < queue.length && !reached.has(start); at++) {
		for (const edge of after[queue[at]!]!) {
			const to = target(edge);
			if (!members.has(to) || reached.has(to)) continue;
			reached.set(to, { edge, from: queue[at]! });
			queue.push(to);
		}
	}
	const loop: number[] = [];
	for (let node = start; ;) {
		const step = reached.get(node)!;
		loop.push(step.edge);
		node = step.from;
		if (node === start) return loop.toReversed();
	}
}

function tell(checks: Checks, loop: readonly Dependency[]): void {
	const ids = loop.map(({ from }) => from.id);
	// The same loop is told from the same node whichever way it was found.
	const first = ids.indexOf(ids.reduce((a, b) => (a < b ? a : b)));
	const turned = [...loop.slice(first), ...loop.slice(0, first)];
	const names = turned.map(({ from }) => from.id);
	const shown = names.length > mostShown ? [...names.slice(0, mostShown), `… ${names.length - mostShown} more`] : names;
	const last = turned.at(-1)!;
	const path = [...shown, names[0]!].join(' → ');
	const message = `${path} wait for each other in a circle. Remove one of the edges; to repeat something, use a While node.`;
	const closing = turned.find(({ edge }) => edge >= 0);
	if (!closing) {
		checks.ofNode('cycle', last.reader.id, ['params'], message);
		return;
	}
	const at = last.edge >= 0 ? last.edge : closing.edge;
	const edge = checks.flow.edges[at]!;
	checks.ofEdge('cycle', at, message, {
		node: names[0]!,
		fixes: [{ title: `Remove '${edgeText(edge)}'`, ops: [{ op: 'removeEdge', edge }] }],
	});
}
