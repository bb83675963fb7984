import type { Clock } from '../base/clock';

/** A file system that is mounted. */
export interface Mount {
	readonly mount: string;
	readonly device: string;
	readonly type: string;
	/** Its server may not answer. */
	readonly isRemote: boolean;
}

export interface DiskSpace {
	readonly mount: string;
	readonly device: string;
	readonly type: string;
	readonly total: number;
	readonly free: number;
	readonly used: number;
}

/** As `statfs` tells. */
export interface FileSystemStatistics {
	readonly bsize: number;
	readonly blocks: number;
	readonly bfree: number;
	readonly bavail: number;
}

/** A file system that has not answered after this long hangs, milliseconds. */
const limitMs = 2_000;
/** It is not asked again for this long. */
const restMs = 5 * 60_000;
/** Each question without an answer holds a thread of the few that the whole host has for files. */
const mostHanging = 2;

/** Space of file systems. One that hangs is left out, and holds up no other. */
export class DiskSpaces {
	readonly #clock: Clock;
	readonly #statfs: (path: string) => Promise<FileSystemStatistics>;
	readonly #hanging = new Set<string>();
	readonly #restUntil = new Map<string, number>();

	constructor(clock: Clock, statfs: (path: string) => Promise<FileSystemStatistics>) {
		this.#clock = clock;
		this.#statfs = statfs;
	}

	/** One after another: several that hang must not take all threads. */
	async read(mounts: readonly Mount[]): Promise<readonly DiskSpace[]> {
		const spaces: DiskSpace[] = [];
		for (const mount of mounts.toSorted((left, right) => Number(left.isRemote) - Number(right.isRemote))) {
			const space = this.#isAskable(mount) ? await this.#ask(mount) : undefined;
			if (space) spaces.push(space);
		}
		return spaces;
	}

	#isAskable({ mount, isRemote }: Mount): boolean {
		if (this.#hanging.has(mount) || this.#clock.monotonic() < (this.#restUntil.get(mount) ?? -Infinity)) return false;
		return !isRemote || this.#hanging.size < mostHanging;
	}

	async #ask({ mount, device, type }: Mount): Promise<DiskSpace | undefined> {
		this.#hanging.add(mount);
		const asked = this.#statfs(mount).then(
			told => told,
			() => undefined, // Unmounted meanwhile, or not ours to look at.
		);
		void asked.then(() => this.#hanging.delete(mount));
		const told = await this.#inTime(asked);
		if (told === 'late') this.#restUntil.set(mount, this.#clock.monotonic() + restMs);
		if (told === 'late' || told === undefined || told.blocks === 0) return undefined;
		const [total, free] = [told.blocks * told.bsize, told.bavail * told.bsize];
		// What only the superuser may fill is neither free nor used.
		return { mount, device, type, total, free, used: (told.blocks - told.bfree) * told.bsize };
	}

	#inTime<T>(work: Promise<T>): Promise<T | 'late'> {
		return new Promise(resolve => {
			const limit = this.#clock.after(limitMs, () => resolve('late'));
			void work.then(value => {
				limit.dispose();
				resolve(value);
			});
		});
	}
}
