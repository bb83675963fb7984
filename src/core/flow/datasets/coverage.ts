import type { RunState } from '../engine/runState';
import type { Flow, FlowEdge, FlowNode, NodeId } from '../model/flow';
import type { NodeCatalog, PortWorld } from '../nodes/nodeType';

/** A way that a node may take. */
export interface CoveredBranch {
	readonly port: string;
	/** How often it was taken. */
	readonly count: number;
	/** The first edge that begins there; `null` when nothing hangs on it. */
	readonly edge: FlowEdge | null;
}

export interface CoveredNode {
	readonly node: NodeId;
	/** How often it ran, an answer of the cache counted as well. Mocked, it did not run. */
	readonly count: number;
	/** Of a node that chooses between ways. */
	readonly branches: readonly CoveredBranch[];
}

/** Types that choose: what comes out at one of their ports does not come out at another. */
const choosing = /^(?:control\.(?:if|switch|try)|people\.(?:approval|ask))(?:@|$)/;
/** Ports of these that come beside another. */
const beside = new Set(['comment', 'answer']);

/** A flow that is called, with what ran of it over all calls. */
export interface CoveredFlow {
	/** From the folder of the workspace on, as the node that calls it has it. */
	readonly path: string;
	readonly nodes: readonly CoveredNode[];
}

interface Counts {
	readonly nodes: Map<NodeId, number>;
	readonly ports: Map<string, number>;
}

/** Adds up over runs which nodes ran and which ways they took, in the flow itself and in those that it calls. */
export class Coverage {
	readonly #flow: Flow;
	/** By the containers and calls that the nodes stand in. */
	readonly #frames = new Map<string, Counts>();

	constructor(flow: Flow) {
		this.#flow = flow;
	}

	/** Counts a run that has ended. */
	add(state: RunState): void {
		for (const run of state.nodes.values()) {
			if (!['succeeded', 'failed', 'cached'].includes(run.state)) continue;
			const frame = run.frame.replaceAll(/(?:~\d+)?#\d+(?=\/|$)/g, '');
			let counts = this.#frames.get(frame);
			if (!counts) this.#frames.set(frame, (counts = { nodes: new Map(), ports: new Map() }));
			count(counts.nodes, run.node, 1);
			for (const port of Object.keys(run.outputs)) count(counts.ports, portKey(run.node, port), 1);
		}
	}

	/** Nodes that can run, in the order of the document. */
	nodes(catalog: NodeCatalog, world: PortWorld): readonly CoveredNode[] {
		return coveredNodes(this.#flow, this.#counts(world).get(null) ?? noCounts, catalog, world);
	}

	/** Flows that are called, by this one or by one of them, also those that no run came to. */
	called(catalog: NodeCatalog, world: PortWorld): readonly CoveredFlow[] {
		const counts = this.#counts(world);
		return calledFlows(this.#flow, world).map(([path, flow]) => ({
			path,
			nodes: coveredNodes(flow, counts.get(path) ?? noCounts, catalog, world),
		}));
	}

	/** By the path of the flow that the nodes belong to; `null` is the flow itself. */
	#counts(world: PortWorld): ReadonlyMap<string | null, Counts> {
		const sums = new Map<string | null, Counts>();
		for (const [frame, { nodes, ports }] of this.#frames) {
			const path = flowOfFrame(this.#flow, frame, world);
			if (path === undefined) continue;
			const sum = sums.get(path) ?? { nodes: new Map(), ports: new Map() };
			sums.set(path, sum);
			for (const [node, times] of nodes) count(sum.nodes, node, times);
			for (const [port, times] of ports) count(sum.ports, port, times);
		}
		return sums;
	}
}

const noCounts: Counts = { nodes: new Map(), ports: new Map() };

/** The path of the flow that a frame is in, going through the calls on the way; `undefined` where that cannot be said. */
function flowOfFrame(whole: Flow, frame: string, world: PortWorld): string | null | undefined {
	let flow = whole;
	let path: string | null = null;
	for (const id of frame === '' ? [] : frame.split('/')) {
		const node: FlowNode | undefined = Object.hasOwn(flow.nodes, id) ? flow.nodes[id] : undefined;
		if (!node) return undefined;
		const called = calledPath(node);
		if (called === undefined) continue;
		const next = called === null ? undefined : world.flow(called);
		if (!next) return undefined;
		[flow, path] = [next, called];
	}
	return path;
}

/** The path of the flow that a node calls; `null`: only a run knows it; `undefined`: it calls none. */
function calledPath({ type, params }: FlowNode): string | null | undefined {
	if (!/^flow\.call(?:@|$)/.test(type)) return undefined;
	const path = params?.['path'];
	return typeof path === 'string' && path !== '' && !path.includes('{{') ? path : null;
}

/** Each flow once, in the order in which one comes to them. */
function calledFlows(flow: Flow, world: PortWorld): readonly (readonly [string, Flow])[] {
	const found = new Map<string, Flow>();
	const open = [flow];
	for (let next = open.shift(); next; next = open.shift()) {
		for (const node of Object.values(next.nodes)) {
			const path = node.skip === undefined ? calledPath(node) : undefined;
			const called = typeof path === 'string' && !found.has(path) ? world.flow(path) : undefined;
			if (typeof path !== 'string' || !called) continue;
			found.set(path, called);
			open.push(called);
		}
	}
	return [...found];
}

function coveredNodes(flow: Flow, counts: Counts, catalog: NodeCatalog, world: PortWorld): readonly CoveredNode[] {
	const branch = (node: NodeId, port: string): CoveredBranch => {
		const edge = flow.edges.find(({ from, output }) => from === node && output === port) ?? null;
		return { port, count: counts.ports.get(portKey(node, port)) ?? 0, edge };
	};
	return Object.entries(flow.nodes).flatMap(([id, node]): readonly CoveredNode[] => {
		const type = catalog.find(node.type);
		if (!type || type.isNote === true || node.skip !== undefined) return [];
		const ports = typeof type.ports === 'function' ? type.ports({ ...node.params }, world) : type.ports;
		const names = choosing.test(node.type)
			? ports.outputs.filter(port => port.isInner !== true && !beside.has(port.name)).map(({ name }) => name)
			: [];
		const all = node.onError === 'branch' && !names.includes('error') ? [...names, 'error'] : names;
		return [{ node: id, count: counts.nodes.get(id) ?? 0, branches: all.map(port => branch(id, port)) }];
	});
}

/** How much of the flow ran, for a line of text. */
export function coverageCounts(nodes: readonly CoveredNode[]): {
	readonly nodes: readonly [covered: number, all: number];
	readonly branches: readonly [covered: number, all: number];
} {
	const branches = nodes.flatMap(node => node.branches);
	return {
		nodes: [nodes.filter(node => node.count > 0).length, nodes.length],
		branches: [branches.filter(branch => branch.count > 0).length, branches.length],
	};
}

function portKey(node: NodeId, port: string): string {
	return `${node}\n${port}`;
}

function count(map: Map<string, number>, key: string, times: number): void {
	map.set(key, (map.get(key) ?? 0) + times);
}
