import type { Clock } from '../base/clock';
import { Owner, toDisposable, type Disposable } from '../base/lifecycle';
import type { EnergyMeasurement, EnergyMeter } from '../providers/energy';

/** Tells what the GPUs of this machine draw, all together. */
export interface PowerSource {
	/**
	 * Begins to look, until the result is disposed.
	 * @param tell called with watts at each look
	 * @param end called once when nothing more comes: there is no such GPU, or it does not say
	 */
	watch(tell: (watts: number) => void, end: () => void): Disposable;
}

/** Looking goes on for a while after an answer: the next one is then measured from its beginning. */
const lingerMs = 60_000;
/** A machine without such a GPU gets none in the next minutes. */
const restMs = 10 * 60_000;
/** What was drawn this long ago says nothing of now. */
const staleMs = 5_000;

interface Running {
	/** Up to when it was counted, milliseconds of the monotonic clock. */
	countedTo: number;
	joules: number | null;
}

/**
 * Energy of the GPUs while something is measured: the power they report, added up over time and shared between what is
 * measured at once. It is what the cards draw as a whole, so idle draw and other programs are in it.
 */
export class GpuEnergy extends Owner implements EnergyMeter {
	readonly #clock: Clock;
	readonly #sources: readonly PowerSource[];
	readonly #running = new Set<Running>();
	readonly #watts = new Map<PowerSource, { readonly watts: number; readonly at: number }>();
	readonly #watching = new Map<PowerSource, Disposable>();
	readonly #restUntil = new Map<PowerSource, number>();
	#linger: Disposable | undefined;

	constructor(sources: readonly PowerSource[], clock: Clock) {
		super();
		this.#sources = sources;
		this.#clock = clock;
		this.own(toDisposable(() => this.#stopWatching()));
	}

	begin(): EnergyMeasurement {
		const measured: Running = { countedTo: this.#clock.monotonic(), joules: null };
		if (this.isDisposed) return { joules: null, dispose: () => undefined };
		this.#count();
		this.#running.add(measured);
		this.#linger?.dispose();
		this.#watch();
		const count = (): void => {
			if (this.#running.has(measured)) this.#count();
		};
		return {
			get joules() {
				count();
				return measured.joules;
			},
			dispose: () => {
				count();
				if (this.#running.delete(measured) && this.#running.size === 0) this.#lingerOn();
			},
		};
	}

	/** Adds what was drawn since the last count. Before the first word of a source, its first one counts. */
	#count(): void {
		const now = this.#clock.monotonic();
		const fresh = [...this.#watts.values()].filter(({ at }) => now - at <= staleMs);
		if (fresh.length === 0) return;
		const watts = fresh.reduce((sum, power) => sum + power.watts, 0);
		for (const measured of this.#running) {
			const share = (watts * (now - measured.countedTo)) / 1000 / this.#running.size;
			measured.joules = (measured.joules ?? 0) + share;
			measured.countedTo = now;
		}
	}

	#watch(): void {
		const now = this.#clock.monotonic();
		for (const source of this.#sources) {
			if (this.#watching.has(source) || now < (this.#restUntil.get(source) ?? -Infinity)) continue;
			let hasEnded = false;
			const watching = source.watch(
				watts => this.#take(source, watts),
				() => {
					hasEnded = true;
					this.#restUntil.set(source, this.#clock.monotonic() + restMs);
					this.#end(source);
				},
			);
			if (hasEnded) watching.dispose();
			else this.#watching.set(source, watching);
		}
	}

	#take(source: PowerSource, watts: number): void {
		// Up to here the earlier word counts; the very first counts for the time before it.
		if (this.#watts.has(source)) this.#count();
		this.#watts.set(source, { watts, at: this.#clock.monotonic() });
	}

	#end(source: PowerSource): void {
		this.#count();
		this.#watts.delete(source);
		this.#watching.get(source)?.dispose();
		this.#watching.delete(source);
	}

	#lingerOn(): void {
		this.#linger?.dispose();
		this.#linger = this.#clock.after(lingerMs, () => this.#stopWatching());
	}

	#stopWatching(): void {
		this.#linger?.dispose();
		this.#linger = undefined;
		for (const source of Array.from(this.#watching.keys())) this.#end(source);
	}
}
