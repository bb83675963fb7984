import type { Json } from '../../../base/json';
import type { FlowNode, NodeId, Position } from '../../model/flow';
import { slugOf } from '../../model/slugs';
import { FlowBuilder, keptNode, nodeReference, plainText, withoutSecrets, type Imported } from '../flowBuilder';
import { listAt, numberAt, objectAt, textAt, type JsonObject } from '../json';
import { kindOf } from './agentNodes';
import { aroundAnswers } from './answers';
import { translateValue, type N8nScope } from './expressions';
import { nodeSeal } from './seal';
import { findLoops, type Loop } from './loops';
import type { Mapping, Translation } from './mapping';
import { n8nMappings } from './nodes';
import { readN8n, type N8nEdge, type N8nNode, type N8nWorkflow } from './shape';

/** What is known of one node before anything is translated. */
interface Planned {
	readonly node: N8nNode;
	readonly id: NodeId;
	/** `undefined`: kept as it is. */
	mapping: Mapping | undefined;
	readonly inputs: readonly string[];
	readonly outputs: readonly string[];
	readonly loop: Loop | undefined;
}

/** Translates a workflow of n8n, or what its editor puts on the clipboard. */
export function importN8n(value: JsonObject): Imported {
	const builder = new FlowBuilder('n8n');
	const workflow = readN8n(value, text => builder.reporter.add('dropped', text));
	return new N8nImport(workflow, builder).run();
}

class N8nImport {
	readonly #workflow: N8nWorkflow;
	readonly #builder: FlowBuilder;
	readonly #planned = new Map<string, Planned>();
	readonly #main: readonly N8nEdge[];
	readonly #parts = new Map<string, { readonly type: string; readonly node: N8nNode; readonly edge: N8nEdge }[]>();
	readonly #loops: ReadonlyMap<string, Loop>;

	constructor(workflow: N8nWorkflow, builder: FlowBuilder) {
		this.#workflow = workflow;
		this.#builder = builder;
		const main = workflow.edges.filter(({ type }) => type === 'main');
		const { edges, around } = aroundAnswers(workflow.nodes, main);
		this.#main = edges;
		for (const name of around)
			builder.reporter.add('translated', `What followed the answer “${name}” follows what comes before it.`);
		const byName = new Map(workflow.nodes.map(node => [node.name, node]));
		for (const edge of workflow.edges) {
			const node = byName.get(edge.from);
			if (edge.type === 'main' || !node) continue;
			this.#parts.set(edge.to, [...(this.#parts.get(edge.to) ?? []), { type: edge.type, node, edge }]);
		}
		const { loops, refused } = findLoops(workflow.nodes, this.#main);
		this.#loops = loops;
		for (const { name, why } of refused)
			builder.reporter.add('flagged', `The loop “${name}” was kept as it is: ${why}`);
	}

	run(): Imported {
		const { nodes, name, rest, pinData } = this.#workflow;
		const isPart = new Set([...this.#parts.values()].flat().map(part => part.node.name));
		const isUsed = new Set(this.#main.flatMap(edge => [edge.from, edge.to]));
		for (const node of nodes) if (!isPart.has(node.name) || isUsed.has(node.name)) this.#plan(node);
		for (const planned of this.#planned.values()) this.#translate(planned);
		for (const { id } of this.#planned.values()) this.#seal(id);
		for (const edge of this.#main) this.#connect(edge);
		for (const [of, items] of Object.entries(pinData)) this.#pin(of, items);
		this.#group();
		if (textAt(objectAt(rest, 'settings'), 'errorWorkflow') !== '')
			this.#builder.reporter.add('dropped', 'Its error workflow is not started by a failure here.');
		const kept = withoutSecrets({ name, ...rest }, () => undefined) as JsonObject;
		return this.#builder.finish(name, textAt(objectAt(rest, 'meta'), 'description'), { workflow: kept });
	}

	#plan(node: N8nNode): void {
		const loop = [...this.#loops.values()].find(({ name }) => name === node.name);
		const mapping = loop ? undefined : n8nMappings[kindOf(node, type => this.#partsOf(node, type))];
		const ports = loop
			? { inputs: ['items'], outputs: ['results', 'item'] }
			: mapping
				? { inputs: portsOf(mapping.inputs, node), outputs: portsOf(mapping.outputs, node) }
				: this.#keptPorts(node);
		const outputs = hasErrorOutput(node)
			? [...ports.outputs.slice(0, mainOutputs(mapping, ports.outputs)), 'error']
			: ports.outputs;
		this.#planned.set(node.name, {
			node,
			id: this.#builder.newId(node.name),
			mapping,
			inputs: ports.inputs,
			outputs,
			loop,
		});
	}

	#keptPorts({ name }: N8nNode): Pick<Planned, 'inputs' | 'outputs'> {
		return {
			inputs: portNames(
				highest(
					this.#main.filter(({ to }) => to === name),
					'input',
				),
				'input',
			),
			outputs: portNames(
				highest(
					this.#main.filter(({ from }) => from === name),
					'output',
				),
				'output',
			),
		};
	}

	#partsOf({ name }: N8nNode, type: string): readonly N8nNode[] {
		return (this.#parts.get(name) ?? []).filter(part => part.type === type).map(part => part.node);
	}

	#translate(planned: Planned): void {
		const { node, id, loop } = planned;
		const at = place(node);
		const base = this.#common(planned);
		if (loop) {
			this.#builder.add(id, { type: 'control.forEach@1', ...base }, { ...at, width: 480, height: 240 });
			this.#builder.reporter.add(
				'translated',
				'The loop is a For Each: what stood between its second output and its return stands inside.',
				id,
			);
			return;
		}
		const x = this.#translation(planned);
		const params = planned.mapping?.params(x);
		if (planned.mapping && params) {
			const set = Object.keys(params).length > 0 ? { params } : {};
			if (!this.#main.some(({ to }) => to === node.name)) this.#needInputs(params);
			this.#builder.add(id, { type: planned.mapping.type, ...set, ...base }, at);
			if (planned.mapping.type !== 'note@1')
				this.#builder.reporter.add('translated', `“${node.name}” (${node.kind}).`, id);
			return;
		}
		this.#keep(planned, base, at);
	}

	/** What a part of a workflow reads of a node that was not copied with it is given to the flow. */
	#needInputs(params: JsonObject): void {
		for (const [, plain, quoted] of JSON.stringify(params).matchAll(
			/\bflow(?:\??\.([A-Za-z]\w*)|\[\\"([A-Za-z]\w*)\\"\])/gu,
		))
			this.#builder.needInput(plain ?? quoted ?? '');
	}

	#keep(planned: Planned, base: Partial<FlowNode>, at: Position): void {
		const { node, id } = planned;
		const ports = this.#keptPorts(node);
		planned.mapping = undefined;
		const hasError = hasErrorOutput(node) && ports.outputs.length > 1;
		const outputs = hasError ? [...ports.outputs.slice(0, -1), 'error'] : ports.outputs;
		this.#planned.set(node.name, { ...planned, mapping: undefined, inputs: ports.inputs, outputs });
		this.#builder.add(
			id,
			{
				...keptNode('n8n', node.kind, { inputs: ports.inputs, outputs: outputs.filter(port => port !== 'error') }),
				...base,
			},
			at,
		);
		this.#builder.reporter.add(
			'kept',
			`“${node.name}” (${node.kind}) has no counterpart here. Its data is kept; a run that reaches it fails.`,
			id,
		);
	}

	/** What every node of n8n may have, and the original itself. */
	#common({ node, loop, id }: Planned): Partial<FlowNode> {
		const { raw, name } = node;
		const parts = (this.#parts.get(name) ?? []).map(({ type, node: part, edge }) => ({
			type,
			index: edge.input,
			node: this.#clean(part.raw),
		}));
		const policy = textAt(raw, 'onError') || (raw['continueOnFail'] === true ? 'continueRegularOutput' : '');
		const container = this.#containerOf(name, loop);
		const tries = raw['retryOnFail'] === true ? (numberAt(raw, 'maxTries') ?? 3) : 1;
		const notes = textAt(raw, 'notes');
		if (policy === 'continueRegularOutput')
			this.#builder.reporter.add(
				'flagged',
				'When it fails, n8n goes on with the error as its data; here it goes on with an empty value.',
				id,
			);
		return {
			...(slugOf(name) === id && name === id ? {} : { name }),
			...(container === undefined ? {} : { in: container }),
			...(tries > 1
				? { retry: { max: tries - 1, backoff: 'fixed' as const, delayMs: numberAt(raw, 'waitBetweenTries') ?? 1000 } }
				: {}),
			...(policy === 'continueErrorOutput' ? { onError: 'branch' as const } : {}),
			...(policy === 'continueRegularOutput' ? { onError: { value: this.#emptyOutputs(name) } } : {}),
			...(raw['disabled'] === true ? { skip: 'bypass' as const } : {}),
			...(notes === '' ? {} : { note: notes }),
			origin: { n8n: { node: this.#clean(raw), ...(parts.length > 0 ? { parts } : {}) } },
		};
	}

	/** Notes what was made of the original, so that an export gives back as it was what nobody has changed. */
	#seal(id: NodeId): void {
		const node = this.#builder.nodes[id];
		if (node) this.#builder.change(id, { origin: { n8n: { ...objectAt(node.origin?.['n8n']), as: nodeSeal(node) } } });
	}

	#emptyOutputs(name: string): JsonObject {
		const [first] = this.#planned.get(name)?.outputs ?? [];
		return first === undefined ? {} : { [first]: {} };
	}

	#containerOf(name: string, loop: Loop | undefined): NodeId | undefined {
		const outer = [...this.#loops.values()]
			.filter(({ body }) => body.has(name) && !(loop && loop.body === body))
			.toSorted((a, b) => a.body.size - b.body.size)[0];
		return outer && this.#planned.get(outer.name)?.id;
	}

	#clean(raw: JsonObject): Json {
		return withoutSecrets(raw, () => undefined);
	}

	#translation(planned: Planned): Translation {
		const { node, id } = planned;
		const { reporter } = this.#builder;
		const scope = this.#scope(planned);
		return {
			node,
			parameters: node.parameters,
			scope,
			value: value => (value === undefined ? undefined : translateValue(value, scope)),
			text(value) {
				const translated = value === undefined ? '' : translateValue(value, scope);
				return typeof translated === 'string' ? translated : JSON.stringify(translated);
			},
			secret: () => this.#secret(planned),
			flag: text => reporter.add('flagged', text, id),
			drop: text => reporter.add('dropped', text, id),
			parts: type => this.#partsOf(node, type),
		};
	}

	#secret({ node, id }: Planned): string {
		const [first] = Object.values(objectAt(node.raw, 'credentials'));
		const name = textAt(objectAt(first), 'name');
		if (name === '') return '';
		const secret = slugOf(name, 'secret');
		this.#builder.reporter.add(
			'flagged',
			`Its credentials “${name}” are the secret ${secret} here: give it a value.`,
			id,
		);
		return secret;
	}

	#scope(planned: Planned): N8nScope {
		const { node, id, mapping } = planned;
		return {
			json: mapping?.json ?? this.#incoming(planned),
			node: name => {
				const found = this.#planned.get(name);
				const [port] = found?.outputs ?? [];
				return found && port !== undefined ? nodeReference(found.id, port) : undefined;
			},
			workflowName: this.#workflow.name,
			onUnknown: source =>
				this.#builder.reporter.add(
					'flagged',
					`The expression \`${plainText(source)}\` of “${node.name}” could not be translated: write it anew.`,
					id,
				),
		};
	}

	/** How the node's expressions name what comes in. */
	#incoming({ node, inputs, mapping }: Planned): string {
		const [port] = inputs;
		const into = this.#main.filter(({ to }) => to === node.name);
		if (into.length === 0) return 'flow';
		const isValue = port !== undefined && port !== 'after' && port !== 'values' && mapping !== undefined;
		if (isValue) return `input.${port}`;
		const references = into.flatMap(edge => {
			const from = this.#planned.get(edge.from);
			if (!from) return [];
			if (from.loop && edge.output === 1) return ['item'];
			return [nodeReference(from.id, from.outputs[edge.output] ?? from.outputs[0] ?? 'output')];
		});
		const unique = [...new Set(references)];
		return unique.length === 1 ? (unique[0] ?? 'flow') : `(${unique.join(' ?? ')})`;
	}

	#connect({ from, output, to, input }: N8nEdge): void {
		const [source, target] = [this.#planned.get(from), this.#planned.get(to)];
		if (!source || !target) return;
		const isReturn = target.loop?.body.has(from) === true;
		const port = source.outputs[output] ?? (source.mapping ? undefined : source.outputs.at(-1));
		if (port === undefined) {
			this.#builder.reporter.add(
				'dropped',
				`An edge from output ${output + 1} of “${from}” leads from a port that does not exist here.`,
				source.id,
			);
			return;
		}
		const into = isReturn ? 'result' : (target.inputs[input] ?? target.inputs.at(-1));
		if (into === undefined) {
			this.#builder.reporter.add('dropped', `An edge into “${to}” ends at a node that takes nothing here.`, target.id);
			return;
		}
		this.#builder.edge(source.id, port, target.id, into);
	}

	#pin(name: string, items: Json): void {
		const planned = this.#planned.get(name);
		const [port] = planned?.outputs ?? [];
		if (!planned || port === undefined) return;
		const values = listAt(items).map(item => objectAt(item)['json'] ?? item);
		const tell = (kind: string): void =>
			this.#builder.reporter.add('dropped', `A secret (${kind}) in its pinned data was taken out.`, planned.id);
		const clean = withoutSecrets(values.length === 1 ? (values[0] ?? null) : values, tell);
		this.#builder.pin(planned.id, { [port]: clean });
	}

	#group(): void {
		for (const group of listAt(this.#workflow.rest, 'nodeGroups')) {
			const ids = new Set(listAt(group, 'nodeIds'));
			const nodes = [...this.#planned.values()].filter(({ node }) => ids.has(node.raw['id'] ?? '')).map(({ id }) => id);
			if (nodes.length > 0)
				this.#builder.group(textAt(objectAt(group), 'name', 'Group'), {
					name: textAt(objectAt(group), 'name', 'Group'),
					nodes,
				});
		}
	}
}

function highest(edges: readonly N8nEdge[], side: 'input' | 'output'): number {
	return Math.max(-1, ...edges.map(edge => edge[side])) + 1;
}

/** `input`, `input2`, … */
function portNames(total: number, word: string): readonly string[] {
	return Array.from({ length: total }, (_, at) => (at === 0 ? word : `${word}${at + 1}`));
}

function portsOf(ports: Mapping['inputs'], { parameters }: N8nNode): readonly string[] {
	return typeof ports === 'function' ? ports(parameters) : ports;
}

function hasErrorOutput({ raw }: N8nNode): boolean {
	return raw['onError'] === 'continueErrorOutput';
}

/** The error output stands behind the node's own. */
function mainOutputs(mapping: Mapping | undefined, outputs: readonly string[]): number {
	return mapping ? outputs.length : Math.max(1, outputs.length - 1);
}

/** n8n's boxes stand closer than ours. */
function place({ kind, parameters, x, y }: N8nNode): Position {
	const at = { x: Math.round(x * 1.3), y: Math.round(y * 1.3) };
	return kind === 'stickyNote'
		? { ...at, width: numberAt(parameters, 'width') ?? 240, height: numberAt(parameters, 'height') ?? 160 }
		: at;
}
