import { tmpdir } from 'node:os';
import { finished } from 'node:stream/promises';
import type { Clock } from '../../base/clock';
import { MutableDisposable, Owner, toDisposable, type Disposable } from '../../base/lifecycle';
import { cleanEnvironment } from '../../process/environment';
import type { StopStep } from '../../process/supervisedProcess';
import type { ProcessSupervisor } from '../../process/supervisor';
import type { GpuSample } from '../sample';
import { parseGpuLine } from './query';

/** The program with what comes before its own arguments. */
export type SmiCommand = readonly [string, ...string[]];

/** Why a run of the tool is over. */
export type SmiEnd =
	| { readonly kind: 'missing' }
	| { readonly kind: 'refused'; readonly field: string }
	/** It said nothing for long. */
	| { readonly kind: 'hung' }
	| { readonly kind: 'exited'; readonly reason: string };

const stopSteps: readonly StopStep[] = [{ run: process => process.signal('SIGINT'), waitMs: 1000 }];

export interface SmiLines {
	readonly supervisor: Pick<ProcessSupervisor, 'spawn'>;
	readonly command: SmiCommand;
	readonly args: readonly string[];
	readonly line: (text: string) => void;
	/** Once, unless the result was disposed first. */
	readonly end: (end: { readonly isMissing: boolean; readonly reason: string }) => void;
	/** Once the process is gone, also where it was told to end. One that waits for a driver may never be. */
	readonly gone: () => void;
}

const lastWordsMs = 1_000;
/** Lines of the tool have some hundred characters. */
const longestLine = 64 * 1024;

/** Starts the tool and gives its lines, until the result is disposed. */
export function runSmi({ supervisor, command: [command, ...before], args, line, end, gone }: SmiLines): Disposable {
	const child = supervisor.spawn({
		command,
		args: [...before, ...args],
		cwd: tmpdir(),
		// Numbers in one language, where the tool heeds it.
		environment: cleanEnvironment(process.env, { LC_ALL: 'C' }),
		label: 'nvidia-smi',
		stopSteps,
	});
	let isWanted = true;
	let begun = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		const lines = `${begun}${text}`.split('\n');
		begun = (lines.pop() ?? '').slice(0, longestLine);
		for (const each of lines) if (isWanted) line(each);
	});
	void child.exited.then(async ({ code, error }) => {
		gone();
		// Its last words, which say why, may come after its end; what it started could keep the pipe open for ever.
		await finished(child.stdout, { signal: AbortSignal.timeout(lastWordsMs) }).catch(() => undefined);
		if (begun !== '' && isWanted) line(begun);
		if (!isWanted) return;
		isWanted = false;
		const reason = error?.message ?? (child.stderr.text().trim() || `nvidia-smi ended with ${code ?? 'a signal'}`);
		end({ isMissing: error !== null, reason });
	});
	return toDisposable(() => {
		isWanted = false;
		void child.stop();
	});
}

export interface SmiRunOptions {
	readonly clock: Clock;
	readonly supervisor: Pick<ProcessSupervisor, 'spawn'>;
	readonly command: SmiCommand;
	readonly fields: readonly string[];
	readonly paceMs: number;
	onLook(cards: readonly GpuSample[]): void;
	/** Once, unless the run was disposed first. */
	onEnd(end: SmiEnd): void;
	/** Once its process is gone. */
	onGone(): void;
}

/** The first word of a driver that sleeps takes seconds. */
const startMs = 15_000;

/** One `nvidia-smi` that stays and tells of all cards at its pace. */
export class SmiRun extends Owner {
	readonly paceMs: number;
	readonly #options: SmiRunOptions;
	readonly #silence = this.own(new MutableDisposable<Disposable>());
	#look: GpuSample[] = [];
	#expected = 0;
	#trouble: string | undefined;
	#heardAt: number;

	constructor(options: SmiRunOptions) {
		super();
		this.#options = options;
		this.paceMs = options.paceMs;
		this.#heardAt = options.clock.monotonic();
		const { supervisor, command, fields, paceMs } = options;
		try {
			this.own(
				runSmi({
					supervisor,
					command,
					args: [`--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits', `-lms=${paceMs}`],
					line: text => this.#take(text),
					end: ({ isMissing, reason }) =>
						this.#end(isMissing ? { kind: 'missing' } : { kind: 'exited', reason: this.#trouble ?? reason }),
					gone: () => options.onGone(),
				}),
			);
		} catch (error) {
			this.dispose();
			throw error;
		}
		this.#listen(startMs);
	}

	#take(text: string): void {
		const line = parseGpuLine(text, this.#options.fields);
		if (line.kind === 'refused') return this.#end({ kind: 'refused', field: line.field });
		if (line.kind === 'trouble') this.#trouble = line.text;
		if (line.kind !== 'card') return;
		this.#heardAt = this.#options.clock.monotonic();
		// A card that fell off leaves its look short; the next look's first card closes it.
		const previous = this.#look.at(-1);
		if (previous && line.card.index <= previous.index) this.#tell();
		this.#look.push(line.card);
		if (line.count !== undefined) this.#expected = line.count;
		if (this.#look.length >= Math.max(1, this.#expected)) this.#tell();
	}

	#tell(): void {
		const cards = this.#look;
		this.#look = [];
		// Without a word on their number, as many as the last time make a look.
		this.#expected = cards.length;
		this.#options.onLook(cards);
	}

	/** One timer in all that time, and not one for each line. */
	#listen(ms: number): void {
		const { clock } = this.#options;
		this.#silence.value = clock.after(ms, () => {
			const left = this.#heardAt + Math.max(startMs, this.paceMs * 3) - clock.monotonic();
			if (left > 0) this.#listen(left);
			else this.#end({ kind: 'hung' });
		});
	}

	#end(end: SmiEnd): void {
		if (this.isDisposed) return;
		this.dispose();
		this.#options.onEnd(end);
	}
}
