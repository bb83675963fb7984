import type { Clock } from '../base/clock';
import { errorText } from '../base/errors';
import { MutableDisposable, Owner, type Disposable } from '../base/lifecycle';
import { serve, type Port, type Server } from '../rpc/rpc';
import type { HardwareContract } from './protocol';
import type { Sampler } from './sampler';

/** A gap this many times the pace, and some, was no gap between two looks but a pause. */
const pauseFactor = 3;
const pauseMs = 5_000;
/** Counters of the processor grow in steps of 10 ms: over less time than this, a moment's work looks like a full load. */
const closestMs = 500;

/** The worker's side: looks at its pace, one look after another, and tells each sample. */
export class Sampling extends Owner {
	readonly #clock: Clock;
	readonly #sampler: Sampler;
	readonly #server: Server<HardwareContract>;
	readonly #next = this.own(new MutableDisposable<Disposable>());
	#paceMs: number | null = null;
	#withProcesses = false;
	#gpuMemory: ReadonlyMap<number, number> = new Map();
	#isLooking = false;
	#lookedAt = -Infinity;

	constructor(port: Port, sampler: Sampler, clock: Clock) {
		super();
		this.#clock = clock;
		this.#sampler = this.own(sampler);
		this.#server = this.own(
			serve<HardwareContract>(port, {
				pace: ({ ms, withProcesses }) => this.#setPace(ms, withProcesses),
				gpuMemory: pairs => {
					this.#gpuMemory = new Map(pairs);
					return null;
				},
				facts: () => this.#sampler.facts(),
			}),
		);
	}

	#setPace(ms: number | null, withProcesses: boolean): null {
		const isSame = this.#paceMs === ms && this.#withProcesses === withProcesses;
		this.#paceMs = ms;
		this.#withProcesses = withProcesses;
		if (ms === null) this.#next.value = undefined;
		else if (!isSame) this.#lookSoon();
		return null;
	}

	#lookSoon(): void {
		const wait = this.#lookedAt + closestMs - this.#clock.monotonic();
		if (wait <= 0) void this.#look();
		else this.#next.value = this.#clock.after(wait, () => void this.#look());
	}

	async #look(): Promise<void> {
		if (this.#isLooking || this.#paceMs === null) return;
		this.#isLooking = true;
		const at = this.#clock.monotonic();
		this.#lookedAt = at;
		try {
			const sample = await this.#sampler.look({
				at,
				now: this.#clock.now(),
				longestGapMs: this.#paceMs * pauseFactor + pauseMs,
				withProcesses: this.#withProcesses,
				gpuMemory: this.#gpuMemory,
			});
			if (!this.isDisposed) this.#server.emit('sample', sample);
		} catch (error) {
			if (!this.isDisposed) this.#server.emit('failed', { reason: errorText(error) });
		}
		this.#isLooking = false;
		if (this.#paceMs === null || this.isDisposed) return;
		const wait = Math.max(0, this.#paceMs - (this.#clock.monotonic() - at));
		this.#next.value = this.#clock.after(wait, () => void this.#look());
	}
}
