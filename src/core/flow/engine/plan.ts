import type { NodeId } from '../model/flow';
import type { PortValues } from '../nodes/nodeType';
import { toExit, type Body, type CompiledFlow, type CompiledNode } from './compiled';
import { FlowError } from './errors';
import type { RunScope } from './events';

/** What becomes of a node in a run: nothing, it runs, or it has a value already. */
export const partOff = 0;
export const partRun = 1;
export const partGiven = 2;

export interface RunPlan {
	/** By index in `CompiledFlow.nodes`. */
	readonly parts: Uint8Array;
	/** Values of the nodes that are given, and where they come from. */
	readonly given: ReadonlyMap<number, { readonly values: PortValues; readonly state: 'pinned' | 'cached' }>;
	/** How each body begins, by its index. */
	readonly starts: readonly BodyStart[];
}

export interface PlanValues {
	/** Outputs that a person pinned: the node does not run. */
	readonly pins?: ReadonlyMap<NodeId, PortValues>;
	/** Outputs of an earlier run that still stand, for everything but `all`: see `reuse.ts`. */
	readonly earlier?: ReadonlyMap<NodeId, PortValues>;
}

/** Which nodes run. One walk against the edges, and one along them for `fromHere`: O(nodes + edges). */
export function planRun(flow: CompiledFlow, scope: RunScope, values: PlanValues = {}): RunPlan {
	const planner = new Planner(flow, values, scope.kind !== 'all');
	if (scope.kind === 'all') planner.all();
	else {
		const target = flow.byId.get(scope.node);
		if (!target) throw new FlowError('flow-scope', `There is no node '${scope.node}' that could run.`);
		if (scope.kind === 'toHere') planner.toHere(target);
		else if (scope.kind === 'fromHere') planner.fromHere(target);
		else planner.only(target);
	}
	return planner.plan();
}

class Planner {
	readonly #flow: CompiledFlow;
	readonly #values: PlanValues;
	readonly #usesEarlier: boolean;
	readonly #parts: Uint8Array;
	readonly #given = new Map<number, { values: PortValues; state: 'pinned' | 'cached' }>();

	constructor(flow: CompiledFlow, values: PlanValues, usesEarlier: boolean) {
		this.#flow = flow;
		this.#values = values;
		this.#usesEarlier = usesEarlier;
		this.#parts = new Uint8Array(flow.nodes.length);
	}

	all(): void {
		for (const node of this.#flow.nodes) if (!this.#takeGiven(node)) this.#parts[node.index] = partRun;
	}

	toHere(target: CompiledNode): void {
		this.#require([target], true);
	}

	fromHere(target: CompiledNode): void {
		const start = this.#outermost(target);
		const reached = new Set<CompiledNode>([start]);
		const body = this.#bodyOf(start);
		const open = [start.local];
		for (let local = open.pop(); local !== undefined; local = open.pop()) {
			for (let out = body.outStart[local]!; out < body.outStart[local + 1]!; out++) {
				const to = body.edgeTo[body.outEdges[out]!]!;
				const next = to === toExit ? undefined : body.nodes[to];
				if (!next || reached.has(next)) continue;
				reached.add(next);
				open.push(to);
			}
		}
		this.#require([...reached], true);
	}

	only(target: CompiledNode): void {
		const body = this.#bodyOf(target);
		if (body.owner) {
			const text = `'${target.id}' stands in '${body.owner.id}' and runs with it only. Run that one, or run to here.`;
			throw new FlowError('flow-scope', text);
		}
		const missing = sourcesOf(body, target.local)
			.filter(source => !this.#takeGiven(source))
			.map(source => `'${source.id}'`);
		if (missing.length > 0) {
			const what = `${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ', …' : ''}`;
			throw new FlowError('flow-scope', `There is no earlier result of ${what}. Run to here first, or pin a value.`);
		}
		this.#runWhole(target);
	}

	plan(): RunPlan {
		const starts = this.#flow.bodies.map(body => startOf(body, this.#parts));
		return { parts: this.#parts, given: this.#given, starts };
	}

	/** Marks what must run so that `targets` can, walking against the edges; stops at what is given. */
	#require(targets: readonly CompiledNode[], isForced: boolean): void {
		const open: CompiledNode[] = [];
		const visit = (node: CompiledNode, isTarget: boolean): void => {
			if (this.#parts[node.index] !== partOff) return;
			if (!isTarget && this.#takeGiven(node)) return;
			if (isTarget && this.#takePin(node)) return;
			this.#runWhole(node);
			open.push(node);
		};
		for (const target of targets) visit(target, isForced);
		for (let node = open.pop(); node; node = open.pop()) {
			const body = this.#bodyOf(node);
			for (const source of sourcesOf(body, node.local)) visit(source, false);
			// The way in: the container runs, but of its inside only what leads here.
			if (body.owner && this.#parts[body.owner.index] !== partRun) {
				this.#parts[body.owner.index] = partRun;
				open.push(body.owner);
			}
		}
	}

	/** The node and everything inside of it. */
	#runWhole(node: CompiledNode): void {
		const open = [node];
		for (let next = open.pop(); next; next = open.pop()) {
			this.#parts[next.index] = partRun;
			if (next.inner < 0) continue;
			for (const inner of this.#flow.bodies[next.inner]!.nodes) if (!this.#takePin(inner)) open.push(inner);
		}
	}

	#takePin(node: CompiledNode): boolean {
		const values = this.#values.pins?.get(node.id);
		if (!values) return false;
		this.#parts[node.index] = partGiven;
		this.#given.set(node.index, { values, state: 'pinned' });
		return true;
	}

	#takeGiven(node: CompiledNode): boolean {
		if (this.#takePin(node)) return true;
		const values = this.#usesEarlier && node.body === 0 ? this.#values.earlier?.get(node.id) : undefined;
		if (!values) return false;
		this.#parts[node.index] = partGiven;
		this.#given.set(node.index, { values, state: 'cached' });
		return true;
	}

	#outermost(node: CompiledNode): CompiledNode {
		let around = node;
		for (let owner = this.#bodyOf(around).owner; owner; owner = this.#bodyOf(around).owner) around = owner;
		return around;
	}

	#bodyOf(node: CompiledNode): Body {
		return this.#flow.bodies[node.body]!;
	}
}

function sourcesOf(body: Body, local: number): CompiledNode[] {
	const sources: CompiledNode[] = [];
	for (let at = body.inStart[local]!; at < body.inStart[local + 1]!; at++) {
		const from = body.edgeFrom[body.inEdges[at]!]!;
		if (from >= 0) sources.push(body.nodes[from]!);
	}
	return sources;
}

/** States of a node in a frame. */
export const stateIdle = 0;
export const stateReady = 1;
export const stateDone = 2;
export const stateSkipped = 3;
export const stateOff = 4;

/** How every frame of a body begins: copied, not computed again for each pass of a loop. */
export interface BodyStart {
	readonly states: Uint8Array;
	/** Edges into a node that are not decided. */
	readonly pending: Int32Array;
	/** Nodes that end in a frame. */
	readonly count: number;
	/** Local indices that can be decided before anything has run: no edge ends there, or they are given or muted. */
	readonly first: Int32Array;
}

function startOf(body: Body, parts: Uint8Array): BodyStart {
	const { nodes, edgeFrom, edgeTo } = body;
	const states = new Uint8Array(nodes.length);
	const pending = new Int32Array(nodes.length);
	const isOff = (local: number): boolean => parts[nodes[local]!.index] === partOff;
	for (let edge = 0; edge < body.edgeCount; edge++) {
		const [from, to] = [edgeFrom[edge]!, edgeTo[edge]!];
		if (to >= 0 && (from < 0 || !isOff(from))) pending[to]!++;
	}
	const first: number[] = [];
	let count = 0;
	for (const [local, { index, node }] of nodes.entries()) {
		if (parts[index] === partOff) {
			states[local] = stateOff;
			continue;
		}
		count++;
		if (parts[index] === partGiven || node.skip === 'mute' || pending[local] === 0) first.push(local);
	}
	return { states, pending, count, first: Int32Array.from(first) };
}
