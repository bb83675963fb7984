import type { Clock } from '../../core/base/clock';
import { errorText } from '../../core/base/errors';
import { MutableDisposable, Owner, type Disposable } from '../../core/base/lifecycle';
import type { Logger } from '../../core/base/logger';

const day = 24 * 3600_000;
/** A start is busy enough. */
const firstMs = 60_000;

/** Does something a while after the start, and then every day. */
export class Daily extends Owner {
	readonly #timer = this.own(new MutableDisposable<Disposable>());

	constructor(clock: Clock, log: Logger, work: () => Promise<void>) {
		super();
		const next = (ms: number): void => {
			this.#timer.value = clock.after(ms, () => {
				work()
					.catch((error: unknown) => log.warn(errorText(error)))
					.finally(() => {
						if (!this.isDisposed) next(day);
					});
			});
		};
		next(firstMs);
	}
}
