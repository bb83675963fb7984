/** What is known of the servers, as plain data: it crosses to trees and pages as it is. */

/** Where a definition of a server was found. */
export type McpSourceKind =
	/** Our own setting `quarterdeck.mcp.servers`. It must be of machine scope: its servers start without a question. */
	| 'settings'
	/** `.mcp.json` of a workspace folder. */
	| 'workspace'
	/** `.vscode/mcp.json` of a workspace folder. */
	| 'vscode'
	| 'claudeDesktop'
	/** `mcpServers` of `~/.claude.json`. */
	| 'claudeUser'
	/** `projects[folder].mcpServers` of `~/.claude.json`. */
	| 'claudeProject'
	/** `mcp.json` of the editor's user profile. */
	| 'editor';

export interface McpSource {
	readonly kind: McpSourceKind;
	/** For people: `.mcp.json`, `Claude Desktop`. */
	readonly label: string;
	/** Absolute path of the file; `null` where there is none. */
	readonly path: string | null;
}

export type McpTransportKind = 'stdio' | 'http' | 'sse';

export type McpServerState = 'stopped' | 'starting' | 'running' | 'failed' | 'needs-auth' | 'disabled';

/** Why a server is `disabled`. */
export type McpDisabledReason =
	/** The user switched it off. */
	| 'off'
	/** It comes from a file that is not ours, and nobody has allowed it yet. */
	| 'notAllowed'
	/** What it would run is no longer what the user allowed. */
	| 'changed'
	/** Its definition cannot be used; `lastError` says why. */
	| 'invalid';

export interface McpServerError {
	/** A sentence for the user. */
	readonly message: string;
	readonly code: string;
	readonly at: number;
	/** The end of what the server wrote to stderr; '' where it has none. */
	readonly stderrTail: string;
}

/** Hints of the server about its own tool. They are not trusted: they may only raise what a call takes. */
export interface McpToolAnnotations {
	readonly title?: string;
	readonly readOnlyHint?: boolean;
	readonly destructiveHint?: boolean;
	readonly idempotentHint?: boolean;
	readonly openWorldHint?: boolean;
}

/** What `core/safety` needs to place a tool. */
export interface McpToolFacts {
	/** The server's name. */
	readonly server: string;
	readonly serverId: string;
	/** The tool's own name, as the server calls it. */
	readonly tool: string;
	readonly annotations: McpToolAnnotations;
	/** Another one when the tool's words, its schema or what the server runs is another. */
	readonly fingerprint: string;
}

/** Whether a tool may be offered. Only `approved` ones are. */
export type McpToolTrust =
	| 'approved'
	/** Its description or schema is another one than the approved; it waits for the user. */
	| 'changed'
	/** It came after the server had been approved; it waits for the user. */
	| 'added';

export interface McpToolView {
	/** As the server calls it. */
	readonly name: string;
	/** As models call it: `mcp__server__tool`. */
	readonly qualifiedName: string;
	readonly title: string;
	readonly description: string;
	/** A JSON schema of type `object`, always usable. */
	readonly schema: Readonly<Record<string, unknown>>;
	/** What was wrong with the schema that the server sent; `null` when nothing was. */
	readonly schemaProblem: string | null;
	readonly outputSchema: Readonly<Record<string, unknown>> | null;
	readonly annotations: McpToolAnnotations;
	readonly trust: McpToolTrust;
	/** The user's switch. */
	readonly isEnabled: boolean;
}

export interface McpResourceView {
	readonly uri: string;
	readonly name: string;
	readonly title: string;
	readonly description: string;
	readonly mimeType: string | null;
	readonly size: number | null;
	readonly isSubscribed: boolean;
}

export interface McpResourceTemplateView {
	readonly uriTemplate: string;
	readonly name: string;
	readonly title: string;
	readonly description: string;
	readonly mimeType: string | null;
	/** Names of the variables in the template. */
	readonly variables: readonly string[];
}

export interface McpPromptView {
	readonly name: string;
	readonly title: string;
	readonly description: string;
	readonly arguments: readonly { readonly name: string; readonly description: string; readonly isRequired: boolean }[];
}

export interface McpServerView {
	readonly id: string;
	/** As its definition calls it. */
	readonly name: string;
	/** What the server calls itself; '' until it is known. */
	readonly title: string;
	readonly source: McpSource;
	readonly transport: McpTransportKind;
	/** The exact command line or address, with `${…}` unexpanded so that no secret shows. */
	readonly target: string;
	readonly state: McpServerState;
	readonly disabledReason: McpDisabledReason | null;
	readonly lastError: McpServerError | null;
	/** When it is started again by itself after a crash; `null` when it is not. */
	readonly restartAt: number | null;
	readonly restarts: number;
	readonly tools: readonly McpToolView[];
	readonly resources: readonly McpResourceView[];
	readonly resourceTemplates: readonly McpResourceTemplateView[];
	readonly prompts: readonly McpPromptView[];
	/** Median of the latest calls; `null` before the first. */
	readonly latencyP50Ms: number | null;
	readonly calls: number;
	readonly errors: number;
	/** The server's own version; '' until it is known. */
	readonly version: string;
	readonly protocolVersion: string;
	readonly instructions: string;
	readonly pid: number | null;
	/** When it last became ready; `null` before that. */
	readonly readyAt: number | null;
	readonly connectMs: number | null;
	/** What the server can do beside tools: `completions`, `logging`, `resources.subscribe`, … */
	readonly capabilities: readonly string[];
}

export type McpLogLevel = 'debug' | 'info' | 'notice' | 'warning' | 'error' | 'critical' | 'alert' | 'emergency';

export interface McpLogLine {
	readonly kind: 'line';
	readonly at: number;
	/** `hub` is what we did ourselves; `server` came as a logging notification. */
	readonly from: 'hub' | 'stderr' | 'stdout' | 'server';
	readonly level: McpLogLevel;
	readonly text: string;
}

/** One JSON-RPC message, for the inspector. */
export interface McpTraffic {
	readonly kind: 'traffic';
	readonly at: number;
	readonly direction: 'sent' | 'received';
	readonly type: 'request' | 'notification' | 'result' | 'error';
	/** Of requests and notifications, and of the request that a result answers, where it is known. */
	readonly method: string | null;
	readonly id: string | number | null;
	/** Length of the message in characters. */
	readonly size: number;
	/** The message as JSON, cut when it is long. */
	readonly text: string;
}

export interface McpLog {
	readonly lines: readonly McpLogLine[];
	readonly traffic: readonly McpTraffic[];
}

/** A value that `${input:id}` stands for. */
export interface McpInput {
	readonly id: string;
	readonly type: 'promptString' | 'pickString';
	readonly description: string;
	readonly isPassword: boolean;
	readonly default: string | null;
	/** For `pickString`. */
	readonly options: readonly string[];
}

/** One tool that is no longer what the user approved. */
export interface McpToolChange {
	readonly tool: string;
	readonly kind: 'changed' | 'added';
	/** `null` for an added tool. */
	readonly before: McpToolText | null;
	readonly after: McpToolText;
}

/** All of a tool that a model reads. */
export interface McpToolText {
	readonly title: string;
	readonly description: string;
	/** The schema as indented JSON, keys sorted. */
	readonly schema: string;
	/** The hints as indented JSON, keys sorted. */
	readonly annotations: string;
}
