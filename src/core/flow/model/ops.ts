import type { Json } from '../../base/json';
import type { FlowEdge, FlowGroup, FlowInput, FlowLimits, FlowNode, NodeId, Position } from './flow';

/**
 * One change of a flow. Page and host exchange batches of these, one batch a gesture; both apply them to the same model
 * with `applyOps`. An operation names what it changes completely, so that it can be applied to a flow that has changed
 * meanwhile: what is gone already is skipped, never an error.
 */
export type FlowOp =
	/** Skipped when the id is taken. */
	| { readonly op: 'addNode'; readonly id: NodeId; readonly node: FlowNode; readonly at?: Position }
	/** Its edges, its place and its membership of groups go with it; nodes inside a container stay, in what it was in. */
	| { readonly op: 'removeNode'; readonly id: NodeId }
	/** Replaces one key of a node; `null` takes it away. `params` is set by `setParam`. */
	| {
			readonly op: 'setNode';
			readonly id: NodeId;
			readonly key: Exclude<keyof FlowNode, 'params'>;
			readonly value: Json;
	  }
	/** `null` removes the parameter, which then has its type's default. */
	| { readonly op: 'setParam'; readonly id: NodeId; readonly name: string; readonly value: Json }
	/** `null` forgets a place. */
	| { readonly op: 'move'; readonly places: Readonly<Record<NodeId, Position | null>> }
	| { readonly op: 'addEdge'; readonly edge: FlowEdge }
	| { readonly op: 'removeEdge'; readonly edge: FlowEdge }
	/** `null` removes the group, not its nodes. */
	| { readonly op: 'setGroup'; readonly id: string; readonly group: FlowGroup | null }
	| { readonly op: 'setInput'; readonly name: string; readonly input: FlowInput | null }
	/** What is absent stays. An empty `description` takes it away; `limits` and `unknown` are replaced whole. */
	| {
			readonly op: 'setFlow';
			readonly id?: string;
			readonly name?: string;
			readonly description?: string;
			readonly limits?: FlowLimits;
			readonly unknown?: Readonly<Record<string, Json>>;
	  };
