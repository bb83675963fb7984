// What topics tell in pictures and tests: a workstation that works.
import type { ExecutionId } from '../../../../src/core/base/ids';
import type { CostsView } from '../../../../src/core/dashboard/topics/costs';
import type { ExecutionLine } from '../../../../src/core/dashboard/topics/executions';
import type { LiveSeries } from '../../../../src/core/dashboard/topics/series';
import type {
	CpuSample,
	DiskSample,
	GpuSample,
	MachineFacts,
	ProcessSample,
} from '../../../../src/core/hardware/sample';

const gb = 1024 ** 3;
/** The pictures' own now. */
export const now = new Date(2026, 10, 21, 14, 32, 9).getTime();

export const gpu: GpuSample = {
	id: 'GPU-1',
	index: 0,
	name: 'NVIDIA GeForce RTX 4090',
	vendor: 'nvidia',
	usage: 87,
	memoryTotal: 24 * gb,
	memoryUsed: 19.4 * gb,
	temperature: 71,
	fan: 46,
	watts: 312,
	wattsLimit: 450,
	coreMegahertz: 2610,
	memoryMegahertz: 10_501,
	throttled: [],
	pcie: { generation: 4, width: 16 },
};

export const hotGpu: GpuSample = {
	...gpu,
	id: 'GPU-2',
	index: 1,
	name: 'NVIDIA H100 80GB HBM3',
	usage: 100,
	memoryTotal: 80 * gb,
	memoryUsed: 79.1 * gb,
	temperature: 91,
	throttled: ['Thermal'],
};

export const cpu: CpuSample = {
	usage: 43,
	perCore: [62, 31, 88, 12, 40, 55, 23, 71, 9, 34, 60, 27, 45, 38, 50, 41],
	cores: 16,
	megahertz: 4120,
	temperature: 64,
	load: [6.12, 5.03, 4.41],
};

export const memory = {
	total: 64 * gb,
	available: 21.5 * gb,
	used: 42.5 * gb,
	swap: { total: 8 * gb, used: 0.4 * gb },
};

export const disks: readonly DiskSample[] = [
	{
		mount: '/',
		device: '/dev/nvme0n1p2',
		type: 'ext4',
		total: 500 * gb,
		free: 31 * gb,
		used: 469 * gb,
		readPerSecond: 3.1e6,
		writtenPerSecond: 12.4e6,
	},
	{ mount: '/home', device: '/dev/nvme1n1p1', type: 'ext4', total: 2000 * gb, free: 840 * gb, used: 1160 * gb },
];

export const network = { receivedPerSecond: 4.2e6, sentPerSecond: 310e3, received: 81.4 * gb, sent: 9.7 * gb };

export const processes: readonly ProcessSample[] = [
	process(4211, 'ollama', { cpu: 212, memory: 6.2 * gb, gpuMemory: 17.9 * gb, isAi: true, isOurs: false }),
	process(9020, 'claude', { cpu: 18, memory: 0.41 * gb, isAi: true, isOurs: true }),
	process(8812, 'node', { cpu: 3, memory: 0.28 * gb, isAi: true, isOurs: true }),
	process(1501, 'firefox', { cpu: 34, memory: 2.9 * gb }),
	process(733, 'postgres', { cpu: 2, memory: 0.6 * gb }),
	process(2204, 'a-process-with-a-rather-long-name-indeed', { cpu: 1, memory: 0.2 * gb }),
];

function process(pid: number, name: string, more: Partial<ProcessSample>): ProcessSample {
	return {
		pid,
		name,
		command: `/usr/bin/${name} serve`,
		memory: 0,
		isAi: false,
		isOurs: false,
		startedAt: pid,
		...more,
	};
}

export const facts: MachineFacts = {
	hostname: 'ada-workstation',
	platform: 'linux',
	system: 'Debian GNU/Linux 12',
	cpu: 'AMD Ryzen 9 7950X',
	cores: 16,
	memory: 64 * gb,
	isContainer: false,
};

const perDollar = 1e9;
export const costs: CostsView = {
	today: { cost: 3.42 * perDollar, executions: 18, unpriced: 0 },
	month: { cost: 61.07 * perDollar, executions: 402, unpriced: 3 },
	days: Array.from({ length: 14 }, (_, index) => ({
		day: `2026-11-${String(8 + index).padStart(2, '0')}`,
		cost: [1.2, 4.4, 3.1, 0, 0, 5.2, 6.6, 2.9, 4.8, 7.4, 1.1, 0, 5.9, 3.42][index]! * perDollar,
	})),
	budgets: { dailyUsd: 4, monthlyUsd: 150 },
};

function line(id: string, title: string, more: Partial<ExecutionLine>): ExecutionLine {
	const base = { kind: 'chat', status: 'running', model: 'claude-opus-5', endedAt: null, error: null } as const;
	return { ...base, id: id as ExecutionId, title, startedAt: now - 95_000, isHere: true, ...more };
}

export const running: readonly ExecutionLine[] = [
	line('1', 'Why does the ferry timetable skip the winter Sundays?', {}),
	line('2', 'nightly-report', { kind: 'flow', startedAt: now - 3_720_000, model: null }),
	line('3', 'Move the receipts to the new printer', { status: 'waiting' }),
];

export const failures: readonly ExecutionLine[] = [
	line('4', 'Translate the help pages', {
		status: 'failed',
		startedAt: now - 26 * 60_000,
		endedAt: now - 25 * 60_000,
		error: 'The provider answered 529: overloaded. It was asked again 4 times.',
	}),
	line('5', 'invoices', {
		kind: 'flow',
		status: 'failed',
		startedAt: now - 5 * 3_600_000,
		endedAt: now - 5 * 3_600_000 + 9000,
		error: 'Step “fetch” timed out after 30 s.',
	}),
	line('6', 'Check the timetable', { status: 'interrupted', startedAt: now - 2 * 86_400_000, endedAt: null }),
];

/** Values that look like a machine's, the same in each picture; with a gap in the middle. */
export function seriesOf(names: readonly string[], minutes: number, hasGap = true): LiveSeries {
	const span = minutes * 60_000;
	const step = minutes <= 60 ? 1000 : 60_000;
	const count = Math.min(1800, span / step);
	const pace = span / count;
	const at = Array.from({ length: count }, (_, index) => now - span + (index + 1) * pace).filter(
		(_, index) => !hasGap || index < count * 0.45 || index > count * 0.55,
	);
	const values = names.map((name, row) => {
		const scale = name.startsWith('network') ? 40_000 : 1;
		return [
			name,
			at.map((time, index) => {
				const wave = Math.sin(time / pace / 31 + row * 2) * 22 + Math.sin(time / pace / 7 + row) * 9;
				return Math.max(1, Math.min(100, 48 + row * 9 + wave + ((index * 7919) % 11) - 5)) * scale;
			}),
		];
	});
	return { at, values: Object.fromEntries(values) as LiveSeries['values'], step, span };
}
