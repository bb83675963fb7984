import type { Json } from '../../../base/json';
import { problemsOf, referencesOf } from '../../expressions/references';
import type { References, TextProblem } from '../../expressions/references';
import { expressionTexts } from '../../expressions/resolve';
import type { TextMode } from '../../expressions/resolve';
import { modesOf } from '../../nodes/paramMeta';
import type { NodeType, Ports, PortWorld } from '../../nodes/nodeType';
import type { FlowNode, NodeId } from '../flow';
import type { FlowProblem, JsonPath } from '../problem';
import { checkParams } from './params';

/** A text of the parameters with what its expressions name. */
export interface ExpressionText {
	readonly text: string;
	readonly mode: TextMode;
	readonly path: JsonPath;
	readonly references: References;
	readonly problems: readonly TextProblem[];
}

/** What a node says by itself, whatever stands around it. */
export interface NodeFacts {
	readonly id: NodeId;
	readonly type: NodeType;
	/** In the form of the type's own version. */
	readonly params: Readonly<Record<string, Json>>;
	readonly problems: readonly FlowProblem[];
	readonly texts: readonly ExpressionText[];
	/** `undefined`: they depend on what is around. */
	readonly ports: Ports | undefined;
}

export const noPorts: Ports = { inputs: [], outputs: [] };

const known = new WeakMap<FlowNode, NodeFacts>();

/** Nodes are values: one that did not change since the last time is not looked at again. */
export function factsOf(id: NodeId, node: FlowNode, type: NodeType, version: number): NodeFacts {
	const before = known.get(node);
	if (before?.id === id && before.type === type) return before;
	const params = newestParams(node, type, version);
	const facts: NodeFacts = {
		id,
		type,
		params,
		problems: checkParams(id, type, params, params !== node.params && node.params !== undefined),
		texts: type.isNote ? [] : textsOf(params, type),
		ports: fixedPorts(type, params),
	};
	known.set(node, facts);
	return facts;
}

/** Parameters in the form of the type's own version. */
export function newestParams(node: FlowNode, type: NodeType, version: number): Readonly<Record<string, Json>> {
	const params = node.params ?? {};
	if (!type.migrate || version >= type.version) return params;
	try {
		return type.migrate(params, version);
	} catch {
		// Parameters of a kind that no version had: the checks of the schema say what is wrong with them.
		return params;
	}
}

function textsOf(params: Readonly<Record<string, Json>>, type: NodeType): readonly ExpressionText[] {
	const texts: ExpressionText[] = [];
	for (const { text, mode, path } of expressionTexts(params, modesOf(type))) {
		// A raw text may hold names that only its node knows; what it reads of other nodes counts all the same.
		const problems = mode === 'raw' ? [] : problemsOf(text, mode);
		texts.push({ text, mode, path, references: referencesOf(text, mode), problems });
	}
	return texts;
}

function fixedPorts(type: NodeType, params: Readonly<Record<string, Json>>): Ports | undefined {
	if (typeof type.ports !== 'function') return type.ports;
	// Ports that ask for the world are made each time: a sub-flow or a tool may have changed.
	return type.ports.length >= 2 ? undefined : madePorts(type.ports, params, nowhere);
}

const nowhere: PortWorld = { flow: () => undefined, tool: () => undefined };

/** Ports that depend on parameters. */
export function madePorts(
	make: Extract<NodeType['ports'], (...args: never) => unknown>,
	params: Readonly<Record<string, Json>>,
	world: PortWorld,
): Ports {
	try {
		return make(params, world);
	} catch {
		// A type promises not to throw; one from a file of the workspace may do so all the same.
		return noPorts;
	}
}
