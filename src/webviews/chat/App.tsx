import { useEffect, useReducer, useRef, useState, type ReactElement, type RefObject } from 'react';
import type { ConversationId } from '../../core/base/ids';
import type { ChatContract } from '../../core/chat/protocol';
import type { ConversationView } from '../../core/chat/items';
import type { Client } from '../../core/rpc/rpc';
import { Codicon } from '../shared/components/Codicon';
import { ProgressRing } from '../shared/components/toolkit';
import { EmptyState } from './components/EmptyState';
import { Header } from './components/Header';
import { InlineError } from './components/InlineError';
import { MessageList } from './components/MessageList';
import { ObstaclePage } from './components/ObstaclePage';
import { PendingBar } from './components/PendingBar';
import { QueueBar } from './components/QueueBar';
import { Composer, type ComposerHandle } from './composer/Composer';
import { LimitsBar } from './composer/LimitsBar';
import { Meters } from './composer/Meters';
import { fetchUntil, useConnection } from './connection';
import { HostProvider, ReadOnlyProvider, useChatHost, useHost } from './host';
import type { SavedState } from './savedState';
import { speakerName } from './speaker';
import { initialState, isBusy, obstacleOf, reduce, type ChatState } from './state';

export interface AppProps {
	readonly client: Client<ChatContract>;
	readonly saved: SavedState;
	/** The conversation that the host made this page for; `null` for the view in a side bar, which shows the last one. */
	readonly wanted: ConversationId | null;
}

/** Before the first snapshot there is no conversation; calls that need one cannot be made then. */
const noConversation = '' as ConversationId;

/** The chat page. */
export function App({ client, saved, wanted }: AppProps): ReactElement {
	const [state, dispatch] = useReducer(reduce, { ...initialState, attachments: saved.value.attachments });
	const show = useConnection(client, saved, wanted, state, dispatch);
	const { conversation } = state;
	const host = useChatHost(client, conversation?.id ?? noConversation, saved, dispatch, show, state.root);
	useEffect(() => saved.update({ attachments: state.attachments }), [saved, state.attachments]);
	useWantedRow(host, state);
	return (
		<HostProvider value={host}>
			<div className="visually-hidden" role="status" aria-live="polite">
				{state.announcement}
			</div>
			{conversation ? (
				<Conversation key={conversation.id} state={state} conversation={conversation} />
			) : (
				<Opening state={state} />
			)}
		</HostProvider>
	);
}

/** A row that was at the top before a reload, or that a command asks for, may not be among the newest. */
function useWantedRow(host: ReturnType<typeof useChatHost>, state: ChatState): void {
	const { jump } = state;
	const asked = useRef(0);
	const { conversation, items } = state;
	const isOpen = conversation !== null;
	const isRestored = useRef(false);
	useEffect(() => {
		const { topItem } = host.saved.value;
		if (!isOpen || isRestored.current) return;
		isRestored.current = true;
		if (topItem !== null && !items.some(item => item.id === topItem)) host.dispatch({ type: 'jump', item: topItem });
	}, [host, isOpen, items]);
	useEffect(() => {
		if (!jump || jump.count === asked.current || !isOpen) return;
		asked.current = jump.count;
		void fetchUntil(host, state, jump.item);
	}, [host, state, jump, isOpen]);
}

function Opening({ state }: { readonly state: ChatState }): ReactElement {
	const { show } = useHost();
	const failure = state.failures.at(-1);
	if (!failure) {
		return (
			<div className="opening">
				<ProgressRing label="Opening the conversation" />
			</div>
		);
	}
	return (
		<div className="opening">
			<InlineError error={failure} />
			<button type="button" className="text-button" onClick={() => show(null)}>
				Try again
			</button>
		</div>
	);
}

function Conversation({
	state,
	conversation,
}: {
	readonly state: ChatState;
	readonly conversation: ConversationView;
}): ReactElement {
	const { attempt, dispatch, saved } = useHost();
	const composer = useRef<ComposerHandle>(null);
	const [draft] = useState(() => saved.value.draft || state.savedDraft);
	const isEmpty = state.grouped.rows.length === 0 && state.earlier === 0;
	const obstacle = obstacleOf(state, conversation);
	return (
		<main
			className="chat"
			onKeyDown={event => {
				if (event.key === 'Escape' && isBusy(conversation) && conversation.readOnly === null)
					void attempt('stop', { conversation: conversation.id });
			}}
		>
			<Header state={state} conversation={conversation} />
			{!isEmpty && (
				<ReadOnlyProvider value={conversation.readOnly !== null}>
					<MessageList state={state} />
				</ReadOnlyProvider>
			)}
			{isEmpty && (
				<div className="empty">
					{obstacle ? (
						<ObstaclePage obstacle={obstacle} />
					) : (
						<EmptyState name={speakerName(conversation)} onPick={text => composer.current?.write(text)} />
					)}
				</div>
			)}
			<div className="bottom">
				<PendingBar state={state} />
				<QueueBar items={state.items} conversation={conversation} />
				{state.failures.map(failure => (
					<InlineError
						key={failure.id}
						error={failure}
						onDismiss={() => dispatch({ type: 'dismissed', id: failure.id })}
					/>
				))}
				{!(isEmpty && obstacle) && (
					<Bottom state={state} conversation={conversation} draft={draft} composer={composer} />
				)}
			</div>
		</main>
	);
}

interface BottomProps {
	readonly state: ChatState;
	readonly conversation: ConversationView;
	readonly draft: string;
	readonly composer: RefObject<ComposerHandle | null>;
}

function Bottom({ state, conversation, draft, composer }: BottomProps): ReactElement {
	const obstacle = obstacleOf(state, conversation);
	if (obstacle) return <ObstaclePage obstacle={obstacle} />;
	return (
		<>
			<LimitsBar conversation={conversation} />
			{conversation.readOnly !== null && (
				<p className="read-only" role="status">
					<Codicon name="lock" />
					<span>{conversation.readOnly}</span>
				</p>
			)}
			<Composer ref={composer} state={state} conversation={conversation} draft={draft} />
			<Meters conversation={conversation} cli={state.cli} />
		</>
	);
}
