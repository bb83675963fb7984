import { toDisposable, type Disposable } from './lifecycle';

/** Subscribes a listener; the result unsubscribes it. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/** The private half of an event. Keep the emitter private and its `event` public. */
export class Emitter<T> implements Disposable {
	readonly #listeners = new Set<(value: T) => void>();
	readonly #onError: (error: unknown) => void;

	/** @param onError receives what a listener throws, so that one bad listener does not silence the others */
	constructor(onError: (error: unknown) => void = rethrowLater) {
		this.#onError = onError;
	}

	readonly event: Event<T> = listener => {
		// A wrapper, so that the same function subscribed twice is two subscriptions.
		const entry = (value: T): void => listener(value);
		this.#listeners.add(entry);
		return toDisposable(() => this.#listeners.delete(entry));
	};

	fire(value: T): void {
		// A copy: a listener may unsubscribe, or subscribe another, while it is called.
		for (const listener of Array.from(this.#listeners)) {
			try {
				listener(value);
			} catch (error) {
				this.#onError(error);
			}
		}
	}

	dispose(): void {
		this.#listeners.clear();
	}
}

function rethrowLater(error: unknown): void {
	queueMicrotask(() => {
		throw error;
	});
}
