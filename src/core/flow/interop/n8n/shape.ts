import type { Json } from '../../../base/json';
import { isObject, listAt, numberAt, objectAt, textAt, type JsonObject } from '../json';

/** A node of n8n, with everything that it had. */
export interface N8nNode {
	/** Unique in the workflow: what everything else names it by. */
	readonly name: string;
	/** Without its package: `httpRequest`, `agent`. */
	readonly kind: string;
	readonly version: number;
	readonly parameters: JsonObject;
	/** As it stood there. */
	readonly raw: JsonObject;
	readonly x: number;
	readonly y: number;
}

/** An edge of n8n: `type` is `main`, or one of the `ai_…` kinds, which run from the part to the agent. */
export interface N8nEdge {
	readonly from: string;
	readonly output: number;
	readonly type: string;
	readonly to: string;
	readonly input: number;
}

export interface N8nWorkflow {
	readonly name: string;
	readonly nodes: readonly N8nNode[];
	readonly edges: readonly N8nEdge[];
	/** Everything beside nodes, connections and pinned data. */
	readonly rest: JsonObject;
	readonly pinData: JsonObject;
}

/** Whether this is a workflow of n8n, or what its editor puts on the clipboard. */
export function isN8n(value: unknown): value is JsonObject {
	if (!isObject(value) || !Array.isArray(value['nodes'])) return false;
	const nodes = value['nodes'] as readonly Json[];
	return (
		isObject(value['connections']) &&
		nodes.every(node => isObject(node) && typeof node['type'] === 'string' && Array.isArray(node['position'] ?? []))
	);
}

/** Reads a workflow. What is no node or no edge is left out and told by `onOdd`. */
export function readN8n(value: JsonObject, onOdd: (text: string) => void): N8nWorkflow {
	const nodes: N8nNode[] = [];
	const names = new Set<string>();
	for (const raw of listAt(value, 'nodes')) {
		const node = isObject(raw) ? readNode(raw) : undefined;
		if (!node) onOdd('An entry of “nodes” is no node: it has no name or no type.');
		else if (names.has(node.name)) onOdd(`There are two nodes “${node.name}”; the second was left out.`);
		else {
			names.add(node.name);
			nodes.push(node);
		}
	}
	const { nodes: _nodes, connections, pinData, name: _name, ...rest } = value;
	return {
		name: textAt(value, 'name', 'Imported workflow'),
		nodes,
		edges: readEdges(objectAt(connections), names, onOdd),
		rest,
		pinData: objectAt(pinData),
	};
}

function readNode(raw: JsonObject): N8nNode | undefined {
	const name = textAt(raw, 'name');
	const type = textAt(raw, 'type');
	if (name === '' || type === '') return undefined;
	const [x, y] = listAt(raw, 'position');
	return {
		name,
		kind: type.split('.').at(-1) ?? type,
		version: numberAt(raw, 'typeVersion') ?? 1,
		parameters: objectAt(raw, 'parameters'),
		raw,
		x: typeof x === 'number' ? x : 0,
		y: typeof y === 'number' ? y : 0,
	};
}

function readEdges(
	connections: JsonObject,
	names: ReadonlySet<string>,
	onOdd: (text: string) => void,
): readonly N8nEdge[] {
	return Object.entries(connections).flatMap(([from, byType]) =>
		Object.entries(objectAt(byType)).flatMap(([type, outputs]) =>
			listAt(outputs).flatMap((targets, output) =>
				listAt(targets ?? []).flatMap((target): readonly N8nEdge[] => {
					if (!isObject(target)) return [];
					const to = textAt(target, 'node');
					if (names.has(from) && names.has(to))
						return [{ from, output, type, to, input: numberAt(target, 'index') ?? 0 }];
					onOdd(`An edge from “${from}” to “${to}” leads to a node that is not there.`);
					return [];
				}),
			),
		),
	);
}
