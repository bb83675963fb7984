import type { Json } from '../../base/json';
import { edgeText, type Flow, type FlowEdge, type FlowNode, type NodeId } from '../model/flow';
import type { JoinPolicy, NodeCatalog, NodeType, Port, PortWorld, Ports } from '../nodes/nodeType';
import { buildBodies, type DraftEdge, type DraftNode } from './bodies';
import {
	joinAll,
	joinAny,
	joinAtLeast,
	joinFirst,
	type CompileProblem,
	type CompiledFlow,
	type CompiledNode,
} from './compiled';
import type { ExpressionEngine } from './expressionPort';

export interface CompileOptions {
	readonly expressions: ExpressionEngine;
	/** For ports that depend on other files and on tools; absent: nothing is known of them. */
	readonly world?: PortWorld;
	/** Nodes with a value from elsewhere: their missing inputs are no problem. */
	readonly pinned?: ReadonlySet<NodeId>;
}

const nowhere: PortWorld = { flow: () => undefined, tool: () => undefined };

/** Turns a flow into arrays that runs share. What is wrong is data: nothing here throws. */
export function compileFlow(flow: Flow, catalog: NodeCatalog, options: CompileOptions): CompiledFlow {
	return new Compiler(flow, catalog, options).compile();
}

class Compiler {
	readonly #flow: Flow;
	readonly #catalog: NodeCatalog;
	readonly #options: CompileOptions;
	readonly #problems: CompileProblem[] = [];
	readonly #drafts = new Map<NodeId, DraftNode>();
	readonly #types: { name: string; concurrency: number }[] = [];
	readonly #typeIndices = new Map<NodeType, number>();

	constructor(flow: Flow, catalog: NodeCatalog, options: CompileOptions) {
		this.#flow = flow;
		this.#catalog = catalog;
		this.#options = options;
	}

	compile(): CompiledFlow {
		for (const [id, node] of Object.entries(this.#flow.nodes)) this.#addNode(id, node);
		this.#nest();
		const edges = [...this.#edges(), ...this.#reads()];
		const { bodies, nodes, cycle } = buildBodies([...this.#drafts.values()], edges, draft => this.#finish(draft));
		if (cycle.length > 0) {
			const path = cycle.length > 8 ? [...cycle.slice(0, 8), '…'] : cycle;
			this.#problem('cycle', `${path.join(' → ')} depend on each other in a circle. Use a While node to repeat.`, {
				node: cycle[0] ?? '',
			});
		}
		this.#checkOutputs(nodes);
		return {
			flow: this.#flow,
			nodes,
			byId: new Map(nodes.map(node => [node.id, node])),
			bodies,
			types: this.#types,
			problems: this.#problems,
		};
	}

	#problem(code: CompileProblem['code'], message: string, where: { node?: NodeId; edge?: string }): void {
		this.#problems.push({ code, message, ...where });
	}

	#addNode(id: NodeId, node: FlowNode): void {
		const [name = '', versionText] = node.type.split('@');
		const type = this.#catalog.find(node.type) ?? this.#catalog.find(name);
		if (!type) {
			this.#problem('unknown-type', `There is no node type '${node.type}'.`, { node: id });
			return;
		}
		if (type.isNote === true) return;
		const version = versionText === undefined ? type.version : Number(versionText);
		if (version > type.version) {
			const text = `'${node.type}' was made by a newer version; this one knows ${type.type}@${type.version}.`;
			this.#problem('newer-type', text, { node: id });
			return;
		}
		const params = paramsOf(node, type, version);
		const ports = this.#ports(type, params);
		const typeIndex = this.#typeIndex(type);
		this.#drafts.set(id, { id, node, type, params, ports, typeIndex, parent: null, connected: new Set() });
	}

	#ports(type: NodeType, params: Readonly<Record<string, Json>>): Ports {
		if (typeof type.ports !== 'function') return type.ports;
		return type.ports(params, this.#options.world ?? nowhere);
	}

	#typeIndex(type: NodeType): number {
		const known = this.#typeIndices.get(type);
		if (known !== undefined) return known;
		const concurrency = type.concurrency ?? Number.POSITIVE_INFINITY;
		this.#types.push({ name: `${type.type}@${type.version}`, concurrency });
		this.#typeIndices.set(type, this.#types.length - 1);
		return this.#types.length - 1;
	}

	/** Who stands in whom. A node in a circle of containers, or in something that is none, stands outside. */
	#nest(): void {
		for (const draft of this.#drafts.values()) {
			const parentId = draft.node.in;
			if (parentId === undefined) continue;
			const parent = this.#drafts.get(parentId);
			if (parent?.type.container === undefined) {
				this.#problem('container', `'${draft.id}' stands in '${parentId}', which is no container.`, { node: draft.id });
			} else draft.parent = parent;
		}
		for (const draft of this.#drafts.values()) {
			const seen = new Set<DraftNode>([draft]);
			for (let up = draft.parent; up; up = up.parent) {
				if (seen.has(up)) {
					this.#problem('container', `'${draft.id}' stands in itself.`, { node: draft.id });
					draft.parent = null;
					break;
				}
				seen.add(up);
			}
		}
	}

	#edges(): DraftEdge[] {
		return this.#flow.edges.flatMap(edge => {
			const [from, to] = [this.#drafts.get(edge.from), this.#drafts.get(edge.to)];
			if (!from || !to) {
				// A node of an unknown type, or a note, has been told of already.
				const missing = [edge.from, edge.to].find(id => !Object.hasOwn(this.#flow.nodes, id));
				if (missing !== undefined)
					this.#problem('missing-node', `There is no node '${missing}'.`, { edge: edgeText(edge) });
				return [];
			}
			const draft = this.#edge(edge, from, to);
			if (draft && !draft.isExit) to.connected.add(edge.input);
			return draft ? [draft] : [];
		});
	}

	#edge(edge: FlowEdge, from: DraftNode, to: DraftNode): DraftEdge | undefined {
		const text = edgeText(edge);
		const isFromInside = isIn(to, from) && hasInner(from.ports.outputs, edge.output);
		const isToInside = isIn(from, to) && hasInner(to.ports.inputs, edge.input);
		if (!isFromInside && !hasOuter(from, from.ports.outputs, edge.output, 'output')) {
			this.#problem('unknown-port', `'${edge.from}' has no output '${edge.output}'.`, { node: edge.from, edge: text });
			return undefined;
		}
		if (!isToInside && !hasOuter(to, to.ports.inputs, edge.input, 'input')) {
			this.#problem('unknown-port', `'${edge.to}' has no input '${edge.input}'.`, { node: edge.to, edge: text });
			return undefined;
		}
		const source = isFromInside ? 'entry' : 'node';
		if (isToInside) return this.#exit(edge, from, to, source);
		if (!isFromInside && !encloses(from.parent, to.parent)) {
			const way = `The nodes in '${from.parent?.id}' give their values to it, and it gives them on`;
			this.#problem('scope', `'${edge.from}' cannot be used outside of its container. ${way}.`, { edge: text });
			return undefined;
		}
		return { from, to, port: edge.output, input: edge.input, source, isExit: false };
	}

	#exit(edge: FlowEdge, from: DraftNode, to: DraftNode, source: 'node' | 'entry'): DraftEdge | undefined {
		if (from.parent === to) return { from, to, port: edge.output, input: edge.input, source, isExit: true };
		this.#problem('scope', `'${edge.from}' stands deeper than directly in '${edge.to}'.`, { edge: edgeText(edge) });
		return undefined;
	}

	/** What parameters read of other nodes, as edges that carry nothing. */
	#reads(): DraftEdge[] {
		const edges: DraftEdge[] = [];
		for (const to of this.#drafts.values()) {
			for (const id of this.#options.expressions.dependencies(to.params, to.type)) {
				const from = this.#drafts.get(id);
				if (from === to || !from) {
					const text = from
						? `'${id}' names itself in an expression.`
						: `An expression names '${id}', which is no node.`;
					this.#problem(from ? 'cycle' : 'missing-node', text, { node: to.id });
					continue;
				}
				// The expressions of a node see what the enclosing container is given, not what comes out of it.
				if (isIn(to, from)) continue;
				if (encloses(from.parent, to.parent)) {
					edges.push({ from, to, port: '', input: '', source: 'node', isExit: false });
				} else {
					const text = `An expression names '${id}', which stands inside of '${from.parent?.id}'.`;
					this.#problem('scope', text, { node: to.id });
				}
			}
		}
		return edges;
	}

	#finish(draft: DraftNode): Omit<CompiledNode, 'index' | 'body' | 'local' | 'inner' | 'slots'> {
		const { type, node, params } = draft;
		const hasExpressions = this.#options.expressions.hasExpressions(params, type);
		const parsed = type.params.safeParse(params);
		if (!hasExpressions && !parsed.success) {
			const issue = parsed.error.issues[0];
			const where = issue && issue.path.length > 0 ? `'${issue.path.join('.')}'` : 'The parameters';
			this.#problem('params', `${where}: ${issue?.message ?? 'not as this node needs them'}`, { node: draft.id });
		}
		this.#checkRequired(draft);
		const fixedParams = parsed.success && !hasExpressions ? parsed.data : undefined;
		const outer = draft.ports.outputs.filter(port => port.isInner !== true).map(port => port.name);
		return {
			id: draft.id,
			idText: JSON.stringify(draft.id),
			node,
			type,
			container: type.container ?? null,
			effects: type.effects,
			params,
			fixedParams,
			...joinOf(type, fixedParams ?? params),
			firstOutput: outer[0] ?? null,
			outputPorts: outer,
			typeIndex: draft.typeIndex,
			isCached: type.effects === 'pure' ? node.cache !== false : type.effects === 'reads' && node.cache === true,
			isIdempotent: isIdempotent(type, fixedParams ?? params),
			outputName: type.isOutput === true ? outputName(draft) : null,
			hangsOnReads: draft.connected.size === 0,
		};
	}

	#checkRequired({ id, ports, node, connected }: DraftNode): void {
		if (node.skip === 'mute' || this.#options.pinned?.has(id) === true) return;
		for (const { name, isRequired, isInner } of ports.inputs) {
			if (isRequired !== true || isInner === true || connected.has(name)) continue;
			this.#problem('missing-input', `'${id}' needs a value at '${name}'.`, { node: id });
		}
	}

	#checkOutputs(nodes: readonly CompiledNode[]): void {
		for (const { id, outputName: name, body } of nodes) {
			if (name === null || body === 0) continue;
			this.#problem('scope', `'${id}' is an output of the flow and must not stand in a container.`, { node: id });
		}
	}
}

function paramsOf(node: FlowNode, type: NodeType, version: number): Readonly<Record<string, Json>> {
	const set = Object.entries(node.params ?? {}).filter(([, value]) => value !== null);
	const params: Readonly<Record<string, Json>> = Object.fromEntries(set);
	return version < type.version && type.migrate ? type.migrate(params, version) : params;
}

function hasInner(ports: readonly Port[], name: string): boolean {
	return ports.some(port => port.name === name && port.isInner === true);
}

/** Ports that are made from parameters may be unknown for now: a file cannot be read, a server does not run. */
function hasOuter(draft: DraftNode, ports: readonly Port[], name: string, side: 'input' | 'output'): boolean {
	if (name in Object.prototype) return false;
	if (ports.some(port => port.name === name && port.isInner !== true)) return true;
	if (side === 'output' && name === 'error' && draft.node.onError === 'branch') return true;
	return typeof draft.type.ports === 'function' && !hasInner(ports, name);
}

/** Whether `inner` stands in `container`, however deep. */
function isIn(inner: DraftNode, container: DraftNode): boolean {
	for (let up = inner.parent; up; up = up.parent) if (up === container) return true;
	return false;
}

/** Whether what stands in `outer` can be seen from what stands in `inner`; `null` is the flow itself. */
function encloses(outer: DraftNode | null, inner: DraftNode | null): boolean {
	for (let up = inner; up; up = up.parent) if (up === outer) return true;
	return outer === null;
}

function joinOf(type: NodeType, params: unknown): Pick<CompiledNode, 'join' | 'joinCount'> {
	let policy: JoinPolicy = 'all';
	try {
		policy = typeof type.join === 'function' ? type.join(params) : (type.join ?? 'all');
	} catch {
		// The parameters have expressions where the policy should be: the default holds.
	}
	if (typeof policy === 'object') return { join: joinAtLeast, joinCount: Math.max(1, policy.atLeast) };
	return { join: policy === 'all' ? joinAll : policy === 'any' ? joinAny : joinFirst, joinCount: 1 };
}

function isIdempotent({ isIdempotent: claim }: NodeType, params: unknown): boolean {
	try {
		return typeof claim === 'function' ? claim(params) : claim === true;
	} catch {
		// As above: not known before it runs, so the careful answer.
		return false;
	}
}

function outputName({ id, params }: DraftNode): string {
	const name = params['name'];
	return typeof name === 'string' && name !== '' ? name : id;
}
