import type { ItemId } from '../../core/base/ids';
import type { ChatItem } from '../../core/chat/items';

/** Items as the list shows them: top rows, and below each tool of a sub-agent what that did. */
export interface Grouped {
	readonly rows: readonly ChatItem[];
	readonly children: ReadonlyMap<ItemId, readonly ChatItem[]>;
}

export const noRows: Grouped = { rows: [], children: new Map() };

/**
 * Groups items by parent. Arrays whose content did not change keep their identity, so that memoised rows stay as they
 * are. An item whose parent is not loaded is shown as a top row rather than not at all.
 */
export function groupItems(items: readonly ChatItem[], previous: Grouped): Grouped {
	const known = new Set<ItemId>();
	const rows: ChatItem[] = [];
	const children = new Map<ItemId, ChatItem[]>();
	for (const item of items) {
		known.add(item.id);
		if (item.parent === null || !known.has(item.parent)) {
			rows.push(item);
			continue;
		}
		const siblings = children.get(item.parent);
		if (siblings) siblings.push(item);
		else children.set(item.parent, [item]);
	}
	const kept = new Map<ItemId, readonly ChatItem[]>();
	for (const [parent, list] of children) kept.set(parent, keepSame(previous.children.get(parent), list));
	return { rows: keepSame(previous.rows, rows), children: kept };
}

function keepSame(before: readonly ChatItem[] | undefined, after: readonly ChatItem[]): readonly ChatItem[] {
	if (before?.length !== after.length) return after;
	return before.every((item, index) => item === after[index]) ? before : after;
}
