import type {
	CreateMessageRequestParams,
	CreateMessageResult,
	CreateMessageResultWithTools,
	ElicitRequestFormParams,
	ElicitRequestURLParams,
	ElicitResult,
} from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../base/clock';
import type { Event } from '../base/event';
import type { ConversationId, ExecutionId } from '../base/ids';
import type { Logger } from '../base/logger';
import type { Environment } from '../process/environment';
import type { ProcessSupervisor } from '../process/supervisor';
import type { McpServerDefinition } from './definition';
import type { McpInput, McpToolChange, McpToolText } from './protocol';

/** Which server asks something of us, and, where one call alone is running, for whom. */
export interface McpAsker {
	readonly serverId: string;
	readonly server: string;
	readonly conversation: ConversationId | null;
	readonly execution: ExecutionId | null;
}

export interface McpRoot {
	/** A `file:` address. */
	readonly uri: string;
	readonly name: string;
}

/** A server's wish for an answer of a model. Its texts are data of that server. */
export type McpSampling = CreateMessageRequestParams;
export type McpSamplingAnswer = CreateMessageResult | CreateMessageResultWithTools;

/** A server's question to the person: a form to fill, or a page to open. */
export type McpElicitation = ElicitRequestFormParams | ElicitRequestURLParams;
export type McpElicitationAnswer = ElicitResult;

/** A sign-in that needs a person and a browser. */
export interface McpSignIn {
	readonly asker: McpAsker;
	/** Where the browser goes. Show its host: it is chosen by the server. */
	readonly url: URL;
	/** `moreRights`: a call needs a scope that the tokens do not have. */
	readonly reason: 'signIn' | 'moreRights';
}

/** Sign-ins with the browser. The core checks `state`, the issuer and the code; this only carries addresses. */
export interface McpBrowser {
	/** The https address of a document that describes us as a client, where there is one; else we register each time. */
	readonly clientMetadataUrl?: string;
	/** Where the browser is sent back to. Asked for right before each sign-in; the same one as long as that is possible. */
	redirectUrl(): Promise<string>;
	/**
	 * Opens the address and resolves with the one that the browser came back with, or `undefined` when the person gave
	 * up. It rejects when `signal` aborts.
	 */
	signIn(request: McpSignIn, signal: AbortSignal): Promise<URL | undefined>;
}

/** Tokens and client registrations, by server id. Lives in the secret storage. */
export interface McpSecrets {
	get(serverId: string): Promise<string | undefined>;
	set(serverId: string, value: string): Promise<void>;
	delete(serverId: string): Promise<void>;
}

/** What the user decided about one server. Survives sessions. */
export interface McpChoice {
	/** `undefined`: never decided. */
	readonly isEnabled?: boolean;
	/** Fingerprint of what would run, at the time of the decision. */
	readonly allowed?: string;
	/** Tools that were switched off. */
	readonly toolsOff?: readonly string[];
	/** What models are told about each approved tool. */
	readonly tools?: Readonly<Record<string, McpToolText>>;
}

export interface McpChoices {
	get(serverId: string): McpChoice;
	set(serverId: string, choice: McpChoice): Promise<void>;
}

/** All that the hub needs from outside. */
export interface McpPorts {
	readonly supervisor: ProcessSupervisor;
	/** The host's environment; it is cleaned here. */
	readonly environment: Environment;
	/** Where a server runs whose definition names no folder. */
	readonly home: string;
	readonly clock: Clock;
	readonly log: Logger;
	/** `Quarterdeck` and its version, for the servers. */
	readonly client: { readonly name: string; readonly version: string };
	readonly roots: () => readonly McpRoot[];
	readonly onDidChangeRoots: Event<void>;
	/** Absent: servers are told that we do not sample. The gate is the host's. */
	readonly sampling?: (asker: McpAsker, request: McpSampling, signal: AbortSignal) => Promise<McpSamplingAnswer>;
	/** Absent: servers are told that nobody can be asked. */
	readonly elicit?: (asker: McpAsker, request: McpElicitation, signal: AbortSignal) => Promise<McpElicitationAnswer>;
	/** Absent: servers that need a sign-in stay `needs-auth`. */
	readonly browser?: McpBrowser;
	readonly secrets: McpSecrets;
	readonly choices: McpChoices;
	/**
	 * The value of an input, remembered or, only when `mayAsk`, asked for; `undefined` when there is none.
	 */
	readonly input: (definition: McpServerDefinition, input: McpInput, mayAsk: boolean) => Promise<string | undefined>;
	/** Whether the changed tools of a server may be offered. They are not until this says yes. */
	readonly confirmChangedTools: (
		asker: McpAsker,
		changes: readonly McpToolChange[],
		signal: AbortSignal,
	) => Promise<boolean>;
	readonly limits?: Partial<McpLimits>;
}

export interface McpLimits {
	/** Milliseconds from the start of a server to its answer to `initialize`. */
	readonly initMs: number;
	/** The same for a launcher that may have to download the server first (`npx`, `uvx`, `docker`). */
	readonly downloadMs: number;
	/** Milliseconds that one call may take without progress. */
	readonly callMs: number;
	/** Milliseconds that a call waits for the server to say that a page, which the person opened for it, did its work. */
	readonly pageMs: number;
	/** Calls to one server that run at once; more wait. */
	readonly inFlight: number;
	/** Characters of one message; a longer one is an error and its rest is not kept. */
	readonly messageLength: number;
	/** Milliseconds before each restart after a crash; after the last one the server stays down. */
	readonly restartDelays: readonly number[];
	/** A server that ran this many milliseconds has not crashed in a loop. */
	readonly steadyMs: number;
}

export const defaultLimits: McpLimits = {
	initMs: 10_000,
	downloadMs: 120_000,
	callMs: 60_000,
	pageMs: 20_000,
	inFlight: 64,
	messageLength: 64 * 1024 * 1024,
	restartDelays: [500, 2000, 5000, 15_000, 30_000],
	steadyMs: 60_000,
};
