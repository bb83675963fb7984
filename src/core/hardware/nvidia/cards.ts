import type { Clock } from '../../base/clock';
import { errorText } from '../../base/errors';
import { Emitter } from '../../base/event';
import { MutableDisposable, Owner, toDisposable, type Disposable } from '../../base/lifecycle';
import type { Logger } from '../../base/logger';
import type { ProcessSupervisor } from '../../process/supervisor';
import type { GpuSample } from '../sample';
import { gpuFields, withoutField } from './query';
import { SmiRun, type SmiCommand, type SmiEnd } from './smiRun';

/** A machine without the tool gets none in the next minutes; without a card that answers, hardly. */
const missingMs = 10 * 60_000;
const troubleMs = 5 * 60_000;
/** After a run that broke off: the first wait, doubled each time up to the longest. */
const firstWaitMs = 5_000;
/** A run that lasted this long was a good one: what comes after it waits the first wait again. */
const goodRunMs = 60_000;
/** A pace that is no longer wanted goes on for a while: its page may come back. */
const slowDownMs = 30_000;
/** What was told this many paces ago, and some, says nothing of now. */
const stalePaces = 3;
const staleMs = 4_000;

export interface NvidiaCardsOptions {
	readonly clock: Clock;
	readonly log: Logger;
	readonly supervisor: () => Promise<Pick<ProcessSupervisor, 'spawn'>>;
	/** Where the tool may be, best first. */
	readonly commands: readonly SmiCommand[];
	/** Whether there is such a program. Without one nothing is started, not even what watches over programs. */
	readonly exists: (program: string) => boolean;
}

/** Where `nvidia-smi` is: on the PATH, or where a driver puts it that does not care for the PATH. */
export function smiCommands(platform: NodeJS.Platform = process.platform): readonly SmiCommand[] {
	if (platform === 'win32') {
		const programs = process.env['ProgramFiles'] ?? 'C:\\Program Files';
		return [['nvidia-smi'], [`${programs}\\NVIDIA Corporation\\NVSMI\\nvidia-smi.exe`]];
	}
	// The second is that of the Windows machine around a WSL.
	return platform === 'linux' ? [['nvidia-smi'], ['/usr/lib/wsl/lib/nvidia-smi']] : [];
}

/**
 * NVIDIA's cards, by one `nvidia-smi` for the whole window, whoever wants to know: the sampler of the machine, or the
 * meter of an answer's energy. It runs while somebody watches, at the quickest pace that is asked for.
 */
export class NvidiaCards extends Owner {
	readonly #options: NvidiaCardsOptions;
	readonly #looked = this.own(new Emitter<readonly GpuSample[]>());
	readonly #rested = this.own(new Emitter<void>());
	readonly #watchers = new Set<{ readonly paceMs: number }>();
	readonly #run = this.own(new MutableDisposable<SmiRun>());
	readonly #timer = this.own(new MutableDisposable<Disposable>());
	#isStarting = false;
	/** Processes of the tool that there are: the one that runs, and those that were told to end. */
	#living = 0;
	#commands: readonly SmiCommand[];
	#fields: readonly string[] = gpuFields;
	#cards: readonly GpuSample[] = [];
	#lookedAt = -Infinity;
	#startedAt = 0;
	#waitMs = firstWaitMs;
	#restUntil = -Infinity;
	#hasLooked = false;
	#problem: string | undefined;
	/** All cards, at each look. */
	readonly onDidLook = this.#looked.event;
	/** Nothing comes for a while: there is no card, or it does not answer. */
	readonly onDidRest = this.#rested.event;

	constructor(options: NvidiaCardsOptions) {
		super();
		this.#options = options;
		this.#commands = options.commands;
	}

	/** The cards as they are now; none when they have not been told of lately. */
	get cards(): readonly GpuSample[] {
		const paceMs = this.#run.value?.paceMs ?? 0;
		const age = this.#options.clock.monotonic() - this.#lookedAt;
		return age <= paceMs * stalePaces + staleMs ? this.#cards : [];
	}

	/** Why there are none, where the driver or its tool has a reason; a machine that has no such tool has no problem. */
	get problem(): string | undefined {
		return this.cards.length > 0 ? undefined : this.#problem;
	}

	get isResting(): boolean {
		return this.#options.clock.monotonic() < this.#restUntil;
	}

	/** The way to the tool, once a card was seen. */
	get command(): SmiCommand | undefined {
		return this.#hasLooked ? this.#commands[0] : undefined;
	}

	/** Keeps looks coming at least this often until the result is disposed. */
	watch(paceMs: number): Disposable {
		const watcher = { paceMs };
		this.#watchers.add(watcher);
		this.#follow();
		return toDisposable(() => {
			this.#watchers.delete(watcher);
			this.#follow();
		});
	}

	#follow(): void {
		if (this.isDisposed) return;
		const wanted = Math.min(...[...this.#watchers].map(({ paceMs }) => paceMs));
		if (!Number.isFinite(wanted)) {
			this.#run.value = undefined;
			this.#timer.value = undefined;
			return;
		}
		const running = this.#run.value?.paceMs;
		if (running === undefined) {
			const rest = this.#restUntil - this.#options.clock.monotonic();
			if (rest > 0) this.#later(rest);
			else this.#start(wanted);
		} else if (wanted < running) this.#start(wanted);
		else if (wanted > running) this.#later(slowDownMs);
		else this.#timer.value = undefined;
	}

	#later(ms: number): void {
		this.#timer.value = this.#options.clock.after(ms, () => {
			const wanted = Math.min(...[...this.#watchers].map(({ paceMs }) => paceMs));
			const running = this.#run.value?.paceMs;
			if (running !== undefined && wanted > running && Number.isFinite(wanted)) this.#start(wanted);
			else this.#follow();
		});
	}

	#start(paceMs: number): void {
		if (this.#isStarting) return;
		const { supervisor, commands, exists } = this.#options;
		// One that was told to end and does not waits for the driver, as the next one would: it goes on when that is gone.
		if (this.#living > (this.#run.value ? 1 : 0)) return;
		if (!this.#hasLooked) this.#commands = this.#commands.filter(([program]) => exists(program));
		if (this.#commands.length === 0) {
			this.#commands = commands;
			return this.#rest(missingMs);
		}
		this.#isStarting = true;
		void supervisor().then(
			found => {
				this.#isStarting = false;
				// Meanwhile nobody may want it any more.
				const [command] = this.#commands;
				if (!this.isDisposed && this.#watchers.size > 0 && command) this.#startNow(found, command, paceMs);
			},
			() => {
				// The window is closing: its supervisor starts nothing more.
				this.#isStarting = false;
			},
		);
	}

	#startNow(supervisor: Pick<ProcessSupervisor, 'spawn'>, command: SmiCommand, paceMs: number): void {
		const { clock } = this.#options;
		this.#timer.value = undefined;
		this.#startedAt = clock.monotonic();
		this.#living++;
		try {
			this.#run.value = new SmiRun({
				clock,
				supervisor,
				command,
				fields: this.#fields,
				paceMs,
				onLook: cards => this.#take(cards),
				onEnd: end => this.#ended(end),
				onGone: () => {
					this.#living--;
					this.#follow();
				},
			});
		} catch (error) {
			// Nothing more can be started: memory or handles are short, or the window is closing.
			this.#living--;
			return this.#ended({ kind: 'exited', reason: errorText(error) });
		}
		this.#follow();
	}

	#take(cards: readonly GpuSample[]): void {
		this.#cards = cards;
		this.#lookedAt = this.#options.clock.monotonic();
		this.#hasLooked = true;
		this.#problem = undefined;
		this.#looked.fire(cards);
	}

	#ended(end: SmiEnd): void {
		this.#run.value = undefined;
		this.#cards = [];
		if (end.kind === 'refused') {
			const fields = withoutField(this.#fields, end.field);
			if (fields) {
				this.#fields = fields;
				return this.#follow();
			}
		}
		if (end.kind === 'missing') {
			this.#commands = this.#commands.slice(1);
			if (this.#commands.length > 0) return this.#follow();
			this.#commands = this.#options.commands;
			return this.#rest(missingMs);
		}
		const isHung = end.kind === 'hung';
		this.#problem = isHung
			? 'nvidia-smi does not answer.'
			: end.kind === 'exited'
				? end.reason
				: `It refuses ${end.field}`;
		this.#options.log.info(`NVIDIA's cards are not told of: ${this.#problem}`);
		if (!this.#hasLooked && !isHung) return this.#rest(troubleMs);
		const lasted = this.#options.clock.monotonic() - this.#startedAt;
		if (lasted > goodRunMs && !isHung) this.#waitMs = firstWaitMs;
		this.#rest(this.#waitMs);
		this.#waitMs = Math.min(this.#waitMs * 2, troubleMs);
	}

	#rest(ms: number): void {
		this.#restUntil = this.#options.clock.monotonic() + ms;
		this.#rested.fire();
		this.#follow();
	}
}
