import type { Event } from '../../../core/base/event';
import { DisposableStore, type Disposable } from '../../../core/base/lifecycle';
import type { Sink } from '../../../core/dashboard/topicHub';

/**
 * Follows something that has to be started first. What fails is told to the page; what ended meanwhile is not begun.
 * @param begin adds to `store` what ends with the topic
 */
export function following<D, C>(sink: Sink<D, C>, begin: (store: DisposableStore) => Promise<void> | void): Disposable {
	const store = new DisposableStore();
	void (async () => {
		try {
			await begin(store);
		} catch (error) {
			if (!store.isDisposed) sink.fail(error);
		}
	})();
	return store;
}

/**
 * Reads now and after each change: never twice at once, and once more for changes that came while it read.
 * @param changes say that something may be another now
 */
export function rereading<D>(sink: Sink<D>, read: () => Promise<D>, changes: readonly Event<unknown>[]): Disposable {
	const store = new DisposableStore();
	let isReading = false;
	let isWanted = false;
	const reread = async (): Promise<void> => {
		isWanted = true;
		if (isReading) return;
		isReading = true;
		while (isWanted && !store.isDisposed) {
			isWanted = false;
			try {
				const data = await read();
				if (!store.isDisposed) sink.tell(data);
			} catch (error) {
				if (!store.isDisposed) sink.fail(error);
			}
		}
		isReading = false;
	};
	for (const change of changes) store.add(change(() => void reread()));
	void reread();
	return store;
}
