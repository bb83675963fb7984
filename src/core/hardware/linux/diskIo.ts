import { realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Owner } from '../../base/lifecycle';
import { Rates, type Moment } from '../rates';
import { KernelFile } from './kernelFile';

/** The kernel counts in these, whatever the disk's own sectors are. */
const sectorBytes = 512;

export interface DiskRates {
	readonly readPerSecond: number;
	readonly writtenPerSecond: number;
}

interface Counters {
	readonly read: number;
	readonly written: number;
}

/** Finds a device in `/proc/diskstats`: bytes read and written since the start. Most of its lines are of loops and parts. */
export function findDiskStats(text: string, name: string): Counters | undefined {
	const at = text.indexOf(` ${name} `);
	if (at < 0) return undefined;
	const end = text.indexOf('\n', at);
	const words = text.slice(at + 1, end < 0 ? undefined : end).split(' ');
	const [, , , read, , , , written] = words;
	return written === undefined
		? undefined
		: { read: Number(read) * sectorBytes, written: Number(written) * sectorBytes };
}

/** What disks read and write in a second, by device (`/dev/sda1`). */
export class DiskIoReader extends Owner {
	readonly #file: KernelFile;
	readonly #read = new Rates();
	readonly #written = new Rates();
	readonly #names = new Map<string, string>();

	constructor(proc: string) {
		super();
		this.#file = this.own(new KernelFile(join(proc, 'diskstats')));
	}

	read(moment: Moment, devices: readonly string[]): ReadonlyMap<string, DiskRates> {
		const text = devices.length === 0 ? '' : (this.#file.read() ?? '');
		this.#read.begin(moment);
		this.#written.begin(moment);
		const found = new Map<string, DiskRates>();
		for (const device of devices) {
			const counters = findDiskStats(text, this.#nameOf(device));
			if (!counters) continue;
			const readPerSecond = this.#read.perSecond(device, counters.read);
			const writtenPerSecond = this.#written.perSecond(device, counters.written);
			if (readPerSecond !== undefined && writtenPerSecond !== undefined)
				found.set(device, { readPerSecond, writtenPerSecond });
		}
		return found;
	}

	/** `/dev/mapper/vault` is a link to the `dm-0` that is counted. */
	#nameOf(device: string): string {
		const known = this.#names.get(device);
		if (known !== undefined) return known;
		const name = basename(realPath(device));
		this.#names.set(device, name);
		return name;
	}
}

function realPath(device: string): string {
	try {
		return realpathSync(device);
	} catch {
		return device; // In a container the device itself is not there.
	}
}
