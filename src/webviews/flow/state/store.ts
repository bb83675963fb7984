import { useCallback, useSyncExternalStore } from 'react';
import { toDisposable, type Disposable } from '../../../core/base/lifecycle';

/** A value that parts of the page watch. Each part draws again only when what it selects has changed. */
export class Store<T> {
	#value: T;
	readonly #listeners = new Set<() => void>();

	constructor(value: T) {
		this.#value = value;
	}

	get = (): T => this.#value;

	set(value: T): void {
		if (Object.is(value, this.#value)) return;
		this.#value = value;
		for (const listener of this.#listeners) listener();
	}

	update(change: (value: T) => T): void {
		this.set(change(this.#value));
	}

	/** For records: replaces some fields. */
	patch(change: Partial<T>): void {
		this.set({ ...this.#value, ...change });
	}

	subscribe = (listener: () => void): (() => void) => {
		this.#listeners.add(listener);
		return () => void this.#listeners.delete(listener);
	};

	listen(listener: (value: T) => void): Disposable {
		return toDisposable(this.subscribe(() => listener(this.#value)));
	}
}

/** What `select` takes of a store. It must give the same reference as long as nothing has changed. */
export function useStored<T, S>(store: Store<T>, select: (value: T) => S): S {
	const read = useCallback(() => select(store.get()), [store, select]);
	return useSyncExternalStore(store.subscribe, read);
}

/** The whole value of a store. */
export function useStore<T>(store: Store<T>): T {
	return useSyncExternalStore(store.subscribe, store.get);
}

/** Values by key: whoever watches one key hears nothing of the others. For thousands of cards. */
export class KeyedStore<T> {
	readonly #values = new Map<string, T>();
	readonly #listeners = new Map<string, Set<() => void>>();
	readonly #fallback: T;

	constructor(fallback: T) {
		this.#fallback = fallback;
	}

	get(key: string): T {
		return this.#values.get(key) ?? this.#fallback;
	}

	set(key: string, value: T): void {
		if (Object.is(value, this.get(key))) return;
		this.#values.set(key, value);
		this.#tell(key);
	}

	/** Replaces everything. */
	reset(entries: Iterable<readonly [string, T]>): void {
		const before = new Set(this.#values.keys());
		const after = new Map(entries);
		this.#values.clear();
		for (const [key, value] of after) this.#values.set(key, value);
		for (const key of before) this.#tell(key);
		for (const key of after.keys()) if (!before.has(key)) this.#tell(key);
	}

	entries(): IterableIterator<[string, T]> {
		return this.#values.entries();
	}

	subscribe(key: string, listener: () => void): () => void {
		const set = this.#listeners.get(key) ?? new Set();
		this.#listeners.set(key, set.add(listener));
		return () => {
			set.delete(listener);
			if (set.size === 0 && this.#listeners.get(key) === set) this.#listeners.delete(key);
		};
	}

	#tell(key: string): void {
		for (const listener of this.#listeners.get(key) ?? []) listener();
	}
}

/** What a keyed store holds for a key. */
export function useKeyed<T>(store: KeyedStore<T>, key: string): T {
	const subscribe = useCallback((listener: () => void) => store.subscribe(key, listener), [store, key]);
	const read = useCallback(() => store.get(key), [store, key]);
	return useSyncExternalStore(subscribe, read);
}
