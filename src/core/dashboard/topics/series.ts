import type { Series } from '../../hardware/feed';
import { metricKinds } from '../../hardware/metrics';
import { defineTopic, integerOf, recordOf } from '../topic';

// A type, not an interface: it travels as JSON.
// oxlint-disable-next-line typescript/consistent-type-definitions
export type SeriesParams = {
	/** Kinds of metrics, without what stands after a colon: one line for each device. */
	readonly metrics: readonly string[];
	/** How far back, 1 to 1440. */
	readonly minutes: number;
};

export interface LiveSeries extends Series {
	/** Milliseconds between two values; a longer time without any is a gap. */
	readonly step: number;
	/** Milliseconds that it goes back. */
	readonly span: number;
}

/** Values over time: up to an hour each sample comes, beyond that a value a minute. */
export const seriesTopic = defineTopic<SeriesParams, LiveSeries, Series>({
	name: 'series',
	read: params => {
		const { metrics, minutes } = recordOf(params);
		if (!Array.isArray(metrics) || metrics.length === 0 || metrics.length > 8)
			throw new Error('metrics must be a list of 1 to 8 names');
		const names = metrics.map(String);
		const strange = names.find(name => !metricKinds.includes(name));
		if (strange !== undefined) throw new Error(`no metric is called '${strange.slice(0, 60)}'`);
		return { metrics: names, minutes: integerOf(minutes, 1, 24 * 60) };
	},
	merge: appended,
});

/** The series with what came after it, and without what is now older than it goes back. */
export function appended(series: LiveSeries, added: Series): LiveSeries {
	const lastAt = series.at.at(-1) ?? -Infinity;
	const fresh = added.at.flatMap((at, index) => (at > lastAt ? [index] : []));
	const newest = fresh.at(-1);
	if (newest === undefined) return series;
	const oldest = added.at[newest]! - series.span;
	const start = series.at.findIndex(at => at >= oldest);
	const kept = start < 0 ? [] : series.at.slice(start);
	const names = new Set([...Object.keys(series.values), ...Object.keys(added.values)]);
	const values = [...names].map(name => {
		const before = kept.length === 0 ? [] : (series.values[name]?.slice(start) ?? kept.map(() => null));
		return [name, [...before, ...fresh.map(index => added.values[name]?.[index] ?? null)]] as const;
	});
	return { ...series, at: [...kept, ...fresh.map(index => added.at[index]!)], values: Object.fromEntries(values) };
}
