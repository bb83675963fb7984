import { emptyFlow } from '../../../src/core/flow/model/flow';
import type { Flow, FlowEdge, FlowNode, Position } from '../../../src/core/flow/model/flow';
import { normaliseFlow } from '../../../src/core/flow/model/normalise';

/** A flow as large ones are: chains that branch and join, parameters with expressions, prompts of some lines. */
export function sampleFlow(count: number): Flow {
	const nodes: Record<string, FlowNode> = {};
	const layout: Record<string, Position> = {};
	const edges: FlowEdge[] = [];
	const columns = Math.ceil(Math.sqrt(count * 1.4));
	const id = (at: number): string => `step-${String(at).padStart(5, '0')}`;
	for (let at = 0; at < count; at++) {
		nodes[id(at)] = sampleNode(at, id);
		layout[id(at)] = { x: (at % columns) * 288, y: Math.floor(at / columns) * 208 };
		const [first, second] = at % 3 === 0 ? ['context', 'system'] : ['input', 'other'];
		if (at > 0) edges.push({ from: id(at - 1), output: 'text', to: id(at), input: first });
		if (hasSecond(at)) edges.push({ from: id(at - 5), output: 'text', to: id(at), input: second });
	}
	return normaliseFlow({ ...emptyFlow('sample', 'Sample'), nodes, edges, layout });
}

function hasSecond(at: number): boolean {
	return at > 5 && at % 2 === 0;
}

function sampleNode(at: number, id: (at: number) => string): FlowNode {
	if (at % 3 === 0) {
		const prompt = `Review part ${at} of the change.\nSay what is wrong with it, größte Fehler zuerst.\n${at > 0 ? '{{ input.context }}' : ''}`;
		return {
			type: 'llm.chat@1',
			name: `Review ${at}`,
			params: { model: 'ollama/qwen', prompt, temperature: 0.2 },
			retry: { max: 2 },
		};
	}
	const read = at > 10 && at % 5 === 0 ? `{{ nodes["${id(at - 3)}"].text }} and ` : '';
	return {
		type: 'text.template@1',
		params: { template: `line ${at}: ${read}{{ input.input }}${hasSecond(at) ? '{{ input.other }}' : ''}` },
	};
}
