import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCode } from '../base/errors';

/** Names a process for good: pids are used again, but not with the same start time on the same machine. */
export interface ProcessIdentity {
	readonly pid: number;
	/** When the process started, in the system's own notation; '' where the system does not say. */
	readonly start: string;
	/** The machine (and container) in which the pid means something. */
	readonly machine: string;
}

export type Liveness = 'alive' | 'dead' | 'unknown';

let own: ProcessIdentity | undefined;

/** This process. */
export function ownIdentity(): ProcessIdentity {
	own ??= { pid: process.pid, start: startOf(process.pid) ?? '', machine: machineName() };
	return own;
}

/** Whether a process runs. `unknown` is an answer about another machine, where nobody here can look. */
export function livenessOf(identity: ProcessIdentity): Liveness {
	if (identity.machine !== ownIdentity().machine) return 'unknown';
	if (identity.pid === process.pid) return identity.start === ownIdentity().start ? 'alive' : 'dead';
	if (!exists(identity.pid)) return 'dead';
	const start = startOf(identity.pid);
	if (identity.start === '' || start === undefined) return 'unknown';
	return start === identity.start ? 'alive' : 'dead';
}

function exists(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return systemCode(error) === 'EPERM';
	}
}

/** Start of a process; `undefined` where the system does not tell cheaply (Windows) or the process is gone. */
function startOf(pid: number): string | undefined {
	try {
		if (process.platform === 'linux') {
			const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
			// The name may hold spaces and brackets: fields are counted after its last bracket. Start time is field 22.
			const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
			return fields[0] === 'Z' ? 'ended, not yet waited for' : fields[19];
		}
		if (process.platform === 'win32') return undefined;
		return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', timeout: 2000 }).trim();
	} catch {
		return undefined; // No such process, or no such tool: both mean that nothing is known.
	}
}

/** Host name with the boot and the pid namespace, so that a container or a reboot never vouches for another's pids. */
function machineName(): string {
	if (process.platform !== 'linux') return hostname();
	return [hostname(), readOr('/proc/sys/kernel/random/boot_id').slice(0, 8), pidNamespace()].join(' ');
}

function pidNamespace(): string {
	// The init process of a namespace starts at its own time: cheap to read without rights to /proc/1/ns.
	return readOr('/proc/1/stat').split(' ').at(21) ?? '';
}

function readOr(path: string): string {
	try {
		return readFileSync(path, 'latin1').trim();
	} catch {
		return ''; // Hidden by the system: the host name alone must do.
	}
}
