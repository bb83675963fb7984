import type { Json } from '../../base/json';
import type { NodeId } from '../model/flow';
import type { Severity } from '../model/problem';
import type { PortValues } from '../nodes/nodeType';

/** The file of tests beside a flow: `review.flow.json` → `review.flow.dataset.jsonl`. */
export const datasetSuffix = '.flow.dataset.jsonl';

export function isDatasetPath(path: string): boolean {
	return path.endsWith(datasetSuffix);
}

export function datasetPathOf(flowPath: string): string {
	return flowPath.replace(/(?:\.flow)?\.json$/, '') + datasetSuffix;
}

/** The flow that a file of tests stands beside. */
export function flowPathOf(datasetPath: string): string {
	return `${datasetPath.slice(0, -datasetSuffix.length)}.flow.json`;
}

/** What an output is held against. */
export type Check =
	/** The same value; the order of keys is free. */
	| { readonly kind: 'equals'; readonly value: Json }
	/** A text holds a text, a list an entry, an object these keys with these values. */
	| { readonly kind: 'contains'; readonly value: Json }
	| { readonly kind: 'regex'; readonly pattern: string; readonly flags: string }
	| { readonly kind: 'schema'; readonly schema: Readonly<Record<string, unknown>> }
	/** A number at most `delta` away. */
	| { readonly kind: 'within'; readonly value: number; readonly delta: number }
	/** A model gives 0 to 1 points; `model` is `provider/model`, '' for the default. */
	| { readonly kind: 'judge'; readonly criteria: string; readonly model: string; readonly atLeast: number }
	/** What was accepted last. */
	| { readonly kind: 'baseline' };

export const checkKinds = ['equals', 'contains', 'regex', 'schema', 'within', 'judge', 'baseline'] as const;

/** One thing that must hold after the run. */
export interface Assertion {
	/** Of the flow; `null` for its only one. */
	readonly output: string | null;
	/** Keys and indices into the output: `summary.files[0].name`; '' for all of it. */
	readonly path: string;
	readonly isNot: boolean;
	readonly check: Check;
}

/** One row: a run of the flow, and what must hold after it. */
export interface DatasetRow {
	/** From 0. */
	readonly line: number;
	/** The same for as long as the row says the same: its name, or what it gives the flow. */
	readonly key: string;
	/** What people read. */
	readonly title: string;
	readonly inputs: Readonly<Record<string, Json>>;
	/** Outputs by port that stand in for runs of nodes. */
	readonly mocks: Readonly<Record<NodeId, PortValues>>;
	/** Without any, the outputs must be those that were accepted last, if any were. */
	readonly assertions: readonly Assertion[];
	/** The run must fail; a text must be in its error. */
	readonly fails: boolean | string;
	readonly isSkipped: boolean;
}

/** Something to mend in a file of tests. Lines and columns count from 0. */
export interface DatasetProblem {
	readonly severity: Severity;
	readonly message: string;
	readonly line: number;
	readonly column: number;
	readonly endColumn: number;
}

export interface Dataset {
	readonly rows: readonly DatasetRow[];
	readonly problems: readonly DatasetProblem[];
}

/** `review.flow.dataset.jsonl:12:7: error: …`, as editors and CI know how to read it. */
export function datasetProblemLine(path: string, { line, column, severity, message }: DatasetProblem): string {
	return `${path}:${line + 1}:${column + 1}: ${severity}: ${message}`;
}
