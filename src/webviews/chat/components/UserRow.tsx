import { useState, type ReactElement } from 'react';
import { rowTextLimit, type UserItem } from '../../../core/chat/items';
import { visibleDirections } from '../../../core/safety/visible';
import { IconButton } from '../../shared/components/IconButton';
import { useCall, useHost, useIsReadOnly } from '../host';
import { AttachmentChip } from './AttachmentChip';
import { InlineError } from './InlineError';
import { MoreText } from './MoreText';
import { PromptEditor } from './PromptEditor';
import { RestoreFiles } from './RestoreFiles';

type Mode = 'shown' | 'editing' | 'restoring';

/** What the user asked, with the ways back to it; while queued it can be changed or dropped. */
export function UserRow({ item }: { readonly item: UserItem }): ReactElement {
	const [mode, setMode] = useState<Mode>('shown');
	const call = useCall();
	const close = (): void => setMode('shown');
	const isQueued = item.state === 'queued';
	return (
		<div className={isQueued ? 'user-message queued' : 'user-message'}>
			{item.attachments.length > 0 && (
				<div className="chips">
					{item.attachments.map((attachment, index) => (
						<AttachmentChip key={index} attachment={attachment} />
					))}
				</div>
			)}
			{mode === 'editing' ? (
				<UserEditor item={item} onClose={close} />
			) : (
				<div className="user-text" dir="auto">
					{visibleDirections(item.text)}
					{item.text.length >= rowTextLimit && <MoreText item={item.id} begin={item.text} />}
				</div>
			)}
			{mode === 'shown' && <UserActions item={item} onMode={setMode} run={call.run} />}
			{mode === 'restoring' && <RestoreFiles item={item.id} onClose={close} />}
			<InlineError error={call.error} />
		</div>
	);
}

function UserEditor({ item, onClose }: { readonly item: UserItem; readonly onClose: () => void }): ReactElement {
	const { client, conversation } = useHost();
	const isQueued = item.state === 'queued';
	return (
		<PromptEditor
			text={item.text}
			submitLabel={isQueued ? 'Save' : 'Send again'}
			note={isQueued ? null : 'The conversation goes on from here in a fork; files stay as they are.'}
			onSubmit={text =>
				isQueued
					? client.call('editQueued', { conversation, item: item.id, text })
					: client.call('retry', { conversation, item: item.id, text })
			}
			onClose={onClose}
		/>
	);
}

interface UserActionsProps {
	readonly item: UserItem;
	readonly onMode: (mode: Mode) => void;
	readonly run: (work: () => Promise<unknown>) => Promise<boolean>;
}

function UserActions({ item, onMode, run }: UserActionsProps): ReactElement {
	const { client, conversation, enter, markdown } = useHost();
	const at = { conversation, item: item.id };
	const copy = <IconButton icon="copy" label="Copy" onClick={() => void run(() => markdown.copy(item.text))} />;
	if (useIsReadOnly()) return <div className="user-actions">{copy}</div>;
	if (item.state === 'queued') {
		return (
			<div className="user-actions is-shown">
				<span className="muted">Queued</span>
				<IconButton icon="edit" label="Edit the queued prompt" onClick={() => onMode('editing')} />
				<IconButton
					icon="trash"
					label="Drop the queued prompt"
					onClick={() => void run(() => client.call('editQueued', { ...at, text: null }))}
				/>
			</div>
		);
	}
	const fork = async (): Promise<void> => enter(await client.call('fork', at));
	return (
		<div className="user-actions">
			{copy}
			<IconButton icon="edit" label="Edit and retry" onClick={() => onMode('editing')} />
			<IconButton icon="repo-forked" label="Fork from here" onClick={() => void run(fork)} />
			<IconButton icon="discard" label="Restore files to here" onClick={() => onMode('restoring')} />
		</div>
	);
}
