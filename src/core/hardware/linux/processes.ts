import { join } from 'node:path';
import { Owner } from '../../base/lifecycle';
import { mayRunModels, runsModels } from '../aiProcess';
import { rankProcesses, shownCommand, type SeenProcess } from '../processRanking';
import { Gaps, type Moment } from '../rates';
import type { ProcessSample } from '../sample';
import { namesIn, readWord } from './kernelFile';
import { StatFiles } from './statFiles';

/** Clock ticks in a second, as every Linux of today has them. */
const ticksPerSecond = 100;
/** So many command lines are read for the first time in one look; the others wait for the next. */
const mostNewCommands = 200;
/** A pid that was a thread of the kernel's may become a program's: it is read again at each so many looks. */
const looksBetweenKernels = 8;

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
	let [parent, ticks, startedAt, pages] = [0, 0, 0, Number.NaN];
	// Only the wanted ones of its fifty fields are cut out: this is done for each process.
	let at = close + 4;
	for (let field = 1; field <= 21; field++) {
		const end = text.indexOf(' ', at);
		if (end < 0) return undefined;
		if (field === 1) parent = Number(text.slice(at, end));
		else if (field === 11 || field === 12) ticks += Number(text.slice(at, end));
		else if (field === 19) startedAt = Number(text.slice(at, end));
		else if (field === 21) pages = Number(text.slice(at, end));
		at = end + 1;
	}
	return {
		pid: Number.parseInt(text, 10),
		name: text.slice(open + 1, close),
		state: text[close + 2]!,
		parent,
		ticks,
		startedAt,
		pages,
	};
}

interface Command {
	readonly startedAt: number;
	readonly text: string;
	shown: string | undefined;
}

/** A process as it was last. */
interface Known {
	readonly text: string;
	readonly stat: Stat;
	/** What it is shown as, once that is sure. */
	seen: SeenProcess | undefined;
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
export class ProcessReader extends Owner {
	readonly #proc: string;
	readonly #ownPid: number;
	readonly #files: StatFiles;
	readonly #gaps = new Gaps();
	readonly #pageBytes: number;
	#known: ReadonlyMap<string, Known> = new Map();
	readonly #commands = new Map<number, Command>();
	#kernel: ReadonlySet<string> = new Set();
	#looks = 0;

	constructor(proc: string, ownPid: number) {
		super();
		this.#files = this.own(new StatFiles(proc));
		this.#proc = proc;
		this.#ownPid = ownPid;
		this.#pageBytes = pageBytesOf(proc);
	}

	read(moment: Moment, gpuMemory: ReadonlyMap<number, number>): readonly ProcessSample[] {
		const seconds = this.#gaps.next(moment);
		const before = this.#known;
		const stats = this.#stats();
		for (const pid of Array.from(this.#commands.keys())) if (!this.#known.has(`${pid}`)) this.#commands.delete(pid);
		const unread = { left: mostNewCommands };
		const processes = Array.from(stats, ([name, known]) =>
			this.#see(known, shareOf(known.stat, before.get(name)?.stat, seconds), unread),
		);
		return rankProcesses({
			processes,
			gpuMemory,
			ownPid: this.#ownPid,
			command: (pid, startedAt) => this.#shown(pid, startedAt ?? 0),
		});
	}

	/** Nobody looks for now: nothing is kept open. */
	rest(): void {
		this.#files.forget();
	}

	/** Most processes sleep, and are as they were. */
	#see(known: Known, cpu: number | undefined, unread: { left: number }): SeenProcess {
		if (known.seen && known.seen.cpu === cpu) return known.seen;
		const { pid, parent, name, state, pages, startedAt } = known.stat;
		const isRunner = mayRunModels(name);
		const isRead = isRunner && (this.#commands.get(pid)?.startedAt === startedAt || unread.left-- > 0);
		const seen: { -readonly [Key in keyof SeenProcess]: SeenProcess[Key] } = {
			pid,
			parent,
			name,
			memory: pages * this.#pageBytes,
			startedAt,
			isAi: runsModels(name, isRead ? this.#command(pid, startedAt).text : undefined),
		};
		if (cpu !== undefined) seen.cpu = cpu;
		const status = states[state];
		if (status !== undefined) seen.status = status;
		known.seen = isRunner && !isRead ? undefined : seen;
		return seen;
	}

	/** Threads of the kernel hold no memory and are nobody's to end. There are hundreds, so they are mostly passed over. */
	#stats(): ReadonlyMap<string, Known> {
		const isAnew = this.#looks++ % looksBetweenKernels === 0;
		const kernel = new Set<string>();
		const stats = new Map<string, Known>();
		for (const name of namesIn(this.#proc)) {
			const first = name.charCodeAt(0);
			if (first < 48 || first > 57) continue;
			const known = !isAnew && this.#kernel.has(name) ? undefined : this.#statOf(name, !isAnew);
			if (known && known.stat.pages > 0) stats.set(name, known);
			else kernel.add(name);
		}
		this.#files.end();
		this.#kernel = kernel;
		this.#known = stats;
		return stats;
	}

	#statOf(name: string, isKept: boolean): Known | undefined {
		const text = this.#files.read(name, isKept);
		const before = this.#known.get(name);
		if (before?.text === text) return before;
		const stat = parseStat(text);
		return stat && { text, stat, seen: undefined };
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

/** Percent of a core since the look before; that of a later process of the same number is not known yet. */
function shareOf(now: Stat, before: Stat | undefined, seconds: number | undefined): number | undefined {
	if (seconds === undefined || before?.startedAt !== now.startedAt || now.ticks < before.ticks) return undefined;
	return ((now.ticks - before.ticks) / ticksPerSecond / seconds) * 100;
}

/** 4 KiB on most machines; 16 or 64 on some with ARM. Our own process is told in both units. */
function pageBytesOf(proc: string): number {
	const pages = parseStat(readWord(join(proc, 'self', 'stat')) ?? '')?.pages ?? 0;
	const kibibytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(readWord(join(proc, 'self', 'status')) ?? '')?.[1] ?? 0);
	if (pages === 0 || kibibytes === 0) return 4096;
	return 2 ** Math.min(16, Math.max(12, Math.round(Math.log2((kibibytes * 1024) / pages))));
}
