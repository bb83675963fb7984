import * as fc from 'fast-check';
import type { Json } from '../../../../src/core/base/json';
import { edgeText, emptyFlow } from '../../../../src/core/flow/model/flow';
import type { Flow, FlowEdge, FlowNode } from '../../../../src/core/flow/model/flow';
import { normaliseFlow } from '../../../../src/core/flow/model/normalise';
import type { FlowOp } from '../../../../src/core/flow/model/ops';

/** Few ids, so that operations meet each other. */
export const ids = ['fetch', 'review', 'each', 'step-2', 'a', 'Z_9'];
const anyId = fc.constantFrom(...ids);
const port = fc.constantFrom('in', 'out', 'body', 'error');

/** Texts with what breaks printers: quotes, line breaks of all sorts, surrogates whole and lone, our own marker. */
export const anyText = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 8 }),
	fc.constantFrom('', '{{ nodes.fetch.body }}', 'a\nb', 'a\r\nb\n', '\n', '$lines', '😀\ud800"\\', '\u2028', 'null'),
);

const key = fc
	.oneof(fc.constantFrom('a', 'b', '$lines', '$$lines', '1', 'type'), anyText)
	.filter(name => name !== '__proto__');

export const anyJson: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>(tie => ({
	value: fc.oneof(
		{ maxDepth: 3, depthIdentifier: 'json' },
		anyText,
		fc.constantFrom(0, 1, -1.5, 1e300, true, false, null),
		fc.array(tie('value'), { maxLength: 3 }),
		fc.dictionary(key, tie('value'), { maxKeys: 3 }).map(object => ({ ...object })),
		fc.array(anyText, { maxLength: 3 }).map(lines => ({ $lines: lines })),
	),
})).value;

const anyParams = fc.dictionary(key, anyJson, { maxKeys: 4 }).map(object => ({ ...object }));

export const anyNode: fc.Arbitrary<FlowNode> = fc
	.record(
		{
			type: fc.constantFrom('text.template@1', 'http.request@2', 'flow.output@1'),
			name: anyText,
			params: anyParams,
			in: anyId,
			retry: fc.constantFrom({ max: 0 }, { max: 3 }, { delayMs: 10, max: 2, backoff: 'fixed' as const }),
			timeoutMs: fc.nat(),
			onError: fc.oneof(fc.constantFrom('stop' as const, 'branch' as const), fc.record({ value: anyParams })),
			skip: fc.constantFrom('mute' as const, 'bypass' as const),
			cache: fc.boolean(),
			note: anyText,
			origin: anyParams,
			unknown: fc
				.dictionary(fc.constantFrom('later', 'future'), anyJson, { maxKeys: 2 })
				.map(object => ({ ...object })),
		},
		{ requiredKeys: ['type'] },
	)
	.map(node => node as FlowNode);

const place = fc.record(
	{ x: fc.double({ noNaN: true, min: -1e5, max: 1e5 }), y: fc.integer({ min: -999, max: 999 }) },
	{ requiredKeys: ['x', 'y'] },
);
const sized = fc.record({ x: fc.nat(999), y: fc.nat(999), width: fc.nat(999), height: fc.nat(999) });
const anyPlace = fc.oneof(place, sized);

export const anyEdge: fc.Arbitrary<FlowEdge> = fc.record({ from: anyId, output: port, to: anyId, input: port });

const anyGroup = fc.record(
	{ name: anyText, nodes: fc.uniqueArray(anyId), color: fc.constantFrom('red' as const, 'blue' as const) },
	{ requiredKeys: ['name', 'nodes'] },
);
const anyInput = fc.record(
	{ type: fc.constantFrom('text' as const, 'any' as const), description: anyText, default: anyJson },
	{ requiredKeys: ['type'] },
);
const anyLimits = fc.record(
	{ maxSteps: fc.nat(), maxCostUsd: fc.constantFrom(0.5, 2), concurrency: fc.nat(9) },
	{ requiredKeys: [] },
);

export const anyFlow: fc.Arbitrary<Flow> = fc
	.record({
		name: anyText,
		description: anyText,
		inputs: fc.dictionary(fc.constantFrom('repo', 'path'), anyInput),
		limits: anyLimits,
		nodes: fc.dictionary(anyId, anyNode),
		edges: fc.array(anyEdge),
		groups: fc.dictionary(fc.constantFrom('g', 'h'), anyGroup),
		layout: fc.dictionary(anyId, anyPlace),
		unknown: fc.dictionary(fc.constantFrom('$schema', 'later'), anyJson),
	})
	.map(parts => normaliseFlow(prepared({ ...emptyFlow('flow', ''), ...parts })));

/** What the arbitraries give loosely and the document holds strictly. */
function prepared(flow: Flow): Flow {
	const unique = new Map(flow.edges.map(edge => [edgeText(edge), edge]));
	const groups = Object.entries(flow.groups).map(([id, group]) => [id, { ...group, nodes: group.nodes.toSorted() }]);
	const inputs = Object.entries(flow.inputs).map(([id, { description, ...rest }]) => [
		id,
		description ? { ...rest, description } : rest,
	]);
	return {
		...flow,
		edges: [...unique.values()],
		groups: Object.fromEntries(groups) as Flow['groups'],
		inputs: Object.fromEntries(inputs) as Flow['inputs'],
	};
}

export const anyOp: fc.Arbitrary<FlowOp> = fc.oneof(
	fc
		.record({ id: anyId, node: anyNode, at: anyPlace }, { requiredKeys: ['id', 'node'] })
		.map((rest): FlowOp => ({ op: 'addNode', ...rest })),
	anyId.map((id): FlowOp => ({ op: 'removeNode', id })),
	fc
		.record({ id: anyId, name: anyText })
		.map(({ id, name }): FlowOp => ({ op: 'setNode', id, key: 'name', value: name })),
	fc.record({ id: anyId, value: fc.option(anyId) }).map((rest): FlowOp => ({ op: 'setNode', key: 'in', ...rest })),
	fc.record({ id: anyId, name: key, value: anyJson }).map((rest): FlowOp => ({ op: 'setParam', ...rest })),
	fc.dictionary(anyId, fc.option(anyPlace)).map((places): FlowOp => ({ op: 'move', places })),
	anyEdge.map((edge): FlowOp => ({ op: 'addEdge', edge })),
	anyEdge.map((edge): FlowOp => ({ op: 'removeEdge', edge })),
	fc
		.record({ id: fc.constantFrom('g', 'h'), group: fc.option(anyGroup) })
		.map((rest): FlowOp => ({ op: 'setGroup', ...rest })),
	fc
		.record({ name: fc.constantFrom('repo', 'path'), input: fc.option(anyInput) })
		.map((rest): FlowOp => ({ op: 'setInput', ...rest })),
	fc
		.record({ name: anyText, description: anyText, limits: anyLimits }, { requiredKeys: [] })
		.map((rest): FlowOp => ({ op: 'setFlow', ...rest })),
);

export const anyOps = fc.array(anyOp, { maxLength: 12 });
