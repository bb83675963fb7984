import type { Json } from '../../core/base/json';
import { toDisposable, type Disposable } from '../../core/base/lifecycle';
import type { DashboardContract } from '../../core/dashboard/dashboardProtocol';
import { keyOf, type Topic, type TopicRequest } from '../../core/dashboard/topic';
import type { TopicFailure, TopicUpdate } from '../../core/dashboard/topicHub';
import type { Client } from '../../core/rpc/rpc';

/** What is known of a topic now. After a failure the last data stays, and is said to be old. */
export interface TopicState<D> {
	/** `undefined` until the first of it came. */
	readonly data: D | undefined;
	readonly failure: TopicFailure | undefined;
}

const nothing: TopicState<never> = { data: undefined, failure: undefined };

/** A topic that nobody reads any more is watched for this long, for widgets that are scrolled away and back. */
const lingerMs = 3000;

interface Entry {
	readonly request: TopicRequest;
	readonly merge: ((data: unknown, change: unknown) => unknown) | undefined;
	readonly listeners: Set<() => void>;
	readers: number;
	state: TopicState<unknown>;
	ending: ReturnType<typeof setTimeout> | undefined;
}

/** The page's end of all topics: asks the host for what widgets read, once each, and keeps what came. */
export class TopicStore implements Disposable {
	readonly #client: Client<DashboardContract>;
	readonly #entries = new Map<string, Entry>();
	readonly #listening: Disposable;
	#isPaused = false;
	#isAsking = false;

	constructor(client: Client<DashboardContract>) {
		this.#client = client;
		this.#listening = client.on('data', updates => this.#take(updates));
	}

	/** What is known now; the same object until something comes. */
	state<P extends Json, D, C>(topic: Topic<P, D, C>, params: P): TopicState<D> {
		const entry = this.#entries.get(keyOf({ name: topic.name, params }));
		return (entry?.state ?? nothing) as TopicState<D>;
	}

	/** Watches a topic until the result is disposed. */
	read<P extends Json, D, C>(topic: Topic<P, D, C>, params: P, onChange: () => void): Disposable {
		const request = { name: topic.name, params };
		const key = keyOf(request);
		const entry = this.#entries.get(key) ?? this.#newEntry(key, request, topic);
		clearTimeout(entry.ending);
		entry.ending = undefined;
		entry.readers++;
		const listener = (): void => onChange();
		entry.listeners.add(listener);
		return toDisposable(() => {
			entry.listeners.delete(listener);
			if (--entry.readers === 0) entry.ending = setTimeout(() => this.#end(key), lingerMs);
		});
	}

	/** Begins a topic anew, after it failed. */
	retry(name: string, params: Json): void {
		const entry = this.#entries.get(keyOf({ name, params }));
		if (!entry) return;
		this.#set(entry, { data: entry.state.data, failure: undefined });
		// Left out for once, so that the host opens it again.
		this.#send(request => request !== entry.request);
		this.#ask();
	}

	/** A page that nobody sees watches nothing. */
	setPaused(isPaused: boolean): void {
		if (this.#isPaused === isPaused) return;
		this.#isPaused = isPaused;
		this.#ask();
	}

	dispose(): void {
		this.#listening.dispose();
		for (const { ending } of this.#entries.values()) clearTimeout(ending);
		this.#entries.clear();
	}

	#newEntry<P extends Json, D, C>(key: string, request: TopicRequest, topic: Topic<P, D, C>): Entry {
		const merge: Entry['merge'] = topic.merge && ((data, change) => topic.merge?.(data as D, change as C));
		const entry: Entry = { request, merge, listeners: new Set(), readers: 0, state: nothing, ending: undefined };
		this.#entries.set(key, entry);
		this.#ask();
		return entry;
	}

	#end(key: string): void {
		this.#entries.delete(key);
		this.#ask();
	}

	/** Widgets begin in the same moment: the host is asked once. */
	#ask(): void {
		if (this.#isAsking) return;
		this.#isAsking = true;
		queueMicrotask(() => {
			this.#isAsking = false;
			this.#send(() => !this.#isPaused);
		});
	}

	#send(isWanted: (request: TopicRequest) => boolean): void {
		const topics = [...this.#entries.values()].map(({ request }) => request).filter(isWanted);
		this.#client.call('watch', { topics }).catch((error: unknown) => {
			const failure = { message: error instanceof Error ? error.message : String(error), actions: [] };
			for (const entry of this.#entries.values()) this.#set(entry, { data: entry.state.data, failure });
		});
	}

	#take(updates: readonly TopicUpdate[]): void {
		for (const { key, data, changes = [], failure } of updates) {
			const entry = this.#entries.get(key);
			if (!entry) continue;
			if (failure) {
				this.#set(entry, { data: entry.state.data, failure });
				continue;
			}
			const start = data === undefined ? entry.state.data : data;
			const next = start === undefined ? undefined : changes.reduce((sum, change) => entry.merge?.(sum, change), start);
			this.#set(entry, { data: next, failure: undefined });
		}
	}

	#set(entry: Entry, state: TopicState<unknown>): void {
		entry.state = state;
		for (const listener of entry.listeners) listener();
	}
}
