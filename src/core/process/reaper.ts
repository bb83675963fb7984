import type { ProcessTable } from './processTable';
import type { ProcessRegister, RegisterEntry } from './register';
import { endTree } from './tree';

export interface ReapReport {
	/** Entries whose window is gone, with how many processes resisted. */
	readonly ended: readonly { readonly label: string; readonly pid: number; readonly left: number }[];
	/** Entries of windows that are still open. */
	readonly kept: number;
}

/**
 * Ends what windows that are gone have left behind. It touches only what this extension started (the register says so,
 * and the start time or the marker in its environment agrees) and only when the host that started it no longer runs.
 */
export async function reapLeftovers(register: ProcessRegister, table: ProcessTable): Promise<ReapReport> {
	const entries = await register.list();
	if (entries.length === 0) return { ended: [], kept: 0 };
	const ended: { label: string; pid: number; left: number }[] = [];
	let kept = 0;
	for (const entry of entries) {
		if (await isHostAlive(entry, table)) {
			kept++;
			continue;
		}
		const left = await endTree(table, entry, { signal: 'SIGINT', graceMs: 1000 });
		if (left.length === 0) await register.remove(entry.marker);
		ended.push({ label: entry.label, pid: entry.pid, left: left.length });
	}
	return { ended, kept };
}

async function isHostAlive(entry: RegisterEntry, table: ProcessTable): Promise<boolean> {
	return (await table.startOf(entry.hostPid)) === entry.hostStart;
}
