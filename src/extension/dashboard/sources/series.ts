import { DisposableStore } from '../../../core/base/lifecycle';
import { seriesTopic } from '../../../core/dashboard/topics/series';
import { metricsOf } from '../../../core/hardware/metrics';
import type { Sample } from '../../../core/hardware/sample';
import { tells, type Source } from '../source';
import { following } from './watched';

const minuteMs = 60_000;
/** Beyond an hour a value a minute is as much as can be seen. */
const finestMinutes = 60;

/** Values over time: what was, and then each sample. */
export const seriesSource: Source = {
	tells: [
		tells(seriesTopic, ({ metrics: kinds, minutes }, sink, { hardware, host }) =>
			following(sink, async store => {
				const feed = await hardware.get();
				if (store.isDisposed) return;
				const span = minutes * minuteMs;
				const step = minutes <= finestMinutes ? 1000 : minuteMs;
				const early: Sample[] = [];
				const means = new MinuteMeans();
				let isTold = false;
				const add = (sample: Sample): void => {
					if (!isTold) return void early.push(sample);
					const values = chosen(sample, kinds);
					const at = sample.at;
					const change = step === minuteMs ? means.add(at, values) : { at, values };
					if (change) sink.add({ at: [change.at], values: eachIn(change.values) });
				};
				const listening = store.add(new DisposableStore());
				listening.add(feed.onDidSample(add));
				listening.add(feed.watch('page'));
				// Which devices there are is known from the first sample on.
				const first = feed.latest ?? (await nextSample(store, feed.onDidSample));
				const names = [...chosen(first, kinds).keys()];
				const history = names.length === 0 ? { at: [], values: {} } : await feed.history(names, span);
				if (store.isDisposed) return;
				const from = host.clock.now() - span;
				const start = history.at.findIndex(at => at >= from);
				const cut = <T>(list: readonly T[]): readonly T[] => (start < 0 ? [] : list.slice(start));
				const values = Object.fromEntries(
					names.map(name => [name, cut(history.values[name] ?? history.at.map(() => null))]),
				);
				sink.tell({ at: cut(history.at), values, step, span });
				isTold = true;
				early.forEach(add);
			}),
		),
	],
};

/** The values of a sample that belong to these kinds, one for each device. */
function chosen(sample: Sample, kinds: readonly string[]): ReadonlyMap<string, number> {
	const all = [...metricsOf(sample)];
	return new Map(kinds.flatMap(kind => all.filter(([name]) => name === kind || name.startsWith(`${kind}:`))));
}

function eachIn(values: ReadonlyMap<string, number>): Readonly<Record<string, readonly number[]>> {
	return Object.fromEntries([...values].map(([name, value]) => [name, [value]]));
}

function nextSample(
	store: DisposableStore,
	onDidSample: (listener: (sample: Sample) => void) => { dispose(): void },
): Promise<Sample> {
	return new Promise(resolve => {
		const listening = store.add(
			onDidSample(sample => {
				listening.dispose();
				resolve(sample);
			}),
		);
	});
}

/** Means of the samples of each minute, told when the next minute begins. */
class MinuteMeans {
	#minute = -1;
	#sums = new Map<string, { sum: number; count: number }>();

	add(
		at: number,
		values: ReadonlyMap<string, number>,
	): { readonly at: number; readonly values: Map<string, number> } | undefined {
		const minute = Math.floor(at / minuteMs);
		const ended = this.#minute >= 0 && minute !== this.#minute ? this.#take() : undefined;
		this.#minute = minute;
		for (const [name, value] of values) {
			const { sum, count } = this.#sums.get(name) ?? { sum: 0, count: 0 };
			this.#sums.set(name, { sum: sum + value, count: count + 1 });
		}
		return ended;
	}

	#take(): { readonly at: number; readonly values: Map<string, number> } {
		const at = this.#minute * minuteMs + minuteMs / 2;
		const values = new Map([...this.#sums].map(([name, { sum, count }]) => [name, sum / count]));
		this.#sums = new Map();
		return { at, values };
	}
}
