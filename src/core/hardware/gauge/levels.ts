import type { Sample } from '../sample';
import { gaugeMetrics, readGauge, type GaugeMetric } from './values';

export type GaugeLevel = 'ok' | 'warning' | 'error';
const order: readonly GaugeLevel[] = ['ok', 'warning', 'error'];

/** From which value on a metric warns, and from which it is an error. */
export type Thresholds = Readonly<Partial<Record<GaugeMetric, readonly [warning: number, error: number]>>>;

/** A value must be over a threshold in so many looks in a row before it counts: a moment's peak is no state. */
const looksUp = 2;
/** And this far below it before it no longer does, as part of the threshold: around the line nothing flickers. */
const margin = 0.03;

const usual: Thresholds = { gpuTemperature: [80, 90], vram: [95, 99], memory: [85, 95], disk: [90, 95] };

/** The usual thresholds with the setting's in their place; what is no pair of ascending numbers there turns one off. */
export function readThresholds(setting: Readonly<Record<string, unknown>>): Thresholds {
	const pairs = gaugeMetrics.flatMap(metric => {
		const pair: unknown = Object.hasOwn(setting, metric) ? setting[metric] : usual[metric];
		const [warning, error]: readonly unknown[] = Array.isArray(pair) ? pair : [];
		return typeof warning === 'number' && typeof error === 'number' && warning <= error
			? [[metric, [warning, error]] as const]
			: [];
	});
	return Object.fromEntries(pairs);
}

interface State {
	level: GaugeLevel;
	looksOver: number;
}

export interface Judgement {
	readonly level: GaugeLevel;
	/** What is over its threshold: "GPU temperature 91 °C". */
	readonly causes: readonly string[];
}

/** Which level the machine is at, sample by sample. */
export class GaugeLevels {
	readonly #states = new Map<GaugeMetric, State>();

	judge(sample: Sample, thresholds: Thresholds): Judgement {
		let worst: GaugeLevel = 'ok';
		const causes: string[] = [];
		for (const metric of gaugeMetrics) {
			const limits = thresholds[metric];
			const reading = limits && readGauge(sample, metric);
			if (!limits || !reading) {
				this.#states.delete(metric);
				continue;
			}
			const level = this.#next(metric, reading.value, limits);
			if (level === 'ok') continue;
			causes.push(reading.spoken);
			if (order.indexOf(level) > order.indexOf(worst)) worst = level;
		}
		return { level: worst, causes };
	}

	#next(metric: GaugeMetric, value: number, limits: readonly [number, number]): GaugeLevel {
		const state = this.#states.get(metric) ?? { level: 'ok', looksOver: 0 };
		this.#states.set(metric, state);
		const now = levelOf(value, limits);
		if (order.indexOf(now) > order.indexOf(state.level)) {
			if (++state.looksOver >= looksUp) state.level = now;
		} else {
			state.looksOver = 0;
			const [warning, error] = limits;
			const eased = levelOf(value, [warning * (1 - margin), error * (1 - margin)]);
			if (order.indexOf(eased) < order.indexOf(state.level)) state.level = eased;
		}
		return state.level;
	}
}

function levelOf(value: number, [warning, error]: readonly [number, number]): GaugeLevel {
	return value >= error ? 'error' : value >= warning ? 'warning' : 'ok';
}
