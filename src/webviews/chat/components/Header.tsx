import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { ConversationView } from '../../../core/chat/items';
import { Codicon } from '../../shared/components/Codicon';
import { IconButton } from '../../shared/components/IconButton';
import { MenuButton, type MenuItem } from '../../shared/components/Menu';
import { TextField } from '../../shared/components/toolkit';
import { statusWords } from '../announce';
import { useHost } from '../host';
import { obstacleOf, type ChatState } from '../state';
import { ConversationSwitcher } from './ConversationSwitcher';
import { StatusDot } from './StatusDot';

const menu: readonly MenuItem[] = [
	{ id: 'rename', label: 'Rename', icon: 'edit' },
	{ id: 'tab', label: 'Open as editor tab', icon: 'open-preview' },
	{ id: 'export', label: 'Export as Markdown', icon: 'markdown' },
	{ id: 'archive', label: 'Archive', icon: 'archive' },
];

/**
 * Which conversation this is, what it is doing, and the way to the others. In a side bar VS Code's own title bar above
 * it has New, Rename, Export and Open in Editor, so they are not said again.
 */
export function Header({
	state,
	conversation,
}: {
	readonly state: ChatState;
	readonly conversation: ConversationView;
}): ReactElement {
	const { attempt, perform, show, enter, dispatch, saved } = useHost();
	const isInTab = saved.place === 'tab';
	// While nothing can be asked, an idle conversation is not ready either.
	const obstacle = obstacleOf(state, conversation);
	const isBlocked = obstacle !== null && conversation.status === 'idle';
	const blockedWord = obstacle?.instead ? 'Choose a model' : 'Cannot start';
	const status = isBlocked ? blockedWord : statusWords[conversation.status];
	const [isRenaming, setIsRenaming] = useState(false);
	const pick = async (id: string): Promise<void> => {
		const at = { conversation: conversation.id };
		if (id === 'rename') setIsRenaming(true);
		else if (id === 'tab') await attempt('openInTab', at);
		else if (id === 'export') await attempt('exportMarkdown', at);
		else if (await perform('archive', at)) show(null);
	};
	const create = async (): Promise<void> => {
		const snapshot = await attempt('create', null);
		if (!snapshot) return;
		enter(snapshot);
		dispatch({ type: 'focusComposer' });
	};
	return (
		<header className={isInTab ? 'header' : 'header slim'}>
			<ConversationSwitcher state={state} conversation={conversation} />
			{isRenaming ? (
				<Rename conversation={conversation} onClose={() => setIsRenaming(false)} />
			) : (
				<Title conversation={conversation} onRename={() => setIsRenaming(true)} />
			)}
			<span className="header-status" title={status}>
				{isBlocked ? <Codicon name="circle-slash" /> : <StatusDot status={conversation.status} />}
				<span className="header-status-text">{status}</span>
			</span>
			{isInTab && (
				<>
					<IconButton icon="add" label="New conversation" onClick={() => void create()} />
					<MenuButton label="More actions" items={menu} onPick={id => void pick(id)}>
						<Codicon name="ellipsis" />
					</MenuButton>
				</>
			)}
		</header>
	);
}

function Title({
	conversation,
	onRename,
}: {
	readonly conversation: ConversationView;
	readonly onRename: () => void;
}): ReactElement {
	return (
		<h1
			className="header-title"
			dir="auto"
			tabIndex={0}
			title={`${conversation.title}\nDouble-click or F2 to rename`}
			onDoubleClick={onRename}
			onKeyDown={event => {
				if (event.key === 'F2') onRename();
			}}
		>
			{conversation.title}
		</h1>
	);
}

function Rename({
	conversation,
	onClose,
}: {
	readonly conversation: ConversationView;
	readonly onClose: () => void;
}): ReactElement {
	const { attempt } = useHost();
	const [title, setTitle] = useState(conversation.title);
	const isOver = useRef(false);
	useEffect(() => {
		isOver.current = false;
	}, []);
	const finish = (isSaved: boolean): void => {
		// Enter also takes the focus away: the blur after it must not save again.
		if (isOver.current) return;
		isOver.current = true;
		const next = title.trim();
		if (isSaved && next !== '' && next !== conversation.title)
			void attempt('rename', { conversation: conversation.id, title: next });
		onClose();
	};
	return (
		<TextField
			className="header-rename"
			label="Title of the conversation"
			value={title}
			onInput={setTitle}
			isFocused
			onBlur={() => finish(true)}
			onKeyDown={event => {
				if (event.key === 'Enter') finish(true);
				if (event.key !== 'Escape') return;
				event.stopPropagation();
				finish(false);
			}}
		/>
	);
}
