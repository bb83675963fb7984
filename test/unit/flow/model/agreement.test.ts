import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileFlow } from '../../../../src/core/flow/engine/compile';
import { expressionEngine } from '../../../../src/core/flow/expressions/engine';
import { applyOps } from '../../../../src/core/flow/model/apply';
import { emptyFlow } from '../../../../src/core/flow/model/flow';
import type { Flow, FlowNode } from '../../../../src/core/flow/model/flow';
import { normaliseFlow } from '../../../../src/core/flow/model/normalise';
import type { FlowProblem } from '../../../../src/core/flow/model/problem';
import { validateFlow } from '../../../../src/core/flow/model/validate/validate';
import { exampleCatalog } from './catalog';

const ids = ['a', 'b', 'c', 'd', 'm', 'n'];
const anyId = fc.constantFrom(...ids);
const anyText = fc.constantFrom(
	'x',
	'{{ nodes.a.text }}',
	'{{ nodes.m.results }}',
	'{{ nodes.gone.x }}',
	'{{ nodes.m.item }}',
);

const anyNode: fc.Arbitrary<FlowNode> = fc
	.record(
		{
			kind: fc.constantFrom<FlowNode>(
				{ type: 'text.template@1', params: { template: '' } },
				{ type: 'data.sum@1' },
				{ type: 'control.join@1' },
				{ type: 'http.request@2', params: { url: 'x' }, onError: 'branch' },
				{ type: 'http.request@1', params: { address: 'x' } },
				{ type: 'http.request@3' },
				{ type: 'flow.output@1' },
				{ type: 'flow.note@1' },
				{ type: 'nothing@1' },
			),
			text: anyText,
			in: anyId,
		},
		{ requiredKeys: ['kind', 'text'] },
	)
	.map(({ kind, text, ...rest }) => ({
		...kind,
		...rest,
		...(kind.type.startsWith('text') ? { params: { template: text } } : {}),
	}));

const anyContainer = fc.record({ type: fc.constant('control.map@1'), in: anyId }, { requiredKeys: ['type'] });

const anyFlow: fc.Arbitrary<Flow> = fc
	.record({
		nodes: fc.tuple(
			fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), anyNode),
			fc.dictionary(fc.constantFrom('m', 'n'), anyContainer),
		),
		edges: fc.array(
			fc.record({
				from: anyId,
				output: fc.constantFrom('text', 'text', 'results', 'item', 'list', 'error', 'body'),
				to: anyId,
				input: fc.constantFrom('input', 'items', 'result', 'values', 'numbers', 'value'),
			}),
			{ maxLength: 8 },
		),
	})
	.map(({ nodes, edges }) => normaliseFlow({ ...emptyFlow('x', 'X'), nodes: { ...nodes[0], ...nodes[1] }, edges }));

/** What only the editor minds: the engine runs such a flow. */
const lenient = new Set(['kind-mismatch', 'unknown-reference', 'late-reference']);
const world = { flow: () => undefined, tool: () => undefined };

/** The flow without its first error: by its fix, or without the node or the edge that has it. */
function mended(flow: Flow, [problem]: readonly FlowProblem[]): Flow {
	const { fixes, node, edge } = problem!;
	const byFix = fixes?.[0] ? applyOps(flow, fixes[0].ops) : flow;
	if (byFix !== flow) return byFix;
	if (edge) return applyOps(flow, [{ op: 'removeEdge', edge }]);
	return applyOps(flow, [{ op: 'removeNode', id: node! }]);
}

test('what the checks let through, the engine compiles; what the engine refuses, the checks have told', () => {
	let good = 0;
	fc.assert(
		fc.property(anyFlow, start => {
			// Mended error by error, so that flows with one fault and with none are compared too.
			for (let flow = start, rounds = 0; ; rounds++) {
				const told = validateFlow(flow, exampleCatalog, world).filter(problem => problem.severity === 'error');
				const refused = compileFlow(flow, exampleCatalog, { expressions: expressionEngine }).problems;
				if (told.length === 0) {
					expect(refused).toEqual([]);
					if (flow.edges.length > 0) good++;
					return;
				}
				if (refused.length === 0) expect(told.filter(problem => !lenient.has(problem.code))).toEqual([]);
				expect(rounds, told[0]!.message).toBeLessThan(60);
				const next = mended(flow, told);
				expect(next).not.toBe(flow);
				flow = next;
			}
		}),
		{ numRuns: 1000 },
	);
	expect(good).toBeGreaterThan(100);
});
