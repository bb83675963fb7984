import type { ExecutionId } from '../../base/ids';
import type { Json } from '../../base/json';
import type { NanoDollars } from '../../base/money';
import type { NodeId } from '../model/flow';

/** `cached` and `pinned` are finished without having run; `skipped` was never needed. */
export type NodeState =
	| 'idle'
	| 'queued'
	| 'running'
	| 'waiting'
	| 'retrying'
	| 'paused'
	| 'succeeded'
	| 'failed'
	| 'stopped'
	| 'skipped'
	| 'cached'
	| 'pinned';

export type RunStatus = 'running' | 'paused' | 'waiting' | 'succeeded' | 'failed' | 'stopped' | 'interrupted';

/** A value of a port, or where it lies when it is large. `bytes` is the size of its JSON. */
export type StoredValue =
	| { readonly value: Json; readonly bytes: number }
	| { readonly blob: string; readonly bytes: number; /** The beginning, for previews. */ readonly preview: string };

/** Which pass through its containers a node's run belongs to: '' outside, `each#3`, `each#3/try#0`. */
export type FramePath = string;

/**
 * What a run tells whoever watches, in order; also the lines of its journal. Applying them one by one gives the run's
 * whole state: a replay, a resumed run and a live one differ in nothing else.
 */
export type RunEvent =
	| {
			readonly type: 'run.started';
			readonly execution: ExecutionId;
			/** SHA-256 of the canonical document that runs; the run keeps its own copy. */
			readonly flow: string;
			readonly inputs: Readonly<Record<string, Json>>;
			/** Nodes that will not run because an earlier result stands; told first, so that they are drawn grey at once. */
			readonly cached: readonly NodeId[];
	  }
	| { readonly type: 'node.started'; readonly node: NodeId; readonly frame: FramePath; readonly attempt: number }
	| { readonly type: 'node.progress'; readonly node: NodeId; readonly frame: FramePath; readonly text: string }
	| {
			readonly type: 'node.waiting';
			readonly node: NodeId;
			readonly frame: FramePath;
			readonly for: 'approval' | 'input' | 'breakpoint' | 'rerun';
	  }
	| {
			readonly type: 'node.ended';
			readonly node: NodeId;
			readonly frame: FramePath;
			readonly attempt: number;
			readonly state: Extract<NodeState, 'succeeded' | 'failed' | 'stopped' | 'skipped' | 'cached' | 'pinned'>;
			/** By port; a port that was not taken is absent. */
			readonly outputs: Readonly<Record<string, StoredValue>>;
			readonly error: string | null;
			/** Milliseconds of this attempt, waiting for a person included. */
			readonly durationMs: number;
			/** `null`: it used no model, or the price is unknown (`basis` in the ledger says which). */
			readonly cost: NanoDollars | null;
	  }
	| {
			readonly type: 'node.retrying';
			readonly node: NodeId;
			readonly frame: FramePath;
			readonly delayMs: number;
			readonly error: string;
	  }
	| { readonly type: 'run.log'; readonly node: NodeId | null; readonly text: string }
	| { readonly type: 'run.status'; readonly status: Extract<RunStatus, 'running' | 'paused' | 'waiting'> }
	| {
			readonly type: 'run.ended';
			readonly status: Extract<RunStatus, 'succeeded' | 'failed' | 'stopped'>;
			/** What the flow's output nodes received, by their names. */
			readonly outputs: Readonly<Record<string, StoredValue>>;
			readonly error: string | null;
	  };

/** Which part of a flow runs. */
export type RunScope =
	| { readonly kind: 'all' }
	| { readonly kind: 'toHere'; readonly node: NodeId }
	| { readonly kind: 'fromHere'; readonly node: NodeId }
	| { readonly kind: 'only'; readonly node: NodeId };

export interface Breakpoint {
	readonly node: NodeId;
	readonly when: 'before' | 'after' | 'error';
	/** An expression; the run stops only when it is true. */
	readonly condition?: string;
}
