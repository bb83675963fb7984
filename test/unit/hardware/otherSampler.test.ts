import type { CpuInfo } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CpuTimes } from '../../../src/core/hardware/cpuTimes';
import { OtherSampler, type SystemInformation } from '../../../src/core/hardware/otherSampler';
import type { Sample } from '../../../src/core/hardware/sample';
import { ManualClock } from '../../fakes/manualClock';
import { soon } from './soon';

const gibibyte = 1024 ** 3;
const process = {
	pid: 2,
	parentPid: 1,
	name: 'ollama',
	cpu: 5,
	cpuu: 0,
	cpus: 0,
	mem: 1,
	priority: 0,
	memVsz: 0,
	memRss: 2048,
	nice: 0,
	started: '2026-01-15 10:00:00',
	state: 'running',
	tty: '',
	user: 'ada',
	command: '/usr/local/bin/ollama',
	params: 'serve',
	path: '',
};

function library(calls: string[], networks = [100, 3000]): SystemInformation {
	const said = <T>(name: string, value: T): Promise<T> => {
		calls.push(name);
		return Promise.resolve(value);
	};
	return {
		mem: () => said('mem', { total: 16 * gibibyte, available: 6 * gibibyte, swaptotal: 0, swapused: 0 }),
		networkStats: () => {
			const rx = networks.shift() ?? 0;
			return said('network', [
				{ iface: 'en0', rx_bytes: rx, tx_bytes: 7 },
				{ iface: 'lo0', rx_bytes: 999, tx_bytes: 999 },
			]);
		},
		processes: () => said('processes', { list: [process] }),
		battery: () =>
			said('battery', { hasBattery: true, percent: 80, isCharging: false, acConnected: false, timeRemaining: 95 }),
		graphics: () =>
			said('graphics', {
				controllers: [
					{ vendor: 'Apple', model: 'Apple M3 Pro', vram: 0, vramDynamic: true },
					{ vendor: 'NVIDIA', model: 'GeForce RTX 4090', vram: 24564, vramDynamic: false },
					{ vendor: 'Advanced Micro Devices', model: 'AMD Radeon RX 7800', vram: 16384, vramDynamic: false },
				],
			}),
	};
}

describe('a machine with macOS or Windows', () => {
	test('is told by the library at slow paces, and a look never waits for it', async () => {
		const clock = new ManualClock();
		const calls: string[] = [];
		const fake = library(calls);
		const sampler = new OtherSampler(clock, {
			platform: 'darwin',
			ownPid: 1,
			library: () => Promise.resolve(fake),
		});
		onTestFinished(() => sampler.dispose());
		const look = (): Promise<Sample> =>
			sampler.look({
				at: clock.monotonic(),
				longestGapMs: 11_000,
				now: clock.now(),
				withProcesses: true,
				gpuMemory: new Map(),
			});
		const first = await look();
		expect(first).not.toHaveProperty('network');
		expect(first).not.toHaveProperty('processes');
		await soon(() => calls.length).toBe(5);
		await soon(async () => (await look()).processes?.length).toBe(1);
		expect(calls).toHaveLength(5);
		clock.advance(10_000);
		await look();
		await soon(async () => (await look()).network?.receivedPerSecond).toBe(290);
		expect(calls.slice(5).toSorted()).toEqual(['mem', 'network']);
		expect(await look()).toMatchObject({
			memory: { total: 16 * gibibyte, available: 6 * gibibyte, used: 10 * gibibyte },
			network: { received: 3000, sent: 7, sentPerSecond: 0 },
			battery: { percent: 80, isCharging: false, minutesLeft: 95 },
			processes: [
				{
					pid: 2,
					name: 'ollama',
					memory: 2048 * 1024,
					isAi: true,
					isOurs: true,
					command: '/usr/local/bin/ollama serve',
				},
			],
			gpus: [
				{ index: 0, name: 'Apple M3 Pro', vendor: 'apple' },
				{ index: 1, name: 'AMD Radeon RX 7800', vendor: 'amd', memoryTotal: 16 * gibibyte },
			],
		});
	});

	test('whose library fails tells the rest, and nothing is invented', async () => {
		const clock = new ManualClock();
		const sampler = new OtherSampler(clock, {
			platform: 'win32',
			ownPid: 1,
			library: () => Promise.reject(new Error('no PowerShell')),
		});
		onTestFinished(() => sampler.dispose());
		const wish = { at: 0, longestGapMs: 11_000, now: 42, withProcesses: true, gpuMemory: new Map<number, number>() };
		const sample = await sampler.look(wish);
		expect(Object.keys(sample).toSorted()).toEqual(['at', 'cpu', 'disks', 'gpus', 'memory']);
		expect(sample.gpus).toEqual([]);
		expect(await sampler.facts()).toMatchObject({ isContainer: false, cores: expect.any(Number) });
	});

	test('is busy by what its cores did between two looks', () => {
		const core = (user: number, idle: number): CpuInfo => ({
			model: 'M3',
			speed: 0,
			times: { user, nice: 0, sys: 0, idle, irq: 0 },
		});
		const times = new CpuTimes();
		const moment = (at: number): { at: number; longestGapMs: number } => ({ at, longestGapMs: 11_000 });
		expect(times.read(moment(0), [core(0, 0), core(0, 0)], [0, 0, 0])).toEqual({ cores: 2 });
		expect(times.read(moment(1000), [core(50, 50), core(0, 100)], [1, 2, 3])).toEqual({
			cores: 2,
			usage: 25,
			perCore: [50, 0],
			load: [1, 2, 3],
		});
		expect(times.read(moment(900_000), [core(900, 50), core(900, 100)], [])).toEqual({ cores: 2 });
	});
});
