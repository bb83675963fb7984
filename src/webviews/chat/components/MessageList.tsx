import { useCallback, useEffect, useRef, useState, type ReactElement, type RefObject } from 'react';
import { Virtuoso, type VirtuosoHandle } from 'react-virtuoso';
import type { ChatItem } from '../../../core/chat/items';
import { Codicon } from '../../shared/components/Codicon';
import { formatCount } from '../../shared/format';
import { useFollow, type Follow } from '../follow';
import { useHost } from '../host';
import { isBusy, type ChatState } from '../state';
import { Activity } from './Activity';
import { Row, type ChildMap } from './Row';

interface ListContext {
	readonly state: ChatState;
	readonly childMap: ChildMap;
	readonly onEarlier: () => void;
}

const earlierCount = 200;
const parts = { Header: ListHeader, Footer: ListFooter };
const viewportMargin = { top: 400, bottom: 400 };

/** The conversation, of which only what is near the view is in the document. */
export function MessageList({ state }: { readonly state: ChatState }): ReactElement {
	const { saved } = useHost();
	const list = useRef<VirtuosoHandle>(null);
	const follow = useFollow();
	const { rows, children } = state.grouped;
	const onEarlier = useEarlier(state);
	useOwnPrompt(rows, follow);
	useJump(list, state, follow);
	const [first] = useState(() => startRow(rows, saved.value.topItem));
	return (
		<div className="list" onClickCapture={follow.onClickCapture}>
			<Virtuoso<ChatItem, ListContext>
				ref={list}
				className="scroller"
				role="log"
				aria-live="off"
				aria-label="Conversation"
				data={rows}
				context={{ state, childMap: children, onEarlier }}
				firstItemIndex={state.firstIndex}
				initialTopMostItemIndex={first}
				computeItemKey={(_, row) => row.id}
				itemContent={renderRow}
				components={parts}
				increaseViewportBy={viewportMargin}
				scrollerRef={follow.onScroller}
				totalListHeightChanged={follow.onHeight}
				followOutput={follow.isFollowing ? 'auto' : false}
				startReached={onEarlier}
			/>
			{!follow.isFollowing && (
				<button type="button" className="to-end" onClick={follow.follow}>
					<Codicon name="arrow-down" />
					Jump to latest
				</button>
			)}
		</div>
	);
}

function renderRow(_: number, row: ChatItem, context: ListContext): ReactElement {
	return <Row item={row} childMap={context.childMap} />;
}

function startRow(
	rows: readonly ChatItem[],
	topItem: ChatItem['id'] | null,
): { index: number | 'LAST'; align: 'start' | 'end' } {
	const at = topItem === null ? -1 : rows.findIndex(row => row.id === topItem);
	return at < 0 ? { index: 'LAST', align: 'end' } : { index: at, align: 'start' };
}

/** Fetches older items once at a time. */
function useEarlier(state: ChatState): () => void {
	const { attempt, conversation, dispatch } = useHost();
	const first = state.items[0];
	const isWanted = state.earlier > 0 && !state.isLoadingEarlier && first !== undefined;
	return useCallback(() => {
		if (!isWanted) return;
		dispatch({ type: 'earlierWanted' });
		void attempt('earlier', { conversation, before: first.id, count: earlierCount }).then(result =>
			dispatch(result ? { type: 'earlier', ...result } : { type: 'earlierFailed' }),
		);
	}, [attempt, conversation, dispatch, first, isWanted]);
}

/** One's own prompt is always shown, wherever one was reading. */
function useOwnPrompt(rows: readonly ChatItem[], { follow }: Follow): void {
	// The newest prompt and not the newest row: an answer may have come in the same breath.
	const last = rows.findLast(row => row.kind === 'user')?.id;
	const seen = useRef(last);
	useEffect(() => {
		const isNew = last !== undefined && last !== seen.current;
		seen.current = last;
		if (isNew) follow();
	}, [last, follow]);
}

function useJump(list: RefObject<VirtuosoHandle | null>, state: ChatState, { release }: Follow): void {
	const done = useRef(0);
	const { jump, grouped } = state;
	useEffect(() => {
		if (!jump || jump.count === done.current) return;
		const at = grouped.rows.findIndex(
			row => row.id === jump.item || grouped.children.get(row.id)?.some(kid => kid.id === jump.item),
		);
		if (at < 0) return;
		done.current = jump.count;
		release();
		list.current?.scrollToIndex({ index: at, align: 'center' });
	}, [list, jump, grouped, release]);
}

function ListHeader({ context }: { readonly context?: ListContext }): ReactElement | null {
	const state = context?.state;
	if (!state || state.earlier === 0) return <div className="list-start" />;
	return (
		<div className="list-start earlier">
			<button type="button" className="text-button" disabled={state.isLoadingEarlier} onClick={context.onEarlier}>
				{state.isLoadingEarlier ? 'Loading…' : `Show earlier (${formatCount(state.earlier)})`}
			</button>
		</div>
	);
}

function ListFooter({ context }: { readonly context?: ListContext }): ReactElement {
	const conversation = context?.state.conversation ?? null;
	return (
		<div className="list-end">{conversation && isBusy(conversation) && <Activity conversation={conversation} />}</div>
	);
}
