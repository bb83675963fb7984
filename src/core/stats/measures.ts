import type { GpuSample, Sample } from '../hardware/sample';
import type { CostRow } from '../ledger/queries';

/** In what a measure is counted, as OpenTelemetry writes it: a share of 1, bytes, degrees, watts, hertz, dollars, tokens. */
export type MeasureUnit = '1' | 'By' | 'By/s' | 'Cel' | 'W' | 'Hz' | 'USD' | '{token}' | '{execution}' | '{core}';

/** One number with its name, for Prometheus and OpenTelemetry alike. */
export interface Measure {
	/** `quarterdeck.gpu.memory.used`. */
	readonly name: string;
	/** `total`: it only grows. */
	readonly kind: 'gauge' | 'total';
	readonly unit: MeasureUnit;
	readonly help: string;
	readonly value: number;
	readonly labels: Readonly<Record<string, string>>;
}

type Facts = Pick<Measure, 'kind' | 'unit' | 'help'>;

const gauge = (unit: MeasureUnit, help: string): Facts => ({ kind: 'gauge', unit, help });
const total = (unit: MeasureUnit, help: string): Facts => ({ kind: 'total', unit, help });

/** Every measure there is. Names stay: dashboards of others are built on them. */
const facts = {
	'cpu.usage': gauge('1', 'Share of all cores that is in use.'),
	'cpu.cores': gauge('{core}', 'Logical cores.'),
	'cpu.frequency': gauge('Hz', 'Frequency of the cores.'),
	'cpu.temperature': gauge('Cel', 'Temperature of the CPU.'),
	'memory.total': gauge('By', 'Memory of the machine.'),
	'memory.used': gauge('By', 'Memory that programs use.'),
	'memory.available': gauge('By', 'Memory that programs could still get.'),
	'swap.total': gauge('By', 'Size of the swap.'),
	'swap.used': gauge('By', 'Swap that is in use.'),
	'disk.total': gauge('By', 'Size of a file system.'),
	'disk.used': gauge('By', 'Space of a file system that is in use.'),
	'disk.free': gauge('By', 'Space of a file system that is free.'),
	'disk.read': gauge('By/s', 'Read from the disk of a file system.'),
	'disk.written': gauge('By/s', 'Written to the disk of a file system.'),
	'network.received': total('By', 'Received since the machine started.'),
	'network.sent': total('By', 'Sent since the machine started.'),
	'battery.charge': gauge('1', 'Charge of the battery.'),
	'gpu.usage': gauge('1', 'Share of time in which the GPU was at work.'),
	'gpu.memory.total': gauge('By', 'Memory of the GPU.'),
	'gpu.memory.used': gauge('By', 'Memory of the GPU that is in use.'),
	'gpu.temperature': gauge('Cel', 'Temperature of the GPU.'),
	'gpu.fan': gauge('1', 'Speed of its fan, of the greatest.'),
	'gpu.power': gauge('W', 'What the GPU draws.'),
	'gpu.power.limit': gauge('W', 'What the GPU may draw.'),
	'gpu.clock.core': gauge('Hz', 'Frequency of its cores.'),
	'gpu.clock.memory': gauge('Hz', 'Frequency of its memory.'),
	executions: total('{execution}', 'Runs that used a model.'),
	'executions.unpriced': total(
		'{execution}',
		'Runs of which some part has no known price: their cost is at least what is counted.',
	),
	'executions.running': gauge('{execution}', 'Runs that go on or wait for a person.'),
	cost: total('USD', 'What the runs cost, as far as it is known.'),
	tokens: total('{token}', 'Tokens of models, by kind.'),
} satisfies Readonly<Record<string, Facts>>;
type Name = keyof typeof facts;

class Measures {
	readonly list: Measure[] = [];

	/** What is not told is left out, never 0. */
	add(name: Name, value: number | undefined, labels: Readonly<Record<string, string>> = {}, factor = 1): void {
		if (value === undefined || !Number.isFinite(value)) return;
		this.list.push({ ...facts[name], name: `quarterdeck.${name}`, value: value * factor, labels });
	}
}

/** What a look at the machine gives. */
export function machineMeasures({ cpu, memory, disks, network, battery, gpus }: Sample): readonly Measure[] {
	const measures = new Measures();
	measures.add('cpu.usage', cpu.usage, {}, 0.01);
	measures.add('cpu.cores', cpu.cores);
	measures.add('cpu.frequency', cpu.megahertz, {}, 1e6);
	measures.add('cpu.temperature', cpu.temperature);
	measures.add('memory.total', memory.total);
	measures.add('memory.used', memory.used);
	measures.add('memory.available', memory.available);
	measures.add('swap.total', memory.swap?.total);
	measures.add('swap.used', memory.swap?.used);
	for (const disk of disks) {
		const labels = { mount: disk.mount };
		measures.add('disk.total', disk.total, labels);
		measures.add('disk.used', disk.used, labels);
		measures.add('disk.free', disk.free, labels);
		measures.add('disk.read', disk.readPerSecond, labels);
		measures.add('disk.written', disk.writtenPerSecond, labels);
	}
	measures.add('network.received', network?.received);
	measures.add('network.sent', network?.sent);
	measures.add('battery.charge', battery?.percent, {}, 0.01);
	for (const gpu of gpus) addGpu(measures, gpu);
	return measures.list;
}

function addGpu(measures: Measures, gpu: GpuSample): void {
	const labels = { gpu: String(gpu.index), name: gpu.name };
	measures.add('gpu.usage', gpu.usage, labels, 0.01);
	measures.add('gpu.memory.total', gpu.memoryTotal, labels);
	measures.add('gpu.memory.used', gpu.memoryUsed, labels);
	measures.add('gpu.temperature', gpu.temperature, labels);
	measures.add('gpu.fan', gpu.fan, labels, 0.01);
	measures.add('gpu.power', gpu.watts, labels);
	measures.add('gpu.power.limit', gpu.wattsLimit, labels);
	measures.add('gpu.clock.core', gpu.coreMegahertz, labels, 1e6);
	measures.add('gpu.clock.memory', gpu.memoryMegahertz, labels, 1e6);
}

/** What the ledger has counted. */
export interface LedgerTotals {
	/** By provider and model, over all days. */
	readonly costs: readonly CostRow[];
	readonly running: number;
}

/** What runs used and cost. */
export function ledgerMeasures({ costs, running }: LedgerTotals): readonly Measure[] {
	const measures = new Measures();
	measures.add('executions.running', running);
	for (const { key, cost, usage, executions, unpriced } of costs) {
		const [provider = '', model = ''] = key;
		const labels = { provider, model };
		measures.add('executions', executions, labels);
		measures.add('executions.unpriced', unpriced, labels);
		measures.add('cost', cost, labels, 1e-9);
		const kinds = {
			input: usage.input,
			output: usage.output,
			cache_read: usage.cacheRead,
			cache_write: usage.cacheWrite5m + usage.cacheWrite1h,
		};
		for (const [kind, tokens] of Object.entries(kinds)) measures.add('tokens', tokens, { ...labels, kind });
	}
	return measures.list;
}

/**
 * Keeps totals from going back. What a run has used is corrected at its end, and whoever sums up growth would take a
 * smaller total for a new beginning and count all of it again.
 */
export class Growing {
	readonly #highest = new Map<string, number>();

	apply(measures: readonly Measure[]): readonly Measure[] {
		return measures.map(measure => {
			if (measure.kind !== 'total') return measure;
			const key = JSON.stringify([measure.name, measure.labels]);
			const value = Math.max(measure.value, this.#highest.get(key) ?? 0);
			this.#highest.set(key, value);
			return { ...measure, value };
		});
	}
}
