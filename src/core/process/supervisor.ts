import { Emitter } from '../base/event';
import { errorText } from '../base/errors';
import type { Logger } from '../base/logger';
import type { Environment } from './environment';
import type { ProcessTable } from './processTable';
import { reapLeftovers, type ReapReport } from './reaper';
import { ProcessRegister } from './register';
import { SupervisedProcess, type StopStep } from './supervisedProcess';
import { endTree, markerVariable } from './tree';
import type { Watchdog } from './watchdog';

export interface SupervisorOptions {
	/** Folder of the register, shared by all windows. */
	readonly folder: string;
	readonly table: ProcessTable;
	/** Ends what is left when this host is killed. Absent only where no bundled entry exists (some tests). */
	readonly watchdog?: Watchdog;
	readonly logger: Logger;
}

export interface SpawnRequest {
	readonly command: string;
	readonly args: readonly string[];
	readonly cwd: string;
	/** The whole environment, cleaned by the caller (`cleanEnvironment`). */
	readonly environment: Environment;
	/** What it is, for the log and the register. */
	readonly label: string;
	/** How to ask it to end, gentlest first; what comes after the last step is the kill of its tree. */
	readonly stopSteps?: readonly StopStep[];
}

/** Starts every child process of the extension, and sees to it that none outlives its window. */
export class ProcessSupervisor {
	readonly #options: SupervisorOptions;
	readonly #register: ProcessRegister;
	readonly #live = new Set<SupervisedProcess>();
	readonly #didChange = new Emitter<void>();
	#hostStart: Promise<string | undefined> | undefined;
	#isClosed = false;

	/** The set of live processes changed. */
	readonly onDidChange = this.#didChange.event;

	constructor(options: SupervisorOptions) {
		this.#options = options;
		this.#register = new ProcessRegister(options.folder);
	}

	get live(): readonly SupervisedProcess[] {
		return [...this.#live];
	}

	/** Starts a process. A command that cannot be started shows in `exited`, not as an exception. */
	spawn(request: SpawnRequest): SupervisedProcess {
		if (this.#isClosed) throw new Error('The supervisor is closed');
		const marker = globalThis.crypto.randomUUID();
		// Before it is there: on a busy machine a host can be killed between the start and the next line.
		this.#options.watchdog?.add(marker, 0);
		const child = SupervisedProcess.start({
			...request,
			environment: { ...request.environment, [markerVariable]: marker },
			marker,
			sweep: process => this.#sweep(process),
		});
		const { pid } = child;
		if (pid === undefined) {
			this.#options.watchdog?.remove(marker);
			return child;
		}
		this.#live.add(child);
		// The watchdog hears of its pid in this very tick; the register follows, and serves when the watchdog is killed too.
		this.#options.watchdog?.add(marker, pid);
		const registered = this.#enter(child, pid).catch((error: unknown) => {
			this.#options.logger.warn(`${request.label} ${pid} could not be registered: ${errorText(error)}`);
		});
		void child.ended.then(async () => {
			this.#live.delete(child);
			this.#options.watchdog?.remove(marker);
			await registered;
			await this.#register.remove(marker).catch(() => undefined); // The next start's reaper removes it.
			this.#didChange.fire();
		});
		this.#didChange.fire();
		return child;
	}

	/** Ends what windows that are gone left behind. Call it once at start. */
	reap(): Promise<ReapReport> {
		return reapLeftovers(this.#register, this.#options.table);
	}

	/** Stops all at once and resolves when nothing is left, in well under 5 seconds. Nothing can be started after. */
	async close(): Promise<void> {
		this.#isClosed = true;
		await Promise.all(this.live.map(child => child.stop()));
		this.#options.watchdog?.dispose();
		this.#didChange.dispose();
	}

	async #enter(child: SupervisedProcess, pid: number): Promise<void> {
		const { table } = this.#options;
		this.#hostStart ??= table.startOf(process.pid);
		const [start, hostStart] = await Promise.all([table.startOf(pid), this.#hostStart]);
		if (start === undefined || hostStart === undefined) return;
		child.startTime = start;
		const { marker, label } = child;
		await this.#register.add({ pid, start, marker, label, hostPid: process.pid, hostStart });
	}

	/** After its end: whatever it started and did not end itself. */
	async #sweep(child: SupervisedProcess): Promise<void> {
		if (child.pid === undefined) return;
		const root = { pid: child.pid, start: child.startTime, marker: child.marker };
		const left = await endTree(this.#options.table, root);
		if (left.length === 0) return;
		const pids = left.map(entry => entry.pid).join(', ');
		this.#options.logger.error(`${child.label}: these processes could not be ended: ${pids}`);
	}
}
