import type { Json } from '../../base/json';
import type { Flow, FlowNode, NodeId } from '../model/flow';
import type { ContainerKind, Effects, NodeType } from '../nodes/nodeType';

/** Something that keeps a flow from running, or that will surprise whoever runs it. */
export interface CompileProblem {
	readonly code:
		| 'unknown-type'
		| 'newer-type'
		| 'params'
		| 'container'
		| 'cycle'
		| 'missing-node'
		| 'unknown-port'
		| 'missing-input'
		| 'scope';
	/** A sentence. */
	readonly message: string;
	readonly node?: NodeId;
	/** `edgeText` of the edge. */
	readonly edge?: string;
}

/** One input port of a node, with where its edges are. */
export interface InputSlot {
	readonly port: string;
	readonly isMany: boolean;
	readonly isRequired: boolean;
	/** Whether any edge ends here. */
	readonly isConnected: boolean;
}

export const joinAll = 0;
export const joinAny = 1;
export const joinFirst = 2;
export const joinAtLeast = 3;

/** A node, ready to be run any number of times. */
export interface CompiledNode {
	/** In `CompiledFlow.nodes`. */
	readonly index: number;
	readonly id: NodeId;
	/** `JSON.stringify(id)`, for the journal's lines. */
	readonly idText: string;
	readonly node: FlowNode;
	readonly type: NodeType;
	/** Index of the body that it stands in, and its place there. */
	readonly body: number;
	readonly local: number;
	/** Index of its own body; -1 for all but containers. */
	readonly inner: number;
	readonly container: ContainerKind | null;
	readonly effects: Effects;
	/** Without those that are not set; migrated to the type's version. */
	readonly params: Readonly<Record<string, Json>>;
	/** Checked and with defaults, when there are no expressions; `undefined` otherwise. */
	readonly fixedParams: unknown;
	readonly slots: readonly InputSlot[];
	readonly join: number;
	/** How many edges `joinAtLeast` waits for. */
	readonly joinCount: number;
	/** The port that a bypass gives its first input to; `null` when there is none. */
	readonly firstOutput: string | null;
	/** Output ports of the outer side, for triggers and reports. */
	readonly outputPorts: readonly string[];
	/** For the limit of a type. */
	readonly typeIndex: number;
	/** Answered from the cache when there is one. */
	readonly isCached: boolean;
	/** Safe to run twice although it writes. */
	readonly isIdempotent: boolean;
	/** Name of the flow's output that it gives; `null` for others. */
	readonly outputName: string | null;
	/** No value edges end here: what it names in expressions then decides whether it runs. */
	readonly hangsOnReads: boolean;
}

/** Where an edge begins. */
export const fromEntry = -1;
export const fromOuter = -2;
/** Where an edge ends, beside a node. */
export const toExit = -1;

/**
 * The nodes that stand directly in one container (or in none), and the edges between them, as arrays. An edge carries a
 * value, or only an order: the target reads the source in an expression.
 */
export interface Body {
	readonly index: number;
	/** The container; `null` for the flow itself. */
	readonly owner: CompiledNode | null;
	readonly nodes: readonly CompiledNode[];
	readonly edgeCount: number;
	/** Local index, `fromEntry` (the container's inner side) or `fromOuter` (a node outside of the container). */
	readonly edgeFrom: Int32Array;
	/** Local index or `toExit`. */
	readonly edgeTo: Int32Array;
	/** Output port; '' for an edge that is only an order. */
	readonly edgePort: readonly string[];
	/** Index into `slots` of the target, or into `exits`; -1 for an order. */
	readonly edgeSlot: Int32Array;
	/** Index in `CompiledFlow.nodes` of the source, for `fromOuter`. */
	readonly edgeOuter: Int32Array;
	/** Edges out of node `i`: `outEdges[outStart[i] … outStart[i + 1])`. */
	readonly outStart: Int32Array;
	readonly outEdges: Int32Array;
	/** Edges into node `i`, by slot and then in the order of their lines. */
	readonly inStart: Int32Array;
	readonly inEdges: Int32Array;
	/** Edges from the container's inner side and from outside of it. */
	readonly entryEdges: Int32Array;
	/** Edges into the container's inner side, in the order of their lines. */
	readonly exitEdges: Int32Array;
	/** Inner input ports of the container. */
	readonly exits: readonly string[];
	/** Local indices so that every edge goes forward. */
	readonly order: Int32Array;
}

/** A flow as arrays. It never changes, and any number of runs share it. */
export interface CompiledFlow {
	readonly flow: Flow;
	readonly nodes: readonly CompiledNode[];
	readonly byId: ReadonlyMap<NodeId, CompiledNode>;
	/** The first is the flow itself. */
	readonly bodies: readonly Body[];
	/** `type@version`, and how many may run at once (`Infinity` without a limit), by `typeIndex`. */
	readonly types: readonly { readonly name: string; readonly concurrency: number }[];
	/** Empty when it can run. */
	readonly problems: readonly CompileProblem[];
}
