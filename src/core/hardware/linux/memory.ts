import { join } from 'node:path';
import { Owner } from '../../base/lifecycle';
import { Kept } from '../rates';
import type { MemorySample } from '../sample';
import { KernelFile, readNumber, readWord } from './kernelFile';

const limitMs = 60_000;

/** What a container or a service may use at most, and what tells how much of it is used. */
export interface MemoryLimit {
	readonly bytes: number;
	/** Bytes in use, with the cache of files. */
	readonly usage: string;
	/** Statistics with a line for the cache that could be given back. */
	readonly statistics: string;
}

/** Reads `/proc/meminfo`, whose numbers are kibibytes. */
export function parseMeminfo(text: string): MemorySample | undefined {
	const bytes = (name: string): number | undefined => {
		const at = text.indexOf(`${name}:`);
		const kibibytes = at < 0 ? Number.NaN : Number.parseInt(text.slice(at + name.length + 1, at + 40), 10);
		return Number.isNaN(kibibytes) ? undefined : kibibytes * 1024;
	};
	const total = bytes('MemTotal');
	// Kernels before 3.14 do not tell what is available.
	const available = bytes('MemAvailable') ?? (bytes('MemFree') ?? 0) + (bytes('Buffers') ?? 0) + (bytes('Cached') ?? 0);
	const swap = bytes('SwapTotal') ?? 0;
	if (total === undefined || total === 0) return undefined;
	return {
		total,
		available: Math.min(available, total),
		used: Math.max(0, total - available),
		...(swap > 0 && { swap: { total: swap, used: Math.max(0, swap - (bytes('SwapFree') ?? swap)) } }),
	};
}

/** The lowest limit of the control groups that this process is in, where it is lower than `total`. */
export function findMemoryLimit(proc: string, sys: string, total: number): MemoryLimit | undefined {
	const groups = (readWord(join(proc, 'self', 'cgroup')) ?? '').split('\n').map(line => line.split(':'));
	const root = join(sys, 'fs', 'cgroup');
	const found: MemoryLimit[] = [];
	for (const [, controllers = '', path = ''] of groups) {
		const isSecond = controllers === '';
		if (!isSecond && !controllers.split(',').includes('memory')) continue;
		const base = isSecond ? root : join(root, 'memory');
		// In a container of its own name space the path is that of the host, and the root is the container.
		for (let folder = join(base, path); ; folder = join(folder, '..')) {
			const bytes = readNumber(join(folder, isSecond ? 'memory.max' : 'memory.limit_in_bytes'));
			if (bytes !== undefined && bytes > 0 && bytes < total)
				found.push({
					bytes,
					usage: join(folder, isSecond ? 'memory.current' : 'memory.usage_in_bytes'),
					statistics: join(folder, 'memory.stat'),
				});
			if (folder.length <= base.length) break;
		}
	}
	return found.toSorted((left, right) => left.bytes - right.bytes)[0];
}

/** Main memory, and what a container may use of it where that is less. */
export class MemoryReader extends Owner {
	readonly #proc: string;
	readonly #sys: string;
	readonly #file: KernelFile;
	readonly #limit = new Kept<MemoryLimit | undefined>();

	constructor(proc: string, sys: string) {
		super();
		this.#proc = proc;
		this.#sys = sys;
		this.#file = this.own(new KernelFile(join(proc, 'meminfo')));
	}

	read(at: number): MemorySample {
		const all = parseMeminfo(this.#file.read() ?? '') ?? { total: 0, available: 0, used: 0 };
		const limit = this.#limit.get(at, limitMs, () => findMemoryLimit(this.#proc, this.#sys, all.total));
		const usage = limit && readNumber(limit.usage);
		if (!limit || usage === undefined) return all;
		const idle = /^(?:total_)?inactive_file (\d+)$/m.exec(readWord(limit.statistics) ?? '')?.[1] ?? 0;
		const used = Math.max(0, usage - Number(idle));
		return { ...all, total: limit.bytes, used, available: Math.max(0, Math.min(all.available, limit.bytes - used)) };
	}
}
