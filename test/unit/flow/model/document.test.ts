import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyOps } from '../../../../src/core/flow/model/apply';
import { diffFlows, inverseOps } from '../../../../src/core/flow/model/diff';
import { emptyFlow } from '../../../../src/core/flow/model/flow';
import type { Flow } from '../../../../src/core/flow/model/flow';
import { maxTextLength, parseFlow } from '../../../../src/core/flow/model/parse';
import { printFlow } from '../../../../src/core/flow/model/print';
import { applyTextEdit, textEdit } from '../../../../src/core/flow/model/textEdit';
import { anyFlow, anyOps, anyText } from './arbitraries';
import { cpuTime } from '../../cpuTime';

const example = `{
  "flow": 1,
  "id": "pr-review",
  "name": "PR review",
  "inputs": {
    "repo": { "type": "text", "description": "Where it lies" }
  },
  "limits": { "maxSteps": 50, "maxCostUsd": 0.5 },
  "nodes": {
    "fetch": {
      "type": "http.request@1",
      "name": "Fetch diff",
      "params": {
        "url": "{{ flow.repo }}/diff"
      },
      "retry": { "max": 3, "backoff": "exponential" },
      "timeoutMs": 10000
    },
    "review": {
      "type": "agent.claude@1",
      "params": {
        "model": "sonnet",
        "prompt": {
          "$lines": [
            "Review this diff:",
            "{{ input.diff }}"
          ]
        }
      }
    }
  },
  "edges": [
    "fetch.body -> review.diff"
  ],
  "layout": {
    "fetch": [0, 0],
    "review": [240, -8]
  }
}
`;

/** No half of a pair of surrogates stands alone. */
function isWellFormed(text: string): boolean {
	return !/[\ud800-\udfff]/u.test(text);
}

function flowOf(text: string): Flow {
	const { flow, problems } = parseFlow(text);
	if (!flow) throw new Error(problems.map(problem => problem.message).join('\n'));
	return flow;
}

describe('a document', () => {
	test('is read and printed as it was', () => {
		expect(parseFlow(example).problems).toEqual([]);
		expect(printFlow(flowOf(example))).toBe(example);
		expect(flowOf(example).nodes['review']?.params?.['prompt']).toBe('Review this diff:\n{{ input.diff }}');
	});

	test('the same text for the same flow, whatever it was written like', () => {
		const parsed = JSON.parse(example) as { nodes: object; layout: object };
		const shuffled = {
			...parsed,
			layout: { review: [241.4, -9], fetch: [1, -0] },
			nodes: Object.fromEntries(Object.entries(parsed.nodes).toReversed()),
		};
		expect(printFlow(flowOf(`\uFEFF${JSON.stringify(shuffled)}`))).toBe(example);
	});

	test('says nothing that would be so without being said', () => {
		const text =
			'{"flow":1,"id":"x","name":"X","edges":[],"limits":{},"nodes":{"a":{"type":"t@1","params":{"p":null},"onError":"stop","name":"","retry":{"max":0}}}}';
		expect(printFlow(flowOf(text))).toBe(
			'{\n  "flow": 1,\n  "id": "x",\n  "name": "X",\n  "nodes": {\n    "a": {\n      "type": "t@1"\n    }\n  }\n}\n',
		);
	});

	test('any flow is read back as it was, and printed the same again', () => {
		fc.assert(
			fc.property(anyFlow, flow => {
				const text = printFlow(flow);
				const back = parseFlow(text);
				expect(back.problems.filter(problem => problem.severity === 'error')).toEqual([]);
				expect(back.flow).toEqual(flow);
				expect(printFlow(back.flow!)).toBe(text);
				expect(isWellFormed(text)).toBe(true);
			}),
			{ numRuns: 1000 },
		);
	});
});

describe('operations', () => {
	test('leave what they do not touch as it is', () => {
		const flow = flowOf(example);
		const after = applyOps(flow, [{ op: 'setParam', id: 'fetch', name: 'url', value: 'x' }]);
		expect(after.nodes['review']).toBe(flow.nodes['review']);
		expect([after.edges, after.layout, after.inputs]).toEqual([flow.edges, flow.layout, flow.inputs]);
		expect(after.edges).toBe(flow.edges);
		expect(
			applyOps(flow, [
				{ op: 'removeNode', id: 'nobody' },
				{ op: 'move', places: { fetch: { x: 3, y: 0 } } },
			]),
		).toBe(flow);
	});

	test('a container that goes leaves its nodes in what it was in', () => {
		const built = applyOps(emptyFlow('x', 'X'), [
			{ op: 'addNode', id: 'outer', node: { type: 'map@1' }, at: { x: 0, y: 0 } },
			{ op: 'addNode', id: 'inner', node: { type: 'map@1', in: 'outer' } },
			{ op: 'addNode', id: 'step', node: { type: 'log@1', in: 'inner' } },
			{ op: 'addEdge', edge: { from: 'inner', output: 'item', to: 'step', input: 'text' } },
			{ op: 'setGroup', id: 'g', group: { name: 'G', nodes: ['step', 'inner'] } },
		]);
		expect(applyOps(built, [{ op: 'removeNode', id: 'inner' }])).toEqual({
			...emptyFlow('x', 'X'),
			nodes: { outer: { type: 'map@1' }, step: { type: 'log@1', in: 'outer' } },
			groups: { g: { name: 'G', nodes: ['step'] } },
			layout: { outer: { x: 0, y: 0 } },
		});
		expect(
			applyOps(built, [
				{ op: 'removeNode', id: 'inner' },
				{ op: 'removeNode', id: 'outer' },
			]).nodes,
		).toEqual({ step: { type: 'log@1' } });
	});

	test('any operations give a flow that the document can hold', () => {
		fc.assert(
			fc.property(anyFlow, anyOps, (flow, ops) => {
				const after = applyOps(flow, ops);
				expect(parseFlow(printFlow(after)).flow).toEqual(after);
			}),
			{ numRuns: 500 },
		);
	});

	test('the difference of two flows makes one of the other, and operations can be taken back', () => {
		fc.assert(
			fc.property(anyFlow, anyFlow, anyOps, (a, b, ops) => {
				expect(applyOps(a, diffFlows(a, b))).toEqual(b);
				expect(printFlow(applyOps(a, diffFlows(a, b)))).toBe(printFlow(b));
				expect(applyOps(applyOps(a, ops), inverseOps(a, ops))).toEqual(a);
				expect(diffFlows(a, flowOf(printFlow(a)))).toEqual([]);
			}),
			{ numRuns: 500 },
		);
	});
});

describe('a text edit', () => {
	test('is the changed span and nothing else', () => {
		const flow = flowOf(example);
		const after = applyOps(flow, [{ op: 'move', places: { review: { x: 480, y: -8 } } }]);
		expect(textEdit(printFlow(flow), printFlow(after))).toEqual({
			offset: example.indexOf('240,'),
			length: 2,
			text: '48',
		});
	});

	test('makes one text of the other, and cuts no character in two', () => {
		const text = fc
			.array(fc.oneof(anyText, fc.constantFrom('😀', '😁', '\r\n', 'x'.repeat(5000))))
			.map(parts => parts.join(''));
		fc.assert(
			fc.property(text, text, text, text, (head, middle, other, tail): void => {
				const [before, after] = [head + middle + tail, head + other + tail];
				const edit = textEdit(before, after);
				if (!edit) {
					expect(before).toBe(after);
					return;
				}
				expect(applyTextEdit(before, edit)).toBe(after);
				if (isWellFormed(before) && isWellFormed(after)) {
					expect(isWellFormed(edit.text)).toBe(true);
					expect(isWellFormed(before.slice(0, edit.offset))).toBe(true);
				}
			}),
			{ numRuns: 1000 },
		);
	});
});

describe('what is no flow', () => {
	const problemsOf = (text: string): string[] =>
		parseFlow(text).problems.map(
			({ range, severity, code, message }) => `${range!.line}:${range!.column} ${severity} ${code}: ${message}`,
		);

	test.each([
		['', '0:0 error syntax: The file is empty.'],
		['{"flow": 1,\n}', '1:0 error syntax: A key in double quotes is expected here; there is perhaps a comma too many.'],
		[
			'{"flow": 2, "nodes": {}}',
			'0:9 error future-format: This flow has the format 2, and this version of Quarterdeck reads formats up to 1. Update the extension to open it.',
		],
		['[]', '0:0 error bad-shape: A flow is an object that begins with "flow": 1.'],
		['{}', '0:0 error no-format: The key "flow" with the number of the format is missing: "flow": 1.'],
		[
			'// hi\n{"flow": 1, "id": "x"}',
			'0:0 error comment: A flow cannot keep comments: put the words into the "note" of a node.',
		],
		[
			'{"flow": 1, "id": "x",\n "nodes": {"a": {"type": "t@1"}, "a": {"type": "u@1"}}}',
			'1:33 error duplicate-key: Two nodes have the id "a": rename or remove one.',
		],
		[
			'{"flow": 1, "id": "x", "edges": ["a -> b"]}',
			'0:33 error bad-edge: "edges.0" must be a text such as "fetch.body -> review.input".',
		],
		[
			'{"flow": 1, "id": "x", "limits": {"maxCost": 3}}',
			'0:34 error unknown-key: "limits" has no key "maxCost". Did you mean "maxCostUsd"?',
		],
		[
			'{"flow": 1, "id": "x", "nodes": {"constructor": {"type": "t@1"}}}',
			`0:33 error bad-id: The id "constructor" in "nodes" must begin with a letter and consist of at most 64 letters, digits, '-' and '_'.`,
		],
		['<<<<<<< HEAD\n{"flow": 1}', '0:0 error syntax: Here are marks of a merge conflict: choose a side first.'],
	])('%j', (text, problem) => {
		expect(parseFlow(text).flow).toBeUndefined();
		expect(problemsOf(text)).toContain(problem);
	});

	test('all problems of a text are told at once', () => {
		const text =
			'{"flow": 1, "id": "0", "nodes": {"a": {"retry": 3, "cache": "no"}, "b b": {}}, "edges": [4], "layout": {"a": [1]}}';
		expect(parseFlow(text).problems.map(problem => problem.path.join('.'))).toEqual([
			'nodes.a.retry',
			'nodes.a.cache',
			'nodes.a',
			'nodes.b b',
			'id',
			'edges.0',
			'layout.a',
		]);
	});

	test('keys from the future are kept and told', () => {
		const text = '{"flow":1,"id":"x","name":"X","nodes":{"a":{"type":"t@1","colour":"red"}},"panel":{"a":1}}';
		expect(problemsOf(text)).toEqual([
			'0:57 warning unknown-key: Nothing reads "colour" here. It is kept.',
			'0:74 warning unknown-key: Nothing reads "panel" here. It is kept.',
		]);
		expect(JSON.parse(printFlow(flowOf(text)))).toEqual(JSON.parse(text));
	});

	test('hostile texts are answered, quickly', () => {
		const took = cpuTime(() => {
			expect(problemsOf('['.repeat(2_000_000))[0]).toContain('too-deep');
			expect(problemsOf(`// "\n/* " */ ${'{"a":'.repeat(100_000)}`)[0]).toContain('too-deep');
			expect(problemsOf('x'.repeat(maxTextLength + 1))[0]).toContain('too-large');
			expect(
				parseFlow(`{"flow": 1, "id": "x", "name": ${JSON.stringify('\\"{'.repeat(3_000_000))}}`).flow?.name.length,
			).toBe(9_000_000);
			expect(
				parseFlow('{"flow": 1, "id": "x", "nodes": {"__proto__": {"type": "t@1"}}, "__proto__": {"a": 1}}').flow,
			).toBeUndefined();
		});
		expect(took).toBeLessThan(5000);
	});

	test('never throws', () => {
		const mangled = fc
			.tuple(fc.nat(example.length), fc.nat(8), anyText)
			.map(([at, length, text]) => example.slice(0, at) + text + example.slice(at + length));
		fc.assert(
			fc.property(fc.oneof(anyText, mangled), text => {
				const { flow, problems } = parseFlow(text);
				expect(flow !== undefined || problems.some(problem => problem.severity === 'error')).toBe(true);
				expect(problems.every(problem => problem.range)).toBe(true);
			}),
			{ numRuns: 1000 },
		);
	});
});
