import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Every process that a run starts carries this variable with the run's id, and so do that process's own children. */
export const runVariable = 'QUARTERDECK_RUN';

export interface ProcessInfo {
	readonly pid: number;
	readonly parent: number;
	readonly command: string;
}

interface Row extends ProcessInfo {
	/** The environment too, where the system tells it: a child that was renamed is still found by it. */
	readonly text: string;
}

/** Processes that belong to the run with this id, without the caller and its own ancestors. */
export function processesOfRun(id: string): readonly ProcessInfo[] {
	const rows = allProcesses();
	const above = ancestors(rows, process.pid);
	// A command line that merely names the run, as that of a program that looks for leftovers, is not part of it.
	const mark = process.platform === 'win32' ? id : `${runVariable}=${id}`;
	return rows.filter(row => row.text.includes(mark) && row.pid !== process.pid && !above.has(row.pid)).map(toInfo);
}

/** `pid` and everything below it. */
export function tree(pid: number): readonly ProcessInfo[] {
	const rows = allProcesses();
	const found = new Set([pid]);
	for (let before = 0; before !== found.size;) {
		before = found.size;
		for (const row of rows) if (found.has(row.parent)) found.add(row.pid);
	}
	return rows.filter(row => found.has(row.pid)).map(toInfo);
}

/** Waits until nothing of the run is alive, at most `ms`, and returns what still is. */
export async function leftovers(id: string, ms: number): Promise<readonly ProcessInfo[]> {
	const end = Date.now() + ms;
	for (;;) {
		const alive = processesOfRun(id);
		if (alive.length === 0 || Date.now() >= end) return alive;
		await delay(100);
	}
}

export interface StopOptions {
	/** How long what was asked to end may take before it is ended. */
	readonly graceMs?: number;
	/** Only these may be ended the hard way; the others are left for a check on leftovers to find. All when absent. */
	readonly isOurs?: (item: ProcessInfo) => boolean;
	/** Helpers that hold nothing and do not end by themselves: asked at once, together with the top. */
	readonly isHelper?: (item: ProcessInfo) => boolean;
}

/** Asks a tree of processes to end, then ends what is still there. Only pids below `pid` are touched. */
export async function stopTree(pid: number, options: StopOptions = {}): Promise<void> {
	const members = tree(pid);
	const mayEnd = members.filter(item => options.isOurs?.(item) ?? true).map(item => item.pid);
	signal(pid, 'SIGTERM');
	for (const item of members) if (options.isHelper?.(item) === true) signal(item.pid, 'SIGTERM');
	const end = Date.now() + (options.graceMs ?? 4000);
	while (members.some(item => isAlive(item.pid)) && Date.now() < end) await delay(50);
	for (const member of mayEnd) signal(member, 'SIGKILL');
	while (mayEnd.some(isAlive) && Date.now() < end + 2000) await delay(50);
}

/** Whether a process with this id runs (one that ended and waits to be collected does not). */
export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
	return process.platform !== 'linux' || stateOf(pid) !== 'Z';
}

/** Sends a signal; a process that is gone already is what was wanted. */
export function signal(pid: number, name: NodeJS.Signals): void {
	try {
		process.kill(pid, name);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
}

function toInfo(row: Row): ProcessInfo {
	return { pid: row.pid, parent: row.parent, command: row.command };
}

function ancestors(rows: readonly Row[], pid: number): ReadonlySet<number> {
	const parents = new Map(rows.map(row => [row.pid, row.parent]));
	const found = new Set<number>();
	for (let at = parents.get(pid); at !== undefined && at > 0 && !found.has(at); at = parents.get(at)) found.add(at);
	return found;
}

function allProcesses(): readonly Row[] {
	if (process.platform === 'linux') return linuxProcesses();
	return process.platform === 'win32' ? windowsProcesses() : macProcesses();
}

function linuxProcesses(): readonly Row[] {
	const rows: Row[] = [];
	for (const name of readdirSync('/proc')) {
		if (!/^\d+$/.test(name)) continue;
		try {
			const status = statFields(Number(name));
			if (!status || status.state === 'Z') continue;
			const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
			const text = `${command}\0${environmentOf(name)}`;
			rows.push({ pid: Number(name), parent: status.parent, command, text });
		} catch {
			// It ended while we read.
		}
	}
	return rows;
}

function environmentOf(pid: string): string {
	try {
		return readFileSync(`/proc/${pid}/environ`, 'utf8');
	} catch {
		// Another user's process: its environment is not ours to read, and it is not ours.
		return '';
	}
}

function stateOf(pid: number): string | undefined {
	return statFields(pid)?.state;
}

function statFields(pid: number): { readonly state: string; readonly parent: number } | undefined {
	try {
		const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
		// The name stands in brackets and may itself hold brackets and blanks.
		const [state, parent] = text.slice(text.lastIndexOf(')') + 2).split(' ');
		return { state: state ?? '', parent: Number(parent) };
	} catch {
		return undefined;
	}
}

function macProcesses(): readonly Row[] {
	const withEnvironment = listProcesses('-axEww');
	return [...listProcesses('-axww')].flatMap(([pid, line]) => {
		const [, parent = '0', state = '', ...command] = line.split(/\s+/);
		if (!pid || state.startsWith('Z')) return [];
		const text = withEnvironment.get(pid) ?? line;
		return [{ pid, parent: Number(parent), command: command.join(' '), text }];
	});
}

/** One line of `ps` per process id. */
function listProcesses(flags: string): ReadonlyMap<number, string> {
	const args = [flags, '-o', 'pid=,ppid=,stat=,command='];
	const text = execFileSync('ps', args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
	return new Map(text.split('\n').map(line => [Number(line.trim().split(/\s+/)[0]), line.trim()]));
}

interface WindowsProcess {
	readonly ProcessId: number;
	readonly ParentProcessId: number;
	readonly CommandLine: string | null;
}

/** Windows tells no environments: a run is recognised there by its folder on the command line. */
function windowsProcesses(): readonly Row[] {
	const query =
		'Get-CimInstance Win32_Process | Select-Object ProcessId,ParentProcessId,CommandLine | ConvertTo-Json -Compress';
	const text = execFileSync('powershell.exe', ['-NoProfile', '-Command', query], {
		encoding: 'utf8',
		maxBuffer: 2 ** 26,
	});
	return (JSON.parse(text) as WindowsProcess[]).map(row => {
		const command = row.CommandLine ?? '';
		return { pid: row.ProcessId, parent: row.ParentProcessId, command, text: command };
	});
}
