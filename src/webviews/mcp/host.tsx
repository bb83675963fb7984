import { createContext, useContext } from 'react';
import { errorText, ExpectedError, type ErrorAction } from '../../core/base/errors';
import type { InspectorContract } from '../../core/mcp/inspectorProtocol';
import type { Client } from '../../core/rpc/rpc';

type Requests = InspectorContract['requests'];

export interface Failure {
	readonly text: string;
	readonly actions: readonly ErrorAction[];
}

/** What the parts of the inspector need of what is around them. Keeps its identity as long as the page. */
export interface PageHost {
	readonly client: Client<InspectorContract>;
	/** A number for a request that can be cancelled. */
	readonly nextCall: () => number;
	/** Calls the host for a user's gesture; a failure is shown on the page. */
	readonly attempt: <K extends keyof Requests>(name: K, params: Requests[K]['params']) => Promise<boolean>;
	/** What was typed and answered, by place: it is there again when the user comes back to it. */
	readonly memory: Map<string, unknown>;
}

/** Makes the host of a page. */
export function pageHost(client: Client<InspectorContract>, onFailure: (failure: Failure) => void): PageHost {
	let last = 0;
	return {
		client,
		memory: new Map(),
		nextCall: () => ++last,
		attempt: async (name, params) => {
			try {
				await client.call(name, params, Infinity);
				return true;
			} catch (error) {
				onFailure(failureOf(error));
				return false;
			}
		},
	};
}

/** Turns anything thrown into what the page shows of it. */
export function failureOf(error: unknown): Failure {
	return { text: errorText(error), actions: error instanceof ExpectedError ? error.actions : [] };
}

const HostContext = createContext<PageHost | null>(null);
export const HostProvider = HostContext.Provider;

export function useHost(): PageHost {
	const host = useContext(HostContext);
	if (!host) throw new Error('A part of the inspector was used outside of it');
	return host;
}
