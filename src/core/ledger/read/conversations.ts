import { asId, type ApprovalId, type ConversationId, type ExecutionId, type ItemId } from '../../base/ids';
import type { SqlRow, SqlValue } from '../../storage/sqlDatabase';
import { packId, unpackId } from '../projection/packing';
import type { Place } from '../projection/records';
import { toPlace } from '../projection/recordStore';
import { words } from '../projection/schema';
import type { ApprovalRow, ConversationRow } from '../queries';
import type { ReadContext } from './executions';

const columns = `conversation, title, project, provider, session, archived, options, created_at, updated_at,
	(SELECT count(*) FROM chat_messages WHERE chat_messages.conversation = chat_sessions.conversation AND removed = 0)`;

/** Conversations, the one with the newest event first. */
export function findConversations(
	context: ReadContext,
	filter: { readonly project?: string; readonly withArchived?: boolean; readonly limit?: number },
): ConversationRow[] {
	const conditions = ['known = 1'];
	const values: SqlValue[] = [];
	if (!filter.withArchived) conditions.push('archived = 0');
	if (filter.project !== undefined) {
		conditions.push('project = ?');
		values.push(context.names.find(filter.project));
	}
	return context.database
		.prepare(
			`SELECT ${columns} FROM chat_sessions WHERE ${conditions.join(' AND ')}
			ORDER BY updated_at DESC, conversation DESC LIMIT ?`,
		)
		.all([...values, filter.limit ?? -1])
		.map(row => toConversation(context, row));
}

export function readConversation(context: ReadContext, id: ConversationId): ConversationRow | null {
	const row = context.database
		.prepare(`SELECT ${columns} FROM chat_sessions WHERE conversation = ? AND known = 1`)
		.get([context.names.find(id)]);
	return row ? toConversation(context, row) : null;
}

function toConversation({ names }: ReadContext, row: SqlRow): ConversationRow {
	return {
		id: asId<ConversationId>(names.textOf(row[0])),
		title: textOrNull(row[1]) ?? '',
		project: row[2] === null ? null : names.textOf(row[2]),
		provider: row[3] === null ? '' : names.textOf(row[3]),
		session: textOrNull(row[4]),
		isArchived: row[5] === 1,
		options: textOrNull(row[6]),
		createdAt: Number(row[7]),
		updatedAt: Number(row[8]),
		itemCount: Number(row[9]),
	};
}

export interface ItemPlace {
	readonly item: ItemId;
	readonly order: number;
	readonly place: Place;
}

/** Where the last `limit` items before an order stand, in order, and how many come before them. */
export function findItems(
	context: ReadContext,
	query: { readonly conversation: ConversationId; readonly before?: number; readonly limit: number },
): { readonly items: readonly ItemPlace[]; readonly earlier: number } {
	const conversation = context.names.find(query.conversation);
	const rows = context.database
		.prepare(
			`SELECT item, position, segment, offset, length FROM chat_messages
			WHERE conversation = ? AND removed = 0 AND position < ? ORDER BY position DESC, item DESC LIMIT ?`,
		)
		.all([conversation, query.before ?? Number.MAX_VALUE, query.limit]);
	const first = rows.at(-1);
	if (!first) return { items: [], earlier: 0 };
	const earlier = context.database
		.prepare(`SELECT count(*) FROM chat_messages WHERE conversation = ? AND removed = 0 AND (position, item) < (?, ?)`)
		.get([conversation, first[1]!, first[0]!]);
	const items = rows.toReversed().map(row => ({
		item: asId<ItemId>(unpackId(row[0])),
		order: Number(row[1]),
		place: toPlace(row, 2)!,
	}));
	return { items, earlier: Number(earlier?.[0]) };
}

/** Decisions and questions, newest first, each with the place of its effect. */
export function findApprovals(
	context: ReadContext,
	filter: { readonly execution?: ExecutionId; readonly limit?: number; readonly before?: number },
): { readonly row: Omit<ApprovalRow, 'effect'>; readonly effect: Place | null }[] {
	const { names, database } = context;
	const conditions = ['tier IS NOT NULL'];
	const values: SqlValue[] = [];
	if (filter.execution !== undefined) {
		conditions.push('execution = ?');
		values.push(packId(filter.execution));
	}
	if (filter.before !== undefined) {
		conditions.push('at < ?');
		values.push(filter.before);
	}
	return database
		.prepare(
			`SELECT id, at, execution, conversation, tool, tier, decision, decided_by, reason, decided_at,
				effect_segment, effect_offset, effect_length
			FROM approvals WHERE ${conditions.join(' AND ')} ORDER BY at DESC, id DESC LIMIT ?`,
		)
		.all([...values, filter.limit ?? 200])
		.map(row => ({
			row: {
				id: asId<ApprovalId>(unpackId(row[0])),
				at: Number(row[1]),
				execution: row[2] === null ? null : asId<ExecutionId>(unpackId(row[2])),
				conversation: row[3] === 0 ? null : asId<ConversationId>(names.textOf(row[3])),
				tool: names.textOf(row[4]),
				tier: words.tier[Number(row[5])]!,
				decision: row[6] === null ? null : words.decision[Number(row[6])]!,
				by: row[7] === null ? null : String(row[7]),
				reason: row[8] === null ? null : String(row[8]),
				decidedAt: row[9] === null ? null : Number(row[9]),
			},
			effect: toPlace(row, 10),
		}));
}

function textOrNull(value: SqlValue | undefined): string | null {
	return value === null ? null : String(value);
}
