import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import type { Node } from 'jsonc-parser';
import { edgeText } from './flow';
import type { FlowEdge } from './flow';
import type { FlowProblem, JsonPath, TextRange } from './problem';

/** Lines and columns of offsets, counted from 0. */
export class LineMap {
	private readonly starts: number[] = [0];

	constructor(private readonly text: string) {
		for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.starts.push(at + 1);
	}

	/** The stretch of so many characters, cut at the text's end. */
	range(offset: number, length: number): TextRange {
		const start = Math.min(offset, this.text.length);
		const end = Math.min(start + length, this.text.length);
		const [line, endLine] = [this.lineOf(start), this.lineOf(end)];
		return {
			offset: start,
			length: end - start,
			line,
			column: start - this.starts[line]!,
			endLine,
			endColumn: end - this.starts[endLine]!,
		};
	}

	private lineOf(offset: number): number {
		let low = 0;
		let high = this.starts.length - 1;
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if (this.starts[middle]! <= offset) low = middle;
			else high = middle - 1;
		}
		return low;
	}
}

/** Finds values in a document by their path. Made when a place is asked for: it costs more than reading the flow. */
export class PositionMap {
	private readonly root: Node | undefined;
	private readonly lines: LineMap;
	private edges: ReadonlyMap<string, Node> | undefined;
	private readonly keys = new Map<Node, ReadonlyMap<string, Node>>();

	constructor(text: string) {
		this.root = text.length === 0 ? undefined : tolerantTree(text);
		this.lines = new LineMap(text);
	}

	/** Of the value at `path`, or of its key; of the nearest that exists above it. */
	range(path: JsonPath, isKey = false): TextRange {
		let node = this.root;
		let last: Node | undefined;
		for (const [at, step] of path.entries()) {
			const next = node && this.child(node, step);
			if (!next) return this.of(last ?? node);
			last = next.type === 'property' ? next.children?.[0] : undefined;
			if (at === path.length - 1 && isKey && last) return this.of(last);
			node = next.type === 'property' ? next.children?.[1] : next;
		}
		return this.of(node);
	}

	/** Of the line of an edge: its number in the text is not its number in the flow. */
	edge(edge: FlowEdge): TextRange | undefined {
		if (!this.edges) {
			const lines = this.root && findNodeAtLocation(this.root, ['edges'])?.children;
			this.edges = new Map((lines ?? []).map(line => [String(line.value).replaceAll(/\s+/g, ''), line]));
		}
		const node = this.edges.get(edgeText(edge).replaceAll(/\s+/g, ''));
		return node && this.of(node);
	}

	private of(node: Node | undefined): TextRange {
		// A whole object in red helps nobody: its first brace stands for it.
		const isLong = node?.type === 'object' || node?.type === 'array';
		return this.lines.range(node?.offset ?? 0, isLong ? 1 : (node?.length ?? 1));
	}

	private child(node: Node, step: string | number): Node | undefined {
		if (typeof step === 'number') return node.type === 'array' ? node.children?.[step] : undefined;
		if (node.type !== 'object') return undefined;
		let keys = this.keys.get(node);
		if (!keys) {
			keys = new Map((node.children ?? []).map(property => [String(property.children?.[0]?.value), property]));
			this.keys.set(node, keys);
		}
		return keys.get(step);
	}
}

function tolerantTree(text: string): Node | undefined {
	try {
		return parseTree(text);
	} catch (error) {
		// Nested beyond the stack: everything is at the beginning then.
		if (error instanceof RangeError) return undefined;
		throw error;
	}
}

/** The same problems with their places in `text`; those that have one keep it. */
export function locateProblems(text: string, problems: readonly FlowProblem[]): readonly FlowProblem[] {
	if (problems.every(problem => problem.range)) return problems;
	const map = new PositionMap(text);
	const rangeOf = ({ edge, path, isKey }: FlowProblem): TextRange =>
		(edge && path[0] === 'edges' ? map.edge(edge) : undefined) ?? map.range(path, isKey);
	return problems.map(problem => (problem.range ? problem : { ...problem, range: rangeOf(problem) }));
}

/** The value's place, for going from a node to its lines. */
export function placeOf(text: string, path: JsonPath): TextRange | undefined {
	const root = tolerantTree(text);
	const node = root && findNodeAtLocation(root, [...path]);
	return node && new LineMap(text).range(node.offset, node.length);
}
