import type { Sample } from '../sample';
import { gaugeMetrics, readGauge, type GaugeMetric } from './values';

export interface GaugeText {
	/** With icons as `$(chip)`. */
	readonly text: string;
	/** For screen readers. */
	readonly spoken: string;
}

const gpuMetrics: readonly GaugeMetric[] = ['gpu', 'vram', 'gpuTemperature'];
const otherMetrics: readonly GaugeMetric[] = ['cpu', 'memory'];

/**
 * What stands in the status bar.
 * @param metrics what to show, in this order; none: use, memory and temperature of a GPU that tells, else CPU and memory
 * @param format a text with `{gpu}` and the like in it; empty: the metrics one after another
 */
export function gaugeText(sample: Sample, metrics: readonly string[], format: string): GaugeText {
	const chosen = gaugeMetrics.filter(metric => metrics.includes(metric));
	const wanted = chosen.toSorted((left, right) => metrics.indexOf(left) - metrics.indexOf(right));
	const used = format === '' ? wanted : gaugeMetrics.filter(metric => format.includes(`{${metric}}`));
	const hasGpu = gpuMetrics.some(metric => readGauge(sample, metric));
	const shown = used.length > 0 ? used : hasGpu ? gpuMetrics : otherMetrics;
	const readings = shown.map(metric => [metric, readGauge(sample, metric)] as const);
	const told = readings.filter(([, reading]) => reading !== undefined);
	const spoken = told.map(([, reading]) => reading!.spoken).join(', ');
	if (format !== '') return { text: filled(format, sample), spoken: `Machine: ${spoken || 'nothing is told yet'}` };
	const isGpu = told.some(([metric]) => gpuMetrics.includes(metric) || metric === 'gpuPower');
	const words = told.map(([, reading]) => reading!.text).join(' · ');
	return {
		text: `$(${isGpu ? 'chip' : 'pulse'}) ${words || '–'}`,
		spoken: `Machine: ${spoken || 'nothing is told yet'}`,
	};
}

/** A placeholder whose value nothing tells is a dash; one that is none of ours stays as it was written. */
function filled(format: string, sample: Sample): string {
	const line = format.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
		const metric = gaugeMetrics.find(candidate => candidate === name);
		return metric === undefined ? whole : (readGauge(sample, metric)?.text ?? '–');
	});
	return line.replaceAll(/\s+/g, ' ').slice(0, 120);
}
