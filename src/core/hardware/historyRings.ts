import type { Series } from './feed';
import { metricsOf } from './metrics';
import type { Sample } from './sample';

/** An hour at two seconds. */
const length = 1_800;
const closestMs = 1_900;
/** A machine with many disks and cards has some hundred; more than this are not kept. */
const mostMetrics = 400;

/** The last hour of every metric, in memory. */
export class HistoryRings {
	readonly #at = new Float64Array(length);
	/** Half the memory of doubles, and a chart shows no more than their seven digits. */
	readonly #values = new Map<string, Float32Array>();
	#start = 0;
	#count = 0;

	/** When the oldest and the newest look that is kept was, milliseconds since 1970. */
	get span(): { readonly from: number; readonly to: number } | undefined {
		if (this.#count === 0) return undefined;
		return { from: this.#at[this.#start]!, to: this.#at[this.#slot(this.#count - 1)]! };
	}

	/** Keeps a look. Of looks that are closer together than two seconds the last one stays. */
	add(sample: Sample, metrics = metricsOf(sample)): void {
		// A clock that was set back takes what seems to come later with it: the times ascend.
		while (this.#count > 0 && this.span!.to >= sample.at) this.#count--;
		const before = this.#count < 2 ? -Infinity : this.#at[this.#slot(this.#count - 2)]!;
		// Closer than the rest, it stood only until a later one came.
		if (this.#count > 0 && this.span!.to - before < closestMs) this.#count--;
		if (this.#count === length) this.#start = this.#slot(1);
		else this.#count++;
		const slot = this.#slot(this.#count - 1);
		this.#at[slot] = sample.at;
		for (const values of this.#values.values()) values[slot] = Number.NaN;
		for (const [name, value] of metrics) this.#ring(name)?.fill(value, slot, slot + 1);
	}

	/** What was since `from`, milliseconds since 1970. */
	read(metrics: readonly string[], from: number): Series {
		const slots = Array.from({ length: this.#count }, (_, index) => this.#slot(index)).filter(
			slot => this.#at[slot]! >= from,
		);
		const valuesOf = (name: string): readonly (number | null)[] => {
			const ring = this.#values.get(name);
			return slots.map(slot => (ring === undefined || Number.isNaN(ring[slot]) ? null : ring[slot]!));
		};
		return {
			at: slots.map(slot => this.#at[slot]!),
			values: Object.fromEntries(metrics.map(name => [name, valuesOf(name)])),
		};
	}

	#ring(name: string): Float32Array | undefined {
		const known = this.#values.get(name);
		if (known || this.#values.size >= mostMetrics) return known;
		const ring = new Float32Array(length).fill(Number.NaN);
		this.#values.set(name, ring);
		return ring;
	}

	#slot(index: number): number {
		return (this.#start + index) % length;
	}
}
