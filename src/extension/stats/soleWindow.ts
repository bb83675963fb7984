import type { Clock } from '../../core/base/clock';
import { Sequencer } from '../../core/base/async';
import { errorText } from '../../core/base/errors';
import { MutableDisposable, Owner, type Disposable } from '../../core/base/lifecycle';
import type { Logger } from '../../core/base/logger';
import type { Lease } from '../../core/ledger/lease';

/** How often another window's end is noticed. */
const lookMs = 5_000;

export interface SoleDeps {
	readonly lease: Lease;
	readonly clock: Clock;
	readonly log: Logger;
	/** Whether this window wants to be the one. */
	isWanted(): boolean;
	/** It is the one now; called again when something that it depends on has changed. */
	begin(): Promise<void>;
	/** It is not the one, or not any more; another one begins once this has resolved. */
	end(): Promise<void>;
}

/** Does in one window what only one may do, and in another one when that has ended. */
export class SoleWindow extends Owner {
	readonly #deps: SoleDeps;
	readonly #work = new Sequencer();
	readonly #next = this.own(new MutableDisposable<Disposable>());

	constructor(deps: SoleDeps) {
		super();
		this.#deps = deps;
	}

	/** Looks who is the one, now. Resolves when what follows from it is done. */
	look(): Promise<void> {
		return this.#work.run(async () => {
			const { lease, clock, log } = this.#deps;
			this.#next.value = undefined;
			if (this.isDisposed) return;
			const isWanted = this.#deps.isWanted();
			try {
				if (isWanted && (await lease.tryAcquire())) await this.#deps.begin();
				else {
					await this.#deps.end();
					await lease.release();
				}
			} catch (error) {
				log.warn(errorText(error));
			}
			if (isWanted && !this.isDisposed) this.#next.value = clock.after(lookMs, () => void this.look());
		});
	}

	/** Lets another window be the one. */
	async stop(): Promise<void> {
		this.dispose();
		await this.#work.run(async () => {
			await this.#deps.end();
			await this.#deps.lease.release();
		});
	}
}
