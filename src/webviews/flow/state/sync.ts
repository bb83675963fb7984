import type { Flow } from '../../../core/flow/model/flow';
import type { FlowOp } from '../../../core/flow/model/ops';
import { applyOps } from '../../../core/flow/model/apply';

interface Batch {
	readonly ops: readonly FlowOp[];
	readonly label: string;
}

type Send = (base: number, batch: Batch) => Promise<{ readonly version: number }>;

/**
 * The page's half of the agreement about the flow. What the host has said is `confirmed`; the user's own batches stand on
 * top of it until the host has taken them, one after another. What others change meanwhile goes below them.
 */
export class FlowSync {
	#confirmed: Flow;
	#version: number;
	#pending: Batch[] = [];
	#flow: Flow;
	#isSending = false;
	readonly #send: Send;
	readonly #onFlow: (flow: Flow) => void;
	readonly #onFailure: (error: unknown) => void;

	constructor(
		start: { readonly version: number; readonly flow: Flow },
		send: Send,
		on: { readonly flow: (flow: Flow) => void; readonly failure: (error: unknown) => void },
	) {
		this.#confirmed = this.#flow = start.flow;
		this.#version = start.version;
		this.#send = send;
		this.#onFlow = on.flow;
		this.#onFailure = on.failure;
	}

	get flow(): Flow {
		return this.#flow;
	}

	/** One gesture of the user. */
	change(ops: readonly FlowOp[], label: string): void {
		if (ops.length === 0) return;
		this.#pending.push({ ops, label });
		this.#show(applyOps(this.#flow, ops));
		void this.#flush();
	}

	/** A change that the host tells of. */
	take(version: number, change: { readonly ops: readonly FlowOp[] } | { readonly flow: Flow }): void {
		if (version <= this.#version && 'ops' in change) return;
		this.#version = version;
		this.#confirmed = 'flow' in change ? change.flow : applyOps(this.#confirmed, change.ops);
		this.#rebase();
	}

	async #flush(): Promise<void> {
		if (this.#isSending) return;
		this.#isSending = true;
		try {
			for (let batch = this.#pending[0]; batch; batch = this.#pending[0]) {
				const { version } = await this.#send(this.#version, batch);
				this.#pending.shift();
				this.#confirmed = applyOps(this.#confirmed, batch.ops);
				this.#version = Math.max(this.#version, version);
				if (this.#pending.length === 0) this.#confirmed = this.#flow;
			}
		} catch (error) {
			// The host did not take it: what it has said stands, and the user is told.
			this.#pending = [];
			this.#rebase();
			this.#onFailure(error);
		} finally {
			this.#isSending = false;
		}
	}

	#rebase(): void {
		this.#show(this.#pending.reduce((flow, { ops }) => applyOps(flow, ops), this.#confirmed));
	}

	#show(flow: Flow): void {
		this.#flow = flow;
		this.#onFlow(flow);
	}
}
