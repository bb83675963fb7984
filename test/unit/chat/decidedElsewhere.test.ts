import { expect, test } from 'vitest';
import type { StoredItem } from '../../../src/core/chat/itemStore';
import { decidedElsewhere } from '../../../src/core/chat/stored';

test('a call that waits in another window is shown waiting, and nothing is offered here', () => {
	const call = { order: 2, item: { kind: 'tool', id: 't1', state: 'waiting', approval: { id: 'a1' } } };
	const text = { order: 1, item: { kind: 'text', id: 'x1' } };
	const rows = [text, call] as unknown as readonly StoredItem[];
	expect(decidedElsewhere(rows)).toEqual([text, { order: 2, item: { ...call.item, approval: null } }]);
});
