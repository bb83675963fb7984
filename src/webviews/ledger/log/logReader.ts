import { errorText } from '../../../core/base/errors';
import type { ExecutionPageView } from '../../../core/ledger/pageProtocol';
import { ExecutionLog, type ReadStepText } from '../../../core/ledger/views/executionLog';
import { LogStore } from './logStore';

export interface ReadingSnapshot {
	readonly isReading: boolean;
	/** Why the log could not be read to its end, as a sentence. */
	readonly problem: string | null;
}

/** Keeps a log up with its execution. */
export class LogReader {
	readonly store = new LogStore();
	readonly #log: ExecutionLog;
	readonly #stopping = new AbortController();
	readonly #listeners = new Set<() => void>();
	#snapshot: ReadingSnapshot = { isReading: true, problem: null };
	#view: ExecutionPageView | null = null;
	#isRunning = false;

	constructor(read: ReadStepText) {
		this.#log = new ExecutionLog(read, lines => this.store.append(lines));
	}

	readonly subscribe = (listener: () => void): (() => void) => {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	};

	readonly snapshot = (): ReadingSnapshot => this.#snapshot;

	/** Reads on with what is known of the execution now. Only the newest of several counts. */
	follow(view: ExecutionPageView): void {
		this.#view = view;
		if (!this.#isRunning) void this.#run();
	}

	/** Ends what is being read; a page that is gone asks for nothing more. */
	stop(): void {
		this.#stopping.abort();
	}

	async #run(): Promise<void> {
		this.#isRunning = true;
		this.#publish({ isReading: true, problem: null });
		let problem: string | null = null;
		try {
			for (let view = this.#view; view && !this.#stopping.signal.aborted; view = this.#view) {
				this.#view = null;
				await this.#log.update(view, this.#stopping.signal);
			}
		} catch (error) {
			problem = errorText(error);
		} finally {
			this.#isRunning = false;
		}
		if (!this.#stopping.signal.aborted) this.#publish({ isReading: false, problem });
	}

	#publish(snapshot: ReadingSnapshot): void {
		this.#snapshot = snapshot;
		for (const listener of this.#listeners) listener();
	}
}
