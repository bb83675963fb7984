import { useCallback, useEffect, useRef, useState, type Dispatch } from 'react';
import type { ConversationId, ItemId } from '../../core/base/ids';
import type { AttachmentView } from '../../core/chat/items';
import type { ChatContract, ChatSnapshot } from '../../core/chat/protocol';
import { disposeAll } from '../../core/base/lifecycle';
import type { Client } from '../../core/rpc/rpc';
import { failureOf, type ChatHost } from './host';
import type { Saved, SavedState } from './savedState';
import type { ChatAction, ChatState } from './state';

/** Listens to the host and keeps the page on a conversation. Returns how to show another one. */
export function useConnection(
	client: Client<ChatContract>,
	saved: SavedState,
	wanted: ConversationId | null,
	state: ChatState,
	dispatch: Dispatch<ChatAction>,
): ChatHost['show'] {
	const shown = state.conversation?.id ?? null;
	const latest = useRef(shown);
	useEffect(() => {
		latest.current = shown;
	}, [shown]);
	const [restored] = useState(saved.value);
	const show = useCallback<ChatHost['show']>(
		conversation => {
			client.call('open', { conversation }).then(
				snapshot => {
					for (const attachment of foreign(restored, snapshot)) dispatch({ type: 'detach', attachment });
					saved.enter(snapshot.conversation.id);
					dispatch({ type: 'snapshot', snapshot });
				},
				(error: unknown) => dispatch({ type: 'failed', ...failureOf(error) }),
			);
		},
		[client, saved, restored, dispatch],
	);
	useEffect(() => {
		const listening = [
			client.on('changed', change => dispatch({ type: 'changed', change })),
			client.on('conversations', conversations => dispatch({ type: 'conversations', conversations })),
			client.on('obstacle', obstacle => dispatch({ type: 'obstacle', obstacle })),
			client.on('editorContext', editor => dispatch({ type: 'editor', editor })),
			client.on('attach', ({ attachments }) => dispatch({ type: 'attach', attachments })),
			client.on('focusComposer', () => dispatch({ type: 'focusComposer' })),
			client.on('show', ({ conversation, item }) => {
				if (conversation !== latest.current) show(conversation);
				if (item !== null) dispatch({ type: 'jump', item });
			}),
		];
		// A tab may have gone on to another conversation than the one it was opened for. What the view showed last is known
		// best by the host: the state of a view is written by VS Code now and then only, and a crash brings back an old one.
		show(wanted === null ? null : (saved.value.conversation ?? wanted));
		return () => disposeAll(listening);
	}, [client, saved, wanted, show, dispatch]);
	useEffect(() => {
		if (state.isStale && shown !== null) show(shown);
	}, [state.isStale, shown, show]);
	return show;
}

/** What the page brought back of another conversation than the one that is shown. */
function foreign({ conversation, attachments }: Saved, snapshot: ChatSnapshot): readonly AttachmentView[] {
	return conversation === snapshot.conversation.id ? [] : attachments;
}

const searchStep = 500;

/** Fetches earlier items until a row that is to be shown is there. */
export async function fetchUntil(
	host: ChatHost,
	state: Pick<ChatState, 'items' | 'earlier'>,
	item: ItemId,
): Promise<void> {
	let { earlier } = state;
	let first = state.items[0];
	let isFound = state.items.some(other => other.id === item);
	while (!isFound && earlier > 0 && first) {
		const result = await host.attempt('earlier', {
			conversation: host.conversation,
			before: first.id,
			count: searchStep,
		});
		if (!result || result.items.length === 0) return;
		host.dispatch({ type: 'earlier', ...result });
		({ earlier } = result);
		first = result.items[0];
		isFound = result.items.some(other => other.id === item);
	}
}
