import type { z } from 'zod';
import type { Json } from '../../base/json';
import type { Flow, NodeId, ValueKind } from '../model/flow';
import type { NodeContext } from './context';

/** A place where an edge begins or ends. */
export interface Port {
	/** `camelCase`, unique on its side of the node. */
	readonly name: string;
	readonly title: string;
	readonly kind: ValueKind;
	readonly description?: string;
	/** Of an input: without a value the document has a problem, and the run does not start. */
	readonly isRequired?: boolean;
	/** Of an input: takes several edges; the node gets a list in the order of their lines. */
	readonly isMany?: boolean;
	/**
	 * Of a container: on its inner side. An inner output (`item`) is where edges into the body begin, an inner input
	 * (`result`) is where the body's edges end.
	 */
	readonly isInner?: boolean;
}

export interface Ports {
	readonly inputs: readonly Port[];
	readonly outputs: readonly Port[];
}

/**
 * `pure`: the same inputs give the same outputs; answered from the cache. `reads`: looks at the world and may be run
 * again. `writes`: changes the world; after a crash in the middle it is run again only when a person says so.
 */
export type Effects = 'pure' | 'reads' | 'writes';

/**
 * What a node with several connected inputs waits for. `all`: until each has come or cannot come any more; it runs when
 * at least one came and no required port is left without a value. `any`: until one has come, and takes what is there
 * then. `first`: until one has come, and takes that one alone. `atLeast`: until so many edges have come. A node that
 * cannot get what it waits for is skipped.
 */
export type JoinPolicy = 'all' | 'any' | 'first' | { readonly atLeast: number };

export const nodeCategories = [
	'Triggers',
	'Flow',
	'Agents',
	'Control',
	'Data',
	'Text',
	'Files',
	'Git',
	'Network',
	'People',
	'Custom',
] as const;
export type NodeCategory = (typeof nodeCategories)[number];

/** What a container runs its body as; `engine/frames` has the code of each. */
export type ContainerKind = 'map' | 'forEach' | 'while' | 'try' | 'race';

/** Values by port. A port that is absent, or `undefined`, is not taken; `0`, `''`, `false` and `null` are values. */
export type PortValues = Readonly<Record<string, Json | undefined>>;

/**
 * A kind of node: one file in `nodes/<type>.ts`. Its form, its place in the palette, its help page, the document's JSON
 * schema and its docs come from what stands here.
 */
export interface NodeType<Params = unknown> {
	/** `http.request`. Never changes; what it means may, with a new `version`. */
	readonly type: string;
	readonly version: number;
	/** Of a custom node: the hash of its source. Results of another revision are not taken from the cache. */
	readonly revision?: string;
	readonly title: string;
	readonly category: NodeCategory;
	/** A codicon's name. */
	readonly icon: string;
	/** One line for the palette. */
	readonly summary: string;
	/** A paragraph of Markdown, with an example. */
	readonly help: string;
	/** Words of other tools for the same thing, for the palette's search: `Static Text`, `No Op`. */
	readonly aliases?: readonly string[];
	/**
	 * An object schema; every key has a default or is optional unless the node cannot run without it. `.meta()` carries
	 * `title`, `description` and `widget` (see `ParamMeta`).
	 */
	readonly params: z.ZodType<Params>;
	/** Fixed, or made from the parameters (cases of a switch, inputs of a sub-flow). Never throws. */
	readonly ports: Ports | ((params: Partial<Params>, world: PortWorld) => Ports);
	readonly effects: Effects;
	/** Default: `all`. */
	readonly join?: JoinPolicy | ((params: Params) => JoinPolicy);
	/** It begins a run: it has no inputs, and its outputs are what started the run. */
	readonly isTrigger?: boolean;
	/** Flows that have it are read, drawn and kept, but it is not offered for new ones: nothing would start or run it. */
	readonly isOffered?: false;
	/** What it gives at its first output (or, without one, gets at its first input) is an output of the flow, by its parameter `name`. */
	readonly isOutput?: boolean;
	/** Only for people; the engine does not see it. */
	readonly isNote?: boolean;
	/** Of one that `writes`: running it twice does no harm, so a run that was killed runs it again without asking. */
	readonly isIdempotent?: boolean | ((params: Params) => boolean);
	readonly container?: ContainerKind;
	/** Running nodes of this type at once, in one run. */
	readonly concurrency?: number;
	/** What is allowed and probably not meant, of parameters that fit. */
	readonly doubts?: (params: Params) => readonly { readonly param: string; readonly message: string }[];
	/** Lifts parameters of an earlier version. */
	readonly migrate?: (params: Readonly<Record<string, Json>>, from: number) => Readonly<Record<string, Json>>;
	/**
	 * Runs once, with expressions in the parameters already replaced. Containers, triggers and notes have none. Throws an
	 * `ExpectedError` with a sentence for what went wrong; an aborted `context.signal` ends it at once.
	 */
	readonly run?: (inputs: PortValues, params: Params, context: NodeContext) => Promise<PortValues> | PortValues;
}

/** What ports may depend on beside the node's own parameters. */
export interface PortWorld {
	/** The flow that a path names, for sub-flows; `undefined` when it cannot be read. */
	readonly flow: (path: string) => Flow | undefined;
	/** JSON schema of a tool's input, for tool nodes. */
	readonly tool: (name: string) => Readonly<Record<string, unknown>> | undefined;
}

/** How a parameter is edited, in the schema's `.meta({ … })`. */
export interface ParamMeta {
	readonly title?: string;
	readonly description?: string;
	readonly widget?:
		| 'multiline'
		| 'code'
		| 'model'
		| 'tool'
		| 'tools'
		| 'secret'
		| 'path'
		| 'paths'
		| 'flow'
		| 'schema'
		| 'duration'
		| 'expression';
	/** For `code`: the language. */
	readonly language?: string;
	/** Not shown until the user asks for more. */
	readonly isAdvanced?: boolean;
	/** Expressions are not replaced: the node evaluates the text itself, for each item or not at all. */
	readonly isRaw?: boolean;
}

/** Checks a literal with the type of its parameters. To all others a node's parameters are unknown. */
export function defineNode<Params>(type: NodeType<Params>): NodeType {
	return type as unknown as NodeType;
}

/** The node types that a flow may use, by name. Custom nodes come and go with their files. */
export interface NodeCatalog {
	/** By `type` or `type@version`. */
	find(type: string): NodeType | undefined;
	list(): readonly NodeType[];
}

/** A node that waits for a person, in events and views. */
export interface NodeWait {
	readonly node: NodeId;
	readonly kind: 'approval' | 'input' | 'breakpoint' | 'rerun';
}
