import type { ExecutionId } from '../base/ids';
import type { Json } from '../base/json';
import type { Completion, ExpressionPreview } from './editorProtocol';
import { completionsAt, type ScopeTypes, type TypeInfo } from './expressions/complete';
import { previewOf } from './expressions/preview';
import type { TextMode } from './expressions/resolve';
import type { Flow, FlowNode, NodeId } from './model/flow';
import type { NodeCatalog, NodeType, Port, Ports, PortWorld } from './nodes/nodeType';
import { modesOf } from './nodes/paramMeta';
import { nodeValues, type RunValues } from './runs/runValues';

/** What a text in a node's parameters may refer to. */
export interface AssistWorld {
	readonly flow: Flow;
	readonly catalog: NodeCatalog;
	readonly world: PortWorld;
	/** The run whose values are samples; `undefined` for none. */
	readonly run: RunValues | undefined;
}

const noPorts: Ports = { inputs: [], outputs: [] };

/** The type of a node; its newest version when the node's own is not there. */
export function typeOfNode(catalog: NodeCatalog, { type }: Pick<FlowNode, 'type'>): NodeType | undefined {
	return catalog.find(type) ?? catalog.find(type.split('@', 1)[0] ?? type);
}

/** The ports that a node has with these parameters. */
export function portsOf(
	catalog: NodeCatalog,
	world: PortWorld,
	node: { readonly type: string; readonly params?: Readonly<Record<string, Json>> },
): Ports {
	const type = typeOfNode(catalog, node);
	if (!type) return noPorts;
	return typeof type.ports === 'function' ? type.ports(node.params ?? {}, world) : type.ports;
}

/** What may stand at a place of a parameter's text. `param` may go into lists: `cases.0.when`. */
export function completionsFor(
	at: AssistWorld,
	place: { readonly node: NodeId; readonly param: string; readonly text: string; readonly at: number },
): readonly Completion[] {
	const node = own(at.flow.nodes, place.node);
	if (!node) return [];
	const mode = modeOf(at, node, place.param);
	if (mode === 'code' || mode === 'raw') return [];
	const found = completionsAt(place.text, place.at, scopeTypes(at, place.node, node), mode === 'expression');
	return found.map(({ label, insert, from, kind, detail }) => ({ label, insert, from, detail, kind: kinds[kind] }));
}

const kinds = { name: 'value', port: 'property', entry: 'property', function: 'method' } as const;

/** What a text is with the values of the run that is shown. */
export function previewFor(
	at: AssistWorld,
	id: NodeId,
	text: string,
	execution: ExecutionId | null,
): ExpressionPreview {
	const node = own(at.flow.nodes, id);
	if (!node) return { state: 'unknown', reason: 'The node is gone.' };
	const preview = previewOf(text, samples(at, id, node, execution));
	if (preview.isOk) return { state: 'value', value: preview.value, isWhole: isWhole(text) };
	return { state: preview.isMissing ? 'unknown' : 'error', reason: preview.problem };
}

function isWhole(text: string): boolean {
	return /^\s*\{\{(?:(?!\}\}).)*\}\}\s*$/su.test(text);
}

function modeOf({ catalog }: AssistWorld, node: FlowNode, param: string): TextMode {
	const type = typeOfNode(catalog, node);
	if (!type) return 'template';
	return modesOf(type)(param.split('.').map(part => (/^\d+$/.test(part) ? Number(part) : part)));
}

function scopeTypes(at: AssistWorld, id: NodeId, node: FlowNode): ScopeTypes {
	const { flow, catalog, world, run } = at;
	const sampled = (place: NodeId): Readonly<Record<string, Json>> => (run ? outputSamples(run, place) : {});
	const later = descendants(flow, id);
	const nodes: Record<string, TypeInfo> = {};
	for (const [other, each] of Object.entries(flow.nodes)) {
		if (later.has(other)) continue;
		const outer = portsOf(catalog, world, each).outputs.filter(port => !port.isInner);
		if (outer.length > 0) nodes[other] = { kind: 'object', entries: typesOf(outer, sampled(other)) };
	}
	const inputs = portsOf(catalog, world, node).inputs.filter(port => !port.isInner);
	const flowInputs = Object.entries(flow.inputs).map(([name, { type, description }]): [string, TypeInfo] => [
		name,
		{ kind: type, ...(description === undefined ? {} : { description }) },
	]);
	return {
		input: { kind: 'object', entries: typesOf(inputs, run ? inputSamples(run, id) : {}) },
		nodes: { kind: 'object', entries: nodes },
		flow: { kind: 'object', entries: Object.fromEntries(flowInputs) },
		...frameTypes(at, node),
		run: { kind: 'object', entries: { id: { kind: 'text' }, startedAt: { kind: 'text' } } },
		now: { kind: 'text' },
	};
}

function typesOf(ports: readonly Port[], values: Readonly<Record<string, Json>>): Readonly<Record<string, TypeInfo>> {
	return Object.fromEntries(
		ports.map(({ name, kind, description }) => [
			name,
			{
				kind,
				...(description === undefined ? {} : { description }),
				...(Object.hasOwn(values, name) ? { sample: values[name]! } : {}),
			},
		]),
	);
}

/** Names that the passes of the containers around a node have; the innermost wins. */
function frameTypes({ flow, catalog, world }: AssistWorld, node: FlowNode): ScopeTypes {
	const names: Record<string, TypeInfo> = {};
	const seen = new Set<string>();
	for (let up = node.in; up !== undefined && !seen.has(up); up = own(flow.nodes, up)?.in) {
		seen.add(up);
		const container = own(flow.nodes, up);
		if (!container) break;
		for (const { name, kind, isInner } of portsOf(catalog, world, container).outputs) {
			if (isInner && !Object.hasOwn(names, name)) names[name] = { kind };
		}
	}
	return names;
}

function samples(at: AssistWorld, id: NodeId, node: FlowNode, execution: ExecutionId | null): Record<string, Json> {
	const { run } = at;
	if (!run) return {};
	const nodes = Object.fromEntries(
		Object.keys(at.flow.nodes)
			.map(other => [other, outputSamples(run, other)] as const)
			.filter(([, values]) => Object.keys(values).length > 0),
	);
	const started = new Date(run.state.startedAt).toISOString();
	return {
		input: inputSamples(run, id),
		nodes,
		flow: run.state.inputs,
		...frameSamples(at, run, id, node),
		run: { id: execution ?? '', startedAt: started },
		now: started,
	};
}

function frameSamples({ flow }: AssistWorld, run: RunValues, id: NodeId, node: FlowNode): Record<string, Json> {
	const container = node.in;
	const frame = run.state.runsOf(id).at(-1)?.frame;
	const pass = frame === undefined ? null : /#(\d+)$/.exec(frame);
	if (container === undefined || !pass || !own(flow.nodes, container)) return {};
	const index = Number(pass[1]);
	const items = inputSamples(run, container)['items'];
	if (!Array.isArray(items)) return { index };
	const item = (items as readonly Json[])[index];
	return { index, count: items.length, ...(item === undefined ? {} : { item }) };
}

function outputSamples(run: RunValues, node: NodeId): Readonly<Record<string, Json>> {
	return read(run, run.state.runsOf(node).at(-1)?.outputs ?? {});
}

function inputSamples(run: RunValues, node: NodeId): Readonly<Record<string, Json>> {
	return read(run, nodeValues(run, node, null).inputs);
}

function read(run: RunValues, stored: ReturnType<typeof nodeValues>['inputs']): Readonly<Record<string, Json>> {
	const values: Record<string, Json> = {};
	for (const [port, each] of Object.entries(stored)) {
		const value = run.valueOf(each);
		if (value !== undefined) values[port] = value;
	}
	return values;
}

/** Nodes that come after: their values cannot be read here. */
function descendants(flow: Flow, id: NodeId): ReadonlySet<NodeId> {
	const next = new Map<NodeId, NodeId[]>();
	for (const { from, to } of flow.edges) next.set(from, [...(next.get(from) ?? []), to]);
	const found = new Set<NodeId>([id]);
	const open = [id];
	for (let each = open.pop(); each !== undefined; each = open.pop()) {
		for (const after of next.get(each) ?? []) {
			if (found.has(after)) continue;
			found.add(after);
			open.push(after);
		}
	}
	return found;
}

function own<T>(map: Readonly<Record<string, T>>, key: string): T | undefined {
	return Object.hasOwn(map, key) ? map[key] : undefined;
}
