import type { DiskSample, GpuSample, Sample } from '../sample';

/** What the gauge can show. Of several cards it is the busiest, the fullest and the hottest one; of disks the fullest. */
export const gaugeMetrics = [
	'gpu',
	'vram',
	'gpuTemperature',
	'gpuPower',
	'cpu',
	'memory',
	'cpuTemperature',
	'swap',
	'disk',
	'download',
	'upload',
] as const;
export type GaugeMetric = (typeof gaugeMetrics)[number];

interface Reading {
	/** Percent, degrees, watts or bytes a second: what thresholds are compared with. */
	readonly value: number;
	/** As the status bar shows it. */
	readonly text: string;
	/** As a screen reader says it, and as a cause: "GPU memory 18.2 of 24 GB". */
	readonly spoken: string;
}

const percent = (value: number): string => `${Math.round(value)} %`;
const watts = (value: number): string => `${Math.round(value)} W`;
const degrees = (value: number): string => `${Math.round(value)} °C`;

const readers: Readonly<Record<GaugeMetric, (sample: Sample) => Reading | undefined>> = {
	gpu: sample => fromGpus(sample, gpu => gpu.usage, percent, 'GPU'),
	vram: readVram,
	gpuTemperature: sample => fromGpus(sample, gpu => gpu.temperature, degrees, 'GPU temperature'),
	gpuPower: sample => fromGpus(sample, gpu => gpu.watts, watts, 'GPU power'),
	cpu: ({ cpu }) => simple(cpu.usage, percent, 'CPU'),
	memory: ({ memory }) => (memory.total > 0 ? share(memory.used, memory.total, 'Memory') : undefined),
	cpuTemperature: ({ cpu }) => simple(cpu.temperature, degrees, 'CPU temperature'),
	swap: ({ memory: { swap } }) => swap && share(swap.used, swap.total, 'Swap'),
	disk: readDisk,
	download: ({ network }) => simple(network?.receivedPerSecond, value => `↓ ${rate(value)}`, 'Download'),
	upload: ({ network }) => simple(network?.sentPerSecond, value => `↑ ${rate(value)}`, 'Upload'),
};

/** What a metric is in a sample; `undefined` where nothing tells it. */
export function readGauge(sample: Sample, metric: GaugeMetric): Reading | undefined {
	return readers[metric](sample);
}

function simple(value: number | undefined, text: (value: number) => string, name: string): Reading | undefined {
	return value === undefined ? undefined : { value, text: text(value), spoken: `${name} ${text(value)}` };
}

/** The greatest of all cards, and which one where there are several. */
function fromGpus(
	{ gpus }: Sample,
	pick: (gpu: GpuSample) => number | undefined,
	text: (value: number) => string,
	name: string,
): Reading | undefined {
	const told = gpus.filter(gpu => pick(gpu) !== undefined);
	const most = told.toSorted((left, right) => pick(right)! - pick(left)!)[0];
	const numbered = most && gpus.length > 1 ? name.replace('GPU', `GPU ${most.index}`) : name;
	return most && simple(pick(most), text, numbered);
}

function readVram({ gpus }: Sample): Reading | undefined {
	const fullest = gpus.toSorted((left, right) => vramFill(right) - vramFill(left))[0];
	if (!fullest || vramFill(fullest) < 0) return undefined;
	const name = gpus.length > 1 ? `GPU ${fullest.index} memory` : 'GPU memory';
	return share(fullest.memoryUsed!, fullest.memoryTotal!, name);
}

function readDisk({ disks }: Sample): Reading | undefined {
	const fullest = disks.toSorted((left, right) => diskFill(right) - diskFill(left))[0];
	return fullest && simple(diskFill(fullest), percent, `Disk ${fullest.mount}`);
}

function vramFill({ memoryUsed, memoryTotal }: GpuSample): number {
	return memoryUsed === undefined || !memoryTotal ? -1 : memoryUsed / memoryTotal;
}

/** Percent of what a user may fill. */
export function diskFill({ used, free }: DiskSample): number {
	return (used / Math.max(1, used + free)) * 100;
}

function share(used: number, total: number, name: string): Reading {
	return { value: (used / total) * 100, text: ofBytes(used, total, '/'), spoken: `${name} ${ofBytes(used, total)}` };
}

const units = ['B', 'KB', 'MB', 'GB', 'TB'];

/** `18.2 of 24 GB`: both in the unit of the whole. */
export function ofBytes(used: number, total: number, between = ' of '): string {
	const power = unitOf(total);
	return `${digits(used / 1024 ** power)}${between}${digits(total / 1024 ** power)} ${units[power]}`;
}

/** `1.2 MB/s` */
export function rate(bytes: number): string {
	return `${size(bytes)}/s`;
}

/** `18.2 GB` */
export function size(bytes: number): string {
	const power = unitOf(bytes);
	return `${digits(bytes / 1024 ** power)} ${units[power]}`;
}

function unitOf(bytes: number): number {
	return Math.min(units.length - 1, Math.max(0, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1024))));
}

function digits(value: number): string {
	const rounded = value < 99.95 ? Math.round(value * 10) / 10 : Math.round(value);
	return String(rounded);
}
