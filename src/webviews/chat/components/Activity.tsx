import { useEffect, useState, type ReactElement } from 'react';
import type { ConversationView } from '../../../core/chat/items';
import { Codicon } from '../../shared/components/Codicon';
import { formatDuration } from '../../shared/format';
import { statusWords } from '../announce';

/** What the conversation is doing, with a running clock. */
export function Activity({ conversation }: { readonly conversation: ConversationView }): ReactElement {
	const { status, activity, turnStartedAt } = conversation;
	const isWaiting = status === 'waiting';
	return (
		<div className="activity">
			<Codicon name={isWaiting ? 'bell-dot' : 'loading'} isSpinning={!isWaiting} />
			<span>{activity ?? statusWords[status]}</span>
			{turnStartedAt !== null && <Clock since={turnStartedAt} />}
		</div>
	);
}

function Clock({ since }: { readonly since: number }): ReactElement {
	const [now, setNow] = useState(Date.now);
	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), 1000);
		return () => clearInterval(timer);
	}, []);
	return (
		<span className="muted clock">
			{formatDuration(Math.floor(Math.max(0, now - since) / 1000) * 1000).replace('.0 s', ' s')}
		</span>
	);
}
