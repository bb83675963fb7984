import { tmpdir } from 'node:os';
import { finished } from 'node:stream/promises';
import type { Clock } from '../../base/clock';
import { errorText } from '../../base/errors';
import { Emitter } from '../../base/event';
import { MutableDisposable, Owner, toDisposable, type Disposable } from '../../base/lifecycle';
import type { Logger } from '../../base/logger';
import { cleanEnvironment } from '../../process/environment';
import type { SupervisedProcess } from '../../process/supervisedProcess';
import type { ProcessSupervisor } from '../../process/supervisor';
import { isUnnamed } from '../linux/drmCards';
import type { GpuSample } from '../sample';
import { parseRocm, type RocmAnswer } from './rocmOutput';

const program = 'rocm-smi';
/** It starts a Python, which takes the better part of a second of a core. */
const paceMs = 60_000;
/** A card without a name has none in the next hour either. */
const namesMs = 60 * 60_000;
/** A machine without the tool gets none in the next minutes. */
const missingMs = 10 * 60_000;
const limitMs = 20_000;
/** With dozens of cards and hundreds of processes it says some ten kilobytes. */
const mostBytes = 1024 * 1024;
/** After a failure: the first wait, doubled each time up to the longest. */
const firstWaitMs = 60_000;
const longestWaitMs = 60 * 60_000;

export interface RocmSmiOptions {
	readonly clock: Clock;
	readonly log: Logger;
	readonly supervisor: () => Promise<Pick<ProcessSupervisor, 'spawn'>>;
	/** Whether there is such a program on the PATH. */
	readonly exists: (program: string) => boolean;
}

/**
 * What `/sys` does not tell of AMD's cards, by their `rocm-smi`: names, and which processes hold their memory. It is
 * asked by the looks themselves, so it rests with them, and costs nothing where there is no such card.
 */
export class RocmSmi extends Owner {
	readonly #options: RocmSmiOptions;
	readonly #changed = this.own(new Emitter<ReadonlyMap<number, number>>());
	readonly #run = this.own(new MutableDisposable<Disposable>());
	#names: ReadonlyMap<string, string> = new Map();
	#memory: ReadonlyMap<number, number> = new Map();
	#isAsking = false;
	#isMemoryWanted = false;
	#namesDue = -Infinity;
	#memoryDue = -Infinity;
	#restUntil = -Infinity;
	#waitMs = firstWaitMs;
	/** Bytes of GPU memory by pid, when they changed. */
	readonly onDidChange = this.#changed.event;

	constructor(options: RocmSmiOptions) {
		super();
		this.#options = options;
	}

	/** Asks what a look leaves open, where it is time. */
	follow(gpus: readonly GpuSample[], withProcesses: boolean): void {
		this.#isMemoryWanted = withProcesses;
		// What was told is of then: a number may be another process's when somebody looks again.
		if (!withProcesses) this.#tell(new Map());
		const cards = gpus.filter(({ vendor }) => vendor === 'amd');
		const now = this.#options.clock.monotonic();
		// It would wake cards that sleep.
		if (cards.length === 0 || !cards.every(isAwake) || this.#isAsking || now < this.#restUntil) return;
		const lacksName = cards.some(card => isUnnamed(card) && !this.#names.has(card.id)) && now >= this.#namesDue;
		if (lacksName || (withProcesses && now >= this.#memoryDue)) void this.#ask();
	}

	/** The cards by their names, as far as it knows them. */
	named(gpus: readonly GpuSample[]): readonly GpuSample[] {
		if (this.#names.size === 0) return gpus;
		return gpus.map(gpu => {
			const name = isUnnamed(gpu) ? this.#names.get(gpu.id) : undefined;
			return name === undefined ? gpu : { ...gpu, name };
		});
	}

	async #ask(): Promise<void> {
		const { clock, log, exists, supervisor } = this.#options;
		if (!exists(program)) return this.#rest(missingMs);
		this.#isAsking = true;
		const now = clock.monotonic();
		let child: SupervisedProcess | undefined;
		try {
			const found = await supervisor();
			if (this.isDisposed) return;
			child = found.spawn({
				command: program,
				args: ['--showproductname', '--showbus', ...(this.#isMemoryWanted ? ['--showpids'] : []), '--json'],
				cwd: tmpdir(),
				environment: cleanEnvironment(process.env, { LC_ALL: 'C' }),
				label: program,
				// It holds nothing that it would have to put away.
				stopSteps: [],
			});
			this.#take(await this.#answerOf(child), now);
		} catch (error) {
			if (!this.isDisposed) {
				log.info(`AMD's cards are told of by the kernel alone: ${errorText(error)}`);
				this.#tell(new Map());
				this.#rest(this.#waitMs);
				this.#waitMs = Math.min(this.#waitMs * 2, longestWaitMs);
			}
		}
		this.#run.value = undefined;
		// One that no signal ends waits for the driver, as the next one would.
		await child?.exited;
		this.#isAsking = false;
	}

	async #answerOf(child: SupervisedProcess): Promise<RocmAnswer> {
		const text = await this.#outputOf(child);
		const { code, error } = await child.exited;
		if (error) throw error;
		const answer = parseRocm(text);
		if (answer) return answer;
		const said = `${child.stderr.text()}\n${text}`.trim().split('\n', 1)[0]!.slice(0, 200);
		throw new Error(said || `${program} ended with ${code ?? 'a signal'} and said nothing`);
	}

	/** Rejects where it says too much, takes too long, or nobody wants to know any more. */
	#outputOf(child: SupervisedProcess): Promise<string> {
		return new Promise((resolve, reject) => {
			let text = '';
			const end = (problem: string): void => {
				reject(new Error(problem));
				this.#run.value = undefined;
			};
			const limit = this.#options.clock.after(limitMs, () => end(`${program} does not answer`));
			this.#run.value = toDisposable(() => {
				limit.dispose();
				void child.stop();
				reject(new Error('Nobody waits for it'));
			});
			child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
				text += chunk;
				if (text.length > mostBytes) end(`${program} says too much`);
			});
			// What it started could keep the pipe open: the limit holds for this too.
			void finished(child.stdout, { writable: false }).then(
				() => resolve(text),
				() => resolve(text),
			);
		});
	}

	#take({ names, memory }: RocmAnswer, askedAt: number): void {
		if (this.isDisposed) return;
		this.#waitMs = firstWaitMs;
		this.#names = new Map([...this.#names, ...names]);
		this.#namesDue = askedAt + namesMs;
		// A page may have come or gone while it answered.
		if (!this.#isMemoryWanted) return;
		this.#memoryDue = askedAt + paceMs;
		this.#tell(memory);
	}

	#tell(memory: ReadonlyMap<number, number>): void {
		const isSame =
			memory.size === this.#memory.size && [...memory].every(([pid, bytes]) => this.#memory.get(pid) === bytes);
		if (isSame) return;
		this.#memory = memory;
		this.#changed.fire(memory);
	}

	#rest(ms: number): void {
		this.#restUntil = this.#options.clock.monotonic() + ms;
	}
}

/** One that sleeps tells nothing but what it is. */
function isAwake({ usage, memoryUsed, temperature }: GpuSample): boolean {
	return usage !== undefined || memoryUsed !== undefined || temperature !== undefined;
}
