import { readFileSync } from 'node:fs';

/** What this process, with its threads and the programs that it started and that have ended, used so far. */
export interface Used {
	/** Milliseconds of a core. */
	readonly ownMs: number;
	readonly childMs: number;
	/** MB that no other process shares. */
	readonly privateMb: number;
	readonly residentMb: number;
}

let lookingMs = 0;

/** Looks at this process. Linux alone tells all of it. */
export function used(): Used {
	const stat = readFileSync('/proc/self/stat', 'utf8');
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const before = process.cpuUsage();
	globalThis.gc?.();
	const rollup = readFileSync('/proc/self/smaps_rollup', 'utf8');
	const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0);
	const after = process.cpuUsage();
	lookingMs += (after.user + after.system - before.user - before.system) / 1000;
	return {
		// Less what these looks themselves took: a collection of all garbage is no part of the work.
		ownMs: (after.user + after.system) / 1000 - lookingMs,
		// In ticks of 10 ms.
		childMs: (Number(fields[13]) + Number(fields[14])) * 10,
		privateMb: (kilobytes('Private_Clean') + kilobytes('Private_Dirty')) / 1024,
		residentMb: kilobytes('Rss') / 1024,
	};
}
