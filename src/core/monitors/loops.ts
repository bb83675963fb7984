import type { Clock } from '../base/clock';
import { errorText } from '../base/errors';
import { MutableDisposable, Owner, type Disposable } from '../base/lifecycle';
import type { Logger } from '../base/logger';

export const loopNames = ['critical', 'important', 'routine', 'background'] as const;
export type LoopName = (typeof loopNames)[number];

/** Milliseconds between two rounds. */
export const loopMs: Readonly<Record<LoopName, number>> = {
	critical: 12_000,
	important: 32_000,
	routine: 300_000,
	background: 1_800_000,
};
/** What comes at once is one round. */
const wakeMs = 1_000;

export interface LoopDeps {
	readonly clock: Clock;
	readonly log: Logger;
	readonly rounds: Readonly<Record<LoopName, () => Promise<void>>>;
}

/**
 * The rounds of the monitors. The next one is planned when one has ended: after a night asleep each comes once, and none
 * runs into the one before.
 */
export class MonitorLoops extends Owner {
	readonly #deps: LoopDeps;
	readonly #timers = new Map<LoopName, MutableDisposable<Disposable>>();
	readonly #running = new Set<LoopName>();
	/** Those that come in a moment; more that is told meanwhile does not put them off. */
	readonly #wanted = new Set<LoopName>();

	constructor(deps: LoopDeps) {
		super();
		this.#deps = deps;
		for (const name of loopNames) {
			this.#timers.set(name, this.own(new MutableDisposable<Disposable>()));
			this.#plan(name, loopMs[name]);
		}
	}

	/** Something was told that the round is about: it comes in a moment. */
	wake(name: LoopName): void {
		if (this.#wanted.has(name)) return;
		this.#wanted.add(name);
		if (!this.#running.has(name)) this.#plan(name, wakeMs);
	}

	#plan(name: LoopName, ms: number): void {
		if (!this.isDisposed) this.#timers.get(name)!.value = this.#deps.clock.after(ms, () => void this.#run(name));
	}

	async #run(name: LoopName): Promise<void> {
		const { rounds, log } = this.#deps;
		this.#running.add(name);
		this.#wanted.delete(name);
		try {
			await rounds[name]();
		} catch (error) {
			log.warn(`The ${name} round of the monitors failed: ${errorText(error)}`);
		}
		this.#running.delete(name);
		this.#plan(name, this.#wanted.has(name) ? wakeMs : loopMs[name]);
	}
}
