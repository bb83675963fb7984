import type { Flow, NodeId } from '../model/flow';
import type { NodeCatalog } from '../nodes/nodeType';
import { compileFlow, type CompileOptions } from './compile';
import type { CompiledFlow } from './compiled';

const known = new WeakMap<Flow, CompiledFlow>();

/**
 * Compiles a flow once: it is a value, and every run of it shares the arrays. One whose ports depend on other files or on
 * tools is compiled each time, and so is one with pins, which change what is a problem.
 */
export function compiledFlow(flow: Flow, catalog: NodeCatalog, options: CompileOptions): CompiledFlow {
	const found = known.get(flow);
	if (found && !hasAny(options.pinned) && isCurrent(found, catalog)) return found;
	const compiled = compileFlow(flow, catalog, options);
	if (!hasAny(options.pinned) && compiled.problems.length === 0) known.set(flow, compiled);
	return compiled;
}

function hasAny(ids: ReadonlySet<NodeId> | undefined): boolean {
	return ids !== undefined && ids.size > 0;
}

/** Custom node types come and go with their files. */
function isCurrent({ nodes, types }: CompiledFlow, catalog: NodeCatalog): boolean {
	const seen = new Set<number>();
	for (const { type, typeIndex } of nodes) {
		if (seen.has(typeIndex)) continue;
		seen.add(typeIndex);
		const dependsOnWorld = typeof type.ports === 'function' && type.ports.length > 1;
		if (dependsOnWorld || (catalog.find(type.type) ?? catalog.find(`${type.type}@${type.version}`)) !== type)
			return false;
		if (seen.size === types.length) return true;
	}
	return true;
}
