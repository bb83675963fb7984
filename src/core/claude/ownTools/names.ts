import type { ClaudeSessionHandlers } from '../session';

/** What one CLI is given. */
export interface OwnToolsLease {
	/** For `ClaudeSessionOptions.mcpConfig`. */
	readonly configFile: string;
	/** The CLI has ended: nothing connects with its token any more. */
	end(): Promise<void>;
}

/** The name under which the CLI knows the server of our own tools. */
export const ownServerName = 'quarterdeck';
const cliPrefix = `mcp__${ownServerName}__`;
const ownPrefix = 'quarterdeck_';

/** A tool's name on our server, which the CLI puts its own prefix before. */
export function servedName(tool: string): string {
	return tool.startsWith(ownPrefix) ? tool.slice(ownPrefix.length) : tool;
}

function ownName(cliName: string): string {
	return cliName.startsWith(cliPrefix) ? ownPrefix + cliName.slice(cliPrefix.length) : cliName;
}

/**
 * The handlers of a session that was given our own tools: `mcp__quarterdeck__x` is the gate's `quarterdeck_x` there.
 * Without this a server that calls itself so, in a repository's file for example, is a stranger like any other.
 */
export function withOwnTools<H extends Pick<ClaudeSessionHandlers, 'onHook' | 'onPermission'>>(handlers: H): H {
	return {
		...handlers,
		onHook: call => handlers.onHook({ ...call, toolName: ownName(call.toolName) }),
		onPermission: request => handlers.onPermission({ ...request, toolName: ownName(request.toolName) }),
	};
}

/** Starts a session with what was leased for it, and ends the lease with the session. */
export async function startWithOwnTools<H extends ClaudeSessionHandlers, S>(
	lease: OwnToolsLease | null,
	handlers: H,
	start: (handlers: H, mcpConfig: string | undefined) => Promise<S>,
): Promise<S> {
	if (!lease) return start(handlers, undefined);
	const own: H = {
		...withOwnTools(handlers),
		onExit: exit => {
			void lease.end();
			handlers.onExit(exit);
		},
	};
	try {
		return await start(own, lease.configFile);
	} catch (error) {
		await lease.end();
		throw error;
	}
}
