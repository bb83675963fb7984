import type { Flow } from '../model/flow';
import type { NodeSource } from './customNodes';

/** What a flow is made of beside itself. */
export interface UsedParts {
	/** Sub-flows by the paths that nodes name, those that they call included. */
	readonly flows: Readonly<Record<string, Flow>>;
	/** Node types of all of them, without versions. */
	readonly types: ReadonlySet<string>;
}

/**
 * Sub-flows and node types that a flow uses, as far as it names them plainly.
 * @param load `undefined` for a flow that is left out
 */
export async function usedParts(flow: Flow, load: (path: string) => Promise<Flow | undefined>): Promise<UsedParts> {
	const flows: Record<string, Flow> = {};
	const seen = new Set<string>();
	const types = new Set<string>();
	const queue = [flow];
	for (let next = queue.pop(); next; next = queue.pop()) {
		for (const { type, params } of Object.values(next.nodes)) {
			const name = type.split('@', 1)[0] ?? type;
			types.add(name);
			const path = params?.['path'];
			if (name !== 'flow.call' || typeof path !== 'string' || seen.has(path)) continue;
			seen.add(path);
			const inner = await load(path);
			if (!inner) continue;
			flows[path] = inner;
			queue.push(inner);
		}
	}
	return { flows, types };
}

/** Those files that hold one of the types. */
export function sourcesOf(types: ReadonlySet<string>, sources: readonly NodeSource[]): readonly NodeSource[] {
	return sources.filter(({ path }) => types.has(`custom.${path.split('/').at(-1)?.replace(/\.js$/u, '') ?? ''}`));
}
