import { expect, test } from 'vitest';
import { builtInCatalog } from '../../../../src/core/flow/nodes/catalog';
import type { FlowNode } from '../../../../src/core/flow/model/flow';
import { flowOf, runFlow, valuesOf } from './support';

const node = (type: string, params: FlowNode['params'] = {}, more: Partial<FlowNode> = {}): FlowNode => ({
	type,
	params,
	...more,
});

test('the built-in nodes run on the engine: inputs, conditions, containers, expressions, a sub-flow, outputs', async () => {
	const sub = {
		...flowOf({
			i: node('flow.input', { name: 'word' }),
			t: node('text.template', { template: '<{{ input.value }}>' }),
			o: node('flow.output', { name: 'tag' }),
		}),
		inputs: { word: { type: 'text' as const } },
		edges: [
			{ from: 'i', output: 'value', to: 't', input: 'value' },
			{ from: 't', output: 'text', to: 'o', input: 'value' },
		],
	};
	const flow = {
		...flowOf({
			words: node('flow.input', { name: 'words' }),
			each: node('control.map', { concurrency: 2 }),
			long: node('control.if', { condition: 'input.value.length > 2' }, { in: 'each' }),
			tag: node('flow.call', { path: 'tag.flow.json', values: { word: '{{ item }}' } }, { in: 'each' }),
			join: node('control.merge', { mode: 'first' }, { in: 'each' }),
			out: node('flow.output', { name: 'tags' }),
		}),
		inputs: { words: { type: 'list' as const } },
		edges: [
			{ from: 'words', output: 'value', to: 'each', input: 'items' },
			{ from: 'each', output: 'item', to: 'long', input: 'value' },
			{ from: 'long', output: 'false', to: 'join', input: 'values' },
			{ from: 'tag', output: 'tag', to: 'join', input: 'values' },
			{ from: 'join', output: 'value', to: 'each', input: 'result' },
			{ from: 'each', output: 'results', to: 'out', input: 'value' },
		],
	};
	// The sub-flow runs for every word: what has two letters wins in the merge, by the order of its edges.
	const loadFlow = async (): Promise<{ flow: typeof sub; hash: string }> => ({ flow: sub, hash: 'h' });
	const result = await runFlow(flow, {
		catalog: builtInCatalog,
		services: { loadFlow },
		inputs: { words: ['one', 'to', ''] },
	});
	expect(result.error).toBeNull();
	expect(result.outputs).toEqual({ tags: ['<one>', 'to', ''] });
	expect(valuesOf(result.events, 't', 'each#0/tag#0')).toMatchObject({ text: '<one>' });
});
