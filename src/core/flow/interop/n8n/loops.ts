import type { N8nEdge, N8nNode } from './shape';

/** A “Loop Over Items”: what lies between its second output and the edge back to it. */
export interface Loop {
	readonly name: string;
	readonly body: ReadonlySet<string>;
}

interface Refused {
	readonly name: string;
	readonly why: string;
}

function reach(from: readonly string[], next: ReadonlyMap<string, readonly string[]>, without: string): Set<string> {
	const seen = new Set<string>();
	const queue = [...from];
	for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
		if (name === without || seen.has(name)) continue;
		seen.add(name);
		queue.push(...(next.get(name) ?? []));
	}
	return seen;
}

function neighbours(
	edges: readonly N8nEdge[],
	from: 'from' | 'to',
	to: 'from' | 'to',
): ReadonlyMap<string, readonly string[]> {
	const found = new Map<string, string[]>();
	for (const edge of edges) found.set(edge[from], [...(found.get(edge[from]) ?? []), edge[to]]);
	return found;
}

/** Loops that can stand as containers. One whose body has another way in or out cannot. */
export function findLoops(
	nodes: readonly N8nNode[],
	edges: readonly N8nEdge[],
): { readonly loops: ReadonlyMap<string, Loop>; readonly refused: readonly Refused[] } {
	const [after, before] = [neighbours(edges, 'from', 'to'), neighbours(edges, 'to', 'from')];
	const loops = new Map<string, Loop>();
	const refused: Refused[] = [];
	for (const { name, kind } of nodes) {
		if (kind !== 'splitInBatches') continue;
		const starts = edges.filter(edge => edge.from === name && edge.output === 1).map(({ to }) => to);
		const returns = edges.filter(({ to, from }) => to === name && from !== name);
		const forward = reach(starts, after, name);
		const ends = returns.filter(({ from }) => forward.has(from)).map(({ from }) => from);
		const back = reach(ends, before, name);
		const body = new Set([...forward].filter(inner => back.has(inner)));
		const dead = [...forward].filter(inner => !body.has(inner));
		const done = reach(
			edges.filter(edge => edge.from === name && edge.output === 0).map(({ to }) => to),
			after,
			name,
		);
		// What hangs on the body and leads nowhere else belongs to it.
		for (const inner of dead) if (!done.has(inner)) body.add(inner);
		const leak = edges.find(({ from, to }) => body.has(from) && to !== name && !body.has(to));
		const entry = edges.find(({ from, to }) => body.has(to) && from !== name && !body.has(from));
		if (starts.length === 0 || ends.length === 0) refused.push({ name, why: 'nothing leads back to it.' });
		else if (leak) refused.push({ name, why: `“${leak.from}” inside of it leads to “${leak.to}” outside.` });
		else if (entry) refused.push({ name, why: `“${entry.from}” outside of it leads to “${entry.to}” inside.` });
		else loops.set(name, { name, body });
	}
	return { loops, refused };
}
