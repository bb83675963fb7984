import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { hostname, release } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../base/clock';
import { Owner } from '../../base/lifecycle';
import { DiskSpaces, type DiskSpace, type FileSystemStatistics } from '../diskSpace';
import type { StaticFacts } from '../protocol';
import { Kept } from '../rates';
import type { BatterySample, DiskSample, Sample } from '../sample';
import type { LookWish, Sampler } from '../sampler';
import { readBattery } from './battery';
import { CpuReader } from './cpu';
import { DiskIoReader } from './diskIo';
import { DrmCards } from './drmCards';
import { readWord } from './kernelFile';
import { findMemoryLimit, MemoryReader, parseMeminfo } from './memory';
import { readMounts } from './mounts';
import { NetworkReader } from './network';
import { ProcessReader } from './processes';

const spaceMs = 15_000;
const batteryMs = 30_000;
const processesMs = 5_000;
/** The first list has nothing to compare with. A second one, soon after it, tells who uses the processor. */
const firstListMs = 900;
/** Listing thousands of processes takes time: the next list waits until it was a hundredth of what passed. */
const processesShare = 100;

/** Where to look, and who we are; tests have folders of their own. */
export interface LinuxPlaces {
	readonly proc: string;
	readonly sys: string;
	readonly root: string;
	readonly ownPid: number;
	statfs(path: string): Promise<FileSystemStatistics>;
}

export function systemPlaces(): LinuxPlaces {
	return { proc: '/proc', sys: '/sys', root: '/', ownPid: process.pid, statfs: path => statfs(path) };
}

/** Reads `/proc` and `/sys` itself: nothing is started, and a look takes a fraction of a millisecond. */
export class LinuxSampler extends Owner implements Sampler {
	readonly #clock: Clock;
	readonly #places: LinuxPlaces;
	readonly #cpu: CpuReader;
	readonly #memory: MemoryReader;
	readonly #network: NetworkReader;
	readonly #io: DiskIoReader;
	readonly #spaces: DiskSpaces;
	readonly #cards: DrmCards;
	readonly #processes: ProcessReader;
	readonly #battery = new Kept<BatterySample | undefined>();
	#disks: readonly DiskSpace[] = [];
	#disksUntil = -Infinity;
	#isAskingDisks = false;
	#listUntil = -Infinity;

	constructor(clock: Clock, places = systemPlaces()) {
		super();
		const { proc, sys } = places;
		this.#clock = clock;
		this.#places = places;
		this.#cpu = this.own(new CpuReader(proc, sys));
		this.#memory = this.own(new MemoryReader(proc, sys));
		this.#network = this.own(new NetworkReader(proc));
		this.#io = this.own(new DiskIoReader(proc));
		this.#spaces = new DiskSpaces(clock, path => places.statfs(path));
		this.#cards = new DrmCards(sys);
		this.#processes = this.own(new ProcessReader(proc, places.ownPid));
	}

	async look(wish: LookWish): Promise<Sample> {
		if (!wish.withProcesses) this.#restFromProcesses();
		await this.#askDisks(wish.at);
		const network = this.#network.read(wish);
		const battery = this.#battery.get(wish.at, batteryMs, () => readBattery(this.#places.sys));
		return {
			at: wish.now,
			cpu: this.#cpu.read(wish),
			memory: this.#memory.read(wish.at),
			disks: this.#readDisks(wish),
			gpus: this.#cards.read(wish.at),
			...(network && { network }),
			...(battery && { battery }),
			...(wish.withProcesses && this.#list(wish)),
		};
	}

	async facts(): Promise<StaticFacts> {
		const { proc, sys, root } = this.#places;
		const words = readWord(join(root, 'etc', 'os-release')) ?? readWord(join(root, 'usr', 'lib', 'os-release')) ?? '';
		const processors = readWord(join(proc, 'cpuinfo')) ?? '';
		const memory = parseMeminfo(readWord(join(proc, 'meminfo')) ?? '')?.total ?? 0;
		const limit = findMemoryLimit(proc, sys, memory);
		return {
			hostname: hostname(),
			system: /^PRETTY_NAME="?([^"\n]+)/m.exec(words)?.[1] ?? `Linux ${release()}`,
			cpu: /^(?:model name|Model)\s*: (.+)$/m.exec(processors)?.[1] ?? process.arch,
			cores: this.#cpu.read({ at: this.#clock.monotonic(), longestGapMs: 0 }).cores,
			memory,
			isContainer: ['.dockerenv', 'run/.containerenv'].some(name => existsSync(join(root, name))),
			...(limit && { memoryLimit: limit.bytes }),
		};
	}

	/** The first answer is waited for; later ones arrive beside the looks, which a slow disk must not hold up. */
	async #askDisks(at: number): Promise<void> {
		if (at < this.#disksUntil || this.#isAskingDisks) return;
		const isFirst = this.#disksUntil === -Infinity;
		this.#disksUntil = at + spaceMs;
		this.#isAskingDisks = true;
		const asked = this.#spaces.read(readMounts(this.#places.proc)).then(disks => {
			this.#disks = disks;
			this.#isAskingDisks = false;
		});
		if (isFirst) await asked;
	}

	#readDisks(wish: LookWish): readonly DiskSample[] {
		const rates = this.#io.read(
			wish,
			this.#disks.map(({ device }) => device),
		);
		return this.#disks.map(disk => ({ ...disk, ...rates.get(disk.device) }));
	}

	/** Who looks at them again has none: the list is due at once. */
	#restFromProcesses(): void {
		if (this.#listUntil === -Infinity) return;
		this.#listUntil = -Infinity;
		this.#processes.rest();
	}

	/** Only where it is time for a list: each goes a long way through the window. */
	#list(wish: LookWish): Pick<Sample, 'processes'> {
		if (wish.at < this.#listUntil) return {};
		const began = this.#clock.monotonic();
		// Lists are further apart than looks.
		const moment = { at: wish.at, longestGapMs: Math.max(wish.longestGapMs, 60_000) };
		const processes = this.#processes.read(moment, wish.gpuMemory);
		const isFirst = processes.length > 0 && processes.every(({ cpu }) => cpu === undefined);
		const rest = Math.max(processesMs, (this.#clock.monotonic() - began) * processesShare);
		this.#listUntil = wish.at + (isFirst ? firstListMs : rest);
		return { processes };
	}
}
