import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Emitter } from '../core/base/event';
import { Owner } from '../core/base/lifecycle';
import type { Logger } from '../core/base/logger';
import type { SandboxPort } from '../core/flow/sandbox/thread';

/** A file of the bundle's neighbour folder, `dist/workers`. */
export function workerFile(name: string): string {
	// Code that is split off lies one folder deeper.
	const here = import.meta.url.includes('/chunks/') ? '../../workers/' : '../workers/';
	return fileURLToPath(new URL(`${here}${name}`, import.meta.url));
}

/** A worker thread as a port. */
export class WorkerThread extends Owner implements SandboxPort {
	readonly #worker: Worker;
	readonly #messages = this.own(new Emitter<unknown>());
	readonly #exit = this.own(new Emitter<unknown>());
	readonly onDidExit = this.#exit.event;

	constructor(name: string, log: Logger) {
		super();
		this.#worker = new Worker(workerFile(name), { stdout: false, stderr: false });
		this.#worker.on('message', message => this.#messages.fire(message));
		this.#worker.on('error', error => log.error(error));
		this.#worker.on('exit', code => this.#exit.fire(code));
		// What waits for an answer keeps the program alive, not an idle thread.
		this.#worker.unref();
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
