import type { Clock } from '../base/clock';
import { newId, type ConversationId, type ItemId } from '../base/ids';
import type { LedgerEvent } from '../ledger/events';
import type { HistoryMessage, SessionSummary } from '../claude/history/protocol';
import type { Conversation } from './conversation';
import type { ConversationChoices, ConversationRecord, SessionPlan } from './conversationParts';
import { forkPoint } from './forkPoint';
import { importedRows } from './imported';
import type { StoredItem } from './itemStore';

/** What a copy is made with. */
export interface CopyPorts {
	readonly clock: Clock;
	readonly append: (event: LedgerEvent) => void;
	/** Opens a conversation that the ledger has just been told of. */
	readonly adopt: (record: ConversationRecord, rows: readonly StoredItem[]) => Conversation;
}

/** A new conversation that begins with everything up to the end of the turn that holds `item`. */
export async function fork(source: Conversation, item: ItemId, ports: CopyPorts): Promise<Conversation> {
	await source.history.all();
	const rows = source.stored();
	const at = rows.findIndex(row => row.item.id === item);
	const turn = rows.findIndex((row, index) => index >= at && row.item.kind === 'turn');
	const upTo = rows.slice(0, turn < 0 ? rows.length : turn + 1);
	const title = `${source.view.title} (fork)`;
	const { plan, handOn } = forkPoint(title, upTo, source.plan, upTo.length === rows.length);
	const copy = copyRows(recordOfCopy(source, title, plan), upTo, ports);
	if (handOn !== null) copy.handOn(handOn);
	return copy;
}

/** Keeps a conversation as it is before something of it is sent again. */
export async function keepAsIs(source: Conversation, ports: CopyPorts): Promise<void> {
	await source.history.all();
	const record = recordOfCopy(source, `${source.view.title} (before the edit)`, source.plan);
	copyRows(record, source.stored(), ports);
}

/** Continues a session that was begun outside: its rows are copied, and its next prompt resumes it. */
export function importSession(
	{ id, title }: SessionSummary,
	messages: readonly HistoryMessage[],
	place: ConversationChoices & { readonly project: string },
	ports: CopyPorts,
): Conversation {
	const plan: SessionPlan = { kind: 'resume', id };
	const record = { id: newId<ConversationId>(), title, plan, cost: null, basis: null, ...place };
	return copyRows(record, importedRows(messages, ports.clock), ports);
}

function recordOfCopy(source: Conversation, title: string, plan: SessionPlan): ConversationRecord {
	const { model, mode, effort } = source.view;
	const { project } = source;
	return { id: newId<ConversationId>(), title, plan, project, model, mode, effort, cost: null, basis: null };
}

function copyRows(record: ConversationRecord, rows: readonly StoredItem[], ports: CopyPorts): Conversation {
	for (const { item, order } of rows) {
		const body = JSON.stringify(item);
		ports.append({ type: 'conversation.item', conversation: record.id, item: item.id, order, body });
	}
	return ports.adopt(record, rows);
}
