import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';

/** One live process. Zombies are not listed: they hold nothing and wait for their parent. */
export interface ProcessEntry {
	readonly pid: number;
	readonly parent: number;
	/** Process group; 0 where the system has none. */
	readonly group: number;
	/** When it started, in the system's own words: equal for the same process, different after the pid was reused. */
	readonly start: string;
}

/** What the system knows about processes. */
export interface ProcessTable {
	list(): Promise<readonly ProcessEntry[]>;
	/** `undefined` when there is no such process. */
	startOf(pid: number): Promise<string | undefined>;
	/** Pids whose environment has `name=value`. Empty where the system does not tell. */
	withEnvironment(name: string, value: string): Promise<readonly number[]>;
}

/** The table of the system that this runs on. */
export function systemProcessTable(platform: NodeJS.Platform = process.platform): ProcessTable {
	if (platform === 'linux') return new LinuxTable();
	if (platform === 'win32') return new WindowsTable();
	return new PsTable();
}

/** Reads /proc: no process is started, and it works in containers without `ps`. */
class LinuxTable implements ProcessTable {
	#bootId: Promise<string> | undefined;

	async list(): Promise<readonly ProcessEntry[]> {
		const bootId = await this.#boot();
		const entries = await inBatches(await pidsOfProc(), async pid => {
			const stat = await readOrNothing(`/proc/${pid}/stat`);
			return stat === undefined ? undefined : parseProcStat(stat, bootId);
		});
		return entries.filter(entry => entry !== undefined);
	}

	async startOf(pid: number): Promise<string | undefined> {
		const stat = await readOrNothing(`/proc/${pid}/stat`);
		return stat === undefined ? undefined : parseProcStat(stat, await this.#boot())?.start;
	}

	async withEnvironment(name: string, value: string): Promise<readonly number[]> {
		const wanted = `${name}=${value}`;
		const found = await inBatches(await pidsOfProc(), async pid => {
			const text = await readOrNothing(`/proc/${pid}/environ`);
			return text?.split('\0').includes(wanted) ? pid : undefined;
		});
		return found.filter(pid => pid !== undefined);
	}

	#boot(): Promise<string> {
		// Start times count from the boot: without its id, a process after a restart could look like one from before.
		this.#bootId ??= readOrNothing('/proc/sys/kernel/random/boot_id').then(text => (text ?? '').trim().slice(0, 8));
		return this.#bootId;
	}
}

class PsTable implements ProcessTable {
	async list(): Promise<readonly ProcessEntry[]> {
		return parsePs(await output('ps', ['-axo', 'pid=,ppid=,pgid=,stat=,lstart=']));
	}

	async startOf(pid: number): Promise<string | undefined> {
		try {
			return parsePs(await output('ps', ['-o', 'pid=,ppid=,pgid=,stat=,lstart=', '-p', String(pid)]))[0]?.start;
		} catch {
			// ps ends with 1 when there is no such process.
			return undefined;
		}
	}

	async withEnvironment(name: string, value: string): Promise<readonly number[]> {
		const wanted = `${name}=${value}`;
		return (await output('ps', ['-axwwEo', 'pid=,command=']))
			.split('\n')
			.filter(line => line.includes(wanted))
			.map(line => Number.parseInt(line, 10))
			.filter(pid => Number.isInteger(pid));
	}
}

class WindowsTable implements ProcessTable {
	async list(): Promise<readonly ProcessEntry[]> {
		return parseCim(await output('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', cimQuery('')]));
	}

	async startOf(pid: number): Promise<string | undefined> {
		const filter = ` -Filter "ProcessId=${Math.trunc(pid)}"`;
		const text = await output('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', cimQuery(filter)]);
		return parseCim(text)[0]?.start;
	}

	withEnvironment(): Promise<readonly number[]> {
		return Promise.resolve([]);
	}
}

/** Reads one `/proc/<pid>/stat`. The name may hold spaces and parentheses, so fields count from the last one. */
export function parseProcStat(stat: string, bootId: string): ProcessEntry | undefined {
	const pid = Number.parseInt(stat, 10);
	const [state, parent, group, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const ticks = rest[16];
	if (!Number.isInteger(pid) || ticks === undefined || state === 'Z' || state === 'X') return undefined;
	return { pid, parent: Number(parent), group: Number(group), start: `${bootId}:${ticks}` };
}

/** Reads `ps -o pid=,ppid=,pgid=,stat=,lstart=`. */
export function parsePs(text: string): readonly ProcessEntry[] {
	return text.split('\n').flatMap(line => {
		const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line);
		if (!match || match[4]?.startsWith('Z')) return [];
		const [, pid, parent, group, , start = ''] = match;
		return [{ pid: Number(pid), parent: Number(parent), group: Number(group), start: start.replaceAll(/\s+/g, ' ') }];
	});
}

/** Reads the lines `pid parent ticks` that `cimQuery` prints. */
export function parseCim(text: string): readonly ProcessEntry[] {
	return text.split(/\r?\n/).flatMap(line => {
		const match = /^(\d+) (\d+) (\d+)$/.exec(line.trim());
		return match ? [{ pid: Number(match[1]), parent: Number(match[2]), group: 0, start: match[3] ?? '' }] : [];
	});
}

function cimQuery(filter: string): string {
	return `Get-CimInstance Win32_Process${filter} | ForEach-Object { if ($_.CreationDate) { "$($_.ProcessId) $($_.ParentProcessId) $($_.CreationDate.Ticks)" } }`;
}

async function pidsOfProc(): Promise<readonly number[]> {
	return (await readdir('/proc')).map(Number).filter(pid => Number.isInteger(pid));
}

async function readOrNothing(path: string): Promise<string | undefined> {
	try {
		return await readFile(path, 'latin1');
	} catch {
		// The process ended meanwhile, or belongs to somebody else.
		return undefined;
	}
}

/** Few files at a time, so that a machine with thousands of processes does not run out of descriptors. */
async function inBatches<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
	const results: R[] = [];
	for (let at = 0; at < items.length; at += 64) results.push(...(await Promise.all(items.slice(at, at + 64).map(run))));
	return results;
}

function output(command: string, args: readonly string[]): Promise<string> {
	return new Promise((resolve, reject) => {
		const options = { maxBuffer: 64 * 1024 * 1024, timeout: 10_000, windowsHide: true };
		execFile(command, args, options, (error, stdout) => (error ? reject(error) : resolve(stdout)));
	});
}
