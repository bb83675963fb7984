import type { Clock } from '../base/clock';
import type { Disposable } from '../base/lifecycle';

export interface LivePoolOptions<Key> {
	readonly clock: Clock;
	/** How many may be alive at once; busy ones may exceed it, because work is never cut off to save memory. */
	readonly maxLive: number;
	/** Milliseconds without use after which one is closed. */
	readonly idleMs: number;
	/** Closes the process of `key`; the pool has forgotten it by then. */
	close(key: Key): void;
}

interface Entry {
	isBusy: boolean;
	lastUse: number;
	timer: Disposable | undefined;
}

/** Decides which live processes to close: those idle for long, and the least recently used ones above the cap. */
export class LivePool<Key> implements Disposable {
	readonly #options: LivePoolOptions<Key>;
	readonly #entries = new Map<Key, Entry>();
	#maxLive: number;
	#idleMs: number;

	constructor(options: LivePoolOptions<Key>) {
		this.#options = options;
		this.#maxLive = options.maxLive;
		this.#idleMs = options.idleMs;
	}

	get keys(): readonly Key[] {
		return [...this.#entries.keys()];
	}

	/** Those that have nothing to do. */
	get idle(): readonly Key[] {
		return [...this.#entries].flatMap(([key, { isBusy }]) => (isBusy ? [] : [key]));
	}

	/** Closes what has nothing to do, and says how many there were. */
	closeIdle(): number {
		const { idle } = this;
		for (const key of idle) this.#close(key);
		return idle.length;
	}

	/** Settings changed. */
	configure(maxLive: number, idleMs: number): void {
		this.#maxLive = maxLive;
		this.#idleMs = idleMs;
		for (const [key, entry] of this.#entries) this.#arm(key, entry);
		this.#trim();
	}

	/** A process has started for `key`. It counts as used now. */
	add(key: Key, isBusy = false): void {
		this.remove(key);
		this.#entries.set(key, { isBusy, lastUse: this.#options.clock.monotonic(), timer: undefined });
		this.touch(key);
		this.#trim(key);
	}

	/** The process of `key` ended by itself. */
	remove(key: Key): void {
		this.#entries.get(key)?.timer?.dispose();
		this.#entries.delete(key);
	}

	/** The user looked at it or did something with it. */
	touch(key: Key): void {
		const entry = this.#entries.get(key);
		if (!entry) return;
		entry.lastUse = this.#options.clock.monotonic();
		this.#arm(key, entry);
	}

	/** A turn began or ended, or it waits for a person: a busy one is never closed. */
	setBusy(key: Key, isBusy: boolean): void {
		const entry = this.#entries.get(key);
		if (!entry || entry.isBusy === isBusy) return;
		entry.isBusy = isBusy;
		this.touch(key);
		if (!isBusy) this.#trim(key);
	}

	dispose(): void {
		for (const entry of this.#entries.values()) entry.timer?.dispose();
		this.#entries.clear();
	}

	#arm(key: Key, entry: Entry): void {
		entry.timer?.dispose();
		entry.timer = entry.isBusy ? undefined : this.#options.clock.after(this.#idleMs, () => this.#close(key));
	}

	/** Closes the least recently used idle ones above the cap; `spared` was used just now. */
	#trim(spared?: Key): void {
		const idle = [...this.#entries]
			.filter(([key, entry]) => !entry.isBusy && key !== spared)
			.sort(([, left], [, right]) => left.lastUse - right.lastUse);
		for (const [key] of idle) {
			if (this.#entries.size <= this.#maxLive) return;
			this.#close(key);
		}
	}

	#close(key: Key): void {
		this.remove(key);
		this.#options.close(key);
	}
}
