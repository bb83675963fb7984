import type { Clock } from '../../base/clock';
import { Emitter } from '../../base/event';
import { MutableDisposable, Owner, toDisposable, type Disposable } from '../../base/lifecycle';
import type { ProcessSupervisor } from '../../process/supervisor';
import type { NvidiaCards } from './cards';
import { parseAppLine } from './query';
import { runSmi } from './smiRun';

const paceMs = 5_000;
/** The lines of one look come together; a look without any process says nothing at all. */
const togetherMs = 400;
const silentMs = paceMs * 2.5;
/** A tool that ended is not started again for this long. */
const restMs = 5 * 60_000;

/** Which processes hold memory of NVIDIA's cards: one more `nvidia-smi`, while somebody sees processes and there is a card. */
export class NvidiaApps extends Owner {
	readonly #clock: Clock;
	readonly #cards: NvidiaCards;
	readonly #supervisor: () => Promise<Pick<ProcessSupervisor, 'spawn'>>;
	readonly #changed = this.own(new Emitter<ReadonlyMap<number, number>>());
	readonly #run = this.own(new MutableDisposable<Disposable>());
	readonly #waiting = this.own(new MutableDisposable<Disposable>());
	readonly #together = this.own(new MutableDisposable<Disposable>());
	readonly #silence = this.own(new MutableDisposable<Disposable>());
	#look: { readonly pid: number; readonly memory: number }[] = [];
	#told = '[]';
	#restUntil = -Infinity;
	/** One that waits for a driver may outlive its end: then another would wait too. */
	#isLiving = false;
	/** Bytes by pid, when they changed. */
	readonly onDidChange = this.#changed.event;

	constructor(clock: Clock, cards: NvidiaCards, supervisor: () => Promise<Pick<ProcessSupervisor, 'spawn'>>) {
		super();
		this.#clock = clock;
		this.#cards = cards;
		this.#supervisor = supervisor;
	}

	/** Starts or stops looking. */
	set isWanted(isWanted: boolean) {
		if (!isWanted) {
			this.#run.value = undefined;
			this.#waiting.value = undefined;
			this.#silence.value = undefined;
			this.#forget();
		} else if (!this.#run.value) {
			this.#waiting.value ??= this.#cards.onDidLook(() => this.#start());
		}
	}

	#start(): void {
		const { command } = this.#cards;
		if (this.#run.value || this.#isLiving || !command || this.#clock.monotonic() < this.#restUntil) return;
		let isWanted = true;
		const running = new MutableDisposable<Disposable>();
		this.#run.value = toDisposable(() => {
			isWanted = false;
			running.dispose();
		});
		const rest = (): void => {
			this.#restUntil = this.#clock.monotonic() + restMs;
			this.#run.value = undefined;
			this.#tell();
		};
		void this.#supervisor()
			.then(supervisor => {
				if (!isWanted) return;
				running.value = runSmi({
					supervisor,
					command,
					args: ['--query-compute-apps=pid,gpu_uuid,used_memory', '--format=csv,noheader,nounits', `-lms=${paceMs}`],
					line: text => this.#take(text),
					end: rest,
					gone: () => (this.#isLiving = false),
				});
				this.#isLiving = true;
				this.#listen();
			})
			.catch(rest); // Nothing more can be started, for a while or as the window is closing.
	}

	#take(text: string): void {
		const app = parseAppLine(text);
		if (!app) return;
		this.#look.push(app);
		this.#together.value = this.#clock.after(togetherMs, () => this.#tell());
		this.#listen();
	}

	#listen(): void {
		this.#silence.value = this.#clock.after(silentMs, () => {
			this.#tell();
			if (this.#run.value) this.#listen();
		});
	}

	/** What was told is of then: a number may be another process's when somebody looks again. */
	#forget(): void {
		this.#look = [];
		this.#tell();
	}

	/** A process may hold memory of several cards. */
	#tell(): void {
		this.#together.value = undefined;
		const memory = new Map<number, number>();
		for (const { pid, memory: bytes } of this.#look) memory.set(pid, (memory.get(pid) ?? 0) + bytes);
		this.#look = [];
		const now = JSON.stringify([...memory]);
		if (now === this.#told) return;
		this.#told = now;
		this.#changed.fire(memory);
	}
}
