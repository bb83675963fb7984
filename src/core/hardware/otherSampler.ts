import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { cpus, freemem, hostname, loadavg, release, totalmem, version } from 'node:os';
import type { Systeminformation } from 'systeminformation';
import type { Clock } from '../base/clock';
import { Owner } from '../base/lifecycle';
import { runsModels } from './aiProcess';
import { CpuTimes } from './cpuTimes';
import { DiskSpaces, type DiskSpace, type Mount } from './diskSpace';
import { rankProcesses, shownCommand } from './processRanking';
import type { StaticFacts } from './protocol';
import { Rates } from './rates';
import type { BatterySample, GpuSample, MemorySample, NetworkSample, ProcessSample, Sample } from './sample';
import type { LookWish, Sampler } from './sampler';
import { SlowCall } from './slowCall';

/** What of systeminformation is used. Most of its answers start programs, so each has a slow pace of its own. */
export interface SystemInformation {
	mem(): Promise<Pick<Systeminformation.MemData, 'total' | 'available' | 'swaptotal' | 'swapused'>>;
	networkStats(
		interfaces: string,
	): Promise<readonly Pick<Systeminformation.NetworkStatsData, 'iface' | 'rx_bytes' | 'tx_bytes'>[]>;
	processes(): Promise<{ readonly list: readonly Systeminformation.ProcessesProcessData[] }>;
	battery(): Promise<
		Pick<Systeminformation.BatteryData, 'hasBattery' | 'percent' | 'isCharging' | 'acConnected' | 'timeRemaining'>
	>;
	graphics(): Promise<{
		readonly controllers: readonly Pick<
			Systeminformation.GraphicsControllerData,
			'vendor' | 'model' | 'vram' | 'vramDynamic'
		>[];
	}>;
}

/** Windows tells the time that processes used since they were last listed: the second list has the first one's answer. */
const secondListMs = 2_000;
/** Start times that macOS tells are counted back from now, in whole seconds: this close, they are of one process. */
const startSlackMs = 2_500;
/** The first look waits this long for the library. */
const memoryWaitMs = 3_000;
const paces = { memory: 10_000, network: 10_000, processes: 15_000, battery: 120_000, disks: 30_000, gpus: 3_600_000 };

/** The system, for tests. */
export interface OtherSystem {
	readonly platform: NodeJS.Platform;
	readonly ownPid: number;
	readonly cores: number;
	library(): Promise<SystemInformation>;
}

function thisSystem(): OtherSystem {
	return {
		platform: process.platform,
		ownPid: process.pid,
		cores: cpus().length,
		library: async () => {
			const { mem, networkStats, processes, battery, graphics } = await import('systeminformation');
			return { mem, networkStats, processes, battery, graphics };
		},
	};
}

/** macOS, Windows and others: Node tells what is cheap, and systeminformation the rest. */
export class OtherSampler extends Owner implements Sampler {
	readonly #system: OtherSystem;
	readonly #cpu = new CpuTimes();
	readonly #networkRates = new Rates();
	readonly #memory: SlowCall<MemorySample>;
	readonly #network: SlowCall<NetworkSample | undefined>;
	readonly #battery: SlowCall<BatterySample | undefined>;
	readonly #gpus: SlowCall<readonly GpuSample[]>;
	readonly #disks: SlowCall<readonly DiskSpace[]>;
	readonly #processes: SlowCall<readonly ProcessSample[]>;
	#gpuMemory: ReadonlyMap<number, number> = new Map();
	#listedAt = -Infinity;
	#starts: ReadonlyMap<number, number> = new Map();

	constructor(clock: Clock, system = thisSystem()) {
		super();
		this.#system = system;
		const spaces = new DiskSpaces(clock, path => statfs(path));
		this.#memory = new SlowCall(clock, paces.memory, async () => memoryOf(await (await system.library()).mem()));
		this.#network = new SlowCall(clock, paces.network, async () => {
			const told = await (await system.library()).networkStats('*');
			return this.#networkOf(clock.monotonic(), told);
		});
		this.#battery = new SlowCall(clock, paces.battery, async () => batteryOf(await (await system.library()).battery()));
		this.#gpus = new SlowCall(clock, paces.gpus, async () => gpusOf(await (await system.library()).graphics()));
		this.#disks = new SlowCall(clock, paces.disks, () => spaces.read(volumes(system.platform)));
		this.#processes = new SlowCall(clock, paces.processes, async () => {
			const { list } = await (await system.library()).processes();
			const isOfNow = system.platform !== 'win32' || clock.monotonic() - this.#listedAt <= paces.processes * 2;
			this.#listedAt = clock.monotonic();
			// Without a list shortly before, it is what each used in all its life.
			if (!isOfNow) this.#processes.askAgain(secondListMs);
			return this.#rank(list, isOfNow);
		});
	}

	async look(wish: LookWish): Promise<Sample> {
		this.#gpuMemory = wish.gpuMemory;
		const memory = await this.#readMemory();
		const [network, battery] = [this.#network.get(), this.#battery.get()];
		const processes = wish.withProcesses ? this.#processes.get() : undefined;
		return {
			at: wish.now,
			cpu: this.#cpu.read(wish, cpus(), loadavg()),
			memory,
			disks: this.#disks.get() ?? [],
			gpus: this.#gpus.get() ?? [],
			...(network && { network }),
			...(battery && { battery }),
			...(processes && { processes }),
		};
	}

	facts(): Promise<StaticFacts> {
		return Promise.resolve({
			hostname: hostname(),
			// Windows tells its name here; macOS that of its kernel.
			system: this.#system.platform === 'win32' ? version() : systemName(this.#system.platform),
			cpu: cpus()[0]?.model.trim() ?? process.arch,
			cores: cpus().length,
			memory: totalmem(),
			isContainer: false,
		});
	}

	async #readMemory(): Promise<MemorySample> {
		const [total, free] = [totalmem(), freemem()];
		const own = { total, available: free, used: total - free };
		// What Windows calls free could all be had. Elsewhere most of what could be had is in caches, and by what is free
		// alone each Mac would seem full: the library is waited for.
		if (this.#system.platform !== 'win32') return (await this.#memory.getSoon(memoryWaitMs)) ?? own;
		const swap = this.#memory.get()?.swap;
		return { ...own, ...(swap && { swap }) };
	}

	#networkOf(
		at: number,
		interfaces: Awaited<ReturnType<SystemInformation['networkStats']>>,
	): NetworkSample | undefined {
		const outer = interfaces.filter(({ iface }) => !/^(lo\d*|utun|awdl|llw|bridge|vEthernet|Loopback)/i.test(iface));
		if (outer.length === 0) return undefined;
		this.#networkRates.begin({ at, longestGapMs: paces.network * 3 });
		const rate = (kind: 'rx_bytes' | 'tx_bytes'): number | undefined => {
			const told = outer.map(one => this.#networkRates.perSecond(`${one.iface} ${kind}`, one[kind]));
			return told.includes(undefined) ? undefined : told.reduce<number>((sum, value) => sum + (value ?? 0), 0);
		};
		const [receivedPerSecond, sentPerSecond] = [rate('rx_bytes'), rate('tx_bytes')];
		return {
			received: outer.reduce((sum, one) => sum + one.rx_bytes, 0),
			sent: outer.reduce((sum, one) => sum + one.tx_bytes, 0),
			...(receivedPerSecond !== undefined && { receivedPerSecond }),
			...(sentPerSecond !== undefined && { sentPerSecond }),
		};
	}

	#rank(list: readonly Systeminformation.ProcessesProcessData[], isCpuOfNow: boolean): readonly ProcessSample[] {
		const { ownPid, platform, cores } = this.#system;
		const commands = new Map(list.map(({ pid, command, params }) => [pid, `${command} ${params}`.trim()]));
		// Of Windows the library tells the share of all cores; `ps` tells percent of one.
		const perCore = platform === 'win32' ? cores : 1;
		// Windows counts what nobody uses as a process.
		const real = list.filter(({ pid }) => pid !== 0);
		const starts = new Map(real.map(({ pid, started }) => [pid, this.#startOf(pid, started)]));
		this.#starts = starts;
		const processes = real.map(({ pid, parentPid, name, cpu, memRss, state }) => {
			const startedAt = starts.get(pid) ?? Number.NaN;
			return {
				pid,
				parent: parentPid,
				name,
				memory: memRss * 1024,
				isAi: runsModels(name, commands.get(pid)),
				...(isCpuOfNow && Number.isFinite(cpu) && { cpu: cpu * perCore }),
				...(state !== '' && state !== 'unknown' && { status: state }),
				...(Number.isFinite(startedAt) && { startedAt }),
			};
		});
		return rankProcesses({
			processes,
			gpuMemory: this.#gpuMemory,
			ownPid,
			command: pid => shownCommand(commands.get(pid) ?? ''),
		});
	}

	/** The same in each list, for what tells a process from a later one of its number. */
	#startOf(pid: number, started: string): number {
		const at = Date.parse(started.replace(' ', 'T'));
		const before = this.#starts.get(pid);
		return before !== undefined && Math.abs(at - before) <= startSlackMs ? before : at;
	}
}

function systemName(platform: NodeJS.Platform): string {
	// Darwin 24 is macOS 15; from Darwin 25 on both count alike, macOS being one ahead.
	const major = Number.parseInt(release(), 10);
	return platform === 'darwin' ? `macOS ${major >= 25 ? major + 1 : major - 9}` : `${platform} ${release()}`;
}

function memoryOf(told: Awaited<ReturnType<SystemInformation['mem']>>): MemorySample {
	const { total, available, swaptotal, swapused } = told;
	return {
		total,
		available,
		used: total - available,
		...(swaptotal > 0 && { swap: { total: swaptotal, used: swapused } }),
	};
}

function batteryOf(told: Awaited<ReturnType<SystemInformation['battery']>>): BatterySample | undefined {
	const { hasBattery, percent, isCharging, acConnected, timeRemaining } = told;
	if (!hasBattery) return undefined;
	const hasTime = !acConnected && Number.isFinite(timeRemaining) && timeRemaining > 0;
	return { percent, isCharging, ...(hasTime && { minutesLeft: timeRemaining }) };
}

/** Names and memory; how busy they are, these systems do not tell without more rights. NVIDIA's own tool tells of its cards. */
function gpusOf({ controllers }: Awaited<ReturnType<SystemInformation['graphics']>>): readonly GpuSample[] {
	return controllers
		.filter(({ vendor, model }) => model !== '' && !/nvidia|microsoft|virtual|remote/i.test(`${vendor} ${model}`))
		.map(({ vendor, model, vram, vramDynamic }, index) => {
			const maker = `${vendor} ${model}`;
			return {
				id: `${model} ${index}`,
				index,
				name: model,
				vendor: /apple/i.test(maker)
					? 'apple'
					: /amd|ati |radeon/i.test(maker)
						? 'amd'
						: /intel/i.test(maker)
							? 'intel'
							: 'other',
				...(vram !== null && vram > 0 && !vramDynamic && { memoryTotal: vram * 1024 ** 2 }),
			};
		});
}

/** Drives of Windows by their letters; elsewhere the root, which on macOS shares its space with the others. */
function volumes(platform: NodeJS.Platform): readonly Mount[] {
	if (platform !== 'win32') return [{ mount: '/', device: '/', type: '', isRemote: false }];
	const letters = Array.from('CDEFGHIJKLMNOPQRSTUVWXYZ', letter => `${letter}:\\`);
	// One behind the network may not answer: only `statfs`, which has a limit, asks those after the first.
	return letters
		.filter((drive, index) => index > 0 || existsSync(drive))
		.map((mount, index) => ({ mount, device: mount, type: '', isRemote: index > 0 }));
}
