import { Worker, type ResourceLimits } from 'node:worker_threads';
import { ExpectedError } from '../../core/base/errors';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import type { Logger } from '../../core/base/logger';
import { connect, type Client, type Contract, type Port } from '../../core/rpc/rpc';

/** A worker thread as a port. `onDidExit` fires once, also when it crashes. */
export class WorkerPort extends Owner implements Port {
	readonly #worker: Worker;
	readonly #messages = this.own(new Emitter<unknown>());
	readonly #exit = this.own(new Emitter<number>());
	readonly onDidExit = this.#exit.event;

	/** @param file absolute path of the worker's bundle */
	constructor(file: string, log: Logger, resourceLimits: ResourceLimits = {}) {
		super();
		this.#worker = new Worker(file, { stdout: false, stderr: false, resourceLimits });
		this.#worker.on('message', message => this.#messages.fire(message));
		this.#worker.on('error', error => log.error(error));
		this.#worker.on('exit', code => this.#exit.fire(code));
	}

	post(message: unknown): void {
		// oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window: there is no origin
		this.#worker.postMessage(message);
	}

	onMessage(listener: (message: unknown) => void): { dispose(): void } {
		return this.#messages.event(listener);
	}

	override dispose(): void {
		super.dispose();
		void this.#worker.terminate();
	}
}

/** How a worker is asked that lives as long as one question. */
export interface OneQuestion {
	/** Absolute path of the worker's bundle. */
	readonly file: string;
	readonly log: Logger;
	readonly timeoutMs: number;
	/** MB of JavaScript objects; the thread ends when it needs more. */
	readonly memoryMb: number;
	/** Ends the worker. */
	readonly signal?: AbortSignal;
}

/** Starts a worker, asks it and ends it. Rejects with `worker-gone` when it ends before it has answered. */
export async function askWorker<C extends Contract, T>(
	{ file, log, timeoutMs, memoryMb, signal }: OneQuestion,
	question: (client: Client<C>) => Promise<T>,
): Promise<T> {
	signal?.throwIfAborted();
	const port = new WorkerPort(file, log, { maxOldGenerationSizeMb: memoryMb });
	const client = connect<C>(port, timeoutMs);
	const ending = new AbortController();
	const end = (): void => ending.abort();
	const gone = new Promise<never>((_, reject) => {
		const error = new ExpectedError('worker-gone', 'The worker ended before it had answered.');
		ending.signal.addEventListener('abort', () => reject(error));
	});
	const listening = port.onDidExit(end);
	signal?.addEventListener('abort', end);
	try {
		return await Promise.race([question(client), gone]);
	} finally {
		signal?.removeEventListener('abort', end);
		listening.dispose();
		client.dispose();
		port.dispose();
	}
}
