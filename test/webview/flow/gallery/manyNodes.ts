import type { Flow } from '../../../../src/core/flow/model/flow';
import { flowOf } from '../fakeHost';

/** A flow of rows: chains with edges across. */
export function manyNodes(count: number): Flow {
	const types = ['llm', 'http.request', 'code.javascript', 'text.template', 'git.diff'] as const;
	const outputs: Readonly<Record<string, string>> = {
		llm: 'text',
		'http.request': 'body',
		'code.javascript': 'result',
		'text.template': 'text',
		'git.diff': 'diff',
	};
	const nodes: Record<string, [string, number, number]> = {};
	const edges: string[] = [];
	const columns = Math.ceil(Math.sqrt(count * 1.4));
	for (let at = 0; at < count; at++) {
		const type = types[at % types.length] ?? 'llm';
		nodes[`n${at}`] = [type, (at % columns) * 288, Math.floor(at / columns) * 168];
		const output = outputs[types[(at - 1) % types.length] ?? 'llm'] ?? 'text';
		if (at % columns > 0) edges.push(`n${at - 1}.${output} -> n${at}.input`);
		const above = at - columns - 3;
		if (above >= 0 && at % 9 < 4) {
			const from = outputs[types[above % types.length] ?? 'llm'] ?? 'text';
			edges.push(`n${above}.${from} -> n${at}.input`);
		}
	}
	return flowOf(nodes, edges, { name: `${count} nodes` });
}
