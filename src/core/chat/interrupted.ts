import { asId, type ItemId } from '../base/ids';
import type { ExecutionRow } from '../ledger/queries';
import type { StoredItem } from './itemStore';
import type { NoticeItem } from './items';
import { notice } from './notices';

/**
 * The row that closes a turn whose window was killed: nobody was left to write how it ended. Its id is that of the
 * execution, so that a second load, or a second window, does not add another one.
 * @param executions the conversation's executions, newest first
 */
export function interruptedMark(
	executions: readonly ExecutionRow[],
	rows: readonly StoredItem[],
	now: number,
): NoticeItem | undefined {
	const last = executions[0];
	if (last?.status !== 'interrupted') return undefined;
	const id = asId<ItemId>(`interrupted:${last.id}`);
	if (rows.some(row => row.item.id === id || row.item.id === `turn:${last.id}`)) return undefined;
	return notice(
		now,
		{
			level: 'warning',
			code: 'interrupted',
			text: 'Interrupted: the window ended in the middle of this turn. Send a message to go on from here.',
		},
		id,
	);
}
