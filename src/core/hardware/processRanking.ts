import { redactSecrets } from '../safety/secrets';
import type { ProcessSample } from './sample';

/** So many of the greatest users by processor time, and as many by memory. */
const most = 15;
/** Of those that run models, all, up to this. */
const mostAi = 100;
const longestCommand = 200;

/** A process as a lister saw it. */
export interface SeenProcess {
	readonly pid: number;
	readonly parent: number;
	readonly name: string;
	readonly cpu?: number;
	readonly memory: number;
	readonly status?: string;
	readonly startedAt?: number;
	/** It runs models by its own name or command line. */
	readonly isAi: boolean;
}

export interface Ranked {
	readonly processes: readonly SeenProcess[];
	/** Bytes of GPU memory, by pid. */
	readonly gpuMemory: ReadonlyMap<number, number>;
	/** The window's own process: what descends from it is ours. */
	readonly ownPid: number;
	/** The command line as it may be shown; asked for those alone that are named. */
	readonly command: (pid: number, startedAt: number | undefined) => string | undefined;
}

/** The processes worth naming: first those that run models, with all they started, then the greatest users. */
export function rankProcesses({ processes, gpuMemory, ownPid, command }: Ranked): readonly ProcessSample[] {
	const byPid = new Map(processes.map(process => [process.pid, process]));
	const ai = lineage(byPid, ({ pid, isAi }) => isAi || gpuMemory.has(pid));
	const ours = lineage(byPid, ({ pid, parent }) => parent === ownPid && pid !== ownPid);
	const weight = ({ pid, cpu = 0, memory }: SeenProcess): number =>
		(gpuMemory.get(pid) ?? 0) * 4 + memory + cpu * 20_000_000;
	const named = new Set<SeenProcess>();
	const add = (some: readonly SeenProcess[], count: number): void => {
		for (const process of some.slice(0, count)) named.add(process);
	};
	const descending = (by: (process: SeenProcess) => number, some = processes): readonly SeenProcess[] =>
		some.toSorted((left, right) => by(right) - by(left));
	const models = processes.filter(({ pid }) => ai.has(pid));
	add(descending(weight, models), mostAi);
	add(
		descending(
			({ cpu = 0 }) => cpu,
			processes.filter(({ cpu }) => cpu !== undefined && cpu > 0),
		),
		most,
	);
	add(
		descending(({ memory }) => memory),
		most,
	);
	const rank = (process: SeenProcess): number => Number(ai.has(process.pid));
	return [...named]
		.toSorted((left, right) => rank(right) - rank(left) || weight(right) - weight(left))
		.map(process => {
			const { isAi: _, ...seen } = process;
			const line = command(process.pid, process.startedAt);
			const gpu = gpuMemory.get(process.pid);
			return {
				...seen,
				name: nameOf(seen.name, line),
				...(line !== undefined && line !== '' && { command: line }),
				...(gpu !== undefined && { gpuMemory: gpu }),
				isAi: ai.has(process.pid),
				isOurs: ours.has(process.pid),
			};
		});
}

/** Linux keeps 15 letters of a name, and Node calls itself by that of its thread: the command line knows better. */
function nameOf(name: string, command: string | undefined): string {
	if (name !== 'MainThread' && name.length < 15) return name;
	const program = command?.split(' ', 1)[0]?.split(/[/\\]/).at(-1) ?? '';
	return program !== '' && (name === 'MainThread' || program.startsWith(name)) ? program : name;
}

/** A command line as it may be seen: short, and without what looks like a secret. */
export function shownCommand(command: string): string {
	const text = redactSecrets(command.slice(0, 4096)).text;
	return text.length > longestCommand ? `${text.slice(0, longestCommand - 1)}…` : text;
}

/** Those that fit, and all that descends from them. */
function lineage(
	byPid: ReadonlyMap<number, SeenProcess>,
	fits: (process: SeenProcess) => boolean,
): ReadonlySet<number> {
	const known = new Map<number, boolean>();
	for (const start of byPid.values()) {
		const path: number[] = [];
		let isIn = false;
		// A pid that was used again could close a circle: each is looked at once.
		for (let at: SeenProcess | undefined = start; at; at = byPid.get(at.parent)) {
			const answer = known.get(at.pid);
			if (answer !== undefined) {
				isIn = answer;
				break;
			}
			known.set(at.pid, false);
			path.push(at.pid);
			if (fits(at)) {
				isIn = true;
				break;
			}
		}
		for (const pid of path) known.set(pid, isIn);
	}
	return new Set([...known].filter(([, isIn]) => isIn).map(([pid]) => pid));
}
