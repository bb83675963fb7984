import type { Clock } from '../../base/clock';
import { CancelledError } from '../../base/errors';
import { Emitter } from '../../base/event';
import { type Disposable } from '../../base/lifecycle';
import type { PortValues } from '../nodes/nodeType';
import type { NodePlace, RunEvent, WaitDetail, WaitKind } from './events';

/** What a person answered. */
export type WaitAnswer =
	| { readonly kind: 'approval'; readonly isApproved: boolean; readonly comment: string }
	| { readonly kind: 'input'; readonly answers: Readonly<Record<string, string>> }
	/** `again`: it is run once more. `done`: it has done its work, and `outputs` is what came of it. `fail`: it failed. */
	| { readonly kind: 'rerun'; readonly choice: 'again' | 'done' | 'fail'; readonly outputs?: PortValues };

/** A question that is open. */
export interface OpenWait extends NodePlace {
	readonly kind: Exclude<WaitKind, 'breakpoint'>;
	readonly ask: WaitDetail;
}

interface Entry extends OpenWait {
	readonly settle: (answer: WaitAnswer | null) => void;
}

/** What the nodes of a run ask of people. Waiting takes no slot: other branches go on. */
export class Waits {
	readonly #clock: Clock;
	readonly #emit: (event: RunEvent) => void;
	readonly #open = new Map<string, Entry>();
	/** Until when a question stood that was asked before the program was killed. */
	readonly #earlier: ReadonlyMap<string, number | null>;
	readonly #changed = new Emitter<void>();
	readonly onDidChange = this.#changed.event;

	constructor(clock: Clock, emit: (event: RunEvent) => void, earlier: ReadonlyMap<string, number | null> = new Map()) {
		this.#clock = clock;
		this.#emit = emit;
		this.#earlier = earlier;
	}

	get open(): readonly OpenWait[] {
		return [...this.#open.values()].map(({ node, frame, kind, ask }) => ({ node, frame, kind, ask }));
	}

	/** Resolves with the answer, or `null` when the time is over. Rejects when `signal` aborts. */
	ask(
		place: NodePlace,
		kind: OpenWait['kind'],
		question: Omit<WaitDetail, 'until'> & { readonly timeoutMs: number | null },
		signal: AbortSignal,
	): Promise<WaitAnswer | null> {
		const { timeoutMs, ...rest } = question;
		const now = this.#clock.now();
		const known = this.#earlier.get(question.id);
		const until = known === undefined ? (timeoutMs === null ? null : now + timeoutMs) : known;
		const ask: WaitDetail = { ...rest, until };
		return new Promise((resolve, reject) => {
			let timer: Disposable | undefined;
			const close = (): void => {
				timer?.dispose();
				signal.removeEventListener('abort', stop);
				this.#open.delete(ask.id);
				this.#changed.fire();
			};
			const stop = (): void => {
				close();
				reject(new CancelledError());
			};
			const settle = (answer: WaitAnswer | null): void => {
				close();
				this.#emit({ type: 'node.continued', ...place, state: 'running' });
				resolve(answer);
			};
			if (signal.aborted) {
				reject(new CancelledError());
				return;
			}
			signal.addEventListener('abort', stop, { once: true });
			this.#open.set(ask.id, { ...place, kind, ask, settle });
			this.#emit({ type: 'node.waiting', ...place, for: kind, ask });
			this.#arm(until, settle, next => (timer = next));
			this.#changed.fire();
		});
	}

	/** Answers an open question; `false` when it is not open (any more) or the answer is for another kind. */
	answer(id: string, answer: WaitAnswer): boolean {
		const entry = this.#open.get(id);
		if (entry?.kind !== answer.kind) return false;
		entry.settle(answer);
		return true;
	}

	/** Days are longer than a timer may be: it is set again until the moment has come. */
	#arm(until: number | null, settle: (answer: null) => void, keep: (timer: Disposable) => void): void {
		if (until === null) return;
		const left = until - this.#clock.now();
		const next = Math.min(Math.max(left, 0), 2 ** 31 - 1);
		keep(
			this.#clock.after(next, () => {
				if (until - this.#clock.now() <= 0) settle(null);
				else this.#arm(until, settle, keep);
			}),
		);
	}
}
