import type { Sample } from './sample';

export type MetricUnit = 'percent' | 'bytes' | 'bytesPerSecond' | 'celsius' | 'watts' | 'megahertz' | 'count';

/**
 * A sample as named numbers, for charts, rules, roll-ups and exports. Names are lower case with dots:
 * `cpu.usage`, `memory.usage`, `swap.usage`, `disk.usage:/home`, `network.received`, `gpu.usage:0`. What a sample does
 * not tell has no entry.
 */
export function metricsOf(sample: Sample): ReadonlyMap<string, number> {
	const values = new Map<string, number>();
	const set = (name: string, value: number | undefined): void => {
		if (value !== undefined && Number.isFinite(value)) values.set(name, value);
	};
	const { cpu, memory, network, battery } = sample;
	set('cpu.usage', cpu.usage);
	set('cpu.temperature', cpu.temperature);
	set('cpu.load', cpu.load?.[0]);
	set('memory.usage', percentOf(memory.used, memory.total));
	set('memory.used', memory.used);
	set('swap.usage', memory.swap && percentOf(memory.swap.used, memory.swap.total));
	for (const disk of sample.disks) {
		set(`disk.usage:${disk.mount}`, percentOf(disk.used, disk.used + disk.free));
		set(`disk.free:${disk.mount}`, disk.free);
		set(`disk.read:${disk.mount}`, disk.readPerSecond);
		set(`disk.written:${disk.mount}`, disk.writtenPerSecond);
	}
	set('network.received', network?.receivedPerSecond);
	set('network.sent', network?.sentPerSecond);
	set('battery.percent', battery?.percent);
	for (const gpu of sample.gpus) {
		set(`gpu.usage:${gpu.index}`, gpu.usage);
		set(`gpu.memory:${gpu.index}`, percentOf(gpu.memoryUsed, gpu.memoryTotal));
		set(`gpu.memoryUsed:${gpu.index}`, gpu.memoryUsed);
		set(`gpu.temperature:${gpu.index}`, gpu.temperature);
		set(`gpu.fan:${gpu.index}`, gpu.fan);
		set(`gpu.watts:${gpu.index}`, gpu.watts);
	}
	return values;
}

function percentOf(part: number | undefined, whole: number | undefined): number | undefined {
	return part === undefined || whole === undefined || whole <= 0 ? undefined : (part / whole) * 100;
}

const units: Readonly<Record<string, MetricUnit>> = {
	'cpu.usage': 'percent',
	'cpu.temperature': 'celsius',
	'cpu.load': 'count',
	'memory.usage': 'percent',
	'memory.used': 'bytes',
	'swap.usage': 'percent',
	'disk.usage': 'percent',
	'disk.free': 'bytes',
	'disk.read': 'bytesPerSecond',
	'disk.written': 'bytesPerSecond',
	'network.received': 'bytesPerSecond',
	'network.sent': 'bytesPerSecond',
	'battery.percent': 'percent',
	'gpu.usage': 'percent',
	'gpu.memory': 'percent',
	'gpu.memoryUsed': 'bytes',
	'gpu.temperature': 'celsius',
	'gpu.fan': 'percent',
	'gpu.watts': 'watts',
};

/** What people call a kind of metric, in the order in which they look for it. */
export const metricTitles: Readonly<Record<string, string>> = {
	'cpu.usage': 'CPU',
	'cpu.temperature': 'CPU temperature',
	'cpu.load': 'Load',
	'memory.usage': 'Memory',
	'memory.used': 'Memory used',
	'swap.usage': 'Swap',
	'gpu.usage': 'GPU',
	'gpu.memory': 'GPU memory',
	'gpu.memoryUsed': 'GPU memory used',
	'gpu.temperature': 'GPU temperature',
	'gpu.watts': 'GPU power',
	'gpu.fan': 'GPU fan',
	'network.received': 'Received',
	'network.sent': 'Sent',
	'disk.usage': 'Disk used',
	'disk.free': 'Disk free',
	'disk.read': 'Disk reading',
	'disk.written': 'Disk writing',
	'battery.percent': 'Battery',
};

/** The kinds of metrics: what stands before a colon in a name. */
export const metricKinds = Object.keys(units);

/** What a metric is counted in; `undefined` for a name that is none of ours. */
export function unitOf(metric: string): MetricUnit | undefined {
	const kind = metric.split(':', 1)[0] ?? '';
	return Object.hasOwn(units, kind) ? units[kind] : undefined;
}
