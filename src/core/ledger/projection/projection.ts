import type { SqlDatabase } from '../../storage/sqlDatabase';
import type { JournalLine } from '../journal/line';
import type { MachineEvent } from '../machineEvents';
import type { LedgerChange } from '../queries';
import { ApprovalStore } from './approvals';
import { ConversationStore } from './conversations';
import { ExecutionBatch } from './executionBatch';
import { Horizon, type BlobReader } from './horizon';
import { MachineRecords } from './machineRecords';
import { MemoryStore, type MemoryEvent } from './memories';
import { Names } from './packing';
import type { Place } from './records';

/**
 * Applies events to the tables. Events are taken in batches: what a batch changes is collected in memory and written in
 * one transaction with the offsets that it covers, so that rows and offsets never disagree.
 */
export class Projection {
	readonly #database: SqlDatabase;
	readonly #names: Names;
	readonly #executions: ExecutionBatch;
	readonly #conversations: ConversationStore;
	readonly #approvals: ApprovalStore;
	readonly #horizon: Horizon;
	readonly #memories: MemoryStore;
	readonly #machine: MachineRecords;
	#hasApprovals = false;
	#maxSeq: number;
	#earliestAt = Number.POSITIVE_INFINITY;

	constructor(database: SqlDatabase, readBlob: BlobReader) {
		this.#database = database;
		this.#names = new Names(database);
		this.#horizon = new Horizon(database, this.#names, readBlob);
		this.#executions = new ExecutionBatch(database, this.#names, this.#horizon, readBlob);
		this.#conversations = new ConversationStore(database, this.#names);
		this.#approvals = new ApprovalStore(database, this.#names);
		this.#memories = new MemoryStore(database, this.#names);
		this.#machine = new MachineRecords(database, this.#names);
		this.#maxSeq = Number(database.prepare("SELECT value FROM meta WHERE key = 'maxSeq'").get()?.[0] ?? 0);
	}

	get names(): Names {
		return this.#names;
	}

	get horizon(): Horizon {
		return this.#horizon;
	}

	/** The greatest order of any event applied so far. */
	get maxSeq(): number {
		return this.#maxSeq;
	}

	/** Whether the journal can do without an event whose newest alone counts, or that is kept for a short while. */
	isOutdated(event: MemoryEvent | MachineEvent, line: JournalLine): boolean {
		return event.type === 'memory.changed'
			? this.#memories.isOutdated(event, line.seq)
			: this.#machine.isOutdated(event, line);
	}

	/** Takes one event into the batch. */
	apply(line: JournalLine, place: Place): void {
		this.#maxSeq = Math.max(this.#maxSeq, line.seq);
		this.#earliestAt = Math.min(this.#earliestAt, line.at);
		const { event } = line;
		switch (event.type) {
			case 'execution.started':
			case 'execution.updated':
			case 'execution.ended':
			case 'step.started':
			case 'step.ended':
			case 'usage.recorded':
				return this.#executions.apply(line, event, place);
			case 'conversation.changed':
				return this.#conversations.change(event, line.at, line.seq);
			case 'conversation.item':
				return this.#conversations.item(event, line, place);
			case 'approval.requested':
			case 'approval.decided':
			case 'gate.decided':
				this.#hasApprovals = this.#approvals.apply(line, event, place) || this.#hasApprovals;
				return;
			case 'memory.changed':
				return this.#memories.apply(event, line);
			case 'metrics.recorded':
			case 'health.recorded':
			case 'health.changed':
			case 'alert.changed':
				return this.#machine.apply(event, line);
			case 'ledger.retired':
				return this.#horizon.propose(event, line);
			case 'host.opened':
				return;
		}
	}

	/**
	 * Writes the batch.
	 * @param saveOffsets writes how far the segments are read, in the same transaction
	 */
	commit(saveOffsets: () => void): LedgerChange {
		try {
			return this.#database.transaction(() => this.#save(saveOffsets));
		} finally {
			// Also after a failure: what was collected belongs to offsets that were not saved, and is read again.
			this.#executions.clear();
			this.#conversations.clear();
			this.#approvals.clear();
			this.#horizon.clear();
			this.#memories.clear();
			this.#machine.clear();
			this.#hasApprovals = false;
			this.#earliestAt = Number.POSITIVE_INFINITY;
		}
	}

	#save(saveOffsets: () => void): LedgerChange {
		const changed = this.#executions.save();
		const conversations = this.#conversations.save();
		this.#approvals.save();
		const memories = this.#memories.save();
		const machine = this.#machine.save();
		const isRetired = this.#horizon.save();
		if (isRetired || this.#earliestAt < this.#horizon.beforeAt) {
			this.#horizon.sweep();
			this.#machine.sweep(this.#horizon.beforeAt);
		}
		this.#names.save();
		this.#database.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('maxSeq', ?)").run([String(this.#maxSeq)]);
		saveOffsets();
		return {
			executions: changed.executions,
			conversations,
			costs: changed.costs || isRetired,
			approvals: this.#hasApprovals,
			memories,
			...machine,
		};
	}
}
