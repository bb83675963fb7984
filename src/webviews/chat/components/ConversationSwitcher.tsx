import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import type { ConversationSummary, ConversationView } from '../../../core/chat/items';
import { IconButton } from '../../shared/components/IconButton';
import { Popover } from '../../shared/components/Popover';
import { TextField } from '../../shared/components/toolkit';
import { failureOf, useHost } from '../host';
import type { ChatState } from '../state';
import { ConversationEntry } from './ConversationEntry';
import { InlineError } from './InlineError';

export interface SwitcherProps {
	readonly state: ChatState;
	readonly conversation: ConversationView;
}

/** A button with the list of conversations behind it. */
export function ConversationSwitcher({ state, conversation }: SwitcherProps): ReactElement {
	const [isOpen, setIsOpen] = useState(false);
	const button = useRef<HTMLButtonElement>(null);
	const waiting = (state.conversations ?? []).filter(
		other => other.status === 'waiting' && other.id !== conversation.id,
	).length;
	const { dispatch } = useHost();
	const close = useCallback(() => setIsOpen(false), []);
	const toComposer = useCallback(() => dispatch({ type: 'focusComposer' }), [dispatch]);
	const closeAndFocus = useCallback(() => {
		setIsOpen(false);
		button.current?.focus();
	}, []);
	return (
		<>
			<span className="switcher-button">
				<IconButton
					ref={button}
					icon="comment-discussion"
					label={waiting > 0 ? `Conversations, ${waiting} waiting for you` : 'Conversations'}
					isExpanded={isOpen}
					onClick={() => setIsOpen(!isOpen)}
				/>
				{waiting > 0 && (
					<span className="count" aria-hidden="true">
						{waiting}
					</span>
				)}
			</span>
			{isOpen && (
				<Popover anchor={button} onClose={close} onEscape={toComposer} className="switcher">
					<ConversationList state={state} shown={conversation} onClose={closeAndFocus} />
				</Popover>
			)}
		</>
	);
}

interface Found {
	readonly list: readonly ConversationSummary[] | null;
	readonly error: ReturnType<typeof failureOf> | null;
}

/** What the host finds for a search text, with the states that it has told since. */
function useConversations(live: ChatState['conversations'], text: string): Found {
	const { client } = useHost();
	const [found, setFound] = useState<Found>({ list: null, error: null });
	useEffect(() => {
		let isGone = false;
		const ask = (): void => {
			client.call('conversations', { text }).then(
				list => {
					if (!isGone) setFound({ list, error: null });
				},
				(failure: unknown) => {
					if (!isGone) setFound({ list: [], error: failureOf(failure) });
				},
			);
		};
		const timer = setTimeout(ask, text === '' ? 0 : 150);
		return () => {
			isGone = true;
			clearTimeout(timer);
		};
	}, [client, text]);
	if (live === null || found.list === null) return found;
	if (text === '') return { list: live, error: found.error };
	return { list: found.list.map(entry => live.find(other => other.id === entry.id) ?? entry), error: found.error };
}

function ConversationList({
	state,
	shown,
	onClose,
}: {
	readonly state: ChatState;
	readonly shown: ConversationView;
	readonly onClose: () => void;
}): ReactElement {
	const { show } = useHost();
	const [text, setText] = useState('');
	const { list, error } = useConversations(state.conversations, text);
	const [now] = useState(Date.now);
	return (
		<div className="conversation-list" onKeyDown={moveInList}>
			<TextField
				label="Search conversations"
				placeholder="Search conversations"
				value={text}
				onInput={setText}
				isFocused
			/>
			<InlineError error={error} />
			{list === null && !error && <p className="tool-note">Loading…</p>}
			{list?.length === 0 && !error && (
				<p className="tool-note">{text === '' ? 'No conversations yet.' : `Nothing found for “${text}”.`}</p>
			)}
			<ul>
				{list?.map(entry => (
					<ConversationEntry
						key={entry.id}
						entry={entry}
						now={now}
						isShown={entry.id === shown.id}
						onOpen={() => {
							onClose();
							if (entry.id !== shown.id) show(entry.id);
						}}
					/>
				))}
			</ul>
		</div>
	);
}

function moveInList(event: KeyboardEvent<HTMLElement>): void {
	if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
	const all = [...event.currentTarget.querySelectorAll<HTMLElement>('.conversation-open')];
	const at = all.indexOf(document.activeElement as HTMLElement);
	const to = at + (event.key === 'ArrowDown' ? 1 : -1);
	event.preventDefault();
	if (to < 0) event.currentTarget.querySelector<HTMLElement>('vscode-text-field')?.focus();
	else all[Math.min(to, all.length - 1)]?.focus();
}
