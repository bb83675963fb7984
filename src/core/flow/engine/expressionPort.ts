import type { Json } from '../../base/json';
import type { NodeId } from '../model/flow';
import type { NodeType, PortValues } from '../nodes/nodeType';

/** What expressions see. Values are looked up one by one, so that nothing is copied for a run of a node. */
export interface ExpressionScope {
	/** `input`: values at this node's ports. */
	readonly input: PortValues;
	/** `nodes.<id>`: outputs by port of a node that has ended; `undefined` when it did not run. */
	node(id: NodeId): PortValues | undefined;
	/** Every other name: `flow`, `item`, `index`, `count`, `value`, `run`, `now`; `undefined` when there is none. */
	name(name: string): Json | undefined;
}

/**
 * The `{{ }}` language, as the engine uses it. `type` says which parameters are raw (`ParamMeta.isRaw`): those are left as
 * they are by `resolve`, and what they name counts as a dependency all the same.
 */
export interface ExpressionEngine {
	/** Ids that the parameters read through `nodes.<id>`, without duplicates. Never throws: a wrong expression has none. */
	dependencies(params: Readonly<Record<string, Json>>, type: NodeType): readonly NodeId[];
	/** Whether `resolve` would change anything: the engine does without it otherwise. */
	hasExpressions(params: Readonly<Record<string, Json>>, type: NodeType): boolean;
	/** Parameters with the values of their expressions. Throws an `ExpectedError` that names the parameter. */
	resolve(
		params: Readonly<Record<string, Json>>,
		scope: ExpressionScope,
		type: NodeType,
	): Readonly<Record<string, Json>>;
	/**
	 * Values that raw parameters read beside the node's own ports, for the key of its cache; `null` when they read none.
	 * Names that only an item has (`item`, `index`, `count`) are no part of it: they come from the ports.
	 */
	outside?(params: Readonly<Record<string, Json>>, scope: ExpressionScope, type: NodeType): Json;
	/** One expression without braces: conditions of breakpoints and loops, raw parameters. Throws an `ExpectedError`. */
	evaluate(expression: string, scope: ExpressionScope): Json | undefined;
}
