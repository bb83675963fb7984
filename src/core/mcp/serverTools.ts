import { ExpectedError } from '../base/errors';
import { textResult, type Tool } from '../tools/tool';
import type { McpHub } from './hub';
import type { ServerTool } from './lists';
import type { ManagedServer } from './managedServer';
import { toToolResult } from './toolResult';

/** Nobody needs a longer description, and a server could fill a model's context with one. */
const maxDescription = 8000;

/** What a running server offers to models: its approved tools that are switched on. */
export function toolsOf(
	server: ManagedServer,
	hub: Pick<McpHub, 'callTool'>,
	nameOf: (tool: string) => string,
): readonly Tool[] {
	return server.tools
		.filter(({ name }) => server.trustOf(name) === 'approved' && server.isToolOn(name))
		.map(tool => toTool(server, tool, hub, nameOf(tool.name)));
}

function toTool(server: ManagedServer, tool: ServerTool, hub: Pick<McpHub, 'callTool'>, name: string): Tool {
	const { id, name: serverName } = server.definition;
	return {
		name,
		title: `${tool.title} (${serverName})`,
		description: tool.description.slice(0, maxDescription),
		schema: tool.schema,
		source: serverName,
		// The hub has a limit of its own, which progress renews and questions to a person hold.
		timeoutMs: Number.POSITIVE_INFINITY,
		run: async (input, context) => {
			const { signal, onProgress, conversation, execution } = context;
			try {
				const result = await hub.callTool(id, tool.name, input, { signal, onProgress, conversation, execution });
				return toToolResult(result, tool.outputSchema);
			} catch (error) {
				// What the server did wrong is for the model to read; all else is not its business.
				if (ExpectedError.is(error)) return textResult(error.message, true);
				throw error;
			}
		},
	};
}
