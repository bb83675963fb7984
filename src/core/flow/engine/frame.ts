import type { Json } from '../../base/json';
import type { PortValues } from '../nodes/nodeType';
import { fromEntry, joinAll, joinFirst, toExit, type Body, type CompiledNode } from './compiled';
import type { FramePath } from './events';
import type { FlowInstance } from './instance';
import { stateDone, stateIdle, stateOff, stateReady, stateSkipped } from './plan';

const edgeTaken = 1;
const edgeSkipped = 2;

/** What a frame tells whoever schedules. */
export interface FrameSink {
	/** All that the node waits for is there. */
	ready(frame: Frame, local: number): void;
	/** Nothing that the node waits for can come any more. */
	skipped(frame: Frame, local: number): void;
	/** A value has come to the container's inner side. */
	exit(frame: Frame, edge: number): void;
	/** Every node has ended or was skipped. */
	done(frame: Frame): void;
}

/** One pass through a body: the flow itself, one item of a map, one turn of a loop, or a sub-flow that was called. */
export class Frame {
	readonly instance: FlowInstance;
	readonly body: Body;
	readonly path: FramePath;
	/** The frame that the container stands in; of a sub-flow, the one that its caller stands in. */
	readonly parent: Frame | null;
	/** What the container's inner outputs have. */
	readonly entry: PortValues;
	/** Called once, when all has ended (`null`) or one of its nodes failed. */
	readonly onEnd: (error: unknown) => void;
	/** An exit was reached; for races. */
	onExit: ((edge: number) => void) | undefined;
	/** What runs or waits in it, and can be aborted. */
	readonly calls = new Set<{ abort(): void }>();
	readonly outputs: (PortValues | undefined)[];
	/** Outputs of the flow, where this is its first frame. */
	readonly results: Record<string, Json> = {};
	readonly #sink: FrameSink;
	readonly #states: Uint8Array;
	readonly #edges: Uint8Array;
	readonly #pending: Int32Array;
	readonly #taken: Int32Array;
	readonly #first = new Map<number, number>();
	readonly #toSkip: number[] = [];
	#remaining: number;
	#isStarting = false;
	isOver = false;

	constructor(
		instance: FlowInstance,
		body: Body,
		place: { readonly path: FramePath; readonly parent: Frame | null; readonly entry: PortValues },
		sink: FrameSink,
		onEnd: (error: unknown) => void,
	) {
		const start = instance.plan.starts[body.index]!;
		this.instance = instance;
		this.body = body;
		this.path = place.path;
		this.parent = place.parent;
		this.entry = place.entry;
		this.onEnd = onEnd;
		this.#sink = sink;
		this.#states = start.states.slice();
		this.#pending = start.pending.slice();
		this.#edges = new Uint8Array(body.edgeCount);
		this.#taken = new Int32Array(body.nodes.length);
		this.#remaining = start.count;
		this.outputs = Array.from({ length: body.nodes.length });
	}

	/** Lets everything begin that waits for nothing inside. @param given settles a node that has its value or never runs */
	start(given: (frame: Frame, local: number) => boolean): void {
		const { body } = this;
		this.#isStarting = true;
		// What has its value already goes first: an edge must not make it run.
		const free = [...this.instance.plan.starts[body.index]!.first].filter(local => !given(this, local));
		for (const edge of body.entryEdges) this.#arrive(edge, this.#isThere(edge));
		for (const local of free) {
			if (this.#states[local] !== stateIdle) continue;
			this.#states[local] = stateReady;
			this.#sink.ready(this, local);
		}
		this.#isStarting = false;
		this.#skipAll();
	}

	stateOf(local: number): number {
		return this.#states[local]!;
	}

	/** A node has ended with these values; what depends on it alone may begin or is skipped. */
	settle(local: number, values: PortValues): void {
		this.#close(local, values);
		this.#skipAll();
	}

	/** A node will not run, or failed where that ends nothing else. */
	skip(local: number): void {
		this.#close(local, null);
		this.#skipAll();
	}

	/** Values at a node's ports. */
	inputsOf(local: number): Record<string, Json> {
		const { body } = this;
		const { slots } = body.nodes[local]!;
		const only = this.#first.get(local);
		const inputs: Record<string, Json> = {};
		for (let at = body.inStart[local]!; at < body.inStart[local + 1]!; at++) {
			const edge = body.inEdges[at]!;
			const slot = slots[body.edgeSlot[edge]!];
			if (!slot || this.#edges[edge] !== edgeTaken || (only !== undefined && only !== edge)) continue;
			const value = this.valueOf(edge);
			if (value === undefined) continue;
			// `null` is a value: the first line that was taken counts.
			if (!slot.isMany) {
				if (inputs[slot.port] === undefined) inputs[slot.port] = value;
			} else ((inputs[slot.port] as Json[] | undefined) ?? (inputs[slot.port] = [])).push(value);
		}
		return inputs;
	}

	/** What came to an inner input of the container: by the first of its lines that was taken. */
	exitValue(port: string): Json | undefined {
		const slot = this.body.exits.indexOf(port);
		for (const edge of this.body.exitEdges) {
			if (this.body.edgeSlot[edge] !== slot) continue;
			const value = this.#isThere(edge) ? this.valueOf(edge) : undefined;
			if (value !== undefined) return value;
		}
		return undefined;
	}

	/** The value that an edge carries. */
	valueOf(edge: number): Json | undefined {
		const from = this.body.edgeFrom[edge]!;
		const port = this.body.edgePort[edge]!;
		if (from >= 0) return this.outputs[from]?.[port];
		if (from === fromEntry) return this.entry[port];
		return this.#outerValues(this.instance.compiled.nodes[this.body.edgeOuter[edge]!]!)?.[port];
	}

	/** Outputs of a node of this flow, as seen from here; `undefined` when it did not run or is not to be seen. */
	valuesOf(node: CompiledNode): PortValues | undefined {
		return frameAround(this, frame => frame.body.index === node.body)?.outputs[node.local];
	}

	/** Takes another value for an output while the run is paused. */
	setOutput(local: number, port: string, value: Json): boolean {
		const values = this.outputs[local];
		if (!values || this.#states[local] !== stateDone) return false;
		this.outputs[local] = { ...values, [port]: value };
		return true;
	}

	/** Of a node outside of the container, or of a container that this stands in: then its inner side. */
	#outerValues(node: CompiledNode): PortValues | undefined {
		const frame = frameAround(this, ({ body }) => body.owner === node || body.index === node.body);
		return frame?.body.owner === node ? frame.entry : frame?.outputs[node.local];
	}

	#isThere(edge: number): boolean {
		if (this.body.edgeFrom[edge]! >= 0) return this.#edges[edge] === edgeTaken;
		if (this.body.edgePort[edge] !== '') return this.valueOf(edge) !== undefined;
		return this.#outerValues(this.instance.compiled.nodes[this.body.edgeOuter[edge]!]!) !== undefined;
	}

	#close(local: number, values: PortValues | null): void {
		const { outStart, outEdges, edgePort } = this.body;
		this.#states[local] = values === null ? stateSkipped : stateDone;
		this.outputs[local] = values ?? undefined;
		this.#remaining--;
		for (let out = outStart[local]!; out < outStart[local + 1]!; out++) {
			const edge = outEdges[out]!;
			const port = edgePort[edge]!;
			this.#arrive(edge, values !== null && (port === '' || values[port] !== undefined));
		}
	}

	#arrive(edge: number, isTaken: boolean): void {
		const { edgeTo, edgeSlot, nodes } = this.body;
		this.#edges[edge] = isTaken ? edgeTaken : edgeSkipped;
		const to = edgeTo[edge]!;
		if (to === toExit) {
			if (isTaken) this.#sink.exit(this, edge);
			return;
		}
		this.#pending[to]!--;
		const node = nodes[to]!;
		if (isTaken && (edgeSlot[edge]! >= 0 || node.hangsOnReads)) {
			if (++this.#taken[to]! === 1 && node.join === joinFirst) this.#first.set(to, edge);
		}
		if (this.#states[to] !== stateIdle) return;
		const verdict = this.#verdict(to, node);
		if (verdict === undefined) return;
		if (verdict) {
			this.#states[to] = stateReady;
			this.#sink.ready(this, to);
		} else {
			this.#states[to] = stateSkipped;
			this.#toSkip.push(to);
		}
	}

	/** Whether a node runs (`true`), never will (`false`), or has to wait. */
	#verdict(local: number, node: CompiledNode): boolean | undefined {
		const pending = this.#pending[local]!;
		const taken = this.#taken[local]!;
		if (node.join === joinAll) return pending > 0 ? undefined : taken > 0 && this.#hasRequired(local, node);
		if (taken >= node.joinCount) return pending === 0 || !this.#waitsForReads(local) ? true : undefined;
		return pending === 0 ? false : undefined;
	}

	#hasRequired(local: number, node: CompiledNode): boolean {
		// The common case: everything has come.
		if (this.#taken[local] === this.body.inStart[local + 1]! - this.body.inStart[local]!) return true;
		for (const [index, slot] of node.slots.entries()) {
			if (!slot.isRequired || !slot.isConnected) continue;
			if (!this.#someEdge(local, edge => this.body.edgeSlot[edge] === index && this.#edges[edge] === edgeTaken))
				return false;
		}
		return true;
	}

	#waitsForReads(local: number): boolean {
		const { edgeSlot, edgeFrom } = this.body;
		return this.#someEdge(local, edge => {
			const from = edgeFrom[edge]!;
			return edgeSlot[edge]! < 0 && this.#edges[edge] === 0 && !(from >= 0 && this.#states[from] === stateOff);
		});
	}

	#someEdge(local: number, test: (edge: number) => boolean): boolean {
		const { inStart, inEdges } = this.body;
		for (let at = inStart[local]!; at < inStart[local + 1]!; at++) if (test(inEdges[at]!)) return true;
		return false;
	}

	#skipAll(): void {
		if (this.#isStarting) return;
		for (let local = this.#toSkip.pop(); local !== undefined; local = this.#toSkip.pop()) {
			this.#close(local, null);
			this.#sink.skipped(this, local);
		}
		if (this.#remaining === 0 && !this.isOver) this.#sink.done(this);
	}
}

/** The innermost frame of the same flow, from `start` outwards, that fits. */
function frameAround(start: Frame, fits: (frame: Frame) => boolean): Frame | undefined {
	for (let frame: Frame | null = start; frame?.instance === start.instance; frame = frame.parent)
		if (fits(frame)) return frame;
	return undefined;
}
