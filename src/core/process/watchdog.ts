import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Logger } from '../base/logger';
import { systemProcessTable, type ProcessTable } from './processTable';
import { endTree, type TreeRoot } from './tree';

/** What the host tells the watchdog, one JSON object a line. */
export type WatchdogLine =
	{ readonly add: { readonly pid: number; readonly marker: string } } | { readonly remove: string };

/**
 * The watchdog's whole life: it remembers what its host started, and when the pipe from the host closes (which the kernel
 * does even for `kill -9`) it ends what is still there, and itself.
 *
 * It is needed because nothing else sees the death of a host in every state: a CLI that streams or waits to retry does
 * not read its stdin and outlives its host for half a minute, and a shell that it runs has a process group of its own.
 */
export async function runWatchdog(input: Readable, table: ProcessTable = systemProcessTable()): Promise<void> {
	const roots = new Map<string, Promise<TreeRoot>>();
	for await (const text of createInterface({ input, crlfDelay: Infinity })) {
		const line = parseLine(text);
		if (line === undefined) continue;
		if ('remove' in line) roots.delete(line.remove);
		else {
			// Of a process that is about to start only the marker is known, and its pid is 0.
			const { pid, marker } = line.add;
			const start = table.startOf(pid).catch(() => undefined);
			roots.set(
				marker,
				start.then(known => ({ pid, start: known, marker })),
			);
		}
	}
	const left = await Promise.all(roots.values());
	await Promise.all(left.map(root => endTree(table, root, { signal: 'SIGINT', graceMs: 1500 })));
}

function parseLine(text: string): WatchdogLine | undefined {
	try {
		return JSON.parse(text) as WatchdogLine;
	} catch {
		// The last line may be torn when the host was killed while it wrote.
		return undefined;
	}
}

export interface WatchdogOptions {
	/** The bundled file that calls `runWatchdog`. */
	readonly entry: string;
	readonly logger: Logger;
	/** Milliseconds without anything to watch after which the watchdog is let go. */
	readonly idleMs?: number;
}

/** The host's side: starts the watchdog with the first process, and again should it die, and lets it go when idle. */
export class Watchdog {
	readonly #options: WatchdogOptions;
	readonly #watched = new Map<string, number>();
	#child: ChildProcess | undefined;
	#starts = 0;
	#idle: ReturnType<typeof setTimeout> | undefined;

	constructor(options: WatchdogOptions) {
		this.#options = options;
	}

	/** The watchdog's own pid while it runs. */
	get pid(): number | undefined {
		return this.#child?.pid;
	}

	add(marker: string, pid: number): void {
		clearTimeout(this.#idle);
		this.#watched.set(marker, pid);
		if (this.#child) this.#write({ add: { pid, marker } });
		else this.#start();
	}

	remove(marker: string): void {
		if (!this.#watched.delete(marker)) return;
		this.#write({ remove: marker });
		if (this.#watched.size > 0) return;
		this.#idle = setTimeout(() => this.#letGo(), this.#options.idleMs ?? 30_000);
		this.#idle.unref();
	}

	/** Closes the pipe: the watchdog ends whatever is still there, then itself. */
	dispose(): void {
		this.#letGo();
	}

	#letGo(): void {
		clearTimeout(this.#idle);
		this.#child?.stdin?.end();
		this.#child = undefined;
	}

	#start(): void {
		// Something on this machine ends it again and again; the register and the next start's reaper remain.
		if (this.#starts++ >= 5) return;
		const child = spawn(process.execPath, [this.#options.entry], {
			// A group of its own: whoever ends the host's group must not end its watchdog with it.
			detached: true,
			stdio: ['pipe', 'ignore', 'ignore'],
			windowsHide: true,
			env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '', VSCODE_INSPECTOR_OPTIONS: '' },
		});
		this.#child = child;
		child.stdin?.on('error', () => undefined); // Its end is handled below; a write that came too late is no news.
		child.once('error', error => this.#lost(child, error.message));
		child.once('exit', code => this.#lost(child, `exit code ${code}`));
		// The host may end while the watchdog still runs: that is what it is for.
		child.unref();
		for (const [marker, pid] of this.#watched) this.#write({ add: { pid, marker } });
	}

	#lost(child: ChildProcess, reason: string): void {
		if (this.#child !== child) return;
		this.#child = undefined;
		this.#options.logger.warn(`The process watchdog ended: ${reason}`);
		if (this.#watched.size > 0) this.#start();
	}

	#write(line: WatchdogLine): void {
		this.#child?.stdin?.write(`${JSON.stringify(line)}\n`);
	}
}
