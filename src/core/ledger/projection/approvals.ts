import type { SqlDatabase, SqlValue } from '../../storage/sqlDatabase';
import type { LedgerEvent } from '../events';
import type { JournalLine } from '../journal/line';
import { packId, type Names } from './packing';
import type { Place } from './records';
import { codeOf, words } from './schema';

export type ApprovalEvent = Extract<LedgerEvent, { type: `approval.${string}` } | { type: 'gate.decided' }>;

/** Questions about calls and what was decided. */
export class ApprovalStore {
	readonly #database: SqlDatabase;
	readonly #names: Names;
	readonly #batch: (() => void)[] = [];

	constructor(database: SqlDatabase, names: Names) {
		this.#database = database;
		this.#names = names;
	}

	/** Returns whether a question was opened or closed. */
	apply(line: JournalLine, event: ApprovalEvent, place: Place): boolean {
		if (event.type === 'gate.decided') {
			// What the gate lets pass without a thought stays in the journal alone: there is one for every call.
			if (event.tier === 'GREEN' && event.decision === 'allowed') return false;
			this.#batch.push(() => {
				this.#request(`${line.host}:${line.seq}`, { ...event, conversation: null }, line.at, place);
				this.#decide(`${line.host}:${line.seq}`, { ...event, reason: null }, line.at);
			});
			return false;
		}
		this.#batch.push(() => {
			if (event.type === 'approval.requested') this.#request(event.approval, event, line.at, place);
			else this.#decide(event.approval, event, line.at);
		});
		return true;
	}

	save(): void {
		for (const write of this.#batch) write();
	}

	clear(): void {
		this.#batch.length = 0;
	}

	#request(
		id: string,
		event: Pick<Extract<LedgerEvent, { type: 'approval.requested' }>, 'execution' | 'conversation' | 'tool' | 'tier'>,
		at: number,
		place: Place,
	): void {
		const values: SqlValue[] = [
			packId(id),
			at,
			event.execution === null ? null : packId(event.execution),
			this.#names.idOf(event.conversation),
			this.#names.idOf(event.tool),
			codeOf(words.tier, event.tier),
			place.segment,
			place.offset,
			place.length,
		];
		this.#database
			.prepare(
				`INSERT INTO approvals (id, at, execution, conversation, tool, tier, effect_segment, effect_offset, effect_length)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT DO UPDATE SET at = excluded.at, execution = excluded.execution,
					conversation = excluded.conversation, tool = excluded.tool, tier = excluded.tier,
					effect_segment = excluded.effect_segment, effect_offset = excluded.effect_offset,
					effect_length = excluded.effect_length
				WHERE tier IS NULL OR excluded.at <= at`,
			)
			.run(values);
	}

	#decide(
		id: string,
		event: Pick<Extract<LedgerEvent, { type: 'approval.decided' }>, 'decision' | 'by' | 'reason'>,
		at: number,
	): void {
		this.#database
			.prepare(
				`INSERT INTO approvals (id, at, conversation, tool, decision, decided_by, reason, decided_at)
				VALUES (?, ?, 0, 0, ?, ?, ?, ?)
				ON CONFLICT DO UPDATE SET decision = excluded.decision, decided_by = excluded.decided_by,
					reason = excluded.reason, decided_at = excluded.decided_at
				WHERE decided_at IS NULL OR excluded.decided_at >= decided_at`,
			)
			.run([packId(id), at, codeOf(words.decision, event.decision), event.by, event.reason, at]);
	}
}
