import { execFile } from 'node:child_process';
import { systemCode } from '../base/errors';
import type { ProcessEntry, ProcessTable } from './processTable';

/** Every process we start carries this variable, and hands it to whatever it starts. */
export const markerVariable = 'QUARTERDECK_PROCESS';

/** A process that we started, as it is known to the register and the watchdog. */
export interface TreeRoot {
	readonly pid: number;
	/** `undefined` when it ended before we could look. */
	readonly start: string | undefined;
	/** Value of `markerVariable` in it and in what it started. */
	readonly marker: string;
}

/**
 * Everything alive that came from `root`: the process itself (unless its pid was reused), its descendants wherever they
 * moved, what carries its marker, and the rest of their process groups. `known` are members seen before.
 */
export async function membersOf(
	table: ProcessTable,
	root: TreeRoot,
	known: readonly ProcessEntry[] = [],
): Promise<readonly ProcessEntry[]> {
	const [entries, marked] = await Promise.all([table.list(), table.withEnvironment(markerVariable, root.marker)]);
	return pickMembers(entries, root, new Set(marked), known);
}

/** The decision of `membersOf`, without asking the system. */
export function pickMembers(
	entries: readonly ProcessEntry[],
	root: TreeRoot,
	marked: ReadonlySet<number>,
	known: readonly ProcessEntry[],
): readonly ProcessEntry[] {
	const seen = new Set(known.map(keyOf));
	const isFirst = (entry: ProcessEntry): boolean =>
		seen.has(keyOf(entry)) || marked.has(entry.pid) || (entry.pid === root.pid && entry.start === root.start);
	const members = new Map(entries.filter(isFirst).map(entry => [entry.pid, entry]));
	const others = entries.filter(entry => !members.has(entry.pid));
	let hasGrown = true;
	while (hasGrown) {
		hasGrown = false;
		const led = new Set([...members.values()].filter(entry => entry.group === entry.pid).map(entry => entry.group));
		for (const entry of others) {
			if (members.has(entry.pid)) continue;
			if (!members.has(entry.parent) && !led.has(entry.group)) continue;
			members.set(entry.pid, entry);
			hasGrown = true;
		}
	}
	members.delete(process.pid);
	return [...members.values()];
}

export interface EndTreeOptions {
	/** Sent to the root first, so that it can end what it started. `undefined` goes straight to the kill. */
	readonly signal?: NodeJS.Signals;
	/** Milliseconds that the root gets after the signal. */
	readonly graceMs?: number;
}

/**
 * Ends a tree and resolves with what is left of it: nothing, unless the system refuses. Processes are ended one by one by
 * pid, never by group number, because a group may hold others by the time the signal arrives.
 */
export async function endTree(
	table: ProcessTable,
	root: TreeRoot,
	options: EndTreeOptions = {},
): Promise<readonly ProcessEntry[]> {
	let members = await settledMembers(table, root);
	const isRoot = (entry: ProcessEntry): boolean => entry.pid === root.pid && entry.start === root.start;
	if (options.signal !== undefined && process.platform !== 'win32' && members.some(isRoot)) {
		signalProcess(root.pid, options.signal);
		const until = performance.now() + (options.graceMs ?? 1500);
		while (members.some(isRoot) && performance.now() < until) {
			await pause(50);
			members = await membersOf(table, root, members);
		}
		if (members.length === 0) members = await settledMembers(table, root);
	}
	for (let round = 0; round < 20 && members.length > 0; round++) {
		for (const entry of members) await killProcess(entry.pid);
		await pause(round < 5 ? 20 : 100);
		members = await settledMembers(table, root, members);
	}
	return members;
}

/**
 * The members, looked for twice when there seem to be none: while a process replaces its program, its environment reads
 * as empty, and just then it may have lost its parent too.
 */
async function settledMembers(
	table: ProcessTable,
	root: TreeRoot,
	known: readonly ProcessEntry[] = [],
): Promise<readonly ProcessEntry[]> {
	const members = await membersOf(table, root, known);
	if (members.length > 0) return members;
	await pause(50);
	return membersOf(table, root, known);
}

/** Sends a signal; a process that is gone already is no failure. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
	try {
		return process.kill(pid, signal);
	} catch (error) {
		if (systemCode(error) === 'ESRCH' || systemCode(error) === 'EPERM') return false;
		throw error;
	}
}

async function killProcess(pid: number): Promise<void> {
	if (process.platform !== 'win32') {
		signalProcess(pid, 'SIGKILL');
		return;
	}
	await new Promise<void>(resolve => {
		// Its exit code only says that some of the tree had ended before; what is left shows in the next look.
		execFile('taskkill', ['/PID', String(pid), '/T', '/F'], { windowsHide: true, timeout: 5000 }, () => resolve());
	});
}

function keyOf(entry: ProcessEntry): string {
	return `${entry.pid}@${entry.start}`;
}

function pause(ms: number): Promise<void> {
	return new Promise(resolve => {
		setTimeout(resolve, ms);
	});
}
