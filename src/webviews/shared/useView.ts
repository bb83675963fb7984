import { useCallback, useEffect, type Dispatch } from 'react';
import type { Disposable } from '../../core/base/lifecycle';

/** A host that gives the whole of what a page shows, and says when that is another. */
export interface ViewHost<V> {
	call(name: 'view', params: null): Promise<V>;
	on(name: 'changed', listener: () => void): Disposable;
}

export type ViewAction<V> =
	{ readonly type: 'view'; readonly view: V } | { readonly type: 'failed'; readonly error: unknown };

/** Keeps what is shown up to date with the host; what it gives back asks once more. */
export function useView<V>(host: ViewHost<V>, dispatch: Dispatch<ViewAction<V>>): () => void {
	const load = useCallback((): void => {
		host.call('view', null).then(
			view => dispatch({ type: 'view', view }),
			(error: unknown) => dispatch({ type: 'failed', error }),
		);
	}, [host, dispatch]);
	useEffect(() => {
		load();
		const listening = host.on('changed', load);
		return () => listening.dispose();
	}, [host, load]);
	return load;
}
