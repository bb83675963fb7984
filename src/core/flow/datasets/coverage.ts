import type { RunState } from '../engine/runState';
import { edgeText, type Flow, type FlowEdge, type NodeId } from '../model/flow';
import type { NodeCatalog, PortWorld } from '../nodes/nodeType';
import { isFrameOf } from '../runs/runViews';

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

/** Adds up over runs which nodes ran and which ways they took. */
export class Coverage {
	readonly #flow: Flow;
	readonly #nodes = new Map<NodeId, number>();
	readonly #ports = new Map<string, number>();

	constructor(flow: Flow) {
		this.#flow = flow;
	}

	/** Counts a run that has ended. */
	add(state: RunState): void {
		for (const run of state.nodes.values()) {
			if (!['succeeded', 'failed', 'cached'].includes(run.state) || !isFrameOf(this.#flow, run.frame)) continue;
			count(this.#nodes, run.node);
			for (const port of Object.keys(run.outputs)) count(this.#ports, portKey(run.node, port));
		}
	}

	/** Nodes that can run, in the order of the document. */
	nodes(catalog: NodeCatalog, world: PortWorld): readonly CoveredNode[] {
		const { nodes } = this.#flow;
		return Object.keys(nodes).flatMap((id): readonly CoveredNode[] => {
			const node = nodes[id]!;
			const type = catalog.find(node.type);
			if (!type || type.isNote === true || node.skip !== undefined) return [];
			const ports = typeof type.ports === 'function' ? type.ports({ ...node.params }, world) : type.ports;
			const names = choosing.test(node.type)
				? ports.outputs.filter(port => port.isInner !== true && !beside.has(port.name)).map(({ name }) => name)
				: [];
			const all = node.onError === 'branch' && !names.includes('error') ? [...names, 'error'] : names;
			return [{ node: id, count: this.#nodes.get(id) ?? 0, branches: all.map(port => this.#branch(id, port)) }];
		});
	}

	/** Lines of edges that a value went along. */
	get edges(): readonly string[] {
		return this.#flow.edges.filter(({ from, output }) => this.#ports.has(portKey(from, output))).map(edgeText);
	}

	#branch(node: NodeId, port: string): CoveredBranch {
		const edge = this.#flow.edges.find(({ from, output }) => from === node && output === port) ?? null;
		return { port, count: this.#ports.get(portKey(node, port)) ?? 0, edge };
	}
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

function count(map: Map<string, number>, key: string): void {
	map.set(key, (map.get(key) ?? 0) + 1);
}
