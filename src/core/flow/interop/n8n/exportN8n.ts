import { hash } from 'node:crypto';
import type { Json } from '../../../base/json';
import { snap } from '../../model/normalise';
import type { Flow, FlowEdge, FlowNode, NodeId } from '../../model/flow';
import { parseTemplate, soleExpression } from '../../expressions/template';
import { isObject, listAt, numberAt, objectAt, set, textAt, type JsonObject } from '../json';
import { Reporter, type InteropReport } from '../report';
import { kindOf } from './agentNodes';
import { n8nMappings } from './nodes';
import { nodeSeal } from './seal';
import { modelNode, toN8n, type N8nShape } from './toN8n';

export interface N8nExport {
	readonly workflow: JsonObject;
	readonly report: InteropReport;
}

interface Written {
	readonly id: NodeId;
	readonly node: FlowNode;
	readonly name: string;
	readonly raw: JsonObject;
	readonly outputs: readonly string[];
	readonly inputs: readonly string[];
	readonly isWrapped: boolean;
}

/** A workflow of n8n. What an import kept is given back as it was, unless somebody changed the node. */
export function exportN8n(flow: Flow): N8nExport {
	return new N8nWriter(flow).run();
}

class N8nWriter {
	readonly #flow: Flow;
	readonly #reporter = new Reporter('n8n');
	readonly #names = new Map<NodeId, string>();
	readonly #written = new Map<NodeId, Written>();
	readonly #nodes: JsonObject[] = [];
	readonly #connections: Record<string, Record<string, Json[][]>> = {};
	#inputsName = 'Inputs';
	#readsInputs = false;

	constructor(flow: Flow) {
		this.#flow = flow;
	}

	run(): N8nExport {
		const rest = this.#rest();
		const nodes = Object.entries(this.#flow.nodes).filter(([, node]) => !isImportNotes(node));
		for (const [id, node] of nodes)
			this.#names.set(id, this.#freeName(node.name ?? textAt(originalOf(node), 'name', id)));
		this.#inputsName = this.#freeName('Inputs');
		// Expressions name what others give: shapes first.
		for (const [id, node] of nodes) this.#write(id, node);
		const isOurs = Object.keys(rest).length === 0;
		if (this.#readsInputs || (isOurs && Object.keys(this.#flow.inputs).length > 0)) this.#writeInputs();
		for (const edge of this.#flow.edges) this.#connect(edge);
		this.#startWhatWaits();
		const { name: _name, ...more } = rest;
		const workflow = {
			name: this.#flow.name,
			nodes: this.#nodes,
			connections: this.#connections as unknown as Json,
			...(isOurs ? { settings: { executionOrder: 'v1' } } : more),
		};
		return { workflow, report: this.#reporter.report };
	}

	/** What an import found beside the nodes. */
	#rest(): JsonObject {
		const notes = Object.values(this.#flow.nodes).find(isImportNotes);
		return notes ? objectAt(notes.origin?.['n8n'], 'workflow') : {};
	}

	#freeName(name: string): string {
		const taken = new Set(this.#names.values());
		let free = name;
		for (let number = 1; taken.has(free); number++) free = `${name}${number}`;
		return free;
	}

	#write(id: NodeId, node: FlowNode): void {
		const name = this.#names.get(id)!;
		const origin = objectAt(node.origin?.['n8n']);
		const original = objectAt(origin, 'node');
		const isUnchanged = textAt(original, 'type') !== '' && origin['as'] === nodeSeal(node);
		const written = isUnchanged ? this.#unchanged(id, node, name, original) : this.#changed(id, node, name, original);
		this.#written.set(id, written);
		this.#nodes.push(written.raw);
		for (const part of listAt(origin, 'parts').filter(isObject)) this.#writePart(name, part);
		this.#reporter.add('translated', isUnchanged ? `“${name}” is as it was.` : `“${name}”.`, id);
	}

	#unchanged(id: NodeId, node: FlowNode, name: string, original: JsonObject): Written {
		const raw = { ...original, name, position: this.#position(id, original) };
		const parameters = objectAt(original, 'parameters');
		const kind = textAt(original, 'type').split('.').at(-1) ?? '';
		const parts = listAt(objectAt(node.origin?.['n8n']), 'parts').filter(isObject);
		const partsOf = (type: string): { kind: string }[] =>
			parts
				.filter(part => part['type'] === type)
				.map(part => ({ kind: textAt(objectAt(part, 'node'), 'type').split('.').at(-1) ?? '' }));
		const looked = { name, kind, version: 1, parameters, raw, x: 0, y: 0 };
		const mapping =
			node.type.startsWith('import.kept') || kind === 'splitInBatches'
				? undefined
				: n8nMappings[kindOf(looked, type => partsOf(type) as never)];
		const ports = (given: readonly string[] | ((parameters: JsonObject) => readonly string[])): readonly string[] =>
			typeof given === 'function' ? given(parameters) : given;
		if (mapping)
			return { id, node, name, raw, inputs: ports(mapping.inputs), outputs: ports(mapping.outputs), isWrapped: false };
		if (kind === 'splitInBatches' && node.type.startsWith('control.forEach'))
			return { id, node, name, raw, inputs: ['items'], outputs: ['results', 'item'], isWrapped: false };
		return {
			id,
			node,
			name,
			raw,
			inputs: textsAt(node, 'inputs'),
			outputs: textsAt(node, 'outputs'),
			isWrapped: false,
		};
	}

	#changed(id: NodeId, node: FlowNode, name: string, original: JsonObject): Written {
		const isKept = node.type.startsWith('import.kept') && textAt(original, 'type') !== '';
		const shape = isKept
			? this.#keptShape(node, original)
			: toN8n(id, node, { expression: text => this.#expression(text, id), value: value => this.#value(value, id) });
		if (shape.note !== undefined) this.#reporter.add('flagged', shape.note, id);
		const {
			parameters: _p,
			type: _t,
			typeVersion: _v,
			position: _pos,
			name: _n,
			disabled: _d,
			notes: _no,
			onError: _on,
			retryOnFail: _r,
			maxTries: _m,
			waitBetweenTries: _w,
			continueOnFail: _c,
			...envelope
		} = original;
		const raw = set({
			id: uuidOf(`${this.#flow.id}/${id}`),
			...envelope,
			name,
			type: shape.type,
			typeVersion: shape.version,
			position: this.#position(id, original),
			parameters: shape.parameters,
			...this.#policies(node),
			notes: node.note ?? (shape.note === undefined ? undefined : shape.note),
		});
		const hasParts = listAt(objectAt(node.origin?.['n8n']), 'parts').length > 0;
		if (shape.model !== undefined && shape.model !== '' && !hasParts)
			this.#writeModel(name, id, shape.model, node.params ?? {});
		return { id, node, name, raw, inputs: [], outputs: shape.outputs, isWrapped: shape.isWrapped === true };
	}

	#keptShape(node: FlowNode, original: JsonObject): N8nShape {
		return {
			type: textAt(original, 'type'),
			version: numberAt(original, 'typeVersion') ?? 1,
			parameters: objectAt(original, 'parameters'),
			outputs: textsAt(node, 'outputs'),
		};
	}

	#policies({ retry, onError, skip }: FlowNode): JsonObject {
		return set({
			...(retry ? { retryOnFail: true, maxTries: retry.max + 1, waitBetweenTries: retry.delayMs ?? 1000 } : {}),
			onError: onError === 'branch' ? 'continueErrorOutput' : isObject(onError) ? 'continueRegularOutput' : undefined,
			disabled: skip === undefined ? undefined : true,
		});
	}

	#position(id: NodeId, original: JsonObject): Json {
		const place = this.#flow.layout[id];
		const [x, y] = listAt(original, 'position');
		if (!place) return typeof x === 'number' && typeof y === 'number' ? [x, y] : [0, 0];
		const isSame =
			typeof x === 'number' &&
			typeof y === 'number' &&
			snap(Math.round(x * 1.3)) === place.x &&
			snap(Math.round(y * 1.3)) === place.y;
		return isSame ? [x, y] : [Math.round(place.x / 1.3), Math.round(place.y / 1.3)];
	}

	#writePart(owner: string, part: JsonObject): void {
		const raw = objectAt(part, 'node');
		const name = textAt(raw, 'name');
		if (!this.#nodes.some(node => node['name'] === name)) this.#nodes.push(raw);
		this.#link(name, textAt(part, 'type'), 0, owner, numberAt(part, 'index') ?? 0);
	}

	#writeModel(owner: string, id: NodeId, model: string, params: JsonObject): void {
		const name = this.#freeName(`${owner} model`);
		const [x = 0, y = 0] = this.#position(id, {}) as readonly number[];
		this.#nodes.push({
			id: uuidOf(`${this.#flow.id}/${id}/model`),
			name,
			typeVersion: 1,
			position: [x, y + 160],
			...modelNode(model, params),
		});
		this.#link(name, 'ai_languageModel', 0, owner, 0);
		this.#reporter.add('flagged', `Its model needs credentials in n8n.`, id);
	}

	#writeInputs(): void {
		const values = Object.entries(this.#flow.inputs).map(([name, { type }]) => ({
			name,
			type: { list: 'array', text: 'string', file: 'string', image: 'any' }[type as string] ?? type,
		}));
		this.#nodes.push({
			id: uuidOf(`${this.#flow.id}/inputs`),
			name: this.#inputsName,
			type: 'n8n-nodes-base.executeWorkflowTrigger',
			typeVersion: 1.1,
			position: [-240, 0],
			parameters: { inputSource: 'workflowInputs', workflowInputs: { values } },
		});
	}

	#connect({ from, output, to, input }: FlowEdge): void {
		const [source, target] = [this.#written.get(from), this.#written.get(to)];
		if (!source || !target) return;
		const isError = output === 'error' && source.node.onError === 'branch';
		const index = isError ? Math.max(1, source.outputs.length) : Math.max(0, source.outputs.indexOf(output));
		const isReturn = input === 'result' || input === 'next';
		const into = isReturn ? 0 : Math.max(0, target.inputs.indexOf(input));
		const isMerge = target.node.type.startsWith('control.merge');
		this.#link(
			source.name,
			'main',
			index,
			target.name,
			isMerge && target.inputs.length <= 1 ? this.#mergeIndex(target, from, output) : into,
		);
	}

	/** The edges of a merge end at inputs of their own there. */
	#mergeIndex(target: Written, from: NodeId, output: string): number {
		const edges = this.#flow.edges.filter(({ to }) => to === target.id);
		return edges.findIndex(edge => edge.from === from && edge.output === output);
	}

	#link(from: string, type: string, output: number, to: string, index: number): void {
		const outputs = ((this.#connections[from] ??= {})[type] ??= []);
		while (outputs.length <= output) outputs.push([]);
		outputs[output]!.push({ node: to, type, index });
	}

	/** n8n starts at triggers: what waits for nothing hangs on one, what only reads others on what it reads. */
	#startWhatWaits(): void {
		const isReached = new Set(
			Object.values(this.#connections).flatMap(byType =>
				(byType['main'] ?? []).flat().map(target => textAt(objectAt(target), 'node')),
			),
		);
		const triggers = this.#nodes
			.filter(node => /trigger|webhook/iu.test(textAt(node, 'type')))
			.map(node => textAt(node, 'name'));
		const waiting = [...this.#written.values()].filter(
			({ name, raw, node }) =>
				!isReached.has(name) &&
				!triggers.includes(name) &&
				!/stickyNote/u.test(textAt(raw, 'type')) &&
				originalOf(node)['type'] === undefined,
		);
		if (waiting.length === 0) return;
		let [trigger] = triggers;
		if (trigger === undefined) {
			trigger = this.#freeName('Start');
			this.#nodes.push({
				id: uuidOf(`${this.#flow.id}/start`),
				name: trigger,
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [-240, 0],
				parameters: {},
			});
		}
		for (const { name } of waiting) this.#link(trigger, 'main', 0, name, 0);
	}

	#value(value: Json, id: NodeId): Json {
		if (typeof value === 'string') {
			const template = parseTemplate(value);
			if (!template.hasExpressions) return value.replaceAll('\\{{', '{{');
			const sole = soleExpression(template);
			if (sole) return `={{ ${this.#expression(sole.source.trim(), id)} }}`;
			return `=${template.parts.map(part => (part.kind === 'text' ? part.text : `{{ ${this.#expression(part.source.trim(), id)} }}`)).join('')}`;
		}
		if (Array.isArray(value)) return (value as readonly Json[]).map(entry => this.#value(entry, id));
		if (!isObject(value)) return value;
		return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, this.#value(entry, id)]));
	}

	/** Our names for values, in n8n's words. */
	#expression(source: string, id: NodeId): string {
		this.#readsInputs ||= /(?<![\w.$])flow\??\./u.test(source);
		const inner = this.#flow.nodes[id]?.in;
		return source
			.replaceAll(
				/\bnodes(?:\.([A-Za-z_]\w*)|\[\s*["']([^"']+)["']\s*\])\??\.([A-Za-z_]\w*)/gu,
				(_, plain?: string, quoted?: string, port = '') => this.#reference(plain ?? quoted ?? '', port as string),
			)
			.replaceAll(/(?<![\w.$])input\??\.([A-Za-z_]\w*)/gu, (_, port: string) => this.#incoming(id, port))
			.replaceAll(
				/(?<![\w.$])flow\??\.([A-Za-z_]\w*)/gu,
				(_, name: string) => `$('${this.#inputsName}').first().json.${name}`,
			)
			.replaceAll(
				/(?<![\w.$])item\b(?!\s*=>)/gu,
				inner === undefined && !/data\.filter|data\.sort/u.test(this.#flow.nodes[id]?.type ?? '') ? 'item' : '$json',
			)
			.replaceAll(/(?<![\w.$])run\.id\b/gu, '$execution.id')
			.replaceAll(/(?<![\w.$])now\b(?!\s*\()/gu, '$now.toISO()');
	}

	#reference(id: NodeId, port: string): string {
		const name = (this.#names.get(id) ?? id).replaceAll("'", String.raw`\'`);
		const isWrapped = this.#written.get(id)?.isWrapped ?? isWrappedType(this.#flow.nodes[id]);
		return `$('${name}').first().json${isWrapped ? `.${port}` : ''}`;
	}

	#incoming(id: NodeId, port: string): string {
		const into = this.#flow.edges.filter(({ to, input }) => to === id && input === port);
		const [only] = into;
		if (!only) return '$json';
		const isInner = this.#flow.nodes[id]?.in === only.from;
		if (isInner || into.length > 1) return '$json';
		const isWrapped = this.#written.get(only.from)?.isWrapped ?? isWrappedType(this.#flow.nodes[only.from]);
		return `$json${isWrapped ? `.${only.output}` : ''}`;
	}
}

/** Nodes that become a Set, whose data has our ports as names. */
function isWrappedType(node: FlowNode | undefined): boolean {
	return (
		node !== undefined &&
		originalOf(node)['type'] === undefined &&
		/^(?:flow\.input|text\.|data\.value|llm\.|agent\.loop)/u.test(node.type)
	);
}

function originalOf(node: FlowNode): JsonObject {
	return objectAt(node.origin?.['n8n'], 'node');
}

/** Whether a node is the sheet on which an import of n8n wrote what became of it. */
export function isImportNotes(node: FlowNode): boolean {
	return (
		node.type.startsWith('note@') &&
		(isObject(objectAt(node.origin?.['n8n'])['workflow']) ||
			node.name?.startsWith('import-notes') === true ||
			(node.origin === undefined && textAt(node.params ?? {}, 'text').startsWith('## From n8n')))
	);
}

function textsAt({ params }: FlowNode, name: string): readonly string[] {
	return listAt(params ?? {}, name).filter((entry): entry is string => typeof entry === 'string');
}

/** The same id for the same node, in the form that n8n uses. */
function uuidOf(text: string): string {
	const hex = hash('sha256', text);
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
