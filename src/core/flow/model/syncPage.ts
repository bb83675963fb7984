import { applyOps } from './apply';
import type { Flow } from './flow';
import type { FlowOp } from './ops';
import { renameOps } from './rebase';
import type { Renames } from './rebase';
import type { SyncAnswer } from './syncHost';

interface Batch {
	readonly ops: readonly FlowOp[];
	readonly label: string;
}

interface Step {
	/** Operations of the host, or the whole flow. */
	readonly change: { readonly ops: readonly FlowOp[] } | { readonly flow: Flow };
	/** It answers the first pending batch. */
	readonly isOwn: boolean;
	readonly renames: Renames;
}

/** Asks the host to take a batch. Rejects when it does not. */
export type SendBatch = (base: number, batch: Batch) => Promise<SyncAnswer>;

export interface SyncPageEvents {
	readonly flow: (flow: Flow) => void;
	/** The host refused a batch; it and what came after it is undone. */
	readonly failure: (error: unknown) => void;
	/** A change was lost on the way: ask the host for everything, and give it to `take` as a flow. */
	readonly gap: () => void;
}

/** More changes than this that wait for an earlier one mean that the earlier one will not come. */
const mostWaiting = 50;

/**
 * A page's half of the agreement about a flow. What the host has said is confirmed; the page's own batches stand on top
 * of it, shown at once, until the host has taken them one after another. What others change meanwhile goes below them.
 * Changes are applied in the order of their versions, in whatever order they arrive.
 */
export class SyncPage {
	private confirmed: Flow;
	private shown: Flow;
	private version: number;
	private pending: Batch[] = [];
	private readonly waiting = new Map<number, Step>();
	private isSending = false;
	private readonly send: SendBatch;
	private readonly on: SyncPageEvents;

	constructor(start: { readonly version: number; readonly flow: Flow }, send: SendBatch, on: SyncPageEvents) {
		this.confirmed = this.shown = start.flow;
		this.version = start.version;
		this.send = send;
		this.on = on;
	}

	/** What is shown: the host's flow with what the user did since. */
	get flow(): Flow {
		return this.shown;
	}

	/** Whether the host has taken everything. */
	get isSettled(): boolean {
		return this.pending.length === 0 && this.waiting.size === 0;
	}

	/** One gesture of the user. */
	change(ops: readonly FlowOp[], label: string): void {
		if (ops.length === 0) return;
		this.pending.push({ ops, label });
		this.show(applyOps(this.shown, ops));
		void this.flush();
	}

	/** A change that the host tells of; a whole flow replaces everything the host has said before. */
	take(version: number, change: { readonly ops: readonly FlowOp[] } | { readonly flow: Flow }): void {
		if ('flow' in change) {
			this.confirmed = change.flow;
			this.version = version;
			for (const known of this.waiting.keys()) if (known <= version) this.waiting.delete(known);
			this.rebase();
			this.settle();
		} else if (version > this.version) {
			this.waiting.set(version, { change, isOwn: false, renames: {} });
			this.settle();
			if (this.waiting.size > mostWaiting) this.on.gap();
		}
	}

	/** Applies what waits, as far as no version is missing. */
	private settle(): void {
		let isChanged = false;
		for (let step = this.waiting.get(this.version + 1); step; step = this.waiting.get(this.version + 1)) {
			this.waiting.delete(++this.version);
			if ('ops' in step.change) this.confirmed = applyOps(this.confirmed, step.change.ops);
			if (step.isOwn) this.takeOwn(step.renames);
			isChanged = true;
		}
		if (isChanged) this.rebase();
	}

	private takeOwn(renames: Renames): void {
		this.pending.shift();
		if (Object.keys(renames).length === 0) return;
		this.pending = this.pending.map(batch => ({ ...batch, ops: renameOps(batch.ops, renames) }));
	}

	private async flush(): Promise<void> {
		if (this.isSending) return;
		this.isSending = true;
		try {
			for (let batch = this.pending[0]; batch; batch = this.pending[0]) {
				this.takeAnswer(batch, await this.send(this.version, batch));
			}
		} catch (error) {
			this.pending = [];
			this.rebase();
			this.on.failure(error);
		} finally {
			this.isSending = false;
		}
	}

	private takeAnswer(batch: Batch, { version, ops, isIncluded, renames = {} }: SyncAnswer): void {
		if (isIncluded !== true && version > this.version) {
			this.waiting.set(version, { change: { ops: ops ?? batch.ops }, isOwn: true, renames });
			this.settle();
			if (this.pending[0] !== batch) return;
			this.waiting.delete(version);
		}
		// It is in what the host has told, or was lost with something that will be told as a whole.
		this.takeOwn(renames);
		this.rebase();
		if (version > this.version) this.on.gap();
	}

	private rebase(): void {
		this.show(this.pending.reduce((flow, { ops }) => applyOps(flow, ops), this.confirmed));
	}

	private show(flow: Flow): void {
		if (flow === this.shown) return;
		this.shown = flow;
		this.on.flow(flow);
	}
}
