import type {
	CallToolResult,
	CompleteResult,
	GetPromptResult,
	ReadResourceResult,
} from '@modelcontextprotocol/sdk/types.js';
import type { Event } from '../base/event';
import type { ConversationId, ExecutionId } from '../base/ids';
import type { ToolSource } from '../tools/toolbox';
import type { McpServerDefinition } from './definition';
import type { McpLog, McpLogLevel, McpLogLine, McpServerView, McpToolFacts, McpTraffic } from './protocol';

export interface McpCallOptions {
	readonly signal?: AbortSignal;
	/** What the server says about how far it is: `3/10 copying`. */
	readonly onProgress?: (text: string) => void;
	/** For whom the call is made; what the server asks meanwhile is asked there. */
	readonly conversation?: ConversationId | null;
	readonly execution?: ExecutionId | null;
}

/** What `complete` completes: an argument of a prompt, or a variable of a resource template. */
export type McpCompletionTarget =
	{ readonly type: 'prompt'; readonly name: string } | { readonly type: 'resource'; readonly uriTemplate: string };

/**
 * Every MCP server of this window. Starting a server, and everything it is asked, goes through here. Calls are not gated
 * here: who calls a tool has asked the gate first (the tool loop does; the inspector must).
 * Failures are `ExpectedError`s whose code begins with `mcp.`; a call that was aborted throws `CancelledError`.
 */
export interface McpHub {
	/** All servers in the order of their definitions, also those that are off. */
	servers(): readonly McpServerView[];
	server(id: string): McpServerView | undefined;
	/** A view is another one. Fires at most once in 50 ms. */
	readonly onDidChange: Event<void>;
	/** A resource that was subscribed to has changed. */
	readonly onDidUpdateResource: Event<{ readonly serverId: string; readonly uri: string }>;
	/** The page of a `url` elicitation did its work. */
	readonly onDidCompleteElicitation: Event<{ readonly serverId: string; readonly elicitationId: string }>;

	/**
	 * Takes the definitions as they are now: servers that are gone or changed are stopped, and changed ones that ran are
	 * started again if they are still allowed. Nothing else is started.
	 */
	setDefinitions(definitions: readonly McpServerDefinition[]): Promise<void>;
	/** Starts what is enabled and not running. Failures show in the views. It never opens a browser. */
	startEnabled(): Promise<void>;
	/**
	 * Starts one server and resolves when it is `running`; with `isInteractive` the person may be asked to sign in.
	 * Rejects with the reason otherwise, which the view shows, too. A disabled server is refused.
	 */
	start(id: string, options?: { readonly isInteractive?: boolean }): Promise<void>;
	/** Ends the server with everything it started. */
	stop(id: string): Promise<void>;
	restart(id: string): Promise<void>;
	/** Remembers the user's switch, together with what exactly was allowed; off also stops, on does not start. */
	setEnabled(id: string, isEnabled: boolean): Promise<void>;
	setToolEnabled(id: string, tool: string, isEnabled: boolean): Promise<void>;
	/** Asks again about tools that changed and were not accepted; starts nothing. */
	reviewChangedTools(id: string): Promise<void>;
	/** Forgets tokens and client registration; the next start signs in anew. */
	signOut(id: string): Promise<void>;

	/** The latest lines and messages, the oldest first. In memory only. */
	log(id: string): McpLog;
	readonly onDidLog: Event<{ readonly serverId: string; readonly entry: McpLogLine | McpTraffic }>;
	/** What the server itself shall report, where it can. */
	setLogLevel(id: string, level: McpLogLevel): Promise<void>;
	/** Milliseconds of a round trip. */
	ping(id: string): Promise<number>;

	/** Calls a tool by the server's own name for it. A tool's own failure is a result with `isError`. */
	callTool(
		id: string,
		tool: string,
		input: Readonly<Record<string, unknown>>,
		options?: McpCallOptions,
	): Promise<CallToolResult>;
	readResource(id: string, uri: string, options?: McpCallOptions): Promise<ReadResourceResult>;
	/** Fills a template; the result is an address for `readResource`. */
	expandTemplate(uriTemplate: string, variables: Readonly<Record<string, string>>): string;
	subscribe(id: string, uri: string): Promise<void>;
	unsubscribe(id: string, uri: string): Promise<void>;
	getPrompt(
		id: string,
		prompt: string,
		input: Readonly<Record<string, string>>,
		options?: McpCallOptions,
	): Promise<GetPromptResult>;
	/** Suggestions for one argument; `known` are the others that were filled in already. */
	complete(
		id: string,
		target: McpCompletionTarget,
		argument: { readonly name: string; readonly value: string },
		known?: Readonly<Record<string, string>>,
		options?: McpCallOptions,
	): Promise<CompleteResult['completion']>;

	/** The tools of all running servers that are approved and switched on, for the `Toolbox`. */
	toolSource(): ToolSource;
	/** Whose tool a qualified name is, and what its server says about it. */
	toolFacts(qualifiedName: string): McpToolFacts | undefined;
	/** Stops all servers. Nothing can be started after. */
	close(): Promise<void>;
}
