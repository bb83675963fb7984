import type { N8nEdge, N8nNode } from './shape';

/** In n8n an answer to a webhook hands on what it was given; ours is an end. */
const isAnswer = ({ kind }: N8nNode): boolean => kind === 'respondToWebhook';

/**
 * Edges in which what follows an answer follows what stands before it: the same values in the same order. An answer that
 * nothing leads to keeps its own.
 * @returns the edges, and the names of the answers that were led around
 */
export function aroundAnswers(
	nodes: readonly N8nNode[],
	edges: readonly N8nEdge[],
): { readonly edges: readonly N8nEdge[]; readonly around: readonly string[] } {
	const answers = new Set(nodes.filter(isAnswer).map(({ name }) => name));
	const around = [...answers].filter(
		name => edges.some(({ from }) => from === name) && edges.some(({ to }) => to === name),
	);
	let left = edges;
	for (const name of around) {
		const into = left.filter(({ to, from }) => to === name && from !== name);
		left = left.flatMap(edge =>
			edge.from === name ? into.map(source => ({ ...source, to: edge.to, input: edge.input })) : [edge],
		);
	}
	return { edges: left, around };
}
