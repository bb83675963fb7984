import { Deferred } from '../../base/async';
import { CancelledError, ExpectedError, errorText } from '../../base/errors';
import { Emitter, type Event } from '../../base/event';
import type { Json } from '../../base/json';
import { Owner, type Disposable } from '../../base/lifecycle';
import { connect, type Client, type Port } from '../../rpc/rpc';
import { failureSentence } from './failure';
import { scriptFile } from './prelude';
import type { Determinism, Program, RunOutcome, SandboxContract, SandboxFailure, SandboxLimits } from './protocol';
import { RunClock } from './runClock';

/** A thread that runs `SandboxThread`. */
export interface SandboxPort extends Port, Disposable {
	readonly onDidExit: Event<unknown>;
}

/** What a script may ask the host for: it is called by name, with a JSON value, and answers with one. */
export type Capability = (argument: Json, signal: AbortSignal) => Promise<Json>;

export interface SandboxRun {
	readonly program: Program;
	/** Only what the program declared and the user granted. */
	readonly capabilities: Readonly<Record<string, Capability>>;
	readonly limits: SandboxLimits;
	readonly determinism?: Determinism;
	readonly signal: AbortSignal;
	readonly onLog: (text: string) => void;
}

/** After its limit a thread has so long to say so itself; then it is ended, whatever it does. */
const graceMs = 500;

/** One thread. It runs one program at a time. */
export class SandboxThreadClient extends Owner {
	readonly #client: Client<SandboxContract>;
	readonly #killed = this.own(new Emitter<SandboxFailure>());
	#isAlive = true;

	constructor(port: SandboxPort) {
		super();
		this.own(port);
		this.#client = this.own(connect<SandboxContract>(port, Infinity));
		this.own(
			port.onDidExit(() => this.kill({ code: 'script-memory', message: 'The script was too much for its thread.' })),
		);
	}

	/** `false` when it must not get another program. */
	get isAlive(): boolean {
		return this.#isAlive;
	}

	/** JSON of the result. Rejects with `ExpectedError` or `CancelledError`, within its limits and a little more. */
	async run(run: SandboxRun): Promise<string | undefined> {
		const startedAt = Date.now();
		const shared = RunClock.share();
		const clock = new RunClock(shared, startedAt);
		const ending = new AbortController();
		const capabilities = Object.keys(run.capabilities);
		const { program, limits, determinism } = run;
		const request = { program, limits, capabilities, shared, startedAt, ...(determinism && { determinism }) };
		const release = this.#accompany(run, clock, ending.signal);
		try {
			const outcome = await this.#outcome(() => this.#client.call('run', request));
			if (outcome.isSpent) this.#isAlive = false;
			if (outcome.isOk) return outcome.json;
			// What a stopped request told the script is not why it ended.
			if (run.signal.aborted) throw new CancelledError();
			throw thrown(outcome.failure, program);
		} finally {
			release();
			ending.abort();
		}
	}

	/** Ends the thread in the middle of whatever it does. */
	kill(failure: SandboxFailure): void {
		if (!this.#isAlive) return;
		this.#isAlive = false;
		this.#killed.fire(failure);
		this.dispose();
	}

	async #outcome(ask: () => Promise<RunOutcome>): Promise<RunOutcome> {
		const killed = new Deferred<RunOutcome>();
		const listening = this.#killed.event(failure => killed.resolve({ isOk: false, isSpent: true, failure }));
		// The killed thread's connection fails the call in the same moment; that says nothing more.
		const asked = ask().catch((error: unknown) => (this.#isAlive ? Promise.reject(error as Error) : killed.promise));
		try {
			return await Promise.race([killed.promise, asked]);
		} finally {
			listening.dispose();
		}
	}

	/** What the host does while a program runs: its requests, its log, its end when it is stopped or hangs. */
	#accompany(run: SandboxRun, clock: RunClock, ended: AbortSignal): () => void {
		const { limits, signal } = run;
		const timers: Partial<Record<'stop' | 'compute' | 'total', ReturnType<typeof setTimeout>>> = {};
		const killLater = (name: keyof typeof timers, ms: number, failure: SandboxFailure): void => {
			timers[name] = setTimeout(() => this.kill(failure), ms);
		};
		const stop = (): void => {
			clock.stop();
			killLater('stop', graceMs, { code: 'stopped', message: '' });
			this.#client.call('stop', null).catch(() => undefined);
		};
		const overtime: SandboxFailure = {
			code: 'script-timeout',
			message: 'The script took too long, in one call that nothing could interrupt.',
		};
		const watch = (): void => {
			const left = limits.computeMs + graceMs - clock.computedMs;
			if (left <= 0) this.kill(overtime);
			else timers.compute = setTimeout(watch, Math.max(20, left));
		};
		const listening = [
			this.#client.on('logged', ({ text }) => run.onLog(text)),
			this.#client.on('asked', ({ id, name, json }) => void this.#answer(run, id, name, json, ended)),
		];
		watch();
		killLater('total', limits.totalMs + graceMs, overtime);
		if (signal.aborted) stop();
		else signal.addEventListener('abort', stop, { once: true });
		return () => {
			signal.removeEventListener('abort', stop);
			for (const timer of Object.values(timers)) clearTimeout(timer);
			for (const item of listening) item.dispose();
		};
	}

	async #answer(run: SandboxRun, id: number, name: string, json: string, ended: AbortSignal): Promise<void> {
		const signal = AbortSignal.any([run.signal, ended]);
		if (signal.aborted) return;
		let answer: { readonly isOk: boolean; readonly json: string };
		try {
			const capability = Object.hasOwn(run.capabilities, name) ? run.capabilities[name] : undefined;
			if (!capability) throw new ExpectedError('no-capability', `“${name}” was not granted.`);
			const value = await capability(parsed(json), signal);
			answer = { isOk: true, json: JSON.stringify(value) };
		} catch (error) {
			answer = { isOk: false, json: errorText(error) };
		}
		// The program may have ended meanwhile.
		if (!ended.aborted && this.#isAlive) await this.#client.call('answer', { id, ...answer }).catch(() => undefined);
	}
}

function thrown(failure: SandboxFailure, program: Program): Error {
	if (failure.code === 'stopped') return new CancelledError();
	const file = program.kind === 'body' ? scriptFile : program.file;
	return new ExpectedError(failure.code, failureSentence(failure, file), { details: { ...failure } });
}

/** JSON that a script wrote. A key `__proto__` is left out: copying it would change what the copy inherits. */
export function parsed(json: string): Json {
	if (!json.includes('__proto__') && !json.includes(String.raw`\u`)) return JSON.parse(json) as Json;
	return JSON.parse(json, function (this: object, key, value: unknown) {
		return key === '__proto__' ? undefined : value;
	}) as Json;
}
