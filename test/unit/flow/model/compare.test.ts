import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyOps } from '../../../../src/core/flow/model/apply';
import { emptyFlow } from '../../../../src/core/flow/model/flow';
import type { FlowOp } from '../../../../src/core/flow/model/ops';
import { noPins, parsePins, pinsPath, printPins } from '../../../../src/core/flow/model/pins';
import { readOps } from '../../../../src/core/flow/model/readOps';
import { diffSentences, semanticDiff, unionFlow } from '../../../../src/core/flow/model/semanticDiff';
import { freshSlug, isSlug, slugOf } from '../../../../src/core/flow/model/slugs';
import { anyFlow, anyJson, anyOps, anyText } from './arbitraries';

const before = applyOps(emptyFlow('review', 'Review'), [
	{ op: 'setInput', name: 'repo', input: { type: 'text' } },
	{
		op: 'addNode',
		id: 'fetch',
		node: { type: 'http.request@2', name: 'Fetch', params: { url: 'x', headers: [{ name: 'a', value: '1' }] } },
		at: { x: 0, y: 0 },
	},
	{
		op: 'addNode',
		id: 'ask',
		node: { type: 'agent.claude@1', params: { model: 'haiku', prompt: 'one\ntwo\nthree' } },
		at: { x: 80, y: 0 },
	},
	{ op: 'addNode', id: 'old', node: { type: 'flow.log@1' }, at: { x: 160, y: 0 } },
	{ op: 'addEdge', edge: { from: 'fetch', output: 'body', to: 'old', input: 'text' } },
	{ op: 'addEdge', edge: { from: 'fetch', output: 'body', to: 'ask', input: 'input' } },
]);

const changes: readonly FlowOp[] = [
	{ op: 'removeNode', id: 'old' },
	{ op: 'addNode', id: 'note', node: { type: 'flow.note@1', name: 'Why' } },
	{ op: 'setParam', id: 'ask', name: 'model', value: 'sonnet' },
	{ op: 'setParam', id: 'ask', name: 'prompt', value: 'one\n2\nthree' },
	{ op: 'setParam', id: 'fetch', name: 'headers', value: [{ name: 'a', value: '2' }] },
	{ op: 'setNode', id: 'fetch', key: 'retry', value: { max: 2 } },
	{ op: 'setNode', id: 'fetch', key: 'name', value: 'Load' },
	{ op: 'move', places: { fetch: { x: 8, y: 0 } } },
	{ op: 'setFlow', name: 'Review it', limits: { maxSteps: 5 } },
	{ op: 'setInput', name: 'repo', input: { type: 'text', default: '.' } },
	{ op: 'setInput', name: 'depth', input: { type: 'number' } },
	{ op: 'setGroup', id: 'g', group: { name: 'Load', nodes: ['fetch'] } },
];

describe('a comparison', () => {
	test('reads like prose', () => {
		expect(diffSentences(before, applyOps(before, changes))).toEqual([
			'Flow: name: "Review" → "Review it"',
			'Flow: limits.maxSteps: 5 (new)',
			"Added input 'depth'",
			`Input 'repo': default: "." (new)`,
			"Changed 'ask':",
			'  model: "haiku" → "sonnet"',
			'  prompt: +1 −1 lines from line 2',
			"Changed 'fetch':",
			'  name: "Fetch" → "Load"',
			'  headers[0].value: "1" → "2"',
			'  retry: {"max":2} (new)',
			`Added 'note' "Why" (flow.note)`,
			"Removed 'old' (flow.log)",
			'Disconnected fetch.body -> old.text',
			"Added group 'Load'",
		]);
	});

	test('tells what is moved or renamed only from what does something else', () => {
		const marks = (ops: readonly FlowOp[]): unknown =>
			[...semanticDiff(before, applyOps(before, ops)).nodes.values()].map(node => `${node.id} ${node.mark}`);
		expect(marks([{ op: 'move', places: { fetch: { x: 800, y: 0 } } }])).toEqual(['fetch moved']);
		expect(marks([{ op: 'setNode', id: 'fetch', key: 'name', value: 'Get' }])).toEqual(['fetch renamed']);
		expect(marks(changes)).toEqual(['ask changed', 'fetch changed', 'note added', 'old removed']);
		const moved = applyOps(before, [{ op: 'move', places: { fetch: { x: 800, y: 0 } } }]);
		expect(semanticDiff(before, moved)).toMatchObject({ isSame: false, isLayoutOnly: true });
		expect(diffSentences(before, moved)).toEqual(['Moved 1 node']);
		expect(semanticDiff(before, before).isSame).toBe(true);
	});

	test('can be drawn: what is gone is where it was', () => {
		const union = unionFlow(before, applyOps(before, changes));
		expect(Object.keys(union.nodes).toSorted()).toEqual(['ask', 'fetch', 'note', 'old']);
		expect(union.layout['old']).toEqual({ x: 160, y: 0 });
		expect(union.edges).toHaveLength(2);
	});

	test('says nothing exactly when nothing differs', () => {
		fc.assert(
			fc.property(anyFlow, anyFlow, (a, b) => {
				expect(diffSentences(a, structuredClone(a))).toEqual([]);
				expect(semanticDiff(a, b).isSame).toBe(diffSentences(a, b).length === 0);
			}),
			{ numRuns: 300 },
		);
	});
});

describe('pinned values', () => {
	test('are read back as they were written, and stand beside the flow', () => {
		const anyPins = fc.dictionary(
			fc.constantFrom('fetch', 'review'),
			fc.record({
				outputs: fc.dictionary(fc.constantFrom('body', 'status'), anyJson).map(object => ({ ...object })),
				isOn: fc.boolean(),
			}),
		);
		fc.assert(
			fc.property(anyPins, pins => {
				const text = printPins({ pins });
				expect(parsePins(text)).toEqual({ pins: { pins } });
				expect(printPins(parsePins(text).pins ?? noPins)).toBe(text);
			}),
		);
		expect(pinsPath('/a/review.flow.json')).toBe('/a/review.flow.pins.json');
	});

	test.each([
		['{', 'A closing brace } is missing.'],
		['[]', 'Pinned values are an object that begins with "pins": 1.'],
		['{"pins": 2}', 'These pinned values have the format 2; update the extension to read them.'],
		['{"pins": 1, "nodes": {"a": 3}}', 'The pin of "a" must be an object with "outputs" by port.'],
		['['.repeat(100_000), 'The pinned values are nested too deeply.'],
	])('are told when they are broken: %.40s', (text, message) => {
		expect(parsePins(text)).toMatchObject({ pins: undefined, message });
	});
});

describe('operations from outside', () => {
	test('are taken as they are when they are right', () => {
		fc.assert(
			fc.property(anyFlow, anyOps, (flow, ops) => {
				const read = readOps(structuredClone(ops));
				expect(applyOps(flow, read.ops ?? [])).toEqual(applyOps(flow, ops));
			}),
			{ numRuns: 300 },
		);
	});

	test.each([
		['no list', 3, 'Operations come as a list.'],
		['unknown', [{ op: 'explode' }], 'There is no operation "explode".'],
		['inherited', [{ op: 'constructor' }], 'There is no operation "constructor".'],
		['no id', [{ op: 'removeNode', id: '../x' }], /"id" of an operation must begin with a letter/],
		['no type', [{ op: 'addNode', id: 'a', node: {} }], 'A node needs a "type".'],
		['strange key', [{ op: 'addNode', id: 'a', node: { type: 't@1', colour: 'red' } }], 'A node has no key "colour".'],
		[
			'hidden key',
			[{ op: 'addNode', id: 'a', node: { type: 't@1', unknown: { type: 'u@1' } } }],
			'"type" is a known key.',
		],
		['params as a key', [{ op: 'setNode', id: 'a', key: 'params', value: {} }], 'A node has no key "params".'],
		[
			'prototype',
			[{ op: 'setParam', id: 'a', name: '__proto__', value: 1 }],
			'A parameter cannot be named "__proto__".',
		],
		['not a number', [{ op: 'setParam', id: 'a', name: 'x', value: Number.NaN }], 'Operation 0 is no JSON object.'],
		['a date', [{ op: 'setParam', id: 'a', name: 'x', value: new Date(0) }], 'Operation 0 is no JSON object.'],
		['half an edge', [{ op: 'addEdge', edge: { from: 'a', output: 'x', to: 'b' } }], /What an edge names must begin/],
		['a bad place', [{ op: 'move', places: { a: { x: '1', y: 2 } } }], /must be \[x, y\]/],
	])('are refused whole when one is wrong: %s', (_name, ops, message) => {
		const good: FlowOp = { op: 'removeNode', id: 'fetch' };
		expect(readOps(Array.isArray(ops) ? [good, ...ops.map(op => op as unknown)] : ops)).toMatchObject({
			ops: undefined,
			message:
				typeof message === 'string' ? message.replace('Operation 0', 'Operation 1') : expect.stringMatching(message),
		});
	});

	test('circular ones do not hang', () => {
		const loop: Record<string, unknown> = { op: 'setParam', id: 'a', name: 'x' };
		loop['value'] = loop;
		expect(readOps([loop]).ops).toBeUndefined();
	});
});

describe('slugs', () => {
	test('are made of any words', () => {
		expect([
			slugOf('Fetch the Diff!'),
			slugOf('Über  Größe'),
			slugOf('42 times'),
			slugOf('日本'),
			slugOf('constructor'),
		]).toEqual(['fetch-the-diff', 'uber-grosse', 'times', 'node', 'node']);
		fc.assert(fc.property(anyText, text => isSlug(slugOf(text))));
	});

	test('are made free by a number', () => {
		const taken = new Set(['step', 'step-2', 'step-3']);
		expect(freshSlug('Step', id => taken.has(id))).toBe('step-4');
		expect(freshSlug('step-2', id => taken.has(id))).toBe('step-4');
		expect(freshSlug('Other', id => taken.has(id))).toBe('other');
	});
});
