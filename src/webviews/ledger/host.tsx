import { createContext, useContext, type Dispatch } from 'react';
import type { ExecutionId } from '../../core/base/ids';
import type { ExecutionPageContract } from '../../core/ledger/pageProtocol';
import type { Client } from '../../core/rpc/rpc';
import type { PageAction } from './state';

type Requests = ExecutionPageContract['requests'];

/** What the parts of the page need of what is around them. Keeps its identity as long as the page. */
export interface PageHost {
	readonly id: ExecutionId;
	readonly client: Client<ExecutionPageContract>;
	readonly dispatch: Dispatch<PageAction>;
	/** Calls the host for a user's gesture; a failure is shown on the page, and the answer says whether it worked. */
	readonly attempt: <K extends keyof Requests>(name: K, params: Requests[K]['params']) => Promise<boolean>;
}

/** Makes the host of a page. */
export function pageHost(
	id: ExecutionId,
	client: Client<ExecutionPageContract>,
	dispatch: Dispatch<PageAction>,
): PageHost {
	return {
		id,
		client,
		dispatch,
		attempt: async (name, params) => {
			try {
				// A dialog may stay open as long as the user likes.
				await client.call(name, params, Infinity);
				return true;
			} catch (error) {
				dispatch({ type: 'failed', error });
				return false;
			}
		},
	};
}

const HostContext = createContext<PageHost | null>(null);
export const HostProvider = HostContext.Provider;

export function useHost(): PageHost {
	const host = useContext(HostContext);
	if (!host) throw new Error('A part of the execution page was used outside of it');
	return host;
}
