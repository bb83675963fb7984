import type { Json } from '../../base/json';
import { ExpectedError } from '../../base/errors';
import type { NodeValues, ValuePlace } from '../editorProtocol';
import type { FramePath, NodePlace, RunEvent, StoredValue } from '../engine/events';
import { placeKey, type NodeRunState, type RunState } from '../engine/runState';
import { storedJson } from '../engine/values';
import type { Flow, FlowEdge, NodeId } from '../model/flow';

/** A run of which values are looked at: one that goes on, or one of a journal. */
export interface RunValues {
	readonly flow: Flow;
	readonly state: RunState;
	readonly valueOf: (stored: StoredValue) => Json | undefined;
	/** Inputs that a person changed while the run was paused, by `inputKey`. */
	readonly changed?: ReadonlyMap<string, StoredValue>;
	/** The value as it is now, of a run that goes on. */
	readonly live?: (place: NodePlace, side: 'input' | 'output', port: string) => Json | undefined;
}

export function inputKey(place: NodePlace, port: string): string {
	return `${placeKey(place)}\n${port}`;
}

/** Inputs that were changed by hand: no other node gave them. */
export function changedInputs(events: Iterable<{ readonly event: RunEvent }>): ReadonlyMap<string, StoredValue> {
	const changed = new Map<string, StoredValue>();
	for (const { event } of events) {
		if (event.type === 'run.valueSet' && event.side === 'input')
			changed.set(inputKey(event.place, event.port), event.value);
	}
	return changed;
}

type Stored = Readonly<Record<string, StoredValue>>;

/** What came to a node and out of it in one frame; the last one when none is named. */
export function nodeValues(run: RunValues, node: NodeId, frame: FramePath | null): NodeValues {
	const all = run.state.runsOf(node);
	const found = frame === null ? all.at(-1) : (all.find(each => each.frame === frame) ?? all.at(-1));
	const at = found?.frame ?? frame ?? '';
	return {
		frames: all.map(each => each.frame),
		frame: at,
		inputs: inputsOf(run, node, at),
		outputs: outputsOf(run, node, at, found),
		error: found?.error ?? null,
	};
}

/** One value, whole. Rejects with a sentence when it is not there (any more). */
export function valueAt(run: RunValues, { node, frame, side, port }: Omit<ValuePlace, 'run'>): Json {
	const values = nodeValues(run, node, frame);
	const stored = (side === 'input' ? values.inputs : values.outputs)[port];
	const value = stored && run.valueOf(stored);
	if (value === undefined)
		throw new ExpectedError('no-value', `There is no value at '${port}' of '${node}' in this run any more.`);
	return value;
}

function outputsOf(run: RunValues, node: NodeId, frame: FramePath, found: NodeRunState | undefined): Stored {
	const outputs = { ...found?.outputs };
	// A node that is held after it ran has not told its values yet.
	if (run.live && found?.state === 'paused') {
		for (const port of new Set(outgoing(run.flow, node).map(edge => edge.output))) {
			const value = run.live({ node, frame }, 'output', port);
			if (value !== undefined) outputs[port] ??= storedJson(value);
		}
	}
	return outputs;
}

function outgoing(flow: Flow, node: NodeId): readonly FlowEdge[] {
	return flow.edges.filter(edge => edge.from === node);
}

/** Journals hold what came out of nodes: what came in is read off the other end of each edge. */
function inputsOf(run: RunValues, node: NodeId, frame: FramePath): Stored {
	const inputs: Record<string, StoredValue> = {};
	const byPort = new Map<string, FlowEdge[]>();
	for (const edge of run.flow.edges) {
		if (edge.to === node) byPort.set(edge.input, [...(byPort.get(edge.input) ?? []), edge]);
	}
	for (const [port, edges] of byPort) {
		const now = run.live?.({ node, frame }, 'input', port);
		const set = run.changed?.get(inputKey({ node, frame }, port));
		if (set) inputs[port] = set;
		else if (now !== undefined) inputs[port] = storedJson(now);
		else {
			const [first, ...more] = edges.flatMap(edge => sourceValue(run, edge, node, frame) ?? []);
			if (!first) continue;
			// Several edges into one port give a list.
			const values = more.length > 0 ? [first, ...more].map(value => run.valueOf(value) ?? null) : undefined;
			inputs[port] = values ? storedJson(values) : first;
		}
	}
	return inputs;
}

function sourceValue(run: RunValues, edge: FlowEdge, node: NodeId, frame: FramePath): StoredValue | undefined {
	const container = run.flow.nodes[node]?.in;
	if (edge.from === container) return innerValue(run, container, edge.output, frame);
	return run.state.at({ node: edge.from, frame })?.outputs[edge.output];
}

const passNumber = /([^/]*?)(?:~\d+)?#(\d+)$/;

/** What a container gives into a pass: an entry of its list, and which one it is. */
function innerValue(run: RunValues, container: NodeId, port: string, frame: FramePath): StoredValue | undefined {
	const pass = passNumber.exec(frame);
	if (!pass) return undefined;
	const outer = frame.slice(0, pass.index).replace(/\/$/, '');
	const index = Number(pass[2]);
	if (port === 'index') return storedJson(index);
	const inputs = inputsOf(run, container, outer);
	if (port === 'input') return inputs['input'];
	const items = inputs['items'] && run.valueOf(inputs['items']);
	if (!Array.isArray(items)) return port === 'value' && index === 0 ? inputs['value'] : undefined;
	if (port === 'count') return storedJson(items.length);
	const item = (items as readonly Json[])[index];
	return port === 'item' && item !== undefined ? storedJson(item) : undefined;
}

/** Large values that are read for one search at most; the others are searched by their beginning. */
const mostBlobs = 200;

/** Nodes that hold the text in a value that came out of them, whatever the case of its letters. */
export function findInValues(run: RunValues, text: string): readonly NodeId[] {
	const wanted = text.toLowerCase();
	if (wanted === '') return [];
	const found = new Set<NodeId>();
	let blobs = 0;
	const holds = (stored: StoredValue): boolean => {
		if ('blob' in stored && (stored.preview.toLowerCase().includes(wanted) || ++blobs > mostBlobs))
			return stored.preview.toLowerCase().includes(wanted);
		return textOf(run.valueOf(stored)).toLowerCase().includes(wanted);
	};
	for (const each of run.state.nodes.values()) {
		if (!found.has(each.node) && Object.values(each.outputs).some(holds)) found.add(each.node);
	}
	return [...found];
}

/** A value as a person reads it: a text as it is, everything else as indented JSON. */
export function textOf(value: Json | undefined): string {
	if (value === undefined) return '';
	return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
