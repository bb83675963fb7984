import type { Json } from '../../../core/base/json';
import type { NodeTypeView } from '../../../core/flow/editorProtocol';
import type { FlowNode, NodeId } from '../../../core/flow/model/flow';
import type { Port, Ports } from '../../../core/flow/nodes/nodeType';
import type { NodeEdges, NodeShapes } from '../graph/graphIndex';
import type { Shape } from '../../../core/flow/layout/sizes';

type AskPorts = (
	nodes: readonly { readonly type: string; readonly params: Readonly<Record<string, Json>> }[],
) => Promise<readonly Ports[]>;

const noPorts: Ports = { inputs: [], outputs: [] };
const errorPort: Port = { name: 'error', title: 'Error', kind: 'object', description: 'What went wrong' };

/** What a port is called that an edge names and the type does not have. */
export const missingPortNote = 'This node has no such port';

/** The node types of the flow, and the ports of each node: told by the catalogue, asked of the host, or read off edges. */
export class Catalog implements NodeShapes {
	#types = new Map<string, NodeTypeView>();
	#list: readonly NodeTypeView[] = [];
	readonly #known = new Map<string, Ports>();
	/** Ports that a node had last: they stay while new ones are asked for, so that edges do not jump. */
	readonly #last = new Map<NodeId, Ports>();
	readonly #derived = new Map<NodeId, { readonly key: string; readonly ports: Ports }>();
	readonly #missing = new Map<NodeId, { readonly key: string; readonly of: Ports; readonly ports: Ports }>();
	readonly #withError = new WeakMap<Ports, Ports>();
	#asked = new Map<string, { readonly type: string; readonly params: Readonly<Record<string, Json>> }>();
	#isWaiting = false;
	readonly #ask: AskPorts;
	readonly #onPorts: () => void;

	constructor(ask: AskPorts, onPorts: () => void) {
		this.#ask = ask;
		this.#onPorts = onPorts;
	}

	/** Those that are offered for new nodes. */
	get list(): readonly NodeTypeView[] {
		return this.#list;
	}

	setTypes(types: readonly NodeTypeView[]): void {
		this.#list = types.filter(type => type.isOffered !== false);
		this.#types = new Map(types.map(type => [type.type, type]));
		this.forgetPorts();
	}

	/** Sub-flows and tools have changed: what was told of ports is asked again. */
	forgetPorts(): void {
		this.#known.clear();
	}

	/** By `type@version`, or by the bare name. Another version of a known type is shown as that type. */
	find(type: string): NodeTypeView | undefined {
		return this.#types.get(type.split('@', 1)[0] ?? type);
	}

	titleOf(node: FlowNode): string {
		return node.name ?? this.find(node.type)?.title ?? node.type;
	}

	shapeOf(node: FlowNode): Shape {
		const type = this.find(node.type);
		if (type?.isNote) return 'note';
		return type?.isContainer ? 'container' : 'card';
	}

	portsOf(id: NodeId, node: FlowNode, edges: NodeEdges): Ports {
		const plain = this.#plainPorts(id, node, edges);
		const ports = node.onError === 'branch' ? this.#andError(plain) : plain;
		return this.#andMissing(id, ports, edges);
	}

	/** An edge to a port that the type no longer has is shown where it ends, so that it can be seen and mended. */
	#andMissing(id: NodeId, ports: Ports, { incoming, outgoing }: NodeEdges): Ports {
		const inputs = missingNames(
			ports.inputs,
			incoming.map(edge => edge.input),
		);
		const outputs = missingNames(
			ports.outputs,
			outgoing.map(edge => edge.output),
		);
		if (inputs.length + outputs.length === 0) return ports;
		const key = `${inputs.join(',')}>${outputs.join(',')}`;
		const before = this.#missing.get(id);
		if (before?.key === key && before.of === ports) return before.ports;
		const more = {
			inputs: [...ports.inputs, ...inputs.map(missingPort)],
			outputs: [...ports.outputs, ...outputs.map(missingPort)],
		};
		this.#missing.set(id, { key, of: ports, ports: more });
		return more;
	}

	#plainPorts(id: NodeId, node: FlowNode, edges: NodeEdges): Ports {
		const type = this.find(node.type);
		if (!type) return this.#fromEdges(id, edges);
		if (type.ports) return type.ports;
		const key = `${node.type}\0${JSON.stringify(node.params ?? {})}`;
		const known = this.#known.get(key);
		if (known) {
			this.#last.set(id, known);
			return known;
		}
		this.#request(key, node);
		return this.#last.get(id) ?? this.#fromEdges(id, edges);
	}

	#andError(ports: Ports): Ports {
		if (ports.outputs.some(port => port.name === 'error')) return ports;
		const known = this.#withError.get(ports);
		if (known) return known;
		const more = { ...ports, outputs: [...ports.outputs, errorPort] };
		this.#withError.set(ports, more);
		return more;
	}

	/** All that is known of the ports of an unknown type: that edges end there. */
	#fromEdges(id: NodeId, { incoming, outgoing }: NodeEdges): Ports {
		const inputs = [...new Set(incoming.map(edge => edge.input))];
		const outputs = [...new Set(outgoing.map(edge => edge.output))];
		if (inputs.length + outputs.length === 0) return noPorts;
		const key = `${inputs.join(',')}>${outputs.join(',')}`;
		const before = this.#derived.get(id);
		if (before?.key === key) return before.ports;
		const ports = { inputs: inputs.map(derivedPort), outputs: outputs.map(derivedPort) };
		this.#derived.set(id, { key, ports });
		return ports;
	}

	#request(key: string, node: FlowNode): void {
		this.#asked.set(key, { type: node.type, params: node.params ?? {} });
		if (this.#isWaiting) return;
		this.#isWaiting = true;
		// One question for all nodes of a flow that has just been opened.
		queueMicrotask(() => void this.#send());
	}

	async #send(): Promise<void> {
		const asked = this.#asked;
		this.#asked = new Map();
		this.#isWaiting = false;
		const keys = [...asked.keys()];
		try {
			const answers = await this.#ask([...asked.values()]);
			answers.forEach((ports, at) => this.#known.set(keys[at] ?? '', ports));
			this.#onPorts();
		} catch {
			// Without an answer the ports are read off the edges; the next change asks again.
		}
	}
}

function missingNames(ports: readonly Port[], used: readonly string[]): readonly string[] {
	return [...new Set(used)].filter(name => !ports.some(port => port.name === name));
}

function derivedPort(name: string): Port {
	return { name, title: name, kind: 'any', isMany: true };
}

function missingPort(name: string): Port {
	return { name, title: name, kind: 'any', isMany: true, description: missingPortNote };
}
