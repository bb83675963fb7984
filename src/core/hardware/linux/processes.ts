import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { mayRunModels, runsModels } from '../aiProcess';
import { rankProcesses, shownCommand, type SeenProcess } from '../processRanking';
import { Rates, type Moment } from '../rates';
import type { ProcessSample } from '../sample';
import { namesIn, readWord } from './kernelFile';

/** Clock ticks in a second, as every Linux of today has them. */
const ticksPerSecond = 100;
/** So many command lines are read for the first time in one look; the others wait for the next. */
const mostNewCommands = 200;
/** A pid that was a thread of the kernel's may become a program's: it is read again at each so many looks. */
const looksBetweenKernels = 8;
const bytes = Buffer.allocUnsafe(4096);

interface Stat {
	readonly pid: number;
	readonly name: string;
	readonly state: string;
	readonly parent: number;
	readonly ticks: number;
	readonly startedAt: number;
	readonly pages: number;
}

/** Reads one `/proc/<pid>/stat`. The name may hold spaces and parentheses, so fields count from the last one. */
export function parseStat(text: string): Stat | undefined {
	const [open, close] = [text.indexOf('('), text.lastIndexOf(')')];
	if (open < 0 || close < open) return undefined;
	const fields = text.slice(close + 2).split(' ');
	const number = (index: number): number => Number(fields[index]);
	if (fields.length < 22) return undefined;
	return {
		pid: Number.parseInt(text, 10),
		name: text.slice(open + 1, close),
		state: fields[0]!,
		parent: number(1),
		ticks: number(11) + number(12),
		startedAt: number(19),
		pages: number(21),
	};
}

interface Command {
	readonly startedAt: number;
	readonly text: string;
	shown: string | undefined;
}

const states: Readonly<Record<string, string>> = {
	R: 'running',
	S: 'sleeping',
	D: 'waiting for a disk',
	Z: 'ended, not yet waited for',
	T: 'stopped',
	t: 'stopped by a debugger',
	I: 'idle',
};

/** Lists processes by `/proc/<pid>/stat` alone; command lines are read for the named ones, once in a process's life. */
export class ProcessReader {
	readonly #proc: string;
	readonly #ownPid: number;
	readonly #rates = new Rates();
	readonly #pageBytes: number;
	#commands = new Map<number, Command>();
	#kernel: ReadonlySet<string> = new Set();
	#looks = 0;

	constructor(proc: string, ownPid: number) {
		this.#proc = proc;
		this.#ownPid = ownPid;
		this.#pageBytes = pageBytesOf(proc);
	}

	read(moment: Moment, gpuMemory: ReadonlyMap<number, number>): readonly ProcessSample[] {
		this.#rates.begin(moment);
		const stats = this.#stats();
		const known = this.#commands;
		this.#commands = new Map();
		for (const { pid } of stats) {
			const command = known.get(pid);
			if (command) this.#commands.set(pid, command);
		}
		let left = mostNewCommands;
		const processes = stats.map((stat): SeenProcess => {
			const { pid, parent, name, pages, startedAt } = stat;
			const share = this.#rates.perSecond(`${pid} ${startedAt}`, stat.ticks);
			const isKnown = this.#commands.get(pid)?.startedAt === startedAt;
			const command = mayRunModels(name) && (isKnown || left-- > 0) ? this.#command(pid, startedAt).text : undefined;
			return {
				pid,
				parent,
				name,
				memory: pages * this.#pageBytes,
				startedAt,
				isAi: runsModels(name, command),
				...(share !== undefined && { cpu: (share / ticksPerSecond) * 100 }),
				...(states[stat.state] !== undefined && { status: states[stat.state]! }),
			};
		});
		return rankProcesses({
			processes,
			gpuMemory,
			ownPid: this.#ownPid,
			command: (pid, startedAt) => this.#shown(pid, startedAt ?? 0),
		});
	}

	/** Threads of the kernel hold no memory and are nobody's to end. There are hundreds, so they are mostly passed over. */
	#stats(): readonly Stat[] {
		const isAnew = this.#looks++ % looksBetweenKernels === 0;
		const kernel = new Set<string>();
		const stats: Stat[] = [];
		for (const name of namesIn(this.#proc)) {
			const first = name.charCodeAt(0);
			if (first < 48 || first > 57) continue;
			const stat = !isAnew && this.#kernel.has(name) ? undefined : parseStat(this.#statOf(name));
			if (stat && stat.pages > 0) stats.push(stat);
			else kernel.add(name);
		}
		this.#kernel = kernel;
		return stats;
	}

	/** One read each: with thousands of processes, what else is done for each of them counts. */
	#statOf(pid: string): string {
		let handle: number | undefined;
		try {
			handle = openSync(`${this.#proc}/${pid}/stat`, 'r');
			return bytes.toString('latin1', 0, readSync(handle, bytes, 0, bytes.length, 0));
		} catch {
			return ''; // It has ended meanwhile.
		} finally {
			if (handle !== undefined) closeSync(handle);
		}
	}

	/** Looking for secrets takes longer than all else that is done for a process: once in its life is enough. */
	#shown(pid: number, startedAt: number): string {
		const command = this.#command(pid, startedAt);
		return (command.shown ??= shownCommand(command.text));
	}

	#command(pid: number, startedAt: number): Command {
		const known = this.#commands.get(pid);
		if (known?.startedAt === startedAt) return known;
		const text = (readWord(join(this.#proc, String(pid), 'cmdline')) ?? '').replaceAll('\0', ' ').trim();
		const command: Command = { startedAt, text, shown: undefined };
		this.#commands.set(pid, command);
		return command;
	}
}

/** 4 KiB on most machines; 16 or 64 on some with ARM. Our own process is told in both units. */
function pageBytesOf(proc: string): number {
	const pages = parseStat(readWord(join(proc, 'self', 'stat')) ?? '')?.pages ?? 0;
	const kibibytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(readWord(join(proc, 'self', 'status')) ?? '')?.[1] ?? 0);
	if (pages === 0 || kibibytes === 0) return 4096;
	return 2 ** Math.min(16, Math.max(12, Math.round(Math.log2((kibibytes * 1024) / pages))));
}
