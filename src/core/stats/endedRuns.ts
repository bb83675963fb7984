import type { Clock } from '../base/clock';
import { errorText } from '../base/errors';
import { Owner } from '../base/lifecycle';
import type { ExecutionId } from '../base/ids';
import type { Logger } from '../base/logger';
import type { Ledger } from '../ledger/queries';
import type { EndedRun } from './otlp';

/** So many runs are remembered as told. */
const mostTold = 2_000;

/** Tells each run of any window once it has ended. What ended before this began is not told. */
export class EndedRuns extends Owner {
	readonly #ledger: Ledger;
	readonly #log: Logger;
	readonly #from: number;
	readonly #tell: (run: EndedRun) => void;
	readonly #told = new Set<ExecutionId>();

	constructor(ledger: Ledger, clock: Pick<Clock, 'now'>, log: Logger, tell: (run: EndedRun) => void) {
		super();
		this.#ledger = ledger;
		this.#log = log;
		this.#from = clock.now();
		this.#tell = tell;
		this.own(
			ledger.onDidChange(({ executions }) => {
				for (const id of executions) void this.#look(id);
			}),
		);
	}

	async #look(id: ExecutionId): Promise<void> {
		if (this.#told.has(id)) return;
		try {
			const run = await this.#ledger.query('execution', { id });
			const endedAt = run?.execution.endedAt ?? null;
			if (this.isDisposed || !run || endedAt === null || endedAt < this.#from || this.#told.has(id)) return;
			this.#told.add(id);
			if (this.#told.size > mostTold) this.#told.delete(this.#told.values().next().value!);
			this.#tell(run);
		} catch (error) {
			this.#log.warn(`A run could not be read for export: ${errorText(error)}`);
		}
	}
}
