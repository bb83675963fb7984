import { expect, test } from 'vitest';
import type { Json } from '../../../src/core/base/json';
import { FlowRun } from '../../../src/core/flow/engine/flowRun';
import { expressionEngine } from '../../../src/core/flow/expressions/engine';
import { extractNodes, type Extraction } from '../../../src/core/flow/extract';
import { applyOps } from '../../../src/core/flow/model/apply';
import { inverseOps } from '../../../src/core/flow/model/diff';
import { edgeText, type Flow } from '../../../src/core/flow/model/flow';
import { parseFlow } from '../../../src/core/flow/model/parse';
import { printFlow } from '../../../src/core/flow/model/print';
import { validateFlow } from '../../../src/core/flow/model/validate/validate';
import { builtInCatalog } from '../../../src/core/flow/nodes/catalog';

const path = 'part.flow.json';
const noWorld = { flow: () => undefined, tool: () => undefined };

function flowOf(document: Record<string, unknown>): Flow {
	const { flow, problems } = parseFlow(JSON.stringify({ flow: 1, id: 'whole', name: 'Whole', ...document }));
	expect(problems).toEqual([]);
	return flow!;
}

function extract(flow: Flow, ...ids: readonly string[]): Extraction & { readonly outer: Flow } {
	const made = extractNodes(flow, ids, { catalog: builtInCatalog, ports: noWorld }, { name: 'Part', path });
	return { ...made, outer: applyOps(flow, made.ops) };
}

async function outputs(flow: Flow, inner?: Flow): Promise<Readonly<Record<string, Json>> | string | null> {
	const run = await FlowRun.start({
		flow,
		catalog: builtInCatalog,
		expressions: expressionEngine,
		services: inner ? { loadFlow: () => Promise.resolve({ flow: inner, hash: 'a' }) } : {},
		world: { ...noWorld, flow: () => inner },
		cwd: '/home/ada/shop',
		inputs: Object.hasOwn(flow.inputs, 'who') ? { who: 'Ada' } : {},
	});
	const { status, outputs: given, error } = await run.result;
	return status === 'succeeded' ? given : error;
}

/** It gives what it gave, both documents are in order, and one undo takes it back. */
async function isSame(flow: Flow, { outer, inner, ops }: ReturnType<typeof extract>): Promise<void> {
	const world = { ...noWorld, flow: () => inner };
	for (const each of [outer, inner]) {
		const text = printFlow(each);
		expect(parseFlow(text)).toMatchObject({ flow: each, problems: [] });
		expect(validateFlow(each, builtInCatalog, world).filter(({ severity }) => severity === 'error')).toEqual([]);
	}
	const before = await outputs(flow);
	expect(before).toBeTypeOf('object');
	expect(await outputs(outer, inner)).toEqual(before);
	expect(printFlow(applyOps(outer, inverseOps(flow, ops)))).toBe(printFlow(flow));
}

const greeting = flowOf({
	inputs: { who: { type: 'text', default: 'you' } },
	nodes: {
		start: { type: 'text.static@1', params: { text: 'Hello' } },
		count: { type: 'data.value@1', params: { value: 3 } },
		hello: {
			type: 'text.template@1',
			params: { template: '{{ input.value }} {{ flow.who }} {{ nodes.count.value }}' },
		},
		loud: { type: 'text.template@1', params: { template: '{{ input.value.toUpperCase() }}' } },
		after: { type: 'text.template@1', params: { template: '{{ input.value }}/{{ nodes.hello.text }}' } },
		result: { type: 'flow.output@1' },
	},
	edges: [
		'start.text -> hello.value',
		'hello.text -> loud.value',
		'loud.text -> after.value',
		'after.text -> result.value',
	],
	groups: { words: { name: 'Words', nodes: ['hello', 'loud', 'after'] } },
	layout: { start: [0, 0], hello: [320, 0], loud: [640, 0], after: [960, 0], result: [1280, 0] },
});

test('boundary edges and expressions become typed inputs and outputs', async () => {
	const made = extract(greeting, 'hello', 'loud');
	const { inner, outer } = made;
	expect(inner.inputs).toEqual({ countValue: { type: 'any' }, startText: { type: 'text' }, who: { type: 'text' } });
	expect(outer.nodes['part']).toEqual({
		type: 'flow.call@1',
		name: 'Part',
		params: { path, values: { countValue: '{{ nodes.count.value }}', who: '{{ flow.who }}' } },
	});
	expect(outer.edges.map(edgeText)).toEqual([
		'after.text -> result.value',
		'part.loudText -> after.value',
		'start.text -> part.startText',
	]);
	expect(outer.nodes['after']?.params).toEqual({ template: '{{ input.value }}/{{ nodes.part.helloText }}' });
	expect(inner.nodes['hello']?.params).toEqual({ template: '{{ input.value }} {{ flow.who }} {{ flow.countValue }}' });
	expect(outer.groups['words']?.nodes).toEqual(['after', 'part']);
	expect(Object.keys(outer.layout)).toContain('part');
	await isSame(greeting, made);
});

test('any part of a line can be taken out, and what begins or ends the flow stays', async () => {
	for (const ids of [['hello'], ['loud', 'after'], ['start', 'count', 'hello', 'loud', 'after', 'result']]) {
		await isSame(greeting, extract(greeting, ...ids));
	}
	expect(extract(greeting, 'after', 'result').stay).toEqual(['result']);
	expect(() => extract(greeting, 'result')).toThrow('What begins or ends this flow stays in it');
	expect(() => extract(greeting)).toThrow('Choose the nodes');
});

const loop = flowOf({
	nodes: {
		list: { type: 'data.value@1', params: { value: [{ n: 1 }, { n: 2 }] } },
		each: { type: 'control.map@1' },
		twice: { type: 'data.set@1', in: 'each', params: { fields: [{ name: 'n', value: '{{ input.value.n * 2 }}' }] } },
		named: { type: 'text.template@1', in: 'each', params: { template: '{{ index }}: {{ nodes.twice.value.n }}' } },
		result: { type: 'flow.output@1' },
	},
	edges: [
		'list.value -> each.items',
		'each.item -> twice.value',
		'named.text -> each.result',
		'each.results -> result.value',
	],
	layout: { each: [0, 0, 600, 300], twice: [40, 80], named: [320, 80] },
});

test('a loop goes along with what is in it; a part of its body stays in it', async () => {
	const whole = extract(loop, 'each');
	expect(Object.keys(whole.inner.nodes)).toEqual(expect.arrayContaining(['each', 'twice', 'named']));
	expect(whole.inner.nodes['twice']?.in).toBe('each');
	expect(whole.inner.inputs).toEqual({ listValue: { type: 'list' } });
	await isSame(loop, whole);
	const part = extract(loop, 'twice');
	expect(part.outer.nodes['part']?.in).toBe('each');
	expect(part.outer.edges.map(edgeText)).toContain('each.item -> part.eachItem');
	await isSame(loop, part);
});

test('what cannot be moved is told in a sentence', () => {
	expect(() => extract(loop, 'named')).toThrow('“named” reads “index” of “each”');
	expect(() => extract(loop, 'twice', 'list')).toThrow('Nodes of different containers');
	const all = flowOf({
		nodes: {
			a: { type: 'text.static@1' },
			b: { type: 'text.template@1', params: { template: '{{ nodes.a }}' } },
		},
	});
	expect(() => extract(all, 'b')).toThrow('“b” reads “a” as a whole');
	expect(() => extract(all, 'a')).toThrow('“b” reads “a” as a whole');
});
