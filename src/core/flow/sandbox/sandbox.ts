import { CancelledError, ExpectedError } from '../../base/errors';
import type { Json } from '../../base/json';
import { defaultSandboxLimits, type Determinism, type Program, type SandboxLimits } from './protocol';
import { parsed, SandboxThreadClient, type Capability, type SandboxPort } from './thread';

export interface SandboxDeps {
	/** Starts a thread. */
	readonly startThread: () => SandboxPort;
	/** Programs at once; more wait. Default: 4. */
	readonly maxThreads?: number;
	/** Threads that had nothing to do for so long are ended. Default: 30 s. */
	readonly idleMs?: number;
}

export interface SandboxOptions {
	readonly signal: AbortSignal;
	readonly capabilities?: Readonly<Record<string, Capability>>;
	readonly limits?: Partial<SandboxLimits>;
	readonly determinism?: Determinism;
	readonly onLog?: (text: string) => void;
}

/**
 * Runs JavaScript of users, models and shared files where it reaches nothing: QuickJS in WebAssembly, in a thread of its
 * own, with limits on time, memory, output and log. Each program has a fresh context; values come and go as JSON.
 */
export class Sandbox {
	readonly #deps: SandboxDeps;
	readonly #threads = new Set<SandboxThreadClient>();
	/** The last one used is used first: the others come to their end. */
	readonly #idle: SandboxThreadClient[] = [];
	readonly #waiting = new Set<() => void>();
	#idleTimer: ReturnType<typeof setTimeout> | undefined;
	#isDisposed = false;

	constructor(deps: SandboxDeps) {
		this.#deps = deps;
	}

	/**
	 * Runs a program. Rejects with `ExpectedError` (a `SandboxFailureCode`; `details` is a `SandboxFailure`) or, when
	 * `signal` aborts, with `CancelledError`.
	 */
	async run(program: Program, options: SandboxOptions): Promise<Json | undefined> {
		const thread = await this.#take(options.signal);
		try {
			const json = await thread.run({
				program,
				signal: options.signal,
				capabilities: options.capabilities ?? {},
				limits: { ...defaultSandboxLimits, ...options.limits },
				onLog: options.onLog ?? (() => undefined),
				...(options.determinism && { determinism: options.determinism }),
			});
			return json === undefined ? undefined : read(json);
		} finally {
			this.#giveBack(thread);
		}
	}

	/** A function body that sees the names of `values`; a script that returns nothing gives `null`. */
	async script(
		source: string,
		values: Readonly<Record<string, Json>>,
		signal: AbortSignal,
		onLog: (text: string) => void = () => undefined,
	): Promise<Json> {
		return (await this.run({ kind: 'body', source, values }, { signal, onLog })) ?? null;
	}

	dispose(): void {
		this.#isDisposed = true;
		clearTimeout(this.#idleTimer);
		for (const thread of this.#threads) thread.kill({ code: 'stopped', message: '' });
		this.#threads.clear();
		for (const go of this.#waiting) go();
	}

	async #take(signal: AbortSignal): Promise<SandboxThreadClient> {
		for (;;) {
			if (signal.aborted || this.#isDisposed) throw new CancelledError();
			const idle = this.#idle.pop();
			if (idle?.isAlive) return idle;
			if (idle) continue;
			if (this.#threads.size < (this.#deps.maxThreads ?? 4)) {
				const thread = new SandboxThreadClient(this.#deps.startThread());
				this.#threads.add(thread);
				return thread;
			}
			await this.#turn(signal);
		}
	}

	#turn(signal: AbortSignal): Promise<void> {
		return new Promise(resolve => {
			const go = (): void => {
				this.#waiting.delete(go);
				signal.removeEventListener('abort', go);
				resolve();
			};
			this.#waiting.add(go);
			signal.addEventListener('abort', go, { once: true });
		});
	}

	#giveBack(thread: SandboxThreadClient): void {
		if (thread.isAlive && !this.#isDisposed) this.#idle.push(thread);
		else {
			this.#threads.delete(thread);
			thread.dispose();
		}
		const [next] = this.#waiting;
		next?.();
		clearTimeout(this.#idleTimer);
		if (this.#isDisposed) return;
		this.#idleTimer = setTimeout(() => this.#endIdle(), this.#deps.idleMs ?? 30_000);
		// A command line has not to wait for it.
		this.#idleTimer.unref();
	}

	#endIdle(): void {
		for (const thread of this.#idle.splice(0)) {
			this.#threads.delete(thread);
			thread.dispose();
		}
	}
}

/** The script's own code wrote it last: it may have replaced what writes JSON. */
function read(json: string): Json {
	try {
		return parsed(json);
	} catch (cause) {
		throw new ExpectedError('script-output', 'The script’s result is not JSON.', { cause });
	}
}
