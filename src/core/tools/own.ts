import type { Tool } from './tool';

/** The prefix and source that all tools of our own have. */
export function ownTool(tool: Omit<Tool, 'name' | 'source'> & { readonly name: `quarterdeck_${string}` }): Tool {
	return { ...tool, source: 'Quarterdeck' };
}
