import type { Clock } from '../../core/base/clock';
import { CancelledError, ExpectedError, errorText } from '../../core/base/errors';
import { MutableDisposable, DisposableStore, type Disposable } from '../../core/base/lifecycle';
import type { Numbered, Outcome, Timed } from '../../core/mcp/inspectorProtocol';
import type { McpToolView } from '../../core/mcp/protocol';
import type { ToolCall } from '../../core/safety/approval';
import type { CallOrigin, Gate } from '../../core/safety/gate';
import { isWorse } from '../../core/safety/tier';

/** Places whose input or outcome is kept. */
const mostKept = 60;

/** What one request of the page works with. */
export interface RunningCall {
	readonly signal: AbortSignal;
	/** The time before this was spent on a person; it is not the server's. */
	readonly startTimer: () => void;
}

/**
 * What the page has asked for, and what came of it. The page goes when its tab is hidden; requests go on, and their
 * outcomes wait here. All end with the tab.
 */
export class InspectorCalls implements Disposable {
	readonly #running = new Map<number, { readonly place: string; readonly controller: AbortController }>();
	readonly #kept = new Map<string, unknown>();
	readonly #clock: Clock;
	readonly #onFinished: (call: number, place: string, outcome: Outcome<unknown>) => void;
	#last = 0;

	constructor(clock: Clock, onFinished: (call: number, place: string, outcome: Outcome<unknown>) => void) {
		this.#clock = clock;
		this.#onFinished = onFinished;
	}

	/** What a fresh page needs to go on. */
	get state(): {
		readonly kept: Readonly<Record<string, unknown>>;
		readonly running: Readonly<Record<string, number>>;
		readonly lastCall: number;
	} {
		const running = [...this.#running].map(([call, { place }]) => [place, call] as const);
		return { kept: Object.fromEntries(this.#kept), running: Object.fromEntries(running), lastCall: this.#last };
	}

	keep(place: string, value: unknown): void {
		// The oldest goes first: the page has as many places as the server has tools.
		this.#kept.delete(place);
		this.#kept.set(place, value);
		const [oldest] = this.#kept.keys();
		if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
	}

	async run<T>({ call, place }: Numbered, work: (running: RunningCall) => Promise<T>): Promise<Timed<T>> {
		const controller = new AbortController();
		this.#last = Math.max(this.#last, call);
		this.#running.set(call, { place, controller });
		let from = this.#clock.monotonic();
		const startTimer = (): void => {
			from = this.#clock.monotonic();
		};
		try {
			const result = await work({ signal: controller.signal, startTimer });
			const ms = this.#clock.monotonic() - from;
			this.#finish(call, place, { result, failure: null, ms });
			return { result, ms };
		} catch (error) {
			const shown = error instanceof CancelledError ? new ExpectedError('cancelled', 'Cancelled.') : error;
			const actions = shown instanceof ExpectedError ? shown.actions : [];
			this.#finish(call, place, { result: null, failure: { text: errorText(shown), actions }, ms: null });
			throw shown;
		}
	}

	cancel(call: number): void {
		this.#running.get(call)?.controller.abort();
	}

	dispose(): void {
		for (const { controller } of this.#running.values()) controller.abort();
	}

	#finish(call: number, place: string, outcome: Outcome<unknown>): void {
		this.#running.delete(call);
		this.keep(place, outcome);
		this.#onFinished(call, place, outcome);
	}
}

const origin: CallOrigin = { conversation: null, asker: 'MCP inspector', execution: null, step: null };

/**
 * Asks the gate about a call that the user has written and sent by hand. That click is the yes of GREEN and YELLOW, and
 * is journaled as such; what reaches further takes its word or its modal, as from everybody else.
 */
export async function authorizeByHand(
	gate: Gate,
	tool: McpToolView,
	input: Readonly<Record<string, unknown>>,
	cwd: string,
	signal: AbortSignal,
): Promise<void> {
	const call: ToolCall = { tool: tool.qualifiedName, input, cwd };
	const classification = gate.classify(call);
	if (!isWorse(classification.tier, 'YELLOW')) {
		gate.record(call, classification, origin, 'allowed', 'user');
		return;
	}
	const verdict = await gate.authorize(call, origin, signal, { isOnceOnly: true });
	if (!verdict.isAllowed) throw new ExpectedError('mcp.refused', `Not called. ${verdict.reason}`);
}

/** Passes things on in batches: the page need not hear of each message by itself. */
export function batched<T>(
	clock: Clock,
	ms: number,
	subscribe: (listener: (item: T) => void) => Disposable,
	send: (items: readonly T[]) => void,
): Disposable {
	const store = new DisposableStore();
	const timer = store.add(new MutableDisposable<Disposable>());
	let waiting: T[] = [];
	const flush = (): void => {
		const items = waiting;
		waiting = [];
		send(items);
	};
	store.add(
		subscribe(item => {
			waiting.push(item);
			if (waiting.length === 1) timer.value = clock.after(ms, flush);
		}),
	);
	return store;
}
