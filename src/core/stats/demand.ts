import type { Clock } from '../base/clock';
import { MutableDisposable, Owner, toDisposable, type Disposable } from '../base/lifecycle';
import { Refusal } from '../base/localHttp';
import type { HardwareFeed } from '../hardware/feed';
import type { ProcessSample, Sample } from '../hardware/sample';

/** After the last client, milliseconds: whoever asks every few seconds is served without a new start. */
export const graceMs = 10_000;
/** What was seen this long ago is not told as now. */
const freshMs = 5_000;
/** A first look at the machine takes this long at most; its use of the CPU needs a second one. */
const patienceMs = 6_000;
/** Processes are looked at more rarely than the rest. */
const processesMs = 60_000;

/** Keeps the machine sampled for as long as somebody asks. */
export class SampleDemand extends Owner {
	readonly #feed: Pick<HardwareFeed, 'latest' | 'onDidSample' | 'watch'>;
	readonly #clock: Clock;
	readonly #watching = this.own(new MutableDisposable<Disposable>());
	readonly #grace = this.own(new MutableDisposable<Disposable>());
	readonly #waiting = new Set<(sample: Sample | undefined) => void>();
	#holders = 0;
	#processes: { readonly at: number; readonly list: readonly ProcessSample[] } | undefined;

	constructor(feed: Pick<HardwareFeed, 'latest' | 'onDidSample' | 'watch'>, clock: Clock) {
		super();
		this.#feed = feed;
		this.#clock = clock;
		this.own(feed.onDidSample(sample => this.#take(sample)));
		this.own(toDisposable(() => this.#settle(undefined)));
	}

	/** Samples are asked for now. */
	get isWatching(): boolean {
		return this.#watching.value !== undefined;
	}

	/** The newest sample, with the processes that were seen last; `undefined` when there is none of now. */
	get latest(): Sample | undefined {
		const { latest } = this.#feed;
		if (!latest || Math.abs(this.#clock.now() - latest.at) > freshMs) return undefined;
		return this.#whole(latest);
	}

	/** A client is there until the result is disposed. */
	hold(): Disposable {
		this.#holders += 1;
		this.#grace.value = undefined;
		if (!this.isDisposed) this.#watching.value ??= this.#feed.watch('gauge');
		return toDisposable(() => {
			this.#holders -= 1;
			if (this.#holders > 0 || this.isDisposed) return;
			this.#grace.value = this.#clock.after(graceMs, () => (this.#watching.value = undefined));
		});
	}

	/**
	 * The machine as it is now; the first one who asks waits until it was looked at.
	 * @throws `Refusal` 503 when it is not told
	 */
	async current(): Promise<Sample> {
		const holding = this.hold();
		try {
			const known = this.latest;
			if (known?.cpu.usage !== undefined) return known;
			const sample = (await this.#next()) ?? this.latest;
			if (sample) return sample;
			throw new Refusal(503, 'The machine has not been looked at yet.', { 'retry-after': '2' });
		} finally {
			holding.dispose();
		}
	}

	/** The next sample that is whole, or `undefined` when it takes too long. */
	#next(): Promise<Sample | undefined> {
		if (this.isDisposed) return Promise.resolve(undefined);
		return new Promise(resolve => {
			const settle = (sample: Sample | undefined): void => {
				timer.dispose();
				this.#waiting.delete(settle);
				resolve(sample);
			};
			const timer = this.#clock.after(patienceMs, () => settle(undefined));
			this.#waiting.add(settle);
		});
	}

	#take(sample: Sample): void {
		if (sample.processes) this.#processes = { at: this.#clock.monotonic(), list: sample.processes };
		if (sample.cpu.usage !== undefined) this.#settle(this.#whole(sample));
	}

	#settle(sample: Sample | undefined): void {
		for (const settle of Array.from(this.#waiting)) settle(sample);
	}

	#whole(sample: Sample): Sample {
		const known = this.#processes;
		if (sample.processes || !known || this.#clock.monotonic() - known.at > processesMs) return sample;
		return { ...sample, processes: known.list };
	}
}
