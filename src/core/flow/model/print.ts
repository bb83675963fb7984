import type { Json } from '../../base/json';
import { edgeText, flowFormat } from './flow';
import type { Flow, FlowEdge, FlowGroup, FlowInput, FlowNode, Position } from './flow';
import { linesOf, looksLikeLines } from './lines';
import { isDefault, keysOf, setParams, snapPosition, sortEdges } from './normalise';

/** Keys of a node in the order of the document. */
export const nodeKeys = [
	'type',
	'name',
	'params',
	'in',
	'retry',
	'timeoutMs',
	'onError',
	'skip',
	'cache',
	'note',
	'origin',
] as const satisfies readonly (keyof FlowNode)[];

/** Keys of a flow in the order of the document; keys of a newer format stand before the layout. */
export const flowKeys = [
	'flow',
	'id',
	'name',
	'description',
	'inputs',
	'limits',
	'nodes',
	'edges',
	'groups',
	'layout',
] as const;

const quote = (text: string): string => JSON.stringify(text);

/** `null` for what JSON cannot hold, as `JSON.stringify` does. */
function scalar(value: string | number | boolean | null | undefined): string {
	return value === undefined ? 'null' : JSON.stringify(value);
}

/** A value over several lines, two spaces a level. */
export function printValue(value: Json, indent: string): string {
	if (typeof value === 'string') return printText(value, indent);
	if (value === null || typeof value !== 'object') return scalar(value);
	const inner = `${indent}  `;
	if (Array.isArray(value)) {
		if (value.length === 0) return '[]';
		return `[\n${value.map((item: Json) => inner + printValue(item, inner)).join(',\n')}\n${indent}]`;
	}
	const object = value as Readonly<Record<string, Json>>;
	const keys = Object.keys(object).filter(key => object[key] !== undefined);
	if (keys.length === 0) return '{}';
	const escape = looksLikeLines(object, keys) ? '$' : '';
	return `{\n${keys.map(key => `${inner}${quote(escape + key)}: ${printValue(object[key]!, inner)}`).join(',\n')}\n${indent}}`;
}

function printText(text: string, indent: string): string {
	const lines = linesOf(text);
	if (!lines) return quote(text);
	const inner = `${indent}    `;
	return `{\n${indent}  "$lines": [\n${lines.map(line => inner + quote(line)).join(',\n')}\n${indent}  ]\n${indent}}`;
}

/** A small value on one line. */
function printInline(value: Json): string {
	if (value === null || typeof value !== 'object') return scalar(value);
	if (Array.isArray(value)) return `[${value.map(printInline).join(', ')}]`;
	const object = value as Readonly<Record<string, Json>>;
	const keys = Object.keys(object).filter(key => object[key] !== undefined);
	return keys.length === 0 ? '{}' : `{ ${keys.map(key => `${quote(key)}: ${printInline(object[key]!)}`).join(', ')} }`;
}

/** An object of ours on one line, its keys in a fixed order. */
function printRecord<T extends object>(value: T, keys: readonly (keyof T & string)[]): string {
	const present = keys.filter(key => value[key] !== undefined);
	return `{ ${present.map(key => `${quote(key)}: ${printInline(value[key] as Json)}`).join(', ')} }`;
}

/** One `"key": value` a line. */
function printMap(map: Readonly<Record<string, unknown>>, indent: string, print: (key: string) => string): string {
	let text = '{';
	for (const key of keysOf(map)) text += `${text.length === 1 ? '' : ','}\n${indent}  ${quote(key)}: ${print(key)}`;
	return `${text}\n${indent}}`;
}

const nodeIndent = '      ';

function printNode(node: FlowNode): string {
	const rows: string[] = [];
	for (const key of nodeKeys) {
		if (node[key] === undefined || isDefault(key, node[key])) continue;
		const value = printNodeKey(node, key);
		if (value !== undefined) rows.push(`${nodeIndent}"${key}": ${value}`);
	}
	for (const key of node.unknown ? keysOf(node.unknown) : []) {
		rows.push(`${nodeIndent}${quote(key)}: ${printValue(node.unknown![key]!, nodeIndent)}`);
	}
	return `{\n${rows.join(',\n')}\n    }`;
}

function printNodeKey(node: FlowNode, key: (typeof nodeKeys)[number]): string | undefined {
	switch (key) {
		case 'params':
		case 'origin': {
			const values = key === 'params' ? node.params && setParams(node.params) : node.origin;
			return values && printMap(values, nodeIndent, name => printValue(values[name]!, `${nodeIndent}  `));
		}
		case 'retry':
			return node.retry && printRecord(node.retry, ['max', 'backoff', 'delayMs']);
		case 'onError':
			return typeof node.onError === 'string' ? quote(node.onError) : printValue(node.onError as Json, nodeIndent);
		case 'note':
			return printText(node.note ?? '', nodeIndent);
		default:
			return scalar(node[key]);
	}
}

function printGroup(group: FlowGroup): string {
	const rows = [
		`"name": ${quote(group.name)}`,
		...(group.color === undefined ? [] : [`"color": ${quote(group.color)}`]),
	];
	const nodes = group.nodes.map(id => `        ${quote(id)}`);
	rows.push(nodes.length === 0 ? '"nodes": []' : `"nodes": [\n${nodes.join(',\n')}\n      ]`);
	return `{\n${rows.map(row => `      ${row}`).join(',\n')}\n    }`;
}

function printPosition(position: Position): string {
	const { x, y, width, height } = snapPosition(position);
	return width === undefined || height === undefined ? `[${x}, ${y}]` : `[${x}, ${y}, ${width}, ${height}]`;
}

const limitKeys = ['maxSteps', 'maxMinutes', 'maxTokens', 'maxCostUsd', 'concurrency'] as const;

/** The lines of a map, of which those are kept whose values are still the same objects. */
class PrintedMap<T> {
	private map: Readonly<Record<string, T>> = {};
	private keys: readonly string[] = [];
	private rows: readonly string[] = [];
	private text = '{}';

	constructor(private readonly print: (value: T) => string) {}

	of(map: Readonly<Record<string, T>>): string {
		if (map === this.map) return this.text;
		const keys = keysOf(map);
		let old = 0;
		// Both lists of keys are sorted: one walk finds what stayed.
		const rows = keys.map(key => {
			while (old < this.keys.length && this.keys[old]! < key) old++;
			const isSame = this.keys[old] === key && this.map[key] === map[key];
			return isSame ? this.rows[old]! : `    ${quote(key)}: ${this.print(map[key]!)}`;
		});
		[this.map, this.keys, this.rows] = [map, keys, rows];
		return (this.text = rows.length === 0 ? '{}' : `{\n${rows.join(',\n')}\n  }`);
	}
}

/** The lines of the edges, of which those before and after a change are kept. */
class PrintedEdges {
	private edges: readonly FlowEdge[] = [];
	private rows: readonly string[] = [];
	private text = '[]';

	of(unsorted: readonly FlowEdge[]): string {
		const edges = sortEdges(unsorted);
		if (edges === this.edges) return this.text;
		const most = Math.min(edges.length, this.edges.length);
		let head = 0;
		while (head < most && edges[head] === this.edges[head]) head++;
		let tail = 0;
		while (tail < most - head && edges[edges.length - 1 - tail] === this.edges[this.edges.length - 1 - tail]) tail++;
		const rows = [
			...this.rows.slice(0, head),
			...edges.slice(head, edges.length - tail).map(edge => `    ${quote(edgeText(edge))}`),
			...this.rows.slice(this.rows.length - tail),
		];
		[this.edges, this.rows] = [edges, rows];
		return (this.text = rows.length === 0 ? '[]' : `[\n${rows.join(',\n')}\n  ]`);
	}
}

/** Prints the states of one flow, one after another: what did not change since the last one is not written again. */
export class FlowPrinter {
	private readonly inputs = new PrintedMap<FlowInput>(input => printRecord(input, ['type', 'description', 'default']));
	private readonly nodes = new PrintedMap<FlowNode>(printNode);
	private readonly edges = new PrintedEdges();
	private readonly groups = new PrintedMap<FlowGroup>(printGroup);
	private readonly layout = new PrintedMap<Position>(printPosition);

	print(flow: Flow): string {
		const { $schema, ...unknown } = flow.unknown ?? {};
		const rows: string[] = [];
		const add = (key: string, text: string): number => rows.push(`  ${quote(key)}: ${text}`);
		const addPart = (key: string, text: string): void => {
			if (text.length > 2) add(key, text);
		};
		if ($schema !== undefined) add('$schema', printValue($schema, '  '));
		add('flow', String(flowFormat));
		add('id', quote(flow.id));
		add('name', quote(flow.name));
		if (flow.description) add('description', printText(flow.description, '  '));
		addPart('inputs', this.inputs.of(flow.inputs));
		const hasLimits = Object.values(flow.limits).some(limit => limit !== undefined);
		if (hasLimits) add('limits', printRecord(flow.limits, limitKeys));
		add('nodes', this.nodes.of(flow.nodes));
		addPart('edges', this.edges.of(flow.edges));
		addPart('groups', this.groups.of(flow.groups));
		for (const key of keysOf(unknown)) add(key, printValue(unknown[key]!, '  '));
		addPart('layout', this.layout.of(flow.layout));
		return `{\n${rows.join(',\n')}\n}\n`;
	}
}

/**
 * The one text of a flow: keys in a fixed order, maps sorted by id, an edge a line, the layout last with a line a node,
 * two spaces, LF and a final line break. Nothing that equals what it would be without being written.
 */
export function printFlow(flow: Flow): string {
	return new FlowPrinter().print(flow);
}
