import type { ReactElement } from 'react';
import type { ConversationStatus } from '../../../core/chat/items';
import { Codicon } from '../../shared/components/Codicon';

const icons: Readonly<Record<ConversationStatus, string>> = {
	idle: 'circle-small-filled',
	starting: 'loading',
	running: 'loading',
	waiting: 'bell-dot',
	failed: 'error',
};

/** The state of a conversation as an icon; the word stands beside it. */
export function StatusDot({ status }: { readonly status: ConversationStatus }): ReactElement {
	return <Codicon name={icons[status]} className={`status ${status}`} isSpinning={icons[status] === 'loading'} />;
}
