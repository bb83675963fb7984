import type { Tier } from '../../ledger/events';
import { toolTier } from '../../safety/tiers';
import type { Flow, FlowNode, NodeId } from '../model/flow';
import type { NodeCatalog } from '../nodes/nodeType';
import { typeOfNode } from '../assist';

/** One kind of thing that a run of a flow may do. */
export interface FlowEffect {
	/** A verb phrase: `writes a file`. */
	readonly does: string;
	/** `null`: the gate judges what is called each time, such as the line of a command. */
	readonly tier: Tier | null;
	/** Names of the nodes that do it. */
	readonly nodes: readonly string[];
	/** Each of them runs only after the approval of a person in the flow. */
	readonly isAgreed: boolean;
}

/** What one should know of a flow before it runs. */
export interface FlowFacts {
	/** What must be there, in a few words each. */
	readonly needs: readonly string[];
	/** The farthest-reaching first. */
	readonly effects: readonly FlowEffect[];
	/** Nodes that call a model; one in a container does so each time it runs. */
	readonly modelNodes: number;
	/** Nodes that wait for a person. */
	readonly questions: number;
}

/** Tools that a node calls whatever its parameters are. */
const toolsOfType: Readonly<Record<string, readonly string[]>> = {
	'file.read': ['quarterdeck_read_file'],
	'file.write': ['quarterdeck_read_file', 'quarterdeck_write_file'],
	'file.list': ['quarterdeck_find_files'],
	'file.upload': ['quarterdeck_read_file', 'quarterdeck_read_document'],
	'document.read': ['quarterdeck_read_document'],
	'shell.command': ['quarterdeck_run_command'],
	'git.status': ['quarterdeck_git_status'],
	'git.diff': ['quarterdeck_git_diff'],
	'git.log': ['quarterdeck_git_log'],
	'git.commit': ['quarterdeck_git_commit', 'quarterdeck_git_log'],
	'http.request': ['quarterdeck_http_request'],
	'memory.get': ['quarterdeck_memory_search'],
	'memory.set': ['quarterdeck_remember'],
	'people.notify': ['quarterdeck_notify'],
};

const anyClaudeTool = 'any tool of the Claude CLI';
const modelTypes: ReadonlySet<string> = new Set(['llm.chat', 'llm.structured', 'agent.loop', 'agent.claude']);

/** What a flow needs and may do, read off its nodes. */
export function flowFacts(flow: Flow, catalog: NodeCatalog): FlowFacts {
	const agreed = agreedNodes(flow);
	const effects = new Map<string, { does: string; tier: Tier | null; nodes: Set<string>; isAgreed: boolean }>();
	const used = new Set<string>();
	const types: string[] = [];
	for (const [id, node] of Object.entries(flow.nodes)) {
		const base = baseType(node);
		types.push(base);
		for (const tool of toolsOfNode(node)) {
			used.add(tool);
			const { does, tier } = effectOf(tool);
			const name = node.name ?? typeOfNode(catalog, node)?.title ?? id;
			const known = effects.get(does);
			effects.set(does, {
				does,
				tier,
				nodes: (known?.nodes ?? new Set()).add(name),
				isAgreed: (known?.isAgreed ?? true) && agreed.has(id),
			});
		}
	}
	return {
		needs: needsOf(types, used),
		effects: [...effects.values()].sort(byReach).map(effect => ({ ...effect, nodes: [...effect.nodes] })),
		modelNodes: types.filter(type => modelTypes.has(type)).length,
		questions: types.filter(type => type === 'people.approval' || type === 'people.ask').length,
	};
}

/** Names of the tools that a node calls or offers to a model; names of the Claude CLI's own among them. */
export function toolsOfNode(node: FlowNode): readonly string[] {
	const { params = {} } = node;
	const base = baseType(node);
	const fixed = toolsOfType[base];
	if (fixed) return fixed;
	const listed = Array.isArray(params['tools']) ? params['tools'].filter(name => typeof name === 'string') : [];
	if (base === 'agent.claude') return listed.length === 0 ? [anyClaudeTool] : listed;
	if (base === 'agent.loop') return listed;
	if (base === 'tool.call') return typeof params['tool'] === 'string' ? [params['tool']] : [];
	if (base === 'tool.mcp') return ['mcp__'];
	return [];
}

/**
 * Nodes that run only when a person approved: everything that leads to them comes from an approval's `approved`, or from
 * another such node; or they stand in a container of which that is so.
 */
export function agreedNodes(flow: Flow): ReadonlySet<NodeId> {
	const agreed = new Set<NodeId>();
	const isAgreedEdge = ({ from, output }: Flow['edges'][number]): boolean => {
		const node = flow.nodes[from];
		return agreed.has(from) || (node !== undefined && baseType(node) === 'people.approval' && output === 'approved');
	};
	for (let before = -1; before < agreed.size;) {
		before = agreed.size;
		for (const [id, node] of Object.entries(flow.nodes)) {
			const incoming = flow.edges.filter(({ from, to }) => to === id && flow.nodes[from]?.in !== id);
			const isAfter = incoming.length > 0 && incoming.every(isAgreedEdge);
			if (isAfter || (node.in !== undefined && agreed.has(node.in))) agreed.add(id);
		}
	}
	return agreed;
}

function baseType({ type }: FlowNode): string {
	return type.split('@', 1)[0] ?? type;
}

function effectOf(tool: string): { readonly does: string; readonly tier: Tier | null } {
	if (tool === anyClaudeTool) return { does: `uses ${anyClaudeTool}`, tier: null };
	const { does, tier, rule } = toolTier(tool);
	return { does, tier: rule === 'shell' || rule === 'powershell' ? null : tier };
}

const reach: readonly (Tier | null)[] = ['BLACK', 'RED', 'ORANGE', null, 'YELLOW', 'GREEN'];

function byReach(a: { readonly tier: Tier | null }, b: { readonly tier: Tier | null }): number {
	return reach.indexOf(a.tier) - reach.indexOf(b.tier);
}

function needsOf(types: readonly string[], tools: ReadonlySet<string>): readonly string[] {
	const has = (...wanted: readonly string[]): boolean => types.some(type => wanted.includes(type));
	const all: readonly [boolean, string][] = [
		[has('agent.claude'), 'The Claude CLI, signed in'],
		[has('llm.chat', 'llm.structured', 'agent.loop'), 'A model: your default for flows'],
		[[...tools].some(tool => tool.startsWith('quarterdeck_git_')), 'A Git repository'],
		[tools.has('quarterdeck_web_search'), 'A web search'],
		[tools.has('quarterdeck_fetch_page') || tools.has('quarterdeck_http_request'), 'The network'],
		[has('tool.mcp'), 'An MCP server'],
	];
	return all.flatMap(([isNeeded, what]) => (isNeeded ? [what] : []));
}
