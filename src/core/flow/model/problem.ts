import type { FlowEdge, NodeId } from './flow';
import type { FlowOp } from './ops';

/** Keys and indices from the document's root. */
export type JsonPath = readonly (string | number)[];

/** A stretch of a text. Lines and columns count from 0 as in VS Code; columns are UTF-16 units. */
export interface TextRange {
	readonly offset: number;
	readonly length: number;
	readonly line: number;
	readonly column: number;
	readonly endLine: number;
	readonly endColumn: number;
}

/** Something that a click mends. */
export interface FlowFix {
	readonly title: string;
	readonly ops: readonly FlowOp[];
}

export type Severity = 'error' | 'warning' | 'hint';

/** Why a text is no flow, or what of its shape is doubtful. */
export type ShapeCode =
	| 'syntax'
	| 'comment'
	| 'too-large'
	| 'too-deep'
	| 'duplicate-key'
	| 'duplicate-edge'
	| 'future-format'
	| 'no-format'
	| 'bad-shape'
	| 'bad-id'
	| 'bad-edge'
	| 'unknown-key'
	| 'orphan-layout';

/** What is wrong with a flow that could be read. */
export type CheckCode =
	| 'unknown-type'
	| 'unknown-version'
	| 'old-version'
	| 'custom-node'
	| 'unknown-param'
	| 'bad-param'
	| 'missing-param'
	| 'missing-input'
	| 'unknown-node'
	| 'unknown-port'
	| 'kind-mismatch'
	| 'many-edges'
	| 'cycle'
	| 'crosses-container'
	| 'bad-container'
	| 'unreachable'
	| 'bad-expression'
	| 'unknown-reference'
	| 'late-reference'
	| 'unbound-secret'
	| 'bad-limit'
	| 'bad-input'
	| 'bad-group'
	| 'no-branch'
	| 'more-problems';

/** One thing to mend. `error` keeps the flow from running, or the text from being a flow. */
export interface FlowProblem {
	readonly code: ShapeCode | CheckCode;
	readonly severity: Severity;
	/** A sentence: what is wrong, where, and what to do. */
	readonly message: string;
	/** Where in the document; `locateProblems` makes a range of it. */
	readonly path: JsonPath;
	/** The key of the last step of `path` is meant, not its value. */
	readonly isKey?: boolean;
	readonly range?: TextRange;
	readonly node?: NodeId;
	readonly param?: string;
	readonly edge?: FlowEdge;
	readonly fixes?: readonly FlowFix[];
}

/** More would only make the Problems panel slow. */
export const maxProblems = 500;
