import type { Clock } from '../../core/base/clock';
import { CancelledError, ExpectedError } from '../../core/base/errors';
import { MutableDisposable, DisposableStore, type Disposable } from '../../core/base/lifecycle';
import type { Timed } from '../../core/mcp/inspectorProtocol';
import type { McpToolView } from '../../core/mcp/protocol';
import type { ToolCall } from '../../core/safety/approval';
import type { CallOrigin, Gate } from '../../core/safety/gate';
import { isWorse } from '../../core/safety/tier';

/** What one request of the page works with. */
export interface RunningCall {
	readonly signal: AbortSignal;
	/** The time before this was spent on a person; it is not the server's. */
	readonly startTimer: () => void;
}

/** What the page has asked for and has no answer to yet, by the page's own numbers. All end with the page. */
export class InspectorCalls implements Disposable {
	readonly #calls = new Map<number, AbortController>();
	readonly #clock: Clock;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	async run<T>(call: number, work: (running: RunningCall) => Promise<T>): Promise<Timed<T>> {
		const controller = new AbortController();
		this.#calls.set(call, controller);
		let from = this.#clock.monotonic();
		const startTimer = (): void => {
			from = this.#clock.monotonic();
		};
		try {
			const result = await work({ signal: controller.signal, startTimer });
			return { result, ms: this.#clock.monotonic() - from };
		} catch (error) {
			if (error instanceof CancelledError) throw new ExpectedError('cancelled', 'Cancelled.');
			throw error;
		} finally {
			this.#calls.delete(call);
		}
	}

	cancel(call: number): void {
		this.#calls.get(call)?.abort();
	}

	dispose(): void {
		for (const controller of this.#calls.values()) controller.abort();
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
