import { expect, test } from 'vitest';
import { asId, newId, type ConversationId, type ItemId } from '../../../src/core/base/ids';
import { ItemStore } from '../../../src/core/chat/itemStore';
import type { TextItem } from '../../../src/core/chat/items';
import type { LedgerEvent } from '../../../src/core/ledger/events';
import { ManualClock } from '../../fakes/manualClock';

function streaming() {
	const clock = new ManualClock();
	const events: LedgerEvent[] = [];
	const store = new ItemStore(newId<ConversationId>(), event => events.push(event), clock);
	const id = asId<ItemId>('row');
	const row: TextItem = { id, at: 0, parent: null, kind: 'text', text: '', isStreaming: true };
	store.add(row);
	const stored = (): readonly string[] =>
		events.flatMap(event =>
			event.type === 'conversation.item' && event.body ? [(JSON.parse(event.body) as TextItem).text] : [],
		);
	return { clock, store, id, row, stored };
}

test('a streaming row is in the journal with its first words and never more than two seconds behind', () => {
	const { clock, store, id, row, stored } = streaming();
	expect(stored()).toEqual([]);
	store.appendText(id, 'One ');
	expect(stored()).toEqual(['One ']);
	store.appendText(id, 'two ');
	clock.advance(1_000);
	store.appendText(id, 'three ');
	expect(stored()).toHaveLength(1);
	// Nothing more arrives: what was said so far is written all the same, and once.
	clock.advance(1_000);
	expect(stored()).toEqual(['One ', 'One two three ']);
	clock.advance(60_000);
	expect(stored()).toHaveLength(2);
	store.appendText(id, 'four');
	expect(stored().at(-1)).toBe('One two three four');
	store.replace({ ...row, text: 'One two three four.', isStreaming: false });
	clock.advance(60_000);
	expect(stored()).toHaveLength(4);
	store.dispose();
});

test('a long row is written less often, and a removed one not again', () => {
	const { clock, store, id, stored } = streaming();
	store.appendText(id, 'x'.repeat(100_000));
	store.appendText(id, 'y');
	clock.advance(2_000);
	expect(stored()).toHaveLength(1);
	clock.advance(3_000);
	expect(stored()).toHaveLength(2);
	store.appendText(id, 'z');
	store.remove(id);
	clock.advance(60_000);
	expect(stored()).toHaveLength(2);
	store.dispose();
});
