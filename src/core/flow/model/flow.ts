import type { Json } from '../../base/json';

/** The version of the document's format that this code writes. */
export const flowFormat = 1;

/** A readable slug that never changes: `fetch-diff` (see `slugs.ts`). Renaming a node changes its `name` only. */
export type NodeId = string;

/** What a port or an input of a flow carries. `any` fits every other kind. */
export const valueKinds = ['any', 'text', 'number', 'boolean', 'object', 'list', 'file', 'image'] as const;
export type ValueKind = (typeof valueKinds)[number];

/** What a run is given, and what a caller of the flow fills in. */
export interface FlowInput {
	readonly type: ValueKind;
	readonly description?: string;
	/** Absent: the input is required. */
	readonly default?: Json;
}

/** How often and how a node is tried again. Absent: once. */
export interface RetryPolicy {
	/** Attempts beside the first. */
	readonly max: number;
	readonly backoff?: 'fixed' | 'exponential';
	/** Milliseconds before the second attempt; a server's `Retry-After` wins. */
	readonly delayMs?: number;
}

/** What happens when the last attempt failed: the run fails, the port `error` is taken, or `value` stands in. */
export type ErrorPolicy = 'stop' | 'branch' | { readonly value: Readonly<Record<string, Json>> };

/** A node as the document holds it. Only what differs from its type's defaults. */
export interface FlowNode {
	/** Type and version: `http.request@1`. */
	readonly type: string;
	/** What people read; absent: the type's title. */
	readonly name?: string;
	/** Parameters by name; one that is `null` is not set. A text may hold expressions: `{{ nodes.fetch.body }}`. */
	readonly params?: Readonly<Record<string, Json>>;
	/** The container that the node stands in (`map`, `while`, `try`, …). */
	readonly in?: NodeId;
	readonly retry?: RetryPolicy;
	/** Milliseconds for one attempt. */
	readonly timeoutMs?: number;
	readonly onError?: ErrorPolicy;
	/** `mute`: neither it nor what depends on it alone runs. `bypass`: its first input is its first output. */
	readonly skip?: 'mute' | 'bypass';
	/** `false`: never answered from the cache; `true`: cached although its type says it reads the world. */
	readonly cache?: boolean;
	/** For people who read the graph. */
	readonly note?: string;
	/** What an import kept of the original, verbatim, by the name of the system: `{ n8n: { … } }`. */
	readonly origin?: Readonly<Record<string, Json>>;
	/** Keys of a newer format, which are kept and written back. */
	readonly unknown?: Readonly<Record<string, Json>>;
}

/** From an output port to an input port. One line in the document: `fetch.body -> review.input`. */
export interface FlowEdge {
	readonly from: NodeId;
	readonly output: string;
	readonly to: NodeId;
	readonly input: string;
}

export const groupColours = ['red', 'orange', 'yellow', 'green', 'blue', 'purple'] as const;

/** A coloured frame around nodes, for people only. */
export interface FlowGroup {
	readonly name: string;
	readonly nodes: readonly NodeId[];
	readonly color?: (typeof groupColours)[number];
}

/** Upper bounds of one run. Absent: the engine's default (`engine/limits.ts`); they are shown before they bite. */
export interface FlowLimits {
	readonly maxSteps?: number;
	readonly maxMinutes?: number;
	readonly maxTokens?: number;
	readonly maxCostUsd?: number;
	/** Nodes that run at once. */
	readonly concurrency?: number;
}

/** Pixels, on a grid of 8 (`normalise.ts`). */
export interface Position {
	readonly x: number;
	readonly y: number;
	/** Of containers and notes, which can be resized. */
	readonly width?: number;
	readonly height?: number;
}

/**
 * A flow, as every part of the program sees it: parsed, of the newest format, not yet checked against the node types.
 * It is a value: operations (`ops.ts`) make a new one and share what did not change.
 */
export interface Flow {
	/** Slug of the flow; its file's name may differ. */
	readonly id: string;
	readonly name: string;
	readonly description?: string;
	readonly inputs: Readonly<Record<string, FlowInput>>;
	readonly limits: FlowLimits;
	readonly nodes: Readonly<Record<NodeId, FlowNode>>;
	/** Without duplicates, sorted by their lines. */
	readonly edges: readonly FlowEdge[];
	readonly groups: Readonly<Record<string, FlowGroup>>;
	/** A node without a place is put somewhere by whoever draws it. */
	readonly layout: Readonly<Record<NodeId, Position>>;
	/** Keys of a newer format, which are kept and written back. */
	readonly unknown?: Readonly<Record<string, Json>>;
}

/** The edge's line: also its identity. */
export function edgeText({ from, output, to, input }: FlowEdge): string {
	return `${from}.${output} -> ${to}.${input}`;
}

/** A flow with nothing in it. */
export function emptyFlow(id: string, name: string): Flow {
	return { id, name, inputs: {}, limits: {}, nodes: {}, edges: [], groups: {}, layout: {} };
}
