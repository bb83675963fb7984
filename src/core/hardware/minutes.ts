import { metricsOf } from './metrics';
import type { Sample } from './sample';

/** Mean and maximum of each metric in one minute. */
export type MinuteValues = Readonly<Record<string, readonly [mean: number, max: number]>>;

interface Sum {
	count: number;
	sum: number;
	max: number;
}

/** Rolls samples up by the minute. */
export class Minutes {
	readonly #record: (minute: number, values: MinuteValues) => void;
	readonly #sums = new Map<string, Sum>();
	#minute: number | undefined;

	/** @param record is told each minute once it is over, as minutes since 1970 */
	constructor(record: (minute: number, values: MinuteValues) => void) {
		this.#record = record;
	}

	add(sample: Sample, metrics = metricsOf(sample)): void {
		const minute = Math.floor(sample.at / 60_000);
		if (minute !== this.#minute) this.flush();
		this.#minute = minute;
		for (const [name, value] of metrics) {
			const sum = this.#sums.get(name);
			if (!sum) this.#sums.set(name, { count: 1, sum: value, max: value });
			else {
				sum.count++;
				sum.sum += value;
				sum.max = Math.max(sum.max, value);
			}
		}
	}

	/** Ends the minute, also before its time: what comes later in it begins anew. */
	flush(): void {
		if (this.#minute !== undefined && this.#sums.size > 0) {
			const values = [...this.#sums].map(([name, { count, sum, max }]) => [name, [short(sum / count), short(max)]]);
			this.#record(this.#minute, Object.fromEntries(values) as MinuteValues);
		}
		this.#sums.clear();
		this.#minute = undefined;
	}
}

/** Four digits tell enough a minute, and keep the journal small. */
function short(value: number): number {
	return Number(value.toPrecision(4));
}
