import type { McpInput, McpSource, McpTransportKind } from './protocol';

/** How to start a server on this machine. Values may hold `${…}`, which is expanded at the start only. */
export interface McpStdioConfig {
	readonly type: 'stdio';
	readonly command: string;
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	/** A file of `NAME=value` lines; `null` for none. */
	readonly envFile: string | null;
	/** `null` for the workspace folder. */
	readonly cwd: string | null;
}

/** How a client proves who it is without a person. */
export type McpAuthConfig =
	| {
			readonly type: 'client_credentials';
			readonly clientId: string;
			readonly clientSecret: string;
			readonly scope?: string;
			/** The only authorization server that may see the secret. */
			readonly issuer?: string;
	  }
	| {
			readonly type: 'private_key_jwt';
			readonly clientId: string;
			/** PEM of the private key. */
			readonly privateKey: string;
			/** `ES256` when absent. */
			readonly algorithm?: string;
			readonly scope?: string;
			readonly issuer?: string;
	  }
	| {
			/** Cross-app access: an identity provider's token is exchanged for one of the server's. */
			readonly type: 'cross_app';
			readonly clientId: string;
			readonly clientSecret?: string;
			readonly idpTokenEndpoint: string;
			readonly idpClientId: string;
			readonly idpIdToken: string;
			readonly scope?: string;
			readonly issuer?: string;
	  }
	| {
			/** A client that was registered by hand; the person signs in with the browser. */
			readonly type: 'authorization_code';
			readonly clientId: string;
			readonly clientSecret?: string;
			readonly scope?: string;
			readonly issuer?: string;
	  };

/** A server that is reached over HTTP. */
export interface McpHttpConfig {
	/** `http` tries streamable HTTP and falls back to SSE; `sse` speaks SSE alone. */
	readonly type: 'http' | 'sse';
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly auth: McpAuthConfig | null;
}

/** One server, as its source defines it. */
export interface McpServerDefinition {
	/** `settings:github`, `workspace:/repo/.mcp.json:github`: unique, and the same in every session. */
	readonly id: string;
	readonly name: string;
	readonly source: McpSource;
	/** `null` when the definition cannot be used; `problem` then says why. */
	readonly config: McpStdioConfig | McpHttpConfig | null;
	readonly problem: string | null;
	/** Its source says that it is switched off. */
	readonly isDisabled: boolean;
	/** What `${input:…}` of this definition stands for. */
	readonly inputs: readonly McpInput[];
	/** Absolute path of the folder that `${workspaceFolder}` stands for; `null` without a workspace. */
	readonly folder: string | null;
	readonly timeouts: McpTimeouts;
	/** The definition's object as it was read, unknown fields included, so that it can be written back unchanged. */
	readonly raw: Readonly<Record<string, unknown>>;
}

export interface McpTimeouts {
	/** Milliseconds from the start to the answer to `initialize`; `null` for the hub's own. */
	readonly initMs: number | null;
	/** Milliseconds that one call may take without progress; `null` for the hub's own. */
	readonly callMs: number | null;
}

/** How a server is reached; a definition that cannot be used counts as stdio. */
export function transportOf(definition: McpServerDefinition): McpTransportKind {
	return definition.config?.type ?? 'stdio';
}

/** The exact command line or address of a definition, `${…}` left as it stands. */
export function targetOf(definition: McpServerDefinition): string {
	const { config } = definition;
	if (config === null) return '';
	if (config.type !== 'stdio') return config.url;
	return [config.command, ...config.args].map(quoted).join(' ');
}

/**
 * Ids of servers that the Claude CLI starts itself, because its own file names them as well and means the same. A server
 * of that name which does something else is another one.
 */
export function servedByClaude(
	own: readonly McpServerDefinition[],
	elsewhere: readonly McpServerDefinition[],
): ReadonlySet<string> {
	const isSame = (one: McpServerDefinition, other: McpServerDefinition): boolean =>
		/[\\/]\.claude\.json$/.test(other.source.path ?? '') &&
		one.name === other.name &&
		targetOf(one) === targetOf(other);
	return new Set(own.filter(one => elsewhere.some(other => isSame(one, other))).map(({ id }) => id));
}

function quoted(word: string): string {
	return /^[\w@%+=:,./${}~-]+$/.test(word) ? word : JSON.stringify(word);
}
