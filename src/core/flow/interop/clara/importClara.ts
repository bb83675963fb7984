import type { FlowNode, NodeId, Position } from '../../model/flow';
import { slugOf } from '../../model/slugs';
import { FlowBuilder, keptNode, withoutSecrets, type Imported } from '../flowBuilder';
import { isObject, listAt, numberAt, objectAt, textAt, type JsonObject } from '../json';
import { customNodeFile, type ClaraCustomNode } from './customNode';
import {
	claraAliases,
	claraMappings,
	outputReference,
	type ClaraMapping,
	type ClaraNode,
	type ClaraTranslation,
} from './nodes';

/** Whether this is a flow of ClaraVerse: as it exports them, or bare. */
export function isClara(value: unknown): value is JsonObject {
	if (!isObject(value)) return false;
	const flow = isObject(value['flow']) ? value['flow'] : value;
	return isObject(flow) && Array.isArray(flow['nodes']) && Array.isArray(flow['connections']);
}

interface ClaraEdge {
	readonly from: string;
	readonly output: string;
	readonly to: string;
	readonly input: string;
}

/** Translates a flow of ClaraVerse; its custom nodes become files for the sandbox. */
export function importClara(value: JsonObject): Imported {
	return new ClaraImport(value).run();
}

class ClaraImport {
	readonly #builder = new FlowBuilder('ClaraVerse');
	readonly #flow: JsonObject;
	readonly #custom = new Map<string, ClaraCustomNode>();
	readonly #nodes = new Map<string, ClaraNode>();
	readonly #ids = new Map<string, NodeId>();
	readonly #edges: readonly ClaraEdge[];
	readonly #wrapper: JsonObject;

	constructor(value: JsonObject) {
		const isWrapped = isObject(value['flow']);
		this.#flow = isWrapped ? objectAt(value, 'flow') : value;
		const { flow: _flow, customNodes: _custom, ...wrapper } = isWrapped ? value : ({} as JsonObject);
		this.#wrapper = wrapper;
		for (const definition of [...listAt(value, 'customNodes'), ...listAt(this.#flow, 'customNodes')].filter(isObject))
			this.#addCustom(definition);
		for (const raw of listAt(this.#flow, 'nodes').filter(isObject)) this.#addNode(raw);
		this.#edges = listAt(this.#flow, 'connections')
			.filter(isObject)
			.flatMap(raw => this.#edge(raw));
	}

	run(): Imported {
		for (const node of this.#nodes.values()) this.#translate(node);
		for (const edge of this.#edges) this.#connect(edge);
		for (const { path, text } of this.#custom.values()) this.#builder.file(path, text);
		const { nodes: _nodes, connections: _connections, customNodes: _custom, name: _name, ...rest } = this.#flow;
		const schedule = objectAt(rest, 'schedule');
		if (schedule['enabled'] === true)
			this.#builder.reporter.add(
				'flagged',
				`It ran by itself (${textAt(schedule, 'interval', 'at times')}): add a Schedule Trigger or a schedule.`,
			);
		if (listAt(rest, 'variables').length > 0)
			this.#builder.reporter.add(
				'dropped',
				'ClaraVerse never read the variables of a flow; they are kept with these notes.',
			);
		const origin = withoutSecrets(
			{ ...rest, ...(Object.keys(this.#wrapper).length > 0 ? { wrapper: this.#wrapper } : {}) },
			() => undefined,
		);
		const name = textAt(this.#flow, 'name', 'Imported flow');
		return this.#builder.finish(name, textAt(this.#flow, 'description'), { flow: origin });
	}

	#addCustom(definition: JsonObject): void {
		const type = textAt(definition, 'type') || textAt(definition, 'id');
		const custom = customNodeFile(definition);
		if (!custom) {
			this.#builder.reporter.add('dropped', `The custom node “${type}” has no code.`);
			return;
		}
		this.#custom.set(type, custom);
		this.#builder.reporter.add(
			'flagged',
			`The custom node “${textAt(definition, 'name') || type}” becomes ${custom.path}. It runs in the sandbox, without network and files: look at it and try it.`,
		);
	}

	#addNode(raw: JsonObject): void {
		const id = textAt(raw, 'id');
		if (id === '' || this.#nodes.has(id)) {
			this.#builder.reporter.add('dropped', 'A node without an id of its own was left out.');
			return;
		}
		const type = textAt(raw, 'type');
		const name = textAt(raw, 'name') || type;
		const position = objectAt(raw, 'position');
		const ports = [...listAt(raw, 'inputs'), ...listAt(raw, 'outputs')].filter(isObject);
		this.#nodes.set(id, {
			id,
			type,
			name,
			data: objectAt(raw, 'data'),
			raw,
			portNames: Object.fromEntries(ports.map(port => [textAt(port, 'id'), textAt(port, 'name')])),
			x: numberAt(position, 'x') ?? 0,
			y: numberAt(position, 'y') ?? 0,
		});
		this.#ids.set(id, this.#builder.newId(name));
	}

	#edge(raw: JsonObject): readonly ClaraEdge[] {
		const edge = {
			from: textAt(raw, 'sourceNodeId'),
			output: textAt(raw, 'sourcePortId'),
			to: textAt(raw, 'targetNodeId'),
			input: textAt(raw, 'targetPortId'),
		};
		if (this.#nodes.has(edge.from) && this.#nodes.has(edge.to)) return [edge];
		this.#builder.reporter.add('dropped', 'An edge that leads to a node that is not there was left out.');
		return [];
	}

	#mapping({ type }: ClaraNode): ClaraMapping | undefined {
		const custom = this.#custom.get(type);
		if (custom)
			return {
				type: `custom.${custom.name}@1`,
				inputs: custom.inputs,
				outputs: custom.outputs,
				params: ({ data }) => data,
			};
		const known = claraAliases[type] ?? type;
		return Object.hasOwn(claraMappings, known) ? claraMappings[known] : undefined;
	}

	#translate(node: ClaraNode): void {
		const id = this.#ids.get(node.id)!;
		const at: Position = { x: node.x, y: node.y };
		const mapping = this.#mapping(node);
		const origin = { origin: { clara: withoutSecrets(node.raw, () => undefined) } };
		const name = node.name === id ? {} : { name: node.name };
		const note = textAt(objectAt(node.raw, 'metadata'), 'note');
		const more = { ...name, ...(note === '' ? {} : { note }), ...origin };
		if (!mapping) {
			const ports = { inputs: this.#keptPorts(node, 'input'), outputs: this.#keptPorts(node, 'output') };
			this.#builder.add(id, { ...keptNode('ClaraVerse', node.type, ports), ...more }, at);
			this.#builder.reporter.add(
				'kept',
				`“${node.name}” (${node.type}) has no counterpart here yet. Its data is kept; a run that reaches it fails.`,
				id,
			);
			return;
		}
		const params = mapping.params(this.#translation(node, id));
		const plain: FlowNode = { type: mapping.type, ...(Object.keys(params).length > 0 ? { params } : {}), ...more };
		this.#builder.add(id, plain, at);
		this.#builder.reporter.add('translated', `“${node.name}” (${node.type}).`, id);
		if (textAt(node.data, 'apiKey') !== '')
			this.#builder.reporter.add(
				'dropped',
				'Its key stood in the flow and was taken out: set the key of its provider.',
				id,
			);
	}

	#keptPorts(node: ClaraNode, side: 'input' | 'output'): readonly string[] {
		const used = this.#edges.flatMap(edge =>
			side === 'input' ? (edge.to === node.id ? [edge.input] : []) : edge.from === node.id ? [edge.output] : [],
		);
		return [...new Set(used.map(port => this.#keptPort(node, port, side)))];
	}

	#keptPort(node: ClaraNode, port: string, side: 'input' | 'output'): string {
		return slugOf(node.portNames[port] || port, side);
	}

	#translation(node: ClaraNode, id: NodeId): ClaraTranslation {
		const { reporter } = this.#builder;
		const into = (port: string): ClaraEdge | undefined =>
			this.#edges.find(edge => edge.to === node.id && this.#theirPort(node, edge.input) === port);
		return {
			node,
			data: node.data,
			has: port => into(port) !== undefined,
			from: port => {
				const edge = into(port);
				const source = edge && this.#nodes.get(edge.from);
				const output = edge && source && this.#output(source, edge.output);
				return output === undefined ? undefined : outputReference(this.#ids.get(edge!.from)!, output);
			},
			flag: text => reporter.add('flagged', text, id),
			drop: text => reporter.add('dropped', text, id),
			input: (name, type, value) => {
				const isSet = value !== undefined && value !== null && value !== '';
				return this.#builder.input(name, { type, ...(isSet ? { default: value } : {}) });
			},
		};
	}

	/** Flows name ports by their ids, which are not always those of the definition: the name serves then. */
	#theirPort(node: ClaraNode, port: string): string {
		const mapping = this.#mapping(node);
		const known = { ...mapping?.inputs, ...mapping?.outputs };
		if (Object.hasOwn(known, port)) return port;
		const named = node.portNames[port] ?? port;
		return (
			Object.keys(known).find(
				key => key.toLowerCase() === named.toLowerCase() || port.toLowerCase().endsWith(`-${key.toLowerCase()}`),
			) ?? named
		);
	}

	#output(node: ClaraNode, port: string): string | undefined {
		const mapping = this.#mapping(node);
		if (!mapping) return this.#keptPort(node, port, 'output');
		const ours = mapping.outputs[this.#theirPort(node, port)];
		const [only, ...others] = new Set(Object.values(mapping.outputs));
		return ours ?? (others.length === 0 ? only : undefined);
	}

	#connect({ from, output, to, input }: ClaraEdge): void {
		const [source, target] = [this.#nodes.get(from)!, this.#nodes.get(to)!];
		const [id, into] = [this.#ids.get(from)!, this.#ids.get(to)!];
		const port = this.#output(source, output);
		const mapping = this.#mapping(target);
		const [only, ...others] = new Set(Object.values(mapping?.inputs ?? {}));
		const known = mapping ? mapping.inputs[this.#theirPort(target, input)] : this.#keptPort(target, input, 'input');
		const port2 = known === null ? 'after' : (known ?? (others.length === 0 ? only : undefined));
		if (port === undefined || port2 === undefined || port2 === null) {
			this.#builder.reporter.add(
				'dropped',
				`The edge from “${source.name}” (${output}) to “${target.name}” (${input}) ends at ports that neither side has.`,
				into,
			);
			return;
		}
		this.#builder.edge(id, port, into, port2);
	}
}
