import type { ToolContent } from '../../tools/tool';

/** One tool as the CLI is offered it. */
export interface ServedTool {
	readonly name: string;
	readonly title: string;
	readonly description: string;
	readonly schema: Readonly<Record<string, unknown>>;
	/** It changes nothing, whatever its arguments: the CLI may use it while it plans. */
	readonly isReadOnly: boolean;
}

/** What the server process asks the extension. Everything is decided and run over there. */
export interface OwnToolsContract {
	requests: {
		/** The first request of a connection; any other one before it ends the connection. */
		hello: { params: { readonly token: string }; result: { readonly version: string } };
		list: { params: null; result: readonly ServedTool[] };
		call: {
			params: {
				/** Made up by the server process, to name the call when it is cancelled. */
				readonly id: string;
				readonly name: string;
				readonly input: unknown;
				/** The CLI's own id of the call; `null` from a CLI that does not tell. */
				readonly toolUseId: string | null;
			};
			result: { readonly content: readonly ToolContent[]; readonly isError: boolean };
		};
		cancel: { params: { readonly id: string }; result: null };
	};
	events: {
		changed: null;
		progress: { readonly id: string; readonly text: string };
	};
}

/** How the server process finds the extension: in its own environment alone, which agents may not read. */
export const socketVariable = 'QUARTERDECK_TOOLS_SOCKET';
export const tokenVariable = 'QUARTERDECK_TOOLS_TOKEN';
