import type { Clock } from '../base/clock';
import { ExpectedError, errorText } from '../base/errors';
import { Emitter } from '../base/event';
import { Owner } from '../base/lifecycle';
import { cleanEnvironment, type Environment } from '../process/environment';
import { OutputTail } from '../process/outputTail';
import type { ExitStatus, StopStep, SupervisedProcess } from '../process/supervisedProcess';
import type { ProcessSupervisor } from '../process/supervisor';
import { isLoopback } from '../providers/connection';
import { checkTcp } from './checks/tcp';
import type { ServiceAction } from './health';
import type { CheckResult } from './service';

/** Where a server on this machine listens. */
export interface ServeAddress {
	readonly host: string;
	readonly port: number;
}

export interface OllamaServerPorts {
	readonly clock: Clock;
	/** The program, as it is found now; `null` where there is none. */
	readonly find: () => string | null;
	readonly spawn: () => Promise<ProcessSupervisor['spawn']>;
	readonly environment: Environment;
	readonly cwd: string;
	/** Whether it was stopped on purpose, which every window of this machine is to know. */
	readonly stopped: { get(address: string): boolean; set(address: string, isStopped: boolean): void };
}

export const endsWithWindow = 'It ends when this window is closed.';

/** How long it may say nothing after its start. */
const startMs = 45_000;
const portMs = 2_000;
const logHead = 4 * 1024;
const logTail = 252 * 1024;
const wordsShown = 300;
/** It ends by itself on an interrupt, and with it the models it runs. */
const stopSteps: readonly StopStep[] = [{ run: process => process.signal('SIGINT'), waitMs: 2_000 }];

/** Where `ollama serve` would have to listen for a provider; `undefined` for what it cannot serve from here. */
export function serveAddress(baseUrl: string | null): ServeAddress | undefined {
	if (baseUrl === null || !isLoopback(baseUrl)) return undefined;
	const { protocol, hostname, port, pathname, username } = new URL(baseUrl);
	// Behind a path, a name or a certificate stands something else than the program itself.
	if (protocol !== 'http:' || !/^\/(?:(?:v1|api)\/?)?$/u.test(pathname) || username !== '') return undefined;
	const host = hostname.endsWith('localhost') ? '127.0.0.1' : hostname.replace(/^\[(.*)\]$/u, '$1');
	return { host, port: port === '' ? 80 : Number(port) };
}

/** An Ollama that this window may start, and then stop and start again. One that somebody else runs is left alone. */
export class OllamaServer extends Owner {
	readonly address: string;
	readonly #place: ServeAddress;
	readonly #ports: OllamaServerPorts;
	readonly #changed = this.own(new Emitter<void>());
	/** It was started or has ended. */
	readonly onDidChange = this.#changed.event;
	readonly #wrote = this.own(new Emitter<void>());
	/** Its log has grown. */
	readonly onDidWrite = this.#wrote.event;
	#process: SupervisedProcess | undefined;
	#log: OutputTail | undefined;
	#startedAt = -Infinity;
	#hasAnswered = false;
	#failure: string | null = null;
	#turn: Promise<void> = Promise.resolve();

	constructor(place: ServeAddress, ports: OllamaServerPorts) {
		super();
		this.#place = place;
		this.#ports = ports;
		const { host, port } = place;
		this.address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
	}

	/** The beginning and the end of what it has written; `undefined` as long as it was not started here. */
	get log(): string | undefined {
		return this.#log?.text();
	}

	/** Why it will not answer any more, after it was started here. */
	get failure(): string | null {
		return this.#failure;
	}

	/** What can be done to it from here. @param answers whether something answers at its address; `null`: not known */
	actions(answers: boolean | null): readonly ServiceAction[] {
		if (this.#process) return ['stop', 'restart', 'logs'];
		const canStart = answers === false && this.#ports.find() !== null;
		return [...(canStart ? ['start' as const] : []), ...(this.#log ? ['logs' as const] : [])];
	}

	start(): Promise<void> {
		return this.#inTurn(() => this.#start());
	}

	stop(): Promise<void> {
		return this.#inTurn(async () => {
			// Before it is gone: another window may look at any moment.
			if (this.#process) this.#ports.stopped.set(this.address, true);
			await this.#process?.stop();
		});
	}

	restart(): Promise<void> {
		return this.#inTurn(async () => {
			await this.#process?.stop();
			await this.#start();
		});
	}

	/** What a look at its address means, knowing what was done from here. */
	explain(seen: CheckResult): CheckResult {
		const { stopped, clock } = this.#ports;
		if (seen.outcome === 'up' || seen.outcome === 'impaired') {
			this.#failure = null;
			if (!this.#process) {
				if (stopped.get(this.address)) stopped.set(this.address, false);
				return seen;
			}
			this.#hasAnswered = true;
			return { ...seen, text: `${seen.text} It was started from this window. ${endsWithWindow}` };
		}
		if (seen.outcome !== 'down') return seen;
		const isStarting = !this.#hasAnswered && clock.monotonic() - this.#startedAt < startMs;
		if (this.#process && isStarting) return { outcome: 'unsure', text: 'It is starting.', latencyMs: null };
		if (stopped.get(this.address)) return { outcome: 'idle', text: 'It was stopped from here.', latencyMs: null };
		return this.#failure === null ? seen : { ...seen, text: this.#failure };
	}

	/** The supervisor ends it with its window, which somebody closed: no other window is to take that for a crash. */
	override dispose(): void {
		if (this.#process) this.#ports.stopped.set(this.address, true);
		super.dispose();
	}

	/** One after the other: who presses twice starts one. */
	#inTurn(task: () => Promise<void>): Promise<void> {
		const done = this.#turn.then(task);
		this.#turn = done.catch(() => undefined); // Who asked for it is told.
		return done;
	}

	async #start(): Promise<void> {
		if (this.#process) return;
		const { clock, environment, cwd, find, spawn, stopped } = this.#ports;
		const command = find();
		if (command === null)
			throw new ExpectedError('ollama.noProgram', 'The program ollama is not on the PATH any more.');
		const port = await checkTcp({ ...this.#place, timeoutMs: portMs }, clock, new AbortController().signal);
		if (port.outcome === 'up') {
			throw new ExpectedError(
				'ollama.portTaken',
				`Ollama was not started: port ${this.#place.port} is taken by something else, which does not answer as Ollama does.`,
			);
		}
		const run = await spawn();
		if (this.isDisposed) return;
		stopped.set(this.address, false);
		this.#failure = null;
		this.#hasAnswered = false;
		this.#startedAt = clock.monotonic();
		this.#follow(
			run({
				command,
				args: ['serve'],
				cwd,
				environment: cleanEnvironment(environment, { OLLAMA_HOST: this.address }),
				label: 'ollama serve',
				stopSteps,
			}),
		);
	}

	#follow(process: SupervisedProcess): void {
		const log = new OutputTail(logHead, logTail);
		const keep = (chunk: Buffer): void => {
			log.push(chunk);
			if (!this.isDisposed) this.#wrote.fire();
		};
		process.stdout.on('data', keep);
		process.stderrStream.on('data', keep);
		this.#log = log;
		this.#process = process;
		void process.ended.then(status => {
			if (this.#process !== process) return;
			this.#process = undefined;
			if (!status.wasStopped) this.#failure = this.#whyEnded(status, log);
			if (!this.isDisposed) this.#changed.fire();
		});
		this.#changed.fire();
	}

	#whyEnded({ code, signal, error }: ExitStatus, log: OutputTail): string {
		if (error) return `Ollama could not be started: ${errorText(error)}`;
		const how = code === null ? `was ended by ${signal}` : `ended with code ${code}`;
		const words = log.tail().trim().split(/\r?\n/u).at(-1)?.trim().slice(0, wordsShown) ?? '';
		const when = this.#hasAnswered ? '' : ' before it answered';
		return words === '' ? `Ollama ${how}${when}.` : `Ollama ${how}${when}: ${words}`;
	}
}
