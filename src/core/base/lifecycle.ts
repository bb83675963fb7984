/** Something that holds a resource until it is disposed. Disposing twice is allowed and does nothing more. */
export interface Disposable {
	dispose(): void;
}

/** Turns a function into a disposable that runs it once. */
export function toDisposable(release: () => void): Disposable {
	let isDone = false;
	return {
		dispose(): void {
			if (isDone) return;
			isDone = true;
			release();
		},
	};
}

/** Called for each disposable that is created and released, so that tests can fail on a leak. */
export interface LifecycleTracker {
	created(store: object): void;
	released(store: object): void;
}

let tracker: LifecycleTracker | undefined;

/** Watches every `DisposableStore` made from now on. For tests. */
export function trackDisposables(next: LifecycleTracker | undefined): void {
	tracker = next;
}

/** Disposes all, then throws what failed: one bad release must not keep the others. */
export function disposeAll(items: Iterable<Disposable>): void {
	const failures: unknown[] = [];
	for (const item of items) {
		try {
			item.dispose();
		} catch (error) {
			failures.push(error);
		}
	}
	if (failures.length === 1) throw failures[0];
	if (failures.length > 1) throw new AggregateError(failures, 'Several disposables failed');
}

/** A set of disposables that end together. What is added after the end is disposed at once. */
export class DisposableStore implements Disposable {
	readonly #items = new Set<Disposable>();
	#isDisposed = false;

	constructor() {
		tracker?.created(this);
	}

	get isDisposed(): boolean {
		return this.#isDisposed;
	}

	/** Takes ownership of `item` and returns it. */
	add<T extends Disposable>(item: T): T {
		if (this.#isDisposed) item.dispose();
		else this.#items.add(item);
		return item;
	}

	/** Disposes one item before the store's own end. */
	delete(item: Disposable): void {
		if (this.#items.delete(item)) item.dispose();
	}

	/** Disposes what is held and stays usable. */
	clear(): void {
		const items = [...this.#items].toReversed();
		this.#items.clear();
		disposeAll(items);
	}

	dispose(): void {
		if (this.#isDisposed) return;
		this.#isDisposed = true;
		tracker?.released(this);
		this.clear();
	}
}

/** Base of classes that own things: register a disposable on the line that creates it. */
export abstract class Owner implements Disposable {
	protected readonly store = new DisposableStore();

	protected own<T extends Disposable>(item: T): T {
		return this.store.add(item);
	}

	protected get isDisposed(): boolean {
		return this.store.isDisposed;
	}

	dispose(): void {
		this.store.dispose();
	}
}

/** Holds one disposable that is replaced over time; the old one is disposed when a new one is set. */
export class MutableDisposable<T extends Disposable> implements Disposable {
	#value: T | undefined;
	#isDisposed = false;

	get value(): T | undefined {
		return this.#value;
	}

	set value(next: T | undefined) {
		if (next === this.#value) return;
		const previous = this.#value;
		this.#value = this.#isDisposed ? undefined : next;
		previous?.dispose();
		if (this.#isDisposed) next?.dispose();
	}

	dispose(): void {
		this.#isDisposed = true;
		this.value = undefined;
	}
}
