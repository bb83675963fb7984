import type { McpDisabledReason, McpServerState } from '../../mcp/protocol';
import type { ProviderHealth } from '../../providers/provider';
import { defineTopic, noParams } from '../topic';

/** An MCP server as a row of a widget. */
export interface McpServerLine {
	readonly id: string;
	readonly name: string;
	readonly state: McpServerState;
	readonly disabledReason: McpDisabledReason | null;
	readonly tools: number;
	/** Why it failed, as a sentence. */
	readonly error: string | null;
	/** When it is started again by itself, milliseconds since 1970. */
	readonly restartAt: number | null;
}

export const mcpServersTopic = defineTopic<null, readonly McpServerLine[]>({ name: 'mcpServers', read: noParams });

/** A model that a server has, or has in memory. */
export interface ServedModel {
	readonly id: string;
	readonly label: string;
	readonly bytes: number | null;
	/** GPU memory it takes now; `null`: it is not loaded, or that is unknown. */
	readonly vramBytes: number | null;
	/** When it leaves the memory by itself, milliseconds since 1970; `null`: it stays, or that is unknown. */
	readonly loadedUntil: number | null;
}

/** A server of models as a widget shows it. */
export interface ModelServer {
	readonly id: string;
	readonly label: string;
	/** `null` before it was asked. */
	readonly health: ProviderHealth | null;
	/** `null` while they are not known. */
	readonly models: readonly ServedModel[] | null;
	readonly problem: string | null;
	/** Models can be downloaded to it, and sent out of its memory. */
	readonly isManaged: boolean;
}

/** Servers of models on this machine. */
export const modelServersTopic = defineTopic<null, readonly ModelServer[]>({ name: 'modelServers', read: noParams });
