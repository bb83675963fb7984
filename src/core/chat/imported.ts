import type { Clock } from '../base/clock';
import { newId, type ConversationId, type ItemId } from '../base/ids';
import type { HistoryMessage } from '../claude/history/protocol';
import type { UserMessage } from '../claude/messages';
import { ItemStore, type StoredItem } from './itemStore';
import { compactText, notice } from './notices';
import { Rows } from './rows';
import { resultText } from './toolText';
import { Turn } from './turn';

/** The rows of a session that was begun elsewhere. Nothing is journaled here: the caller stores what it keeps. */
export function importedRows(messages: readonly HistoryMessage[], clock: Clock): readonly StoredItem[] {
	const conversation = newId<ConversationId>();
	const store = new ItemStore(conversation, () => undefined, clock);
	const rows = new Rows({ items: store, cwd: '', clock, price: () => null });
	const origin = { conversation, project: null, provider: 'claude', model: null, title: '', trigger: 'user' as const };
	const turn = new Turn(origin, () => undefined, clock);
	for (const { at, message } of messages) {
		if (message.type === 'assistant') rows.assistant(message, turn);
		else if (message.type === 'system')
			store.add(notice(at, compactText({ ...message, compact_metadata: { trigger: 'manual' } })));
		else if (isPrompt(message)) store.add(promptRow(at, message));
		else rows.results(message, turn);
	}
	rows.settle('done');
	const items = store.stored();
	store.dispose();
	return items;
}

function isPrompt({ message }: UserMessage): boolean {
	return typeof message.content === 'string' || !message.content.some(block => block.type === 'tool_result');
}

function promptRow(at: number, { uuid, message }: UserMessage): StoredItem['item'] {
	const id = (uuid ?? newId<ItemId>()) as ItemId;
	return { id, at, parent: null, kind: 'user', text: resultText(message.content), attachments: [], state: 'sent' };
}
