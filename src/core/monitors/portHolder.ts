import { randomUUID } from 'node:crypto';
import { readFile, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../base/errors';
import type { ProcessEntry, ProcessTable } from '../process/processTable';
import type { SupervisedProcess } from '../process/supervisedProcess';
import { endTree, membersOf } from '../process/tree';
import type { PortHolder } from './builtIn';

/** In /proc/net/tcp. */
const listening = '0A';

export interface PortSearch {
	readonly table: ProcessTable;
	/** The processes of this window. */
	readonly live: () => readonly Pick<SupervisedProcess, 'pid' | 'startTime' | 'marker' | 'label' | 'stop'>[];
	/** For tests; `/proc` when absent. */
	readonly proc?: string;
}

interface Found extends PortHolder {
	readonly entry: ProcessEntry;
	/** Ends it, where it is the process that we started and not one that it started. */
	readonly stop: (() => Promise<unknown>) | null;
}

/**
 * The process that listens on a port, if it came from one of this window's own. Only Linux tells who listens without a
 * program of its own to ask; elsewhere nothing is found, and so nothing is offered.
 */
export async function holderOfPort(search: PortSearch, port: number): Promise<PortHolder | undefined> {
	const found = await find(search, port);
	return found && { pid: found.pid, label: found.label };
}

/** Ends it, with what it started, and not what had started it. */
export async function endHolderOfPort(search: PortSearch, port: number, holder: PortHolder): Promise<void> {
	const found = await find(search, port);
	if (found?.pid !== holder.pid)
		throw new ExpectedError('port-other', `Port ${port} is not kept by process ${holder.pid} any more.`);
	if (found.stop) {
		await found.stop();
		return;
	}
	const { pid, start } = found.entry;
	// A marker that nothing carries: by ours, its parents would be ended with it.
	const left = await endTree(search.table, { pid, start, marker: randomUUID() }, { signal: 'SIGTERM' });
	if (left.length > 0)
		throw new ExpectedError('port-kept', `Process ${pid}, which keeps port ${port}, could not be ended.`);
}

async function find(search: PortSearch, port: number): Promise<Found | undefined> {
	const { proc = '/proc', table } = search;
	const sockets = await listeningOn(proc, port);
	if (sockets.size === 0) return undefined;
	for (const child of search.live()) {
		const { pid, startTime, marker, label } = child;
		if (pid === undefined) continue;
		for (const entry of await membersOf(table, { pid, start: startTime, marker })) {
			if (!(await holdsOne(proc, entry.pid, sockets))) continue;
			const isChild = entry.pid === pid;
			const what = isChild ? label : `${await nameOf(proc, entry.pid)}, started by ${label},`;
			return { pid: entry.pid, label: what, entry, stop: isChild ? () => child.stop() : null };
		}
	}
	return undefined;
}

/** `socket:[123]` of those who listen there, on whatever address. */
async function listeningOn(proc: string, port: number): Promise<ReadonlySet<string>> {
	const wanted = port.toString(16).toUpperCase().padStart(4, '0');
	const tables = await Promise.all(
		['tcp', 'tcp6'].map(name => readFile(join(proc, 'net', name), 'utf8').catch(() => '')),
	);
	const rows = tables.flatMap(text => text.split('\n').slice(1)).map(line => line.trim().split(/\s+/));
	return new Set(
		rows.flatMap(([, local = '', , state, , , , , , inode]) =>
			state === listening && local.endsWith(`:${wanted}`) && inode !== undefined ? [`socket:[${inode}]`] : [],
		),
	);
}

async function holdsOne(proc: string, pid: number, sockets: ReadonlySet<string>): Promise<boolean> {
	const folder = join(proc, String(pid), 'fd');
	const names = await readdir(folder).catch(() => []);
	const links = await Promise.all(names.map(name => readlink(join(folder, name)).catch(() => '')));
	return links.some(link => sockets.has(link));
}

async function nameOf(proc: string, pid: number): Promise<string> {
	return (await readFile(join(proc, String(pid), 'comm'), 'utf8').catch(() => 'a process')).trim();
}
