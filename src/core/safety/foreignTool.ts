/** What is known of a tool that an MCP server offers. All of it comes from the server, so it may only raise. */
export interface ForeignTool {
	/** The server's name. */
	readonly server: string;
	readonly serverId: string;
	/** The tool's own name, as the server calls it. */
	readonly tool: string;
	readonly annotations: { readonly readOnlyHint?: boolean; readonly destructiveHint?: boolean };
	/** Names what the tool says of itself: another description is another tool, and what was allowed is void. */
	readonly fingerprint?: string;
}
