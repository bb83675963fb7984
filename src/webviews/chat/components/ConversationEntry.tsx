import { useState, type ReactElement } from 'react';
import { formatCost } from '../../../core/base/money';
import type { ConversationSummary } from '../../../core/chat/items';
import { IconButton } from '../../shared/components/IconButton';
import { TextField } from '../../shared/components/toolkit';
import { formatAgo } from '../../shared/format';
import { statusWords } from '../announce';
import { useHost } from '../host';
import { StatusDot } from './StatusDot';

export interface EntryProps {
	readonly entry: ConversationSummary;
	readonly now: number;
	readonly isShown: boolean;
	readonly onOpen: () => void;
}

/** One conversation of the list, with its name to change and the way off the list. */
export function ConversationEntry({ entry, now, isShown, onOpen }: EntryProps): ReactElement {
	const { attempt, perform, show } = useHost();
	const [title, setTitle] = useState<string | null>(null);
	const save = (): void => {
		const next = title?.trim() ?? '';
		if (next !== '' && next !== entry.title) void attempt('rename', { conversation: entry.id, title: next });
		setTitle(null);
	};
	const archive = async (): Promise<void> => {
		if ((await perform('archive', { conversation: entry.id })) && isShown) show(null);
	};
	if (title !== null) {
		return (
			<li className="conversation">
				<TextField
					label="Title of the conversation"
					value={title}
					onInput={setTitle}
					isFocused
					onBlur={save}
					onKeyDown={event => {
						if (event.key === 'Enter') save();
						if (event.key !== 'Escape') return;
						event.stopPropagation();
						setTitle(null);
					}}
				/>
			</li>
		);
	}
	return (
		<li className={isShown ? 'conversation is-shown' : 'conversation'}>
			<button type="button" className="conversation-open" aria-current={isShown} onClick={onOpen}>
				<StatusDot status={entry.status} />
				<span className="conversation-text">
					<span className="conversation-title" dir="auto">
						{entry.title}
					</span>
					<span className="muted">
						{[
							statusWords[entry.status],
							formatAgo(entry.updatedAt, now),
							...(entry.cost === null ? [] : [formatCost(entry.cost)]),
						].join(' · ')}
					</span>
				</span>
			</button>
			<IconButton icon="edit" label={`Rename ${entry.title}`} onClick={() => setTitle(entry.title)} />
			<IconButton icon="archive" label={`Archive ${entry.title}`} onClick={() => void archive()} />
		</li>
	);
}
