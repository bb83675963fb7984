import { readFileSync, readdirSync } from 'node:fs';

/** How the throw-away folders of this bench begin; what runs for it has the name on its command line or around it. */
export const leftoverFolder = 'quarterdeck-mcp-bench-';

/** Processes that have `text` in their environment or command line, but this one. */
export function processesWith(text: string): readonly number[] {
	if (process.platform !== 'linux') return [];
	return readdirSync('/proc')
		.map(Number)
		.filter(pid => Number.isInteger(pid) && pid !== process.pid && carries(pid, text));
}

/** Megabytes of memory that a set of processes has to itself, shared pages divided among those that share them. */
export function memoryOf(pids: readonly number[]): number {
	const kilobytes = pids.map(pid => {
		try {
			return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1] ?? 0);
		} catch {
			return 0; // It ended while we looked.
		}
	});
	return kilobytes.reduce((sum, value) => sum + value, 0) / 1024;
}

function carries(pid: number, text: string): boolean {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
		if (stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')) return false;
		return ['environ', 'cmdline'].some(name => readFileSync(`/proc/${pid}/${name}`, 'latin1').includes(text));
	} catch {
		return false; // It ended while we looked, or belongs to another user.
	}
}
