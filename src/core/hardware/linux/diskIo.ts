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

/** Reads `/proc/diskstats`: bytes read and written since the start, by name of the device. */
export function parseDiskStats(text: string): ReadonlyMap<string, { readonly read: number; readonly written: number }> {
	const devices = new Map<string, { readonly read: number; readonly written: number }>();
	for (const line of text.split('\n')) {
		const words = line.trim().split(/\s+/);
		const [, , name, , , read, , , , written] = words;
		if (name === undefined || written === undefined) continue;
		devices.set(name, { read: Number(read) * sectorBytes, written: Number(written) * sectorBytes });
	}
	return devices;
}

/** What disks read and write in a second, by device (`/dev/sda1`). */
export class DiskIoReader extends Owner {
	readonly #file: KernelFile;
	readonly #rates = new Rates();
	readonly #names = new Map<string, string>();

	constructor(proc: string) {
		super();
		this.#file = this.own(new KernelFile(join(proc, 'diskstats')));
	}

	read(moment: Moment, devices: readonly string[]): ReadonlyMap<string, DiskRates> {
		const all = parseDiskStats(this.#file.read() ?? '');
		this.#rates.begin(moment);
		const found = new Map<string, DiskRates>();
		for (const device of devices) {
			const counters = all.get(this.#nameOf(device));
			if (!counters) continue;
			const readPerSecond = this.#rates.perSecond(`${device} read`, counters.read);
			const writtenPerSecond = this.#rates.perSecond(`${device} written`, counters.written);
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
