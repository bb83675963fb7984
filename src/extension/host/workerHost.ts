import { Worker } from 'node:worker_threads';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import type { Logger } from '../../core/base/logger';
import type { Port } from '../../core/rpc/rpc';

/** A worker thread as a port. `onDidExit` fires once, also when it crashes. */
export class WorkerPort extends Owner implements Port {
	readonly #worker: Worker;
	readonly #messages = this.own(new Emitter<unknown>());
	readonly #exit = this.own(new Emitter<number>());
	readonly onDidExit = this.#exit.event;

	/** @param file absolute path of the worker's bundle */
	constructor(file: string, log: Logger) {
		super();
		this.#worker = new Worker(file, { stdout: false, stderr: false });
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
