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
	/** Takes over what an earlier page of this tab has typed, asked and heard. */
	readonly restore: (earlier: Earlier) => void;
	/** Requests that run, by place. */
	readonly running: Map<string, number>;
	/** Calls the host for a user's gesture; a failure is shown on the page. */
	readonly attempt: <K extends keyof Requests>(name: K, params: Requests[K]['params']) => Promise<boolean>;
	/** What was typed and answered, by place: it is there again when the user comes back to it. */
	readonly memory: { get(place: string): unknown; set(place: string, value: unknown): void };
}

export interface Earlier {
	readonly kept: Readonly<Record<string, unknown>>;
	readonly running: Readonly<Record<string, number>>;
	readonly lastCall: number;
}

/** Makes the host of a page. */
export function pageHost(client: Client<InspectorContract>, onFailure: (failure: Failure) => void): PageHost {
	let last = 0;
	const known = new Map<string, unknown>();
	const running = new Map<string, number>();
	const memory: PageHost['memory'] = {
		get: place => known.get(place),
		set: (place, value) => {
			known.set(place, value);
			// A tab that is hidden loses its page, without a word beforehand.
			client.call('keep', { place, value }).catch(() => undefined);
		},
	};
	return {
		client,
		memory,
		running,
		restore: earlier => {
			last = earlier.lastCall;
			for (const [place, value] of Object.entries(earlier.kept)) known.set(place, value);
			for (const [place, call] of Object.entries(earlier.running)) running.set(place, call);
		},
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
