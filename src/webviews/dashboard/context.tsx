import { createContext, useCallback, useContext, useMemo, useSyncExternalStore } from 'react';
import type { Json } from '../../core/base/json';
import type { DashboardContract } from '../../core/dashboard/dashboardProtocol';
import type { Action, Topic } from '../../core/dashboard/topic';
import type { Client } from '../../core/rpc/rpc';
import type { TopicState, TopicStore } from './topicStore';

/** What widgets need of the page around them. */
export interface DashboardPage {
	readonly client: Client<DashboardContract>;
	readonly topics: TopicStore;
	/** Shows what went wrong above the grid. */
	readonly fail: (error: unknown) => void;
	/** The clock of the page; a test and a picture have their own. */
	readonly now: () => number;
}

const PageContext = createContext<DashboardPage | null>(null);
export const PageProvider = PageContext.Provider;

/** Whether the widget can be seen: outside of the view it watches nothing. */
const SeenContext = createContext(true);
export const SeenProvider = SeenContext.Provider;

export function usePage(): DashboardPage {
	const page = useContext(PageContext);
	if (!page) throw new Error('A widget was used outside of a dashboard');
	return page;
}

export function useIsSeen(): boolean {
	return useContext(SeenContext);
}

/** What the host tells of a topic, again and again, while the widget is in view; with `null` for `topic`, nothing. */
export function useTopic<P extends Json, D, C>(
	topic: Topic<P, D, C>,
	params: P,
): TopicState<D> & { retry: () => void } {
	const { topics } = usePage();
	const isSeen = useIsSeen();
	// Parameters are made anew with each drawing; what they say is what counts.
	const text = JSON.stringify(params);
	const wish = useMemo(() => JSON.parse(text) as P, [text]);
	const subscribe = useCallback(
		(onChange: () => void) => {
			if (!isSeen) return () => undefined;
			const reading = topics.read(topic, wish, onChange);
			return () => reading.dispose();
		},
		[topics, topic, wish, isSeen],
	);
	const state = useSyncExternalStore(subscribe, () => topics.state(topic, wish));
	const retry = useCallback(() => topics.retry(topic.name, wish), [topics, topic, wish]);
	return useMemo(() => ({ ...state, retry }), [state, retry]);
}

/** Asks the host to do something. A failure is shown above the grid, and `undefined` comes back. */
export function useAct(): <P extends Json, R>(action: Action<P, R>, params: P) => Promise<R | undefined> {
	const { client, fail } = usePage();
	return useCallback(
		async (action, params) => {
			try {
				// A person may be asked first.
				return (await client.call('act', { action: action.name, params }, Infinity)) as never;
			} catch (error) {
				fail(error);
				return undefined;
			}
		},
		[client, fail],
	);
}
