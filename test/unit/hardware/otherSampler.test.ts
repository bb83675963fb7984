import type { CpuInfo } from 'node:os';
import { totalmem } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Deferred } from '../../../src/core/base/async';
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

function samplerOf(
	platform: NodeJS.Platform,
	clock: ManualClock,
	loaded: () => Promise<SystemInformation>,
): OtherSampler {
	const sampler = new OtherSampler(clock, { platform, ownPid: 1, cores: 4, library: loaded });
	onTestFinished(() => sampler.dispose());
	return sampler;
}

describe('a machine with macOS or Windows', () => {
	test('is told by the library at slow paces, and a look never waits for it', async () => {
		const clock = new ManualClock();
		const calls: string[] = [];
		const fake = library(calls);
		const sampler = samplerOf('darwin', clock, () => Promise.resolve(fake));
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

	/** A sampler whose list of processes a test says, with what it told at the latest look. */
	function listing(platform: NodeJS.Platform, cpuOfList: () => number, startOfList = (): string => process.started) {
		const clock = new ManualClock();
		let lists = 0;
		const fake: SystemInformation = {
			...library([]),
			processes: () => {
				lists++;
				const idle = { ...process, pid: 0, parentPid: 0, name: 'System Idle Process', cpu: 90 };
				return Promise.resolve({ list: [idle, { ...process, cpu: cpuOfList(), started: startOfList() }] });
			},
		};
		const sampler = samplerOf(platform, clock, () => Promise.resolve(fake));
		const look = async () =>
			(
				await sampler.look({
					at: clock.monotonic(),
					longestGapMs: 11_000,
					now: clock.now(),
					withProcesses: true,
					gpuMemory: new Map(),
				})
			).processes;
		const listed = (count: number) => soon(async () => (await look()) && lists).toBe(count);
		return { clock, look, listed };
	}

	test('of a Mac tells a process’s use of one core at once, and the same start each time', async () => {
		let second = 0;
		const { clock, look, listed } = listing(
			'darwin',
			() => 150,
			() => `2026-01-15 10:00:0${second}`,
		);
		await listed(1);
		const [first] = (await look())!;
		expect(first).toMatchObject({ pid: 2, cpu: 150 });
		second = 1;
		clock.advance(15_000);
		await listed(2);
		expect((await look())![0]?.startedAt).toBe(first?.startedAt);
	});

	test('of Windows tells the use by a second list soon after the first, which has only that of whole lives', async () => {
		const { clock, look, listed } = listing('win32', () => 5);
		await listed(1);
		expect((await look())!.map(({ pid, cpu }) => [pid, cpu])).toEqual([[2, undefined]]);
		clock.advance(2_000);
		await listed(2);
		expect((await look())![0]?.cpu).toBe(20);
		// From then on at its pace.
		clock.advance(14_000);
		await look();
		await listed(2);
		clock.advance(1_000);
		await listed(3);
		// A page that was away for minutes: what passed meanwhile says nothing of now.
		clock.advance(600_000);
		await listed(4);
		expect((await look())![0]).not.toHaveProperty('cpu');
	});

	test('of a Mac does not seem full before its memory is told, and a library that hangs is not waited for again', async () => {
		const clock = new ManualClock();
		const told = new Deferred<Awaited<ReturnType<SystemInformation['mem']>>>();
		const fake: SystemInformation = { ...library([]), mem: () => told.promise };
		const sampler = samplerOf('darwin', clock, () => Promise.resolve(fake));
		const wish = { at: 0, longestGapMs: 11_000, now: 42, withProcesses: false, gpuMemory: new Map<number, number>() };
		const first = sampler.look(wish);
		clock.advance(3_000);
		expect((await first).memory.total).toBe(totalmem());
		await sampler.look(wish);
		const again = samplerOf('darwin', clock, () => Promise.resolve(fake));
		const waiting = again.look(wish);
		told.resolve({ total: 16 * gibibyte, available: 6 * gibibyte, swaptotal: 0, swapused: 0 });
		expect((await waiting).memory.available).toBe(6 * gibibyte);
	});

	test('whose library fails tells the rest, and nothing is invented', async () => {
		const clock = new ManualClock();
		const sampler = samplerOf('win32', clock, () => Promise.reject(new Error('no PowerShell')));
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
