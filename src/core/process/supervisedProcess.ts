import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Readable } from 'node:stream';
import { Deferred } from '../base/async';
import type { Environment } from './environment';
import { OutputTail } from './outputTail';
import { signalProcess } from './tree';

/** One way of asking a process to end, and how long it gets. */
export interface StopStep {
	run(process: SupervisedProcess): void;
	readonly waitMs: number;
}

export interface ExitStatus {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	/** Set when it could not be started at all. */
	readonly error: Error | null;
	/** `stop` had been called. */
	readonly wasStopped: boolean;
}

export interface StartOptions {
	readonly command: string;
	readonly args: readonly string[];
	readonly cwd: string;
	readonly environment: Environment;
	readonly label: string;
	readonly marker: string;
	readonly stopSteps?: readonly StopStep[];
	/** Ends what the process has left behind. */
	sweep(process: SupervisedProcess): Promise<void>;
}

/** Closing stdin, then an interrupt: what most programs understand. */
export const politeSteps: readonly StopStep[] = [
	{ run: process => process.endInput(), waitMs: 500 },
	{ run: process => process.signal('SIGINT'), waitMs: 1000 },
];

/** A child process that is stopped with everything it started. Made by `ProcessSupervisor.spawn`. */
export class SupervisedProcess {
	readonly label: string;
	readonly marker: string;
	/** Filled in by the supervisor once the system told. */
	startTime: string | undefined;
	/** The process itself has ended; what it started may still be there. */
	readonly exited: Promise<ExitStatus>;
	/** The process has ended and nothing that it started is left. */
	readonly ended: Promise<ExitStatus>;
	readonly #child: ChildProcessWithoutNullStreams;
	readonly #stopSteps: readonly StopStep[];
	readonly #sweep: (process: SupervisedProcess) => Promise<void>;
	readonly #stderr = new OutputTail();
	readonly #exit = new Deferred<ExitStatus>();
	#stopping: Promise<void> | undefined;

	static start(options: StartOptions): SupervisedProcess {
		const child = spawn(options.command, [...options.args], {
			cwd: options.cwd,
			env: { ...options.environment },
			stdio: ['pipe', 'pipe', 'pipe'],
			// A group of its own, so that a signal to the host's group does not end it before the stop order could.
			detached: process.platform !== 'win32',
			windowsHide: true,
		});
		return new SupervisedProcess(child, options);
	}

	private constructor(child: ChildProcessWithoutNullStreams, options: StartOptions) {
		this.#child = child;
		this.label = options.label;
		this.marker = options.marker;
		this.#stopSteps = options.stopSteps ?? politeSteps;
		this.#sweep = process => options.sweep(process);
		this.exited = this.#exit.promise;
		this.ended = this.exited.then(async status => {
			if (status.error === null) await options.sweep(this);
			return status;
		});
		child.stdin.on('error', () => undefined); // A write to a process that ended: its exit says so.
		child.stderr.on('data', (chunk: Buffer) => this.#stderr.push(chunk));
		child.once('error', error => this.#settle(null, null, error));
		child.once('exit', (code, signal) => this.#settle(code, signal, null));
	}

	get pid(): number | undefined {
		return this.#child.pid;
	}

	/** Not `killed` of Node, which only says that a signal was sent. */
	get isAlive(): boolean {
		return this.pid !== undefined && !this.#exit.isSettled;
	}

	get stdout(): Readable {
		return this.#child.stdout;
	}

	/** What it writes to stderr, for who wants it as it comes. */
	get stderrStream(): Readable {
		return this.#child.stderr;
	}

	/** Beginning and end of what it wrote to stderr; never more than some kilobytes. */
	get stderr(): OutputTail {
		return this.#stderr;
	}

	/** Writes to stdin. A process that has ended swallows it. */
	write(text: string): void {
		if (this.isAlive && this.#child.stdin.writable) this.#child.stdin.write(text);
	}

	endInput(): void {
		this.#child.stdin.end();
	}

	/** Sends a signal to the process alone. Nothing happens on Windows, where a signal would be a kill. */
	signal(signal: NodeJS.Signals): void {
		if (this.isAlive && this.pid !== undefined && process.platform !== 'win32') signalProcess(this.pid, signal);
	}

	/** Runs the stop order, then kills. Resolves when the process and all it started are gone. */
	stop(): Promise<void> {
		this.#stopping ??= this.#runStop();
		return this.#stopping;
	}

	async #runStop(): Promise<void> {
		for (const step of this.#stopSteps) {
			if (!this.isAlive) break;
			step.run(this);
			await raceTimeout(this.exited, step.waitMs);
		}
		// The sweep looks for the tree while the process is alive, and so sees what has moved to other groups.
		if (this.isAlive) await this.#sweep(this);
		await this.ended;
	}

	#settle(code: number | null, signal: NodeJS.Signals | null, error: Error | null): void {
		if (this.#exit.isSettled) return;
		this.#exit.resolve({ code, signal, error, wasStopped: this.#stopping !== undefined });
	}
}

function raceTimeout(work: Promise<unknown>, ms: number): Promise<void> {
	return new Promise(resolve => {
		const timer = setTimeout(resolve, ms);
		void work.then(() => {
			clearTimeout(timer);
			resolve();
		});
	});
}
