import { ExpectedError } from '../base/errors';
import type { Json } from '../base/json';
import { portsOf, typeOfNode } from './assist';
import type { BoxWorld } from './layout/boxes';
import { boxesOf } from './layout/boxes';
import { applyOps } from './model/apply';
import {
	emptyFlow,
	type Flow,
	type FlowEdge,
	type FlowInput,
	type FlowNode,
	type NodeId,
	type ValueKind,
} from './model/flow';
import type { FlowOp } from './model/ops';
import { referenceTo, replacePortReference } from './model/rename';
import { freshSlug, slugOf } from './model/slugs';
import { factsOf, type ExpressionText } from './model/validate/facts';

/** What an extraction gives: the new flow, and what the document becomes with it. */
export interface Extraction {
	readonly inner: Flow;
	/** The node that runs the new flow. */
	readonly node: NodeId;
	readonly ops: readonly FlowOp[];
	/** Names of nodes that were chosen and stay, because they begin or end this flow. */
	readonly stay: readonly string[];
}

/** Between the new flow's edge nodes and the others. */
const gap = 96;
const cardWidth = 224;
const frameNames: ReadonlySet<string> = new Set(['item', 'index', 'count', 'previous', 'value']);

/**
 * Moves nodes into a flow of their own. What came to them and what they gave become its inputs and outputs, expressions
 * included. Throws a sentence for what cannot be moved.
 * @param path of the new flow, from the workspace folder
 */
export function extractNodes(
	flow: Flow,
	chosen: Iterable<NodeId>,
	world: BoxWorld,
	{ name, path }: { readonly name: string; readonly path: string },
): Extraction {
	return new Extractor(flow, chosen, world).run(name, path);
}

interface Entry {
	readonly name: string;
	readonly input: FlowInput;
}

class Extractor {
	readonly #flow: Flow;
	readonly #world: BoxWorld;
	readonly #ids: ReadonlySet<NodeId>;
	readonly #stay: readonly string[];
	/** What the new flow is given, by where it comes from. */
	readonly #entries = new Map<string, Entry>();
	readonly #names = new Set<string>();
	/** Inputs that no edge brings. */
	readonly #values: Record<string, Json> = {};
	readonly #outputs = new Map<string, { readonly name: string; readonly from: NodeId; readonly output: string }>();

	constructor(flow: Flow, chosen: Iterable<NodeId>, world: BoxWorld) {
		this.#flow = flow;
		this.#world = world;
		const stay = new Set<NodeId>();
		const ids = new Set<NodeId>();
		for (const id of chosen) {
			const type = this.#typeOf(id);
			if (flow.nodes[id]) (type?.isTrigger === true || type?.isOutput === true ? stay : ids).add(id);
		}
		for (const [id, node] of Object.entries(flow.nodes)) if (this.#isInside(node, ids)) ids.add(id);
		this.#ids = ids;
		this.#stay = [...stay].map(id => flow.nodes[id]?.name ?? id);
	}

	run(name: string, path: string): Extraction {
		const container = this.#container();
		this.#moveFlowInputs();
		const entering = this.#flow.edges.filter(({ from, to }) => !this.#ids.has(from) && this.#ids.has(to));
		const leaving = this.#flow.edges.filter(({ from, to }) => this.#ids.has(from) && !this.#ids.has(to));
		for (const edge of entering) this.#enter(edge);
		for (const { from, output } of leaving) this.#leave(from, output);
		const nodes = this.#movedNodes();
		const readers = this.#readers();
		const inner = this.#inner(name, nodes, entering);
		const id = freshSlug(name, taken => Object.hasOwn(this.#flow.nodes, taken), 'sub-flow');
		const params = { path, ...(Object.keys(this.#values).length > 0 ? { values: this.#values } : {}) };
		const call: FlowNode = { type: 'flow.call@1', name, params, ...(container === undefined ? {} : { in: container }) };
		const ops: FlowOp[] = [
			{ op: 'addNode', id, node: call, at: this.#middle() },
			...entering.map((edge): FlowOp => ({ op: 'addEdge', edge: { ...edge, to: id, input: this.#entryOf(edge) } })),
			...leaving.map((edge): FlowOp => ({ op: 'addEdge', edge: { ...edge, from: id, output: this.#outputOf(edge) } })),
			...readers.flatMap(reader => this.#renamed(reader, id)),
			...this.#groupOps(id),
			...[...this.#ids].map((gone): FlowOp => ({ op: 'removeNode', id: gone })),
		];
		return { inner, node: id, ops, stay: this.#stay };
	}

	#typeOf(id: NodeId): ReturnType<typeof typeOfNode> {
		const node = this.#flow.nodes[id];
		return node && typeOfNode(this.#world.catalog, node);
	}

	#isInside({ in: container }: FlowNode, ids: ReadonlySet<NodeId>): boolean {
		const seen = new Set<NodeId>();
		for (let up = container; up !== undefined && !seen.has(up); up = this.#flow.nodes[up]?.in) {
			if (ids.has(up)) return true;
			seen.add(up);
		}
		return false;
	}

	/** The container that all of them stand in. */
	#container(): NodeId | undefined {
		const real = [...this.#ids].filter(id => this.#typeOf(id)?.isNote !== true);
		if (real.length === 0) {
			const why = this.#stay.length > 0 ? ' What begins or ends this flow stays in it.' : '';
			throw new ExpectedError('extract', `Choose the nodes that become a flow of their own.${why}`);
		}
		const containers = new Set(real.filter(id => this.#isTop(id)).map(id => this.#flow.nodes[id]?.in));
		if (containers.size > 1)
			throw new ExpectedError('extract', 'Nodes of different containers cannot become one flow.');
		return [...containers][0];
	}

	#isTop(id: NodeId): boolean {
		return !this.#ids.has(this.#flow.nodes[id]?.in ?? '');
	}

	/** Inputs of this flow that its nodes read are inputs of the new one, by the same names. */
	#moveFlowInputs(): void {
		for (const id of this.#ids) {
			const node = this.#flow.nodes[id]!;
			const read = new Set(this.#texts(id).flatMap(({ references }) => references.flow));
			const param = node.params?.['name'];
			if (/^flow\.input(?:@|$)/u.test(node.type) && typeof param === 'string') read.add(param);
			for (const name of read) {
				const input = Object.hasOwn(this.#flow.inputs, name) ? this.#flow.inputs[name] : undefined;
				if (!input || this.#entries.has(`flow ${name}`)) continue;
				const { default: _default, ...rest } = input;
				this.#entries.set(`flow ${name}`, { name, input: rest });
				this.#names.add(name);
				this.#values[name] = `{{ ${referenceTo('flow', name)} }}`;
			}
		}
	}

	#texts(id: NodeId): readonly ExpressionText[] {
		const node = this.#flow.nodes[id]!;
		const type = this.#typeOf(id);
		return type ? factsOf(id, node, type, type.version).texts : [];
	}

	#kindOf(id: NodeId, side: 'inputs' | 'outputs', name: string): ValueKind {
		const node = this.#flow.nodes[id];
		if (!node) return 'any';
		if (side === 'outputs' && name === 'error' && node.onError === 'branch') return 'object';
		const port = portsOf(this.#world.catalog, this.#world.ports, node)[side].find(each => each.name === name);
		return port?.kind ?? 'any';
	}

	#freeName(...words: readonly string[]): string {
		const base = camel(words.join('-'));
		let name = base;
		for (let number = 2; this.#names.has(name); number++) name = `${base}${number}`;
		this.#names.add(name);
		return name;
	}

	#enter({ from, output, to, input }: FlowEdge): Entry {
		const key = `node ${from}.${output}`;
		let entry = this.#entries.get(key);
		if (!entry) {
			const given = this.#kindOf(from, 'outputs', output);
			const type = given === 'any' ? this.#kindOf(to, 'inputs', input) : given;
			this.#entries.set(key, (entry = { name: this.#freeName(from, output), input: { type } }));
		}
		return entry;
	}

	#entryOf({ from, output }: FlowEdge): string {
		return this.#entries.get(`node ${from}.${output}`)?.name ?? output;
	}

	#leave(from: NodeId, output: string): string {
		if (!this.#isTop(from)) {
			throw new ExpectedError('extract', `“${output}” of “${from}” is used from outside of its container.`);
		}
		const key = `${from}.${output}`;
		let out = this.#outputs.get(key);
		if (!out) this.#outputs.set(key, (out = { name: this.#freeName(from, output), from, output }));
		return out.name;
	}

	#outputOf({ from, output }: FlowEdge): string {
		return this.#outputs.get(`${from}.${output}`)?.name ?? output;
	}

	/** The nodes as they are in the new flow: what they read of others is read of its inputs. */
	#movedNodes(): Readonly<Record<NodeId, FlowNode>> {
		const nodes: Record<NodeId, FlowNode> = {};
		for (const id of this.#ids) {
			const { in: container, ...node } = this.#flow.nodes[id]!;
			let params: Json | undefined = node.params;
			for (const text of this.#texts(id)) {
				this.#checkFrame(id, text);
				for (const { id: from, port } of text.references.nodes) {
					if (this.#ids.has(from) || params === undefined) continue;
					const output = port ?? this.#whole(id, from);
					params = replacePortReference(params, from, output, referenceTo('flow', this.#readFrom(from, output)));
				}
			}
			nodes[id] = {
				...node,
				...(params === undefined ? {} : { params: params as Readonly<Record<string, Json>> }),
				...(container !== undefined && this.#ids.has(container) ? { in: container } : {}),
			};
		}
		return nodes;
	}

	#readFrom(from: NodeId, port: string): string {
		const key = `node ${from}.${port}`;
		const known = this.#entries.get(key);
		if (known) return known.name;
		const name = this.#freeName(from, port);
		this.#entries.set(key, { name, input: { type: this.#kindOf(from, 'outputs', port) } });
		this.#values[name] = `{{ ${referenceTo(referenceTo('nodes', from), port)} }}`;
		return name;
	}

	/** A loop's names are not known in another flow, unless the loop goes along. */
	#checkFrame(id: NodeId, { mode, references }: ExpressionText): void {
		if (mode !== 'template') return;
		const wanted = references.names.filter(name => frameNames.has(name));
		if (wanted.length === 0) return;
		const own = new Set<string>();
		let up = this.#flow.nodes[id]?.in;
		for (; up !== undefined && this.#ids.has(up); up = this.#flow.nodes[up]?.in) {
			const container = this.#flow.nodes[up]!;
			for (const port of portsOf(this.#world.catalog, this.#world.ports, container).outputs) own.add(port.name);
			if (own.has('item')) own.add('index').add('count');
		}
		const missing = wanted.find(name => !own.has(name));
		if (missing === undefined || up === undefined) return;
		const message = `“${id}” reads “${missing}” of “${up}”. Let an edge bring it, or extract the container as well.`;
		throw new ExpectedError('extract', message);
	}

	/** What stays and reads a moved node: that becomes an output of the new flow. */
	#readers(): readonly NodeId[] {
		return Object.keys(this.#flow.nodes).filter(id => {
			if (this.#ids.has(id)) return false;
			const read = this.#texts(id).flatMap(({ references }) => references.nodes.filter(each => this.#ids.has(each.id)));
			for (const { id: from, port } of read) this.#leave(from, port ?? this.#whole(id, from));
			return read.length > 0;
		});
	}

	/** What makes a reader read the new flow's node. */
	#renamed(reader: NodeId, id: NodeId): readonly FlowOp[] {
		const call = referenceTo('nodes', id);
		return Object.entries(this.#flow.nodes[reader]?.params ?? {}).flatMap(([name, before]): FlowOp[] => {
			const value = [...this.#outputs.values()].reduce(
				(now, out) => replacePortReference(now, out.from, out.output, referenceTo(call, out.name)),
				before,
			);
			return value === before ? [] : [{ op: 'setParam', id: reader, name, value }];
		});
	}

	#whole(reader: NodeId, from: NodeId): never {
		const message = `“${reader}” reads “${from}” as a whole. Let it name the output that it needs, then extract it.`;
		throw new ExpectedError('extract', message);
	}

	#inner(name: string, moved: Readonly<Record<NodeId, FlowNode>>, entering: readonly FlowEdge[]): Flow {
		const { edges: all, groups, layout } = this.#flow;
		const nodes: Record<NodeId, FlowNode> = { ...moved };
		const places = Object.fromEntries(Object.entries(layout).filter(([id]) => this.#ids.has(id)));
		const edges: FlowEdge[] = all.filter(({ from, to }) => this.#ids.has(from) && this.#ids.has(to));
		const add = (wish: string, node: FlowNode, at: { readonly x: number; readonly y: number }): NodeId => {
			const id = freshSlug(wish, taken => Object.hasOwn(nodes, taken));
			nodes[id] = node;
			places[id] = at;
			return id;
		};
		const { left, right, top } = this.#bounds();
		let row = top;
		for (const [key, entry] of this.#entries) {
			const targets = entering.filter(edge => `node ${edge.from}.${edge.output}` === key);
			if (targets.length === 0) continue;
			const params = { name: entry.name };
			const id = add(entry.name, { type: 'flow.input@1', params }, { x: left - gap - cardWidth, y: row });
			for (const { to, input } of targets) edges.push({ from: id, output: 'value', to, input });
			row += gap;
		}
		row = top;
		for (const { name: out, from, output } of this.#outputs.values()) {
			const id = add(out, { type: 'flow.output@1', params: { name: out } }, { x: right + gap, y: row });
			edges.push({ from, output, to: id, input: 'value' });
			row += gap;
		}
		const inputs = Object.fromEntries([...this.#entries.values()].map(entry => [entry.name, entry.input]));
		const whole = Object.entries(groups).filter(([, group]) => group.nodes.every(id => this.#ids.has(id)));
		const empty = { ...emptyFlow(slugOf(name, 'flow'), name), inputs };
		return applyOps(empty, [
			...Object.entries(nodes).map(([id, node]): FlowOp => {
				const at = places[id];
				return { op: 'addNode', id, node, ...(at ? { at } : {}) };
			}),
			...edges.map((edge): FlowOp => ({ op: 'addEdge', edge })),
			...whole.map(([id, group]): FlowOp => ({ op: 'setGroup', id, group })),
		]);
	}

	/** A group that keeps some of its nodes holds the new one as well. */
	#groupOps(id: NodeId): readonly FlowOp[] {
		return Object.entries(this.#flow.groups).flatMap(([name, group]): FlowOp[] => {
			const rest = group.nodes.filter(each => !this.#ids.has(each));
			if (rest.length === group.nodes.length) return [];
			return [{ op: 'setGroup', id: name, group: rest.length === 0 ? null : { ...group, nodes: [...rest, id] } }];
		});
	}

	#bounds(): { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number } {
		const boxOf = boxesOf(this.#flow, this.#world);
		const boxes = [...this.#ids].flatMap(id => {
			const at = this.#flow.layout[id];
			return at ? [{ ...at, ...boxOf(id), x: at.x, y: at.y }] : [];
		});
		if (boxes.length === 0) return { left: 0, right: 0, top: 0, bottom: 0 };
		return {
			left: Math.min(...boxes.map(({ x }) => x)),
			right: Math.max(...boxes.map(({ x, width }) => x + width)),
			top: Math.min(...boxes.map(({ y }) => y)),
			bottom: Math.max(...boxes.map(({ y, height }) => y + height)),
		};
	}

	#middle(): { readonly x: number; readonly y: number } {
		const { left, right, top, bottom } = this.#bounds();
		return { x: Math.round((left + right - cardWidth) / 2), y: Math.round((top + bottom) / 2) - 48 };
	}
}

/** `fetch-diff-body` as `fetchDiffBody`, which expressions read without brackets. */
function camel(text: string): string {
	const [first = 'value', ...rest] = text.split(/[^A-Za-z0-9]+/u).filter(word => word !== '');
	return (first + rest.map(word => word.charAt(0).toUpperCase() + word.slice(1)).join('')).slice(0, 60);
}
