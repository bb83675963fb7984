import type { Clock } from '../base/clock';
import { asId, type ItemId } from '../base/ids';
import type { ConversationDeps } from './deps';
import type { StoredItem } from './itemStore';
import { notice } from './notices';
import type { StoredConversation } from './stored';

/**
 * The rows of a conversation, and after a turn whose window was killed the row that says so: nobody was left to write how
 * it ended. Its id is that of the execution, so that a second load, or a second window, does not add another one.
 */
export function withInterruptedMark(
	{ row, rows, executions }: StoredConversation,
	ports: Pick<ConversationDeps, 'append'> & { readonly clock: Pick<Clock, 'now'> },
): readonly StoredItem[] {
	const last = executions[0];
	if (last?.status !== 'interrupted') return rows;
	const id = asId<ItemId>(`interrupted:${last.id}`);
	if (rows.some(({ item }) => item.id === id || item.id === `turn:${last.id}`)) return rows;
	const mark: StoredItem = {
		order: Math.floor(rows.at(-1)?.order ?? 0) + 1,
		item: notice(
			ports.clock.now(),
			{
				level: 'warning',
				code: 'interrupted',
				text: 'Interrupted: the window ended in the middle of this turn. Send a message to go on from here.',
			},
			id,
		),
	};
	const body = JSON.stringify(mark.item);
	ports.append({ type: 'conversation.item', conversation: row.id, item: id, order: mark.order, body });
	return [...rows, mark];
}
