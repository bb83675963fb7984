import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyOps } from '../../../../src/core/flow/model/apply';
import { emptyFlow } from '../../../../src/core/flow/model/flow';
import type { Flow, FlowEdge, FlowNode } from '../../../../src/core/flow/model/flow';
import { normaliseFlow } from '../../../../src/core/flow/model/normalise';
import { parseFlow } from '../../../../src/core/flow/model/parse';
import { printFlow } from '../../../../src/core/flow/model/print';
import type { FlowProblem } from '../../../../src/core/flow/model/problem';
import { readEdge, ShapeReport } from '../../../../src/core/flow/model/shape';
import { validateFlow } from '../../../../src/core/flow/model/validate/validate';
import type { ValidationWorld } from '../../../../src/core/flow/model/validate/checks';
import { anyFlow } from './arbitraries';
import { exampleCatalog } from './catalog';
import { cpuTime } from '../../cpuTime';

const world: ValidationWorld = { flow: () => undefined, tool: () => undefined, secrets: new Set(['github-token']) };

function edgeOf(line: string): FlowEdge {
	const report = new ShapeReport(true);
	const edge = readEdge(line, report);
	if (!edge) throw new Error(report.problems[0]?.message);
	return edge;
}

function flowOf(nodes: Record<string, FlowNode>, edges: readonly string[] = [], more: Partial<Flow> = {}): Flow {
	return normaliseFlow({ ...emptyFlow('x', 'X'), nodes, edges: edges.map(edgeOf), ...more });
}

const check = (flow: Flow): readonly FlowProblem[] => validateFlow(flow, exampleCatalog, world);
const said = (flow: Flow): string[] =>
	check(flow).map(({ severity, code, message }) => `${severity} ${code}: ${message}`);

/** The flow after the first fix of its first problem. */
function mended(flow: Flow, at = 0): Flow {
	const fix = check(flow)[0]?.fixes?.[at];
	if (!fix) throw new Error('no fix');
	return applyOps(flow, fix.ops);
}

const request = (params: FlowNode['params'] = {}): FlowNode => ({
	type: 'http.request@2',
	params: { url: 'https://x', ...params },
});
const template = (text: string, more: Partial<FlowNode> = {}): FlowNode => ({
	type: 'text.template@1',
	params: { template: text },
	...more,
});

describe('a flow without fault', () => {
	test('has no problems', () => {
		const flow = flowOf(
			{
				start: { type: 'flow.start@1' },
				fetch: request({ token: 'github-token', maxBytes: '{{ flow.most }}' }),
				each: { type: 'control.map@1' },
				step: template('{{ item }} {{ input.input }} {{ nodes.fetch.status }}', { in: 'each' }),
				if: { type: 'control.if@1', params: { condition: '{{ nodes.each.results.length > 0 }}' } },
				yes: template('yes'),
				out: { type: 'flow.output@1' },
				hint: { type: 'flow.note@1', params: { text: 'for {{ people }}' } },
			},
			[
				'start.value -> fetch.body',
				'start.value -> each.items',
				'each.item -> step.input',
				'step.text -> each.result',
				'fetch.body -> if.value',
				'if.true -> yes.input',
				'yes.text -> out.value',
				'if.false -> out.value',
			],
			{ inputs: { most: { type: 'number', default: 3 } }, limits: { maxSteps: 10 } },
		);
		expect(said(flow)).toEqual([]);
	});
});

describe('types', () => {
	test('that are unknown are compared with those that exist', () => {
		const flow = flowOf({ a: { type: 'http.requets@2', params: { url: 'x' } } });
		expect(said(flow)).toEqual([
			"error unknown-type: There is no node type 'http.requets'. Did you mean 'http.request'?",
		]);
		expect(said(mended(flow))).toEqual([]);
	});

	test('of the future are not checked further', () => {
		expect(said(flowOf({ a: { type: 'http.request@3', params: { later: 1 } } }))).toEqual([
			"error unknown-version: 'http.request@3' was made by a newer version; this one knows 'http.request@2'. Update the extension to run it.",
		]);
	});

	test('of the past are lifted by a click', () => {
		const flow = flowOf({ a: { type: 'http.request@1', params: { address: 'x', method: 'POST' } } });
		expect(said(flow)).toEqual([
			"hint old-version: 'a' has the form of version 1 of 'HTTP request', which is read as version 2.",
		]);
		expect(mended(flow).nodes['a']).toEqual({ type: 'http.request@2', params: { method: 'POST', url: 'x' } });
	});

	test('without a version get one', () => {
		expect(mended(flowOf({ a: { ...request(), type: 'http.request' } })).nodes['a']?.type).toBe('http.request@2');
	});
});

describe('parameters', () => {
	test('are told in sentences', () => {
		const params = { url: '', method: 'PSOT', maxBytes: 1.5, headers: [{ name: 'a' }, 'b'], verbs: 1 };
		expect(said(flowOf({ a: { type: 'http.request@2', params } }))).toEqual([
			"error bad-param: 'url' of 'a' must not be empty.",
			`error bad-param: 'method' of 'a' must be one of "GET", "POST".`,
			"error bad-param: 'maxBytes' of 'a' must be a whole number, and is a number.",
			"error missing-param: 'headers.0.value' of 'a' needs a value.",
			"error bad-param: 'headers.1' of 'a' must be an object, and is a text.",
			"warning unknown-param: 'a' has no parameter 'verbs': it has 'url', 'method', 'maxBytes', 'headers', 'token'.",
		]);
		expect(
			said(flowOf({ a: { type: 'text.template@1' }, b: { type: 'control.if@1', params: { condition: 3 } } })),
		).toEqual([
			"error missing-param: 'template' of 'a' needs a value.",
			"error bad-param: 'condition' of 'b' must be a text or true or false.",
			"hint unreachable: Nothing leads to 'a', and nothing comes after it.",
			"hint unreachable: Nothing leads to 'b', and nothing comes after it.",
		]);
	});

	test('misspelt ones are renamed, misspelt values corrected', () => {
		expect(mended(flowOf({ a: request({ metod: 'POST' }) })).nodes['a']?.params).toEqual({
			url: 'https://x',
			method: 'POST',
		});
		expect(mended(flowOf({ a: request({ method: 'PSOT' }) })).nodes['a']?.params).toEqual({
			url: 'https://x',
			method: 'POST',
		});
	});

	test('secrets must have a value', () => {
		const flow = flowOf({ a: request({ token: 'github-tokn' }) });
		expect(said(flow)).toEqual([
			"warning unbound-secret: The secret 'github-tokn' of 'a' has no value here; there is 'github-token'.",
		]);
		expect(said(mended(flow))).toEqual([]);
		expect(validateFlow(flow, exampleCatalog, { flow: world.flow, tool: world.tool })).toEqual([]);
	});
});

describe('edges', () => {
	test('to nowhere, and from ports that do not exist', () => {
		const flow = flowOf({ fetch: request(), out: { type: 'flow.output@1' } }, [
			'fetch.bdy -> out.value',
			'fetsh.body -> out.value',
			'fetch.error -> out.value',
		]);
		expect(said(flow).slice(0, 3)).toEqual([
			"error unknown-port: 'fetch' has no output 'bdy'. Did you mean 'body'?",
			`error unknown-port: 'fetch' has no output 'error'. It has one when its 'onError' is "branch".`,
			"error unknown-node: There is no node 'fetsh'. Did you mean 'fetch'?",
		]);
		expect(mended(flow).edges.map(edge => edge.output)).toContain('body');
	});

	test('of kinds that do not fit', () => {
		expect(said(flowOf({ a: request(), s: { type: 'data.sum@1' } }, ['a.status -> s.numbers']))).toEqual([
			"error kind-mismatch: 'a.status' gives a number, and 's.numbers' takes a list.",
		]);
	});

	test('that are missing at a required port', () => {
		expect(said(flowOf({ s: { type: 'data.sum@1' } }))).toEqual([
			"error missing-input: 's' needs a value at 'numbers': connect it.",
		]);
	});

	test('several at a port for one value, unless only one of them can come', () => {
		const nodes = { a: template('a'), b: template('b'), out: template('c'), join: { type: 'control.join@1' } };
		expect(
			said(
				flowOf(nodes, ['a.text -> out.input', 'b.text -> out.input', 'a.text -> join.values', 'b.text -> join.values']),
			),
		).toEqual([
			"warning many-edges: 'out.input' takes one value, and gets that of 'a.text -> out.input' when both come. Join them first, or remove one.",
		]);
		const caught = { a: request(), b: template('b'), out: template('c') };
		expect(
			said(
				flowOf({ ...caught, a: { ...caught.a, onError: 'branch' } }, [
					'a.body -> out.input',
					'a.error -> b.input',
					'b.text -> out.input',
				]),
			),
		).toEqual([]);
	});

	test('through the wall of a container', () => {
		const nodes = {
			each: { type: 'control.map@1' },
			inner: { type: 'control.map@1', in: 'each' },
			deep: template('d', { in: 'inner' }),
			step: template('s', { in: 'each' }),
			out: template('o'),
			list: { type: 'control.join@1' },
		};
		const edges = [
			'list.list -> each.items',
			'list.list -> inner.items',
			'step.text -> out.input',
			'each.results -> step.input',
			'deep.text -> each.result',
			'each.item -> out.input',
		];
		expect(said(flowOf(nodes, edges)).filter(line => line.startsWith('error'))).toEqual([
			"error crosses-container: 'deep' stands deeper than directly in 'each', and cannot end there.",
			"error unknown-port: 'each' has no output 'item'. It is on the inner side, for nodes that stand in 'each'.",
			"error crosses-container: 'step' stands in 'each', and what 'each' gives is there only after it. Inside there is 'item', 'index'.",
			"error crosses-container: 'step' cannot be used outside of 'each'. Give it to 'each.result'.",
		]);
	});

	test('containers that are none, hold themselves or nothing', () => {
		const flow = flowOf({
			a: template('a', { in: 'b' }),
			b: template('b', { in: 'gone' }),
			c: { type: 'control.map@1', in: 'd' },
			d: { type: 'control.map@1', in: 'c' },
			o: { type: 'flow.output@1', in: 'd' },
		});
		expect(said(flow).filter(line => line.includes('bad-container'))).toEqual([
			"error bad-container: 'a' stands in 'b', which is no container.",
			"error bad-container: 'b' stands in 'gone', and there is no such node.",
			"error bad-container: 'c' stands in itself.",
			"error bad-container: 'o' is an output of the flow and cannot stand in a container.",
		]);
	});
});

describe('circles', () => {
	test('are named, once each, and opened by a click', () => {
		const nodes = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'x', 'y'].map(id => [id, template(id)]));
		const flow = flowOf(nodes, [
			'a.text -> b.input',
			'b.text -> c.input',
			'c.text -> a.input',
			'c.text -> d.input',
			'x.text -> y.input',
			'y.text -> x.input',
			'e.text -> a.input',
		]);
		const circles = check(flow).filter(problem => problem.code === 'cycle');
		expect(circles.map(problem => problem.message)).toEqual([
			'a → b → c → a wait for each other in a circle. Remove one of the edges; to repeat something, use a While node.',
			'x → y → x wait for each other in a circle. Remove one of the edges; to repeat something, use a While node.',
		]);
		const open = applyOps(
			flow,
			circles.flatMap(problem => problem.fixes![0]!.ops),
		);
		expect(said(open).filter(line => line.includes('cycle'))).toEqual([]);
	});

	test('through expressions, containers, and a node itself', () => {
		const nodes = {
			a: template('{{ nodes.each.results }}'),
			each: { type: 'control.map@1' },
			step: template('{{ nodes.a.text }}', { in: 'each' }),
			self: template('x'),
		};
		const flow = flowOf(nodes, ['self.text -> self.input', 'self.text -> each.items']);
		expect(said(flow).filter(line => line.includes('cycle'))).toEqual([
			'error cycle: a → each → a wait for each other in a circle. Remove one of the edges; to repeat something, use a While node.',
			'error cycle: self → self wait for each other in a circle. Remove one of the edges; to repeat something, use a While node.',
		]);
	});
});

describe('expressions', () => {
	test('that cannot be read, or name what is not there', () => {
		const flow = flowOf(
			{
				fetch: request(),
				'fetch-diff': request(),
				t: template(
					'{{ nodes.fetsh.body }} {{ nodes["fetch-dif"].body }} {{ nodes.fetch.bdy }} {{ flow.repo }} {{ input.inputt }} {{ item }} {{ nope }} {{ 1 + }}',
				),
			},
			['fetch-diff.body -> t.input'],
			{ inputs: { repos: { type: 'list' } } },
		);
		expect(said(flow)).toEqual(
			[
				expect.stringContaining("error bad-expression: 'template' of 't': There is no `nope` here."),
				expect.stringContaining("error bad-expression: 'template' of 't': "),
				"error unknown-reference: 'template' of 't': there is no node 'fetsh'. Did you mean 'fetch'?",
				"error unknown-reference: 'template' of 't': there is no node 'fetch-dif'. Did you mean 'fetch-diff'?",
				"error unknown-reference: 'template' of 't': 'fetch' has no output 'bdy'. Did you mean 'body'?",
				"error unknown-reference: 'template' of 't': the flow has no input 'repo'. Did you mean 'repos'?",
				"warning unknown-reference: 'template' of 't': this node has no input 'inputt'. Did you mean 'input'?",
				"warning unknown-reference: 'template' of 't': 'item' has a value only inside of a container that gives it.",
			].toSorted((a, b) => Number(String(a).startsWith('w')) - Number(String(b).startsWith('w'))),
		);
	});

	test('misspelt ids are corrected where they stand', () => {
		const flow = flowOf({
			'fetch-diff': request(),
			h: request({ headers: [{ name: 'x', value: 'a {{ nodes["fetch-dif"].body }} b' }] }),
		});
		expect(mended(flow).nodes['h']?.params?.['headers']).toEqual([
			{ name: 'x', value: 'a {{ nodes["fetch-diff"].body }} b' },
		]);
	});

	test('that come too late', () => {
		const flow = flowOf({
			each: { type: 'control.map@1' },
			in1: template('{{ nodes.each.item }} {{ nodes.each.results }}', { in: 'each' }),
			out: template('{{ nodes.in1.text }} {{ nodes.out.text }}'),
		});
		expect(said(flow).filter(line => line.includes('reference'))).toEqual([
			"error unknown-reference: 'template' of 'in1': 'each' has no output 'results'. It has 'item', 'index'.",
			"error late-reference: 'template' of 'out': 'in1' stands in 'each', and is not seen from outside of it. Lead it out through 'each'.",
			"error late-reference: 'template' of 'out': it names the node itself, which has no output yet.",
		]);
	});
});

describe('the rest of the document', () => {
	test('limits, retries, defaults, groups', () => {
		const flow = flowOf({ a: { ...request(), retry: { max: 101 }, timeoutMs: 0 } }, [], {
			limits: { concurrency: 0.4, maxCostUsd: 1e9 },
			inputs: { n: { type: 'number', default: 'three' } },
			groups: { g: { name: 'G', nodes: ['a', 'gone'] } },
		});
		expect(said(flow)).toEqual([
			"error bad-limit: 'a' can be tried again 0 to 100 times, and not 101 times.",
			"error bad-limit: The time limit of 'a' must be 1 ms to 7 days, and not 0 ms.",
			"error bad-limit: 'maxCostUsd' must be from 0.000001 to 100000, and is 1000000000.",
			"error bad-limit: 'concurrency' must be a whole number from 1 to 1000, and is 0.4.",
			"error bad-input: The default of the input 'n' is not of its type 'number'.",
			"warning bad-group: There is no node 'gone' for the group 'G'.",
		]);
		const all = check(flow).reduce((after, problem) => applyOps(after, problem.fixes?.[0]?.ops ?? []), flow);
		expect(said(all)).toEqual(["error bad-limit: 'maxCostUsd' must be from 0.000001 to 100000, and is 1000000000."]);
	});
});

describe('places in the text', () => {
	test('of whatever text the flow was read from', () => {
		const text = `{"flow": 1, "id": "x", "name": "X",
 "nodes": {
  "b": {"type": "flow.output@1"},
  "a": {"type": "http.request@2", "params": {"url": "", "verb": 1}}
 },
 "edges": ["b.x -> a.body",
  "a.gone  ->b.value"]}`;
		const { flow } = parseFlow(text);
		const at = (problem: FlowProblem): string =>
			text.slice(problem.range!.offset, problem.range!.offset + problem.range!.length);
		const problems = validateFlow(flow!, exampleCatalog, world, text);
		expect(
			problems.map(problem => `${problem.range!.line}:${problem.range!.column} ${problem.code} ${at(problem)}`),
		).toEqual([
			'3:52 bad-param ""',
			'6:2 unknown-port "a.gone  ->b.value"',
			'5:11 unknown-port "b.x -> a.body"',
			'5:11 cycle "b.x -> a.body"',
			'3:56 unknown-param "verb"',
		]);
	});
});

describe('large and strange flows', () => {
	test('ten thousand nodes are checked quickly, at first and after a change', () => {
		const count = 10_000;
		const nodes = Object.fromEntries(
			Array.from({ length: count }, (_, at): [string, FlowNode] => [
				`n${at}`,
				at % 3 === 0
					? request({ url: `https://x/${at}` })
					: template(`line ${at} {{ input.input }} ${at % 7 === 0 ? `{{ nodes.n${at - 1}.text ?? 1 }}` : ''}`),
			]),
		);
		const edges = Array.from(
			{ length: count - 1 },
			(_, at) => `n${at}.${at % 3 === 0 ? 'body' : 'text'} -> n${at + 1}.${(at + 1) % 3 === 0 ? 'body' : 'input'}`,
		);
		const flow = flowOf(nodes, edges);
		const first = cpuTime(() => check(flow));
		const changed = applyOps(flow, [{ op: 'setParam', id: 'n500', name: 'template', value: 'x' }]);
		const again = cpuTime(() => check(changed));
		const circle = applyOps(flow, [{ op: 'addEdge', edge: edgeOf(`n${count - 1}.body -> n0.body`) }]);
		expect(cpuTime(() => check(circle))).toBeLessThan(5000);
		expect(
			check(circle)
				.filter(problem => problem.code === 'cycle')
				.map(problem => problem.message.slice(0, 60)),
		).toEqual(['n0 → n1 → n2 → n3 → n4 → n5 → n6 → n7 → … 9992 more → n0 wai']);
		console.log(`validate@10000: first ${first.toFixed(0)} ms, after a change ${again.toFixed(0)} ms`);
		expect(first).toBeLessThan(5000);
		expect(again).toBeLessThan(5000);
	});

	test('too many problems are counted', () => {
		const nodes = Object.fromEntries(
			Array.from({ length: 2000 }, (_, at): [string, FlowNode] => [`n${at}`, { type: 'nothing@1' }]),
		);
		const problems = check(flowOf(nodes));
		expect(problems.length).toBe(501);
		expect(problems.at(-1)?.message).toBe('1500 more problems are not shown.');
	});

	test('no flow makes the checks throw, and every fix can be applied', () => {
		fc.assert(
			fc.property(anyFlow, flow => {
				const text = printFlow(flow);
				for (const problem of validateFlow(flow, exampleCatalog, world, text)) {
					expect(problem.range).toBeDefined();
					for (const fix of problem.fixes ?? [])
						expect(parseFlow(printFlow(applyOps(flow, fix.ops))).flow).toBeDefined();
				}
			}),
			{ numRuns: 200 },
		);
	});
});
