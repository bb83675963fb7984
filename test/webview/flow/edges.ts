import type { FlowEdge } from '../../../src/core/flow/model/flow';

/** `fetch.body -> review.input` as an edge. */
export function parseEdge(line: string): FlowEdge {
	const match = /^([\w-]+)\.(\w+) -> ([\w-]+)\.(\w+)$/.exec(line);
	const [, from, output, to, input] = match ?? [];
	if (from === undefined || output === undefined || to === undefined || input === undefined)
		throw new Error(`No edge: ${line}`);
	return { from, output, to, input };
}
