import type { Clock } from '../../base/clock';
import { errorText } from '../../base/errors';
import { Emitter } from '../../base/event';
import type { ExecutionId } from '../../base/ids';
import type { Json } from '../../base/json';
import { Owner } from '../../base/lifecycle';
import type { RunResult } from '../engine/flowRun';
import type { LastRun, TriggerMemory } from './armedStore';
import type { Overlap } from './spec';

const hourMs = 3_600_000;
/** Firings that wait for the run before them; what is more is told and dropped. */
const mostQueued = 20;

export type TriggerOutputs = Readonly<Record<string, Json>>;

/** A run that a trigger began. */
export interface StartedRun {
	readonly execution: ExecutionId;
	readonly result: Promise<Pick<RunResult, 'status' | 'outputs' | 'error'>>;
}

/** What became of one firing. `after`: it waits for its turn. */
export type Firing =
	| { readonly kind: 'started'; readonly run: StartedRun }
	| { readonly kind: 'queued'; readonly after: Promise<StartedRun | null> }
	| {
			readonly kind: 'refused';
			readonly why: 'busy' | 'cap' | 'failed' | 'off';
			readonly reason: string;
			readonly retryMs: number;
	  };

export interface StarterOptions {
	readonly clock: Clock;
	readonly overlap: Overlap;
	readonly maxPerHour: number;
	readonly memory: TriggerMemory;
	/** Rejects with a sentence when the run cannot begin. `null`: it may not any more. */
	readonly start: (outputs: TriggerOutputs) => Promise<StartedRun | null>;
}

/** Starts the runs of one trigger: one after another or beside each other, and never more an hour than it may. */
export class Starter extends Owner {
	readonly #options: StarterOptions;
	readonly #running = new Set<ExecutionId>();
	readonly #queue: { readonly outputs: TriggerOutputs; readonly begun: (run: StartedRun | null) => void }[] = [];
	readonly #changed = this.own(new Emitter<void>());
	/** What is remembered is another. */
	readonly onDidChange = this.#changed.event;
	readonly #ended = this.own(new Emitter<{ readonly last: LastRun; readonly before: LastRun | undefined }>());
	readonly onDidEnd = this.#ended.event;
	#memory: TriggerMemory;
	#isStarting = 0;

	constructor(options: StarterOptions) {
		super();
		this.#options = options;
		this.#memory = options.memory;
	}

	get memory(): TriggerMemory {
		return this.#memory;
	}

	get queued(): number {
		return this.#queue.length;
	}

	remember(change: Partial<TriggerMemory>): void {
		this.#memory = { ...this.#memory, ...change };
		this.#changed.fire();
	}

	/** Begins a run with what the trigger gives, as far as it may. */
	async fire(outputs: TriggerOutputs): Promise<Firing> {
		const { overlap } = this.#options;
		if (this.isDisposed) return refused('off', 'The trigger is off.');
		const isBusy = this.#running.size + this.#isStarting + this.#queue.length > 0;
		if (isBusy && overlap === 'skip') return this.#refuse('busy', 'A run that it started goes on.');
		if (isBusy && overlap === 'queue') return this.#enqueue(outputs);
		const waitMs = this.#capWait();
		if (waitMs > 0) return this.#refuseCap(waitMs);
		try {
			const run = await this.#start(outputs);
			return run ? { kind: 'started', run } : refused('off', 'The trigger is off.');
		} catch (error) {
			return this.#refuse('failed', errorText(error));
		}
	}

	override dispose(): void {
		super.dispose();
		for (const { begun } of this.#queue.splice(0)) begun(null);
	}

	#enqueue(outputs: TriggerOutputs): Firing {
		if (this.#queue.length >= mostQueued)
			return this.#refuse('busy', `${mostQueued} firings wait already for the run that goes on.`);
		const after = new Promise<StartedRun | null>(begun => this.#queue.push({ outputs, begun }));
		this.#changed.fire();
		return { kind: 'queued', after };
	}

	async #start(outputs: TriggerOutputs): Promise<StartedRun | null> {
		const { clock, start } = this.#options;
		const at = clock.now();
		const starts = [...this.#recent(at), at];
		this.#isStarting++;
		this.remember({ starts });
		try {
			const run = await start(outputs);
			if (!run || this.isDisposed) return run;
			this.#running.add(run.execution);
			const before = this.#memory.last;
			this.remember({ last: { execution: run.execution, at, status: 'running', error: null } });
			void run.result.then(({ status, error }) => this.#over({ execution: run.execution, at, status, error }, before));
			return run;
		} finally {
			this.#isStarting--;
		}
	}

	#over(last: LastRun, before: LastRun | undefined): void {
		this.#running.delete(last.execution);
		if (this.isDisposed) return;
		// Of runs beside each other, what is remembered is the one that began last.
		if (last.at >= (this.#memory.last?.at ?? 0)) this.remember({ last });
		this.#ended.fire({ last, before });
		void this.#next();
	}

	async #next(): Promise<void> {
		const next = this.#queue.shift();
		if (!next) return;
		const waitMs = this.#capWait();
		try {
			if (waitMs > 0) this.#refuseCap(waitMs);
			next.begun(waitMs > 0 ? null : await this.#start(next.outputs));
		} catch (error) {
			this.#refuse('failed', errorText(error));
			next.begun(null);
		}
		if (this.#running.size === 0) void this.#next();
	}

	/** Milliseconds until one more may begin. */
	#capWait(): number {
		const now = this.#options.clock.now();
		const recent = this.#recent(now);
		const { maxPerHour } = this.#options;
		if (recent.length < maxPerHour) return 0;
		return recent[recent.length - maxPerHour]! + hourMs - now;
	}

	/** A clock that was set back must not stop everything until it has caught up. */
	#recent(now: number): readonly number[] {
		return (this.#memory.starts ?? []).filter(at => at > now - hourMs && at <= now);
	}

	#refuseCap(waitMs: number): Firing {
		const { maxPerHour } = this.#options;
		const text = `It may start ${maxPerHour} ${maxPerHour === 1 ? 'run' : 'runs'} an hour, and has.`;
		return this.#refuse('cap', text, waitMs);
	}

	#refuse(why: 'busy' | 'cap' | 'failed', reason: string, retryMs = 1000): Firing {
		this.remember({ note: { at: this.#options.clock.now(), text: reason } });
		return refused(why, reason, retryMs);
	}
}

function refused(why: 'busy' | 'cap' | 'failed' | 'off', reason: string, retryMs = 1000): Firing {
	return { kind: 'refused', why, reason, retryMs };
}
