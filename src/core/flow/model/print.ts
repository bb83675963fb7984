import type { Json } from '../../base/json';
import { edgeText, flowFormat } from './flow';
import type { Flow, FlowEdge, FlowGroup, FlowNode, Position } from './flow';
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

/** Nodes are values: what did not change since the last print is not written again. */
const printedNodes = new WeakMap<FlowNode, string>();

function printNodes(nodes: Readonly<Record<string, FlowNode>>): string {
	const texts = keysOf(nodes).map(id => {
		const node = nodes[id]!;
		let text = printedNodes.get(node);
		if (text === undefined) printedNodes.set(node, (text = writeNode(node)));
		return `\n    ${quote(id)}: ${text}`;
	});
	return `{${texts.join(',')}\n  }`;
}

const nodeIndent = '      ';

function writeNode(node: FlowNode): string {
	let text = '{';
	for (const key of nodeKeys) {
		if (node[key] === undefined || isDefault(key, node[key])) continue;
		const value = printNodeKey(node, key);
		if (value !== undefined) text += `${text.length === 1 ? '' : ','}\n${nodeIndent}"${key}": ${value}`;
	}
	for (const key of node.unknown ? keysOf(node.unknown) : []) {
		text += `,\n${nodeIndent}${quote(key)}: ${printValue(node.unknown![key]!, nodeIndent)}`;
	}
	return `${text}\n    }`;
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

const printedParts = new WeakMap<object, string>();

function part<T extends object>(value: T, print: (value: T) => string): string {
	let text = printedParts.get(value);
	if (text === undefined) printedParts.set(value, (text = print(value)));
	return text;
}

function printEdges(edges: readonly FlowEdge[]): string {
	return `[${sortEdges(edges)
		.map(edge => `\n    ${quote(edgeText(edge))}`)
		.join(',')}\n  ]`;
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

/**
 * The one text of a flow: keys in a fixed order, maps sorted by id, an edge a line, the layout last with a line a node,
 * two spaces, LF and a final line break. Nothing that equals what it would be without being written.
 */
export function printFlow(flow: Flow): string {
	const { $schema, ...unknown } = flow.unknown ?? {};
	const rows: string[] = [];
	const add = (key: string, text: string): number => rows.push(`  ${quote(key)}: ${text}`);
	const addMap = (key: 'inputs' | 'groups' | 'layout', map: object, print: (key: string) => string): void => {
		if (Object.keys(map).length > 0)
			add(
				key,
				part(map, () => printMap(map as Record<string, unknown>, '  ', print)),
			);
	};
	if ($schema !== undefined) add('$schema', printValue($schema, '  '));
	add('flow', String(flowFormat));
	add('id', quote(flow.id));
	add('name', quote(flow.name));
	if (flow.description) add('description', printText(flow.description, '  '));
	addMap('inputs', flow.inputs, name => printRecord(flow.inputs[name]!, ['type', 'description', 'default']));
	if (Object.values(flow.limits).some(limit => limit !== undefined)) add('limits', printRecord(flow.limits, limitKeys));
	if (Object.keys(flow.nodes).length === 0) add('nodes', '{}');
	else add('nodes', part(flow.nodes, printNodes));
	if (flow.edges.length > 0) add('edges', part(flow.edges, printEdges));
	addMap('groups', flow.groups, id => printGroup(flow.groups[id]!));
	for (const key of keysOf(unknown)) add(key, printValue(unknown[key]!, '  '));
	addMap('layout', flow.layout, id => printPosition(flow.layout[id]!));
	return `{\n${rows.join(',\n')}\n}\n`;
}

const limitKeys = ['maxSteps', 'maxMinutes', 'maxTokens', 'maxCostUsd', 'concurrency'] as const;
