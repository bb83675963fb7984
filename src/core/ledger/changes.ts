import type { Clock } from '../base/clock';
import { Emitter } from '../base/event';
import type { ConversationId, ExecutionId } from '../base/ids';
import { MutableDisposable, type Disposable } from '../base/lifecycle';
import type { LedgerChange } from './queries';

/** Notices are sent at most this often, so that a busy ledger does not keep every page redrawing. */
const noticeMs = 50;

/** Joins the changes of many batches into few notices. */
export class ChangeNotices implements Disposable {
	readonly #clock: Clock;
	readonly #emitter = new Emitter<LedgerChange>();
	readonly #timer = new MutableDisposable<Disposable>();
	readonly #executions = new Set<ExecutionId>();
	readonly #conversations = new Set<ConversationId>();
	#costs = false;
	#approvals = false;
	#memories = false;
	#services = false;
	#alerts = false;
	#isDue = false;

	readonly onDidChange = this.#emitter.event;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	add(change: LedgerChange): void {
		for (const id of change.executions) this.#executions.add(id);
		for (const id of change.conversations) this.#conversations.add(id);
		this.#costs ||= change.costs;
		this.#approvals ||= change.approvals;
		this.#memories ||= change.memories;
		this.#services ||= change.services;
		this.#alerts ||= change.alerts;
		const isFlagged = this.#costs || this.#approvals || this.#memories || this.#services || this.#alerts;
		const isEmpty = this.#executions.size + this.#conversations.size === 0 && !isFlagged;
		if (isEmpty || this.#isDue) return;
		this.#isDue = true;
		this.#timer.value = this.#clock.after(noticeMs, () => this.#send());
	}

	dispose(): void {
		this.#timer.dispose();
		this.#emitter.dispose();
	}

	#send(): void {
		this.#isDue = false;
		const change: LedgerChange = {
			executions: [...this.#executions],
			conversations: [...this.#conversations],
			costs: this.#costs,
			approvals: this.#approvals,
			memories: this.#memories,
			services: this.#services,
			alerts: this.#alerts,
		};
		this.#executions.clear();
		this.#conversations.clear();
		this.#costs = false;
		this.#approvals = false;
		this.#memories = false;
		this.#services = false;
		this.#alerts = false;
		this.#emitter.fire(change);
	}
}
