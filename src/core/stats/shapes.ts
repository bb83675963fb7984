import type {
	CpuSample,
	DiskSample,
	GpuSample,
	MemorySample,
	NetworkSample,
	ProcessSample,
	Sample,
} from '../hardware/sample';

/**
 * The machine as the widget service of ClaraVerse tells it, field for field, so that what was written for that service
 * reads ours. A field is always there; what the machine does not tell is `null`, where that service said 0.
 */
export interface StatsView {
	readonly cpu: CpuView;
	readonly memory: MemoryView;
	readonly disk: readonly DiskView[];
	readonly network: NetworkView;
	readonly gpu: readonly GpuView[];
	readonly processes: readonly ProcessView[];
	/** Seconds since the machine started. */
	readonly uptime: number;
	/** `2026-01-15T12:00:00.000Z`. */
	readonly timestamp: string;
}

export interface CpuView {
	readonly usage: number | null;
	readonly cores: number;
	/** Megahertz. */
	readonly frequency: number | null;
	readonly temperature: number | null;
}

export interface MemoryView {
	readonly total: number;
	readonly available: number;
	readonly used: number;
	readonly usedPercent: number | null;
	readonly swap: { readonly total: number | null; readonly used: number | null; readonly usedPercent: number | null };
}

export interface DiskView {
	readonly device: string;
	readonly mountpoint: string;
	readonly fstype: string;
	readonly total: number;
	readonly free: number;
	readonly used: number;
	readonly usedPercent: number | null;
}

/** Since the machine started: not rates. */
export interface NetworkView {
	readonly bytesSent: number | null;
	readonly bytesRecv: number | null;
	readonly packetsSent: number | null;
	readonly packetsRecv: number | null;
}

export interface GpuView {
	readonly name: string;
	readonly usage: number | null;
	readonly memoryTotal: number | null;
	readonly memoryUsed: number | null;
	readonly memoryFree: number | null;
	readonly memoryPercent: number | null;
	readonly temperature: number | null;
	readonly fanSpeed: number | null;
	readonly powerDraw: number | null;
	readonly clockCore: number | null;
	readonly clockMemory: number | null;
}

export interface ProcessView {
	readonly pid: number;
	readonly name: string;
	readonly cpu: number | null;
	/** Percent of the machine's memory. */
	readonly memory: number | null;
	readonly status: string;
}

/** A process is listed when its name holds one of these. */
const listedNames = [
	'python',
	'ollama',
	'comfyui',
	'pytorch',
	'tensorflow',
	'node',
	'electron',
	'clara',
	'nvidia-smi',
	'nvtop',
	'htop',
] as const;

/** All of it, as `/api/stats` and the WebSocket tell it. */
export function statsOf(sample: Sample, uptimeSeconds: number): StatsView {
	return {
		cpu: cpuView(sample.cpu),
		memory: memoryView(sample.memory),
		disk: sample.disks.map(diskView),
		network: networkView(sample.network),
		gpu: sample.gpus.map(gpuView),
		processes: (sample.processes ?? []).filter(isListed).map(process => processView(process, sample.memory.total)),
		uptime: Math.floor(uptimeSeconds),
		timestamp: new Date(sample.at).toISOString(),
	};
}

function cpuView({ usage, cores, megahertz, temperature }: CpuSample): CpuView {
	return { usage: told(usage), cores, frequency: told(megahertz), temperature: told(temperature) };
}

function memoryView({ total, available, used, swap }: MemorySample): MemoryView {
	return {
		total,
		available,
		used,
		usedPercent: percent(used, total),
		swap: {
			total: told(swap?.total),
			used: told(swap?.used),
			// A machine without swap uses none of it.
			usedPercent: swap?.total === 0 ? 0 : percent(swap?.used, swap?.total),
		},
	};
}

function diskView({ device = '', mount, type = '', total, free, used }: DiskSample): DiskView {
	return { device, mountpoint: mount, fstype: type, total, free, used, usedPercent: percent(used, used + free) };
}

function networkView(network: NetworkSample | undefined): NetworkView {
	return {
		bytesSent: told(network?.sent),
		bytesRecv: told(network?.received),
		packetsSent: told(network?.packetsSent),
		packetsRecv: told(network?.packetsReceived),
	};
}

function gpuView(gpu: GpuSample): GpuView {
	const { memoryTotal: total, memoryUsed: used } = gpu;
	return {
		name: gpu.name,
		usage: told(gpu.usage),
		memoryTotal: told(total),
		memoryUsed: told(used),
		memoryFree: total === undefined || used === undefined ? null : Math.max(0, total - used),
		memoryPercent: percent(used, total),
		temperature: told(gpu.temperature),
		fanSpeed: told(gpu.fan),
		powerDraw: told(gpu.watts),
		clockCore: told(gpu.coreMegahertz),
		clockMemory: told(gpu.memoryMegahertz),
	};
}

function isListed({ name }: ProcessSample): boolean {
	const lower = name.toLowerCase();
	return listedNames.some(listed => lower.includes(listed));
}

function processView({ pid, name, cpu, memory, status = '' }: ProcessSample, totalMemory: number): ProcessView {
	return { pid, name, cpu: told(cpu), memory: percent(memory, totalMemory), status };
}

/** A number that can be written as JSON. */
function told(value: number | undefined): number | null {
	return value !== undefined && Number.isFinite(value) ? value : null;
}

function percent(part: number | undefined, whole: number | undefined): number | null {
	return part === undefined || whole === undefined || whole <= 0 ? null : told((part / whole) * 100);
}
