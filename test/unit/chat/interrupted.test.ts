import { expect, test } from 'vitest';
import { asId, type ConversationId, type ItemId } from '../../../src/core/base/ids';
import { withInterruptedMark } from '../../../src/core/chat/interrupted';
import type { StoredItem } from '../../../src/core/chat/itemStore';
import type { StoredConversation } from '../../../src/core/chat/stored';
import type { LedgerEvent } from '../../../src/core/ledger/events';
import type { ExecutionRow } from '../../../src/core/ledger/queries';

const prompt: StoredItem = {
	order: 3,
	item: {
		id: asId<ItemId>('u1'),
		at: 1,
		parent: null,
		kind: 'user',
		text: 'Hello',
		attachments: [],
		state: 'sent',
	},
};

function marked(status: ExecutionRow['status'], rows: readonly StoredItem[], events: LedgerEvent[] = []) {
	const stored = { row: { id: asId<ConversationId>('c1') }, rows, executions: [{ id: 'e1', status }] };
	const ports = { append: (event: LedgerEvent) => void events.push(event), clock: { now: () => 7 } };
	return withInterruptedMark(stored as unknown as StoredConversation, ports);
}

test('a turn that a killed window cut off is marked once, after its last row, and the mark is kept', () => {
	const events: LedgerEvent[] = [];
	const rows = marked('interrupted', [prompt], events);
	expect(rows.map(({ order, item }) => [order, item.kind, item.id])).toEqual([
		[3, 'user', 'u1'],
		[4, 'notice', 'interrupted:e1'],
	]);
	expect(events).toHaveLength(1);
	expect(marked('interrupted', rows, events)).toBe(rows);
	expect(events).toHaveLength(1);
});

test('a turn that ended, or that another window runs, is left alone', () => {
	const rows = [prompt];
	for (const status of ['succeeded', 'failed', 'stopped', 'running', 'waiting'] as const)
		expect(marked(status, rows)).toBe(rows);
});
