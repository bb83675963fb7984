import type { ReactElement } from 'react';
import type { ChatItem, ConversationView } from '../../../core/chat/items';
import { Codicon } from '../../shared/components/Codicon';
import { Button } from '../../shared/components/toolkit';
import { plural } from '../../shared/format';
import { useCall, useHost } from '../host';
import { InlineError } from './InlineError';

export interface QueueBarProps {
	readonly items: readonly ChatItem[];
	readonly conversation: ConversationView;
}

/** Says that queued prompts were not sent after a turn that went wrong, and sends them on a word of the user. */
export function QueueBar({ items, conversation }: QueueBarProps): ReactElement | null {
	const { client } = useHost();
	const call = useCall();
	if (!conversation.isQueueHeld) return null;
	const held = items.filter(item => item.kind === 'user' && item.state === 'queued').length;
	return (
		<div className="queue-bar" role="group" aria-label="Held messages">
			<Codicon name="debug-pause" />
			<span className="queue-bar-text">
				{held > 0 ? plural(held, 'message') : 'Messages'} held {reasonOf(items)}
				<InlineError error={call.error} />
			</span>
			<Button
				isDisabled={call.isRunning}
				onClick={() => void call.run(() => client.call('sendQueued', { conversation: conversation.id }))}
			>
				Send now
			</Button>
		</div>
	);
}

/** Why the queue waits, as far as the rows tell. */
export function reasonOf(items: readonly ChatItem[]): string {
	const last = items.findLast(item => item.kind === 'turn');
	if (last?.status === 'failed') return 'because the last turn failed';
	if (last?.status === 'stopped') return 'because the last turn was stopped';
	return 'until you send them';
}
