import type { Clock } from '../base/clock';
import { ExpectedError, errorText, type ErrorAction } from '../base/errors';
import { MutableDisposable, Owner, toDisposable, type Disposable } from '../base/lifecycle';
import { keyOf, type TopicRequest } from './topic';

/** Where a source tells what it knows. Told after its end, it is dropped. */
export interface Sink<D, C = never> {
	/** All of it. */
	tell(data: D): void;
	/** What is new since; only for topics with `merge`, after a first `tell`. */
	add(change: C): void;
	fail(error: unknown): void;
}

export interface TopicFailure {
	readonly message: string;
	readonly actions: readonly ErrorAction[];
}

/** What became of one topic since the last batch: all of it anew, what was added since, or that it failed. */
export interface TopicUpdate {
	readonly key: string;
	readonly data?: unknown;
	/** After `data`, where both are there. */
	readonly changes?: readonly unknown[];
	readonly failure?: TopicFailure;
}

/** Opens what tells a topic. Throws for a topic that nobody knows or parameters that are wrong. */
export type OpenTopic = (request: TopicRequest, sink: Sink<unknown, unknown>) => Disposable;

/** The least time between two batches, milliseconds. */
const batchMs = 1000;
/** What is asked for anew is answered soon; several widgets that begin at once come together. */
const firstMs = 30;
/** Longer data is not compared with what was sent before: it would have to be kept. */
const longestKept = 20_000;

/** The topics that one page watches: opened once each, told in batches, and only what has changed. */
export class TopicHub extends Owner {
	readonly #open: OpenTopic;
	readonly #send: (updates: readonly TopicUpdate[]) => void;
	readonly #clock: Clock;
	readonly #topics = new Map<string, Watched>();
	readonly #timer = this.own(new MutableDisposable<Disposable>());
	#dueAt = Infinity;
	#lastBatch = -Infinity;

	constructor(open: OpenTopic, send: (updates: readonly TopicUpdate[]) => void, clock: Clock) {
		super();
		this.#open = open;
		this.#send = send;
		this.#clock = clock;
		this.own(toDisposable(() => this.watch([])));
	}

	/** From now on these and no others. A page that nobody sees watches nothing. */
	watch(requests: readonly TopicRequest[]): void {
		const wanted = new Map(requests.map(request => [keyOf(request), request]));
		for (const [key, topic] of this.#topics) {
			if (wanted.has(key)) continue;
			this.#topics.delete(key);
			topic.dispose();
		}
		if (this.isDisposed) return;
		for (const [key, request] of wanted) if (!this.#topics.has(key)) this.#begin(key, request);
	}

	/** Begins anew what failed: what it failed for is another now. */
	reopenFailed(): void {
		for (const [key, topic] of Array.from(this.#topics)) {
			if (!topic.hasFailed) continue;
			topic.dispose();
			this.#begin(key, topic.request);
		}
	}

	#begin(key: string, request: TopicRequest): void {
		const topic = new Watched(key, request, () => this.#schedule(topic.isNew));
		this.#topics.set(key, topic);
		topic.open(this.#open);
	}

	#schedule(isNew: boolean): void {
		const now = this.#clock.monotonic();
		const due = isNew ? now + firstMs : Math.max(now + firstMs, this.#lastBatch + batchMs);
		if (this.isDisposed || due >= this.#dueAt) return;
		this.#dueAt = due;
		this.#timer.value = this.#clock.after(due - now, () => this.#flush());
	}

	#flush(): void {
		this.#dueAt = Infinity;
		this.#lastBatch = this.#clock.monotonic();
		const updates = [...this.#topics.values()].flatMap(topic => topic.take() ?? []);
		if (updates.length > 0) this.#send(updates);
	}
}

/** One topic and what of it was not sent yet. */
class Watched extends Owner {
	readonly request: TopicRequest;
	readonly #key: string;
	readonly #onPending: () => void;
	readonly #source = this.own(new MutableDisposable<Disposable>());
	#pending: TopicUpdate | undefined;
	/** What the page has, as text, to send nothing twice. */
	#sent: string | undefined;
	isNew = true;
	/** It was told last that it failed. */
	hasFailed = false;

	constructor(key: string, request: TopicRequest, onPending: () => void) {
		super();
		this.request = request;
		this.#key = key;
		this.#onPending = onPending;
	}

	open(open: OpenTopic): void {
		const sink: Sink<unknown, unknown> = {
			tell: data => this.#put({ key: this.#key, data }),
			add: change => this.#add(change),
			fail: error => this.#put({ key: this.#key, failure: failureOf(error) }),
		};
		try {
			this.#source.value = open(this.request, sink);
		} catch (error) {
			sink.fail(error);
		}
	}

	/** What the page does not have yet. */
	take(): TopicUpdate | undefined {
		const update = this.#pending;
		this.#pending = undefined;
		if (!update) return undefined;
		this.isNew = false;
		const text = update.changes ? undefined : JSON.stringify(update);
		if (text !== undefined && text === this.#sent) return undefined;
		this.#sent = text !== undefined && text.length <= longestKept ? text : undefined;
		return update;
	}

	#put(update: TopicUpdate): void {
		if (this.isDisposed) return;
		this.#pending = update;
		this.hasFailed = update.failure !== undefined;
		this.#onPending();
	}

	#add(change: unknown): void {
		const { changes = [], ...before } = this.#pending ?? { key: this.#key };
		this.#put({ ...before, changes: [...changes, change] });
	}
}

function failureOf(error: unknown): TopicFailure {
	return { message: errorText(error), actions: error instanceof ExpectedError ? error.actions : [] };
}
