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
const foreignPrefix = 'mcp__';

/** A tool's name on our server, which the CLI puts its own prefix before: `diagnostics`, `github__create_issue`. */
export function servedName(tool: string): string {
	if (tool.startsWith(foreignPrefix)) return tool.slice(foreignPrefix.length);
	return tool.startsWith(ownPrefix) ? tool.slice(ownPrefix.length) : tool;
}

/** The opposite of `servedName`: only tools of MCP servers have two underscores in their names. */
export function toolOfServed(name: string): string {
	return (name.includes('__') ? foreignPrefix : ownPrefix) + name;
}

function fromUs<C extends { readonly toolName: string }>(call: C): C {
	if (!call.toolName.startsWith(cliPrefix)) return call;
	return { ...call, toolName: toolOfServed(call.toolName.slice(cliPrefix.length)), isServedByUs: true };
}

/**
 * The handlers of a session that was given our own tools: `mcp__quarterdeck__x` is the gate's `quarterdeck_x` there,
 * and `mcp__quarterdeck__github__x` its `mcp__github__x`.
 * Without this a server that calls itself so, in a repository's file for example, is a stranger like any other.
 */
export function withOwnTools<H extends Pick<ClaudeSessionHandlers, 'onHook' | 'onPermission'>>(handlers: H): H {
	return {
		...handlers,
		onHook: call => handlers.onHook(fromUs(call)),
		onPermission: request => handlers.onPermission(fromUs(request)),
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
