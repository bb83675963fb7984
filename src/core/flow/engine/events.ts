import type { ExecutionId } from '../../base/ids';
import type { Json } from '../../base/json';
import type { CostBasis, NanoDollars } from '../../base/money';
import type { Usage } from '../../ledger/events';
import type { QuestionView } from '../../safety/approval';
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

/**
 * Which pass through its containers a node's run belongs to: '' outside, `each#3`, `each#3/try#0`. A sub-flow's nodes
 * stand in `call#0`, where `call` is the node that runs the sub-flow. The second attempt of a container is `each~2#3`.
 */
export type FramePath = string;

/** One run of one node. */
export interface NodePlace {
	readonly node: NodeId;
	readonly frame: FramePath;
}

/** What a node waits for. `rerun`: it was running when the program was killed, and may have done its work already. */
export type WaitKind = 'approval' | 'input' | 'breakpoint' | 'rerun';

/** What the run may not pass, in warnings and errors. */
export type CapName = 'steps' | 'time' | 'tokens' | 'money';

/** What a waiting node asks a person. `FlowRun.answer` names it by `id`. */
export interface WaitDetail {
	/** Unique in the run, and the same after a resume. */
	readonly id: string;
	readonly title: string;
	readonly detail: string;
	readonly questions: readonly QuestionView[];
	/** Milliseconds since 1970 at which the wait is over; `null`: never. */
	readonly until: number | null;
}

/**
 * What a run tells whoever watches, in order; also the lines of its journal. Applying them one by one gives the run's
 * whole state: a replay, a resumed run and a live one differ in nothing else. `node.progress` is not kept, nor is
 * `node.started` of a node that changes nothing: what ended without having started began when it ended.
 */
export type RunEvent =
	| {
			readonly type: 'run.started';
			readonly execution: ExecutionId;
			/** SHA-256 of the document that runs; the run keeps its own copy. */
			readonly flow: string;
			readonly inputs: Readonly<Record<string, Json>>;
			/** Nodes that will not run because an earlier result stands; told first, so that they are drawn grey at once. */
			readonly cached: readonly NodeId[];
			readonly scope: RunScope;
	  }
	/** A run that was interrupted goes on; `finished` node runs stand in its journal. */
	| { readonly type: 'run.resumed'; readonly finished: number }
	| { readonly type: 'node.started'; readonly node: NodeId; readonly frame: FramePath; readonly attempt: number }
	| { readonly type: 'node.progress'; readonly node: NodeId; readonly frame: FramePath; readonly text: string }
	| {
			readonly type: 'node.waiting';
			readonly node: NodeId;
			readonly frame: FramePath;
			readonly for: WaitKind;
			/** Of a breakpoint: where in the node's run it stands. */
			readonly when?: Breakpoint['when'];
			/** Of the others: what is asked. */
			readonly ask?: WaitDetail;
	  }
	/** The wait is over. A node that waited before it began is `queued` again. */
	| {
			readonly type: 'node.continued';
			readonly node: NodeId;
			readonly frame: FramePath;
			readonly state: 'running' | 'queued';
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
			/** The attempt that failed. */
			readonly attempt: number;
			readonly delayMs: number;
			readonly error: string;
			readonly durationMs: number;
			readonly cost: NanoDollars | null;
	  }
	| { readonly type: 'run.log'; readonly node: NodeId | null; readonly frame?: FramePath; readonly text: string }
	/** What one call of a model used. */
	| {
			readonly type: 'run.usage';
			readonly place: NodePlace;
			readonly provider: string;
			readonly model: string;
			readonly usage: Usage;
			readonly cost: NanoDollars | null;
			readonly basis: CostBasis;
	  }
	/** A node calls a tool, a model or an agent; told when it begins and again when it ended. */
	| {
			readonly type: 'run.call';
			readonly place: NodePlace;
			readonly attempt: number;
			/** Unique in the run. */
			readonly call: string;
			readonly kind: 'tool' | 'model' | 'agent';
			readonly name: string;
			/** One line: the command, the path, the prompt's beginning. */
			readonly title: string;
			readonly status: 'running' | 'succeeded' | 'failed' | 'refused' | 'stopped';
			readonly usage: Usage | null;
			readonly cost: NanoDollars | null;
	  }
	/** 80 % of a cap are used, or `note` says why a cap cannot be held. */
	| {
			readonly type: 'run.warning';
			readonly cap: CapName;
			readonly used: number;
			readonly limit: number;
			readonly note?: string;
	  }
	/** A person changed a value while the run was paused. */
	| {
			readonly type: 'run.valueSet';
			readonly place: NodePlace;
			readonly side: 'input' | 'output';
			readonly port: string;
			readonly value: StoredValue;
	  }
	| { readonly type: 'run.breakpoints'; readonly breakpoints: readonly Breakpoint[] }
	/** A node was given a secret. Its value stands nowhere: where it would, `«secret:NAME»` does. */
	| { readonly type: 'run.secret'; readonly name: string }
	/** A sub-flow was read. The run keeps what it read. */
	| {
			readonly type: 'run.flow';
			readonly path: string;
			/** SHA-256 of the canonical document. */
			readonly flow: string;
			readonly document: StoredValue;
	  }
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
	/** Path of the sub-flow that the node stands in, as the node that runs it names it; absent: the flow itself. */
	readonly flow?: string;
}
