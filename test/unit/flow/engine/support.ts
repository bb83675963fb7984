import { z } from 'zod';
import type { Json } from '../../../../src/core/base/json';
import { containerPorts } from '../../../../src/core/flow/engine/containerPorts';
import type { RunEvent } from '../../../../src/core/flow/engine/events';
import { FlowRun, type FlowRunOptions, type RunResult } from '../../../../src/core/flow/engine/flowRun';
import { expressionEngine } from '../../../../src/core/flow/expressions/engine';
import { emptyFlow, type Flow, type FlowEdge, type FlowNode } from '../../../../src/core/flow/model/flow';
import type { NodeContext } from '../../../../src/core/flow/nodes/context';
import {
	defineNode,
	type ContainerKind,
	type NodeCatalog,
	type NodeType,
	type PortValues,
} from '../../../../src/core/flow/nodes/nodeType';

const anyParams = z.record(z.string(), z.unknown());

/** A node type of a test: what differs from a plain one with `in` and `out`. */
export function testType(type: string, more: Partial<NodeType<Readonly<Record<string, unknown>>>>): NodeType {
	const all = defineNode<Readonly<Record<string, unknown>>>({
		type,
		version: 1,
		title: type,
		category: 'Data',
		icon: 'circle',
		summary: '',
		help: '',
		params: anyParams,
		ports: {
			inputs: [{ name: 'in', title: 'In', kind: 'any' }],
			outputs: [{ name: 'out', title: 'Out', kind: 'any' }],
		},
		effects: 'pure',
		...more,
	});
	return all;
}

function container(kind: ContainerKind): NodeType {
	return testType(kind, { ports: containerPorts[kind], container: kind, effects: 'reads' });
}

const many = {
	inputs: [{ name: 'in', title: 'In', kind: 'any', isMany: true }],
	outputs: [{ name: 'out', title: 'Out', kind: 'any' }],
} as const;

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

export const testTypes: readonly NodeType[] = [
	testType('value', { run: (_, { value }) => ({ out: (value ?? null) as Json }) }),
	testType('pass', { run: inputs => ({ out: inputs['in'] ?? null }) }),
	testType('add', { run: (inputs, { by }) => ({ out: Number(inputs['in'] ?? 0) + Number(by ?? 1) }) }),
	testType('list', { ports: many, run: inputs => ({ out: inputs['in'] ?? [] }) }),
	testType('join', {
		ports: many,
		join: ({ join }) => (join ?? 'all') as 'all',
		run: inputs => ({ out: inputs['in'] ?? [] }),
	}),
	testType('if', {
		ports: {
			inputs: [{ name: 'in', title: 'In', kind: 'any' }],
			outputs: [
				{ name: 'yes', title: 'Yes', kind: 'any' },
				{ name: 'no', title: 'No', kind: 'any' },
			],
		},
		run: (inputs, { test }) => ((test ?? inputs['in']) ? { yes: inputs['in'] ?? null } : { no: inputs['in'] ?? null }),
	}),
	testType('needs', {
		ports: {
			inputs: [
				{ name: 'a', title: 'A', kind: 'any', isRequired: true },
				{ name: 'b', title: 'B', kind: 'any' },
			],
			outputs: [{ name: 'out', title: 'Out', kind: 'any' }],
		},
		run: inputs => ({ out: inputs['a'] ?? null }),
	}),
	testType('fail', {
		run: (_, { message }) => {
			throw new Error(text(message ?? 'broken'));
		},
	}),
	testType('write', { effects: 'writes', run: (_inputs, { value }) => ({ out: (value ?? null) as Json }) }),
	testType('trigger', {
		ports: { inputs: [], outputs: [{ name: 'out', title: 'Out', kind: 'any' }] },
		isTrigger: true,
	}),
	testType('output', {
		ports: { inputs: [{ name: 'value', title: 'Value', kind: 'any' }], outputs: [] },
		isOutput: true,
		run: () => ({}),
	}),
	testType('note', { isNote: true }),
	...(['map', 'forEach', 'while', 'try', 'race'] as const).map(container),
];

export function catalogOf(types: readonly NodeType[]): NodeCatalog {
	const byName = new Map(types.flatMap(type => [[type.type, type] as const, [`${type.type}@${type.version}`, type]]));
	return { find: name => byName.get(name), list: () => types };
}

/** `a.out -> b.in`, or `a -> b` for `out` and `in`. */
export function edge(line: string): FlowEdge {
	const [left = '', right = ''] = line.split('->').map(part => part.trim());
	const [from = '', output = 'out'] = left.split('.');
	const [to = '', input = 'in'] = right.split('.');
	return { from, output, to, input };
}

export function flowOf(
	nodes: Readonly<Record<string, FlowNode | string>>,
	edges: readonly string[] = [],
	more: Partial<Flow> = {},
): Flow {
	const full = Object.entries(nodes).map(([id, node]) => [id, typeof node === 'string' ? { type: node } : node]);
	return {
		...emptyFlow('test', 'Test'),
		nodes: Object.fromEntries(full) as Flow['nodes'],
		edges: edges.map(edge),
		...more,
	};
}

/** A run with everything that it told. */
export interface Watched {
	readonly run: FlowRun;
	readonly events: RunEvent[];
	readonly result: Promise<RunResult>;
}

export type TestOptions = Partial<FlowRunOptions> & { readonly types?: readonly NodeType[] };

export async function startRun(flow: Flow, { types = [], ...options }: TestOptions = {}): Promise<Watched> {
	const events: RunEvent[] = [];
	const run = await FlowRun.start({
		flow,
		catalog: catalogOf([...types, ...testTypes]),
		expressions: expressionEngine,
		services: {},
		cwd: '/workspace',
		...options,
		onEvent: (event, at) => {
			events.push(event);
			options.onEvent?.(event, at);
		},
	});
	// On a busy machine the first slice of the run may be over before it comes to rest.
	for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve));
	return { run, events, result: run.result };
}

export async function runFlow(
	flow: Flow,
	options: TestOptions = {},
): Promise<RunResult & { readonly events: RunEvent[] }> {
	const { events, result } = await startRun(flow, options);
	return { ...(await result), events };
}

type Ended = Extract<RunEvent, { type: 'node.ended' }>;

export function endsOf(events: readonly RunEvent[]): Ended[] {
	return events.filter((event): event is Ended => event.type === 'node.ended');
}

/** `frame/node` → state, of all that ended. */
export function states(events: readonly RunEvent[]): Record<string, string> {
	return Object.fromEntries(
		endsOf(events).map(({ node, frame, state }) => [frame === '' ? node : `${frame}/${node}`, state]),
	);
}

/** Values of a node by port, as it ended last. */
export function valuesOf(events: readonly RunEvent[], node: string, frame = ''): PortValues {
	const end = endsOf(events).findLast(event => event.node === node && event.frame === frame);
	return Object.fromEntries(
		Object.entries(end?.outputs ?? {}).map(([port, stored]) => [port, 'value' in stored ? stored.value : stored.blob]),
	);
}

/** A node whose run is a function of the test. */
export function runs(
	type: string,
	run: (inputs: PortValues, params: Readonly<Record<string, unknown>>, context: NodeContext) => unknown,
	more: Partial<NodeType<Readonly<Record<string, unknown>>>> = {},
): NodeType {
	return testType(type, { effects: 'reads', ...more, run: run as never });
}
