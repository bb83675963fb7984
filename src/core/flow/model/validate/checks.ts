import type { NodeCatalog, NodeType, Ports, PortWorld } from '../../nodes/nodeType';
import type { Flow, FlowEdge, FlowNode, NodeId } from '../flow';
import { maxProblems } from '../problem';
import { nearest } from '../nearest';
import type { ExpressionText } from './facts';
import type { CheckCode, FlowFix, FlowProblem, JsonPath, Severity } from '../problem';

/** What the checks may know beside the document. What is absent is not checked. */
export interface ValidationWorld extends PortWorld {
	/** Names of secrets that have a value here. */
	readonly secrets?: ReadonlySet<string>;
	/** What is to be said of a custom type, be it known or not; `undefined`: nothing. */
	readonly custom?: (type: string) => CustomRemark | undefined;
}

/** A sentence about the file of a custom node. */
export interface CustomRemark {
	readonly severity: Severity;
	readonly message: string;
}

/** A node with what its type says of it. */
export interface CheckedNode {
	readonly id: NodeId;
	/** Its place among all nodes. */
	readonly index: number;
	readonly node: FlowNode;
	/** Its expressions. */
	readonly texts: readonly ExpressionText[];
	/** `undefined`: unknown, which has been told; nothing more is said of it. */
	readonly type: NodeType | undefined;
	readonly ports: Ports;
	/** Ports that depend on the parameters may be more than are known now. */
	readonly isOpen: boolean;
	/** The container it stands in; `null` is the flow itself. */
	parent: CheckedNode | null;
	/** Outer inputs at which an edge ends, once each. */
	readonly connected: string[];
	/** An edge or an expression uses what it gives. */
	isFollowed: boolean;
	/** An edge begins at its output `error`. */
	isCaught: boolean;
}

export interface ProblemDetails {
	readonly severity?: Severity;
	readonly isKey?: boolean;
	readonly node?: NodeId;
	readonly param?: string;
	readonly edge?: FlowEdge;
	readonly fixes?: readonly FlowFix[];
}

/** Ids that are compared in all. */
const mostCompared = 100_000;

/** What one pass over a flow has found so far. */
export class Checks {
	readonly nodes = new Map<NodeId, CheckedNode>();
	private readonly errors: FlowProblem[] = [];
	private readonly others: FlowProblem[] = [];
	private readonly near = new Map<NodeId, NodeId | undefined>();
	private compared = 0;
	private count = 0;

	constructor(
		readonly flow: Flow,
		readonly catalog: NodeCatalog,
		readonly world: ValidationWorld,
	) {}

	add(code: CheckCode, path: JsonPath, message: string, details: ProblemDetails = {}): void {
		this.take({ code, severity: 'error', message, path, ...details });
	}

	take(problem: FlowProblem): void {
		this.count++;
		const list = problem.severity === 'error' ? this.errors : this.others;
		if (list.length < maxProblems) list.push(problem);
	}

	/** Of a node: the path begins there. */
	ofNode(code: CheckCode, id: NodeId, path: JsonPath, message: string, details: ProblemDetails = {}): void {
		// What is wrong with a note keeps nothing from running.
		const isNote = this.nodes.get(id)?.type?.isNote === true;
		this.add(code, ['nodes', id, ...path], message, {
			node: id,
			...(isNote ? { severity: 'warning' } : {}),
			...details,
		});
	}

	ofEdge(code: CheckCode, at: number, message: string, details: ProblemDetails = {}): void {
		const edge = this.flow.edges[at]!;
		this.add(code, ['edges', at], message, { edge, ...details });
	}

	/** The node that a misspelt id may have meant. Not looked for again and again: that would be quadratic. */
	nearNode(id: NodeId): NodeId | undefined {
		if (this.near.has(id)) return this.near.get(id);
		this.compared += this.nodes.size;
		const near = this.compared > mostCompared ? undefined : nearest(id, this.nodes.keys());
		this.near.set(id, near);
		return near;
	}

	/** Errors first; what is too much is counted. */
	done(): readonly FlowProblem[] {
		const shown = [...this.errors, ...this.others].slice(0, maxProblems);
		const rest = this.count - shown.length;
		if (rest === 0) return shown;
		const message = `${rest} more problem${rest === 1 ? ' is' : 's are'} not shown.`;
		return [...shown, { code: 'more-problems', severity: 'warning', message, path: [] }];
	}
}

/** Whether `inner` stands in `container`, however deep. */
export function isInside(inner: CheckedNode, container: CheckedNode): boolean {
	for (let up = inner.parent; up; up = up.parent) if (up === container) return true;
	return false;
}

/** Whether what stands in `outer` can be seen from what stands in `inner`. */
export function encloses(outer: CheckedNode | null, inner: CheckedNode | null): boolean {
	for (let up = inner; up; up = up.parent) if (up === outer) return true;
	return outer === null;
}
