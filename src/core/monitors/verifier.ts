import type { Clock } from '../base/clock';
import { CancelledError } from '../base/errors';
import type { Event } from '../base/event';
import { DisposableStore } from '../base/lifecycle';
import type { Sight } from './look';

/** Looks anew this often where nobody tells of a change. */
const lookMs = 3_000;

export interface Watch {
	readonly clock: Clock;
	readonly withinMs: number;
	readonly signal: AbortSignal;
	/** Looks anew. */
	readonly look: () => Promise<Sight>;
	/** As it is known, without asking anybody. */
	readonly peek: () => Sight;
	readonly onDidChange: Event<void>;
}

/** Watches until it is gone, or the time is up: the last thing that was seen. */
export async function watchUntilGone(watch: Watch): Promise<Sight> {
	const { clock, withinMs, signal, look, peek } = watch;
	const until = clock.monotonic() + withinMs;
	let sight = await look();
	while (!sight.isGone && clock.monotonic() < until) {
		const isTold = await nextMoment(watch, Math.min(lookMs, until - clock.monotonic()));
		if (signal.aborted) throw new CancelledError();
		// What is told is known already; asking again would be told again, without end.
		sight = isTold ? peek() : await look();
	}
	return sight;
}

/** Waits for a change (true), or for the time (false). */
function nextMoment({ clock, onDidChange, signal }: Watch, ms: number): Promise<boolean> {
	const store = new DisposableStore();
	return new Promise<boolean>(resolve => {
		store.add(onDidChange(() => resolve(true)));
		store.add(clock.after(ms, () => resolve(false)));
		const onAbort = (): void => resolve(false);
		signal.addEventListener('abort', onAbort, { once: true });
		store.add({ dispose: () => signal.removeEventListener('abort', onAbort) });
		if (signal.aborted) onAbort();
	}).finally(() => store.dispose());
}
