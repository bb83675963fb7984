import { memo, type ReactElement } from 'react';
import type { ItemId } from '../../../core/base/ids';
import type { ChatItem } from '../../../core/chat/items';
import { MessageRow } from './MessageRow';
import { Nested } from './Nested';
import { NoticeRow } from './NoticeRow';
import { ThinkingRow } from './ThinkingRow';
import { ToolRow } from './ToolRow';
import { TurnRow } from './TurnRow';
import { UserRow } from './UserRow';

export type ChildMap = ReadonlyMap<ItemId, readonly ChatItem[]>;

const noKids: readonly ChatItem[] = [];

/** What a screen reader calls a row. */
const labels: Readonly<Record<ChatItem['kind'], string>> = {
	user: 'You',
	text: 'Answer',
	thinking: 'Thinking',
	tool: 'Tool call',
	notice: 'Notice',
	turn: 'End of turn',
};

export interface RowProps {
	readonly item: ChatItem;
	readonly childMap: ChildMap;
}

/** One row of the conversation. It is drawn again only when its item or what hangs below it changed. */
export const Row = memo(
	function Row({ item, childMap }: RowProps): ReactElement {
		const kids = childMap.get(item.id) ?? noKids;
		return (
			<div className={`row row-${item.kind}`} data-item={item.id} role="article" aria-label={labels[item.kind]}>
				{item.kind === 'user' && <UserRow item={item} />}
				{item.kind === 'text' && <MessageRow item={item} />}
				{item.kind === 'thinking' && <ThinkingRow item={item} />}
				{item.kind === 'tool' && <ToolRow item={item} />}
				{kids.length > 0 && item.kind === 'tool' && (
					<Nested item={item} kids={kids} renderRow={kid => <Row key={kid.id} item={kid} childMap={childMap} />} />
				)}
				{item.kind === 'notice' && <NoticeRow item={item} />}
				{item.kind === 'turn' && <TurnRow item={item} />}
			</div>
		);
	},
	(before, after) =>
		before.item === after.item &&
		(after.item.kind !== 'tool' || isSameBelow(after.item.id, before.childMap, after.childMap)),
);

function isSameBelow(id: ItemId, before: ChildMap, after: ChildMap): boolean {
	const kids = after.get(id);
	if (before.get(id) !== kids) return false;
	return kids?.every(kid => kid.kind !== 'tool' || isSameBelow(kid.id, before, after)) ?? true;
}
