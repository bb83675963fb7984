import { useMemo, useState, type ReactElement } from 'react';
import { errorText } from '../../../core/base/errors';
import type { Json } from '../../../core/base/json';
import type { SettingsOf } from '../../../core/dashboard/settings';
import { importances, readInbox, type Importance, type InboxMessage } from '../../../core/dashboard/topics/inbox';
import type { inboxWidget } from '../../../core/dashboard/widgets/inbox';
import { formatRelative } from '../../../core/ledger/views/format';
import { Codicon } from '../../shared/components/Codicon';
import { Button } from '../../shared/components/toolkit';
import { joined, type Tone } from '../ActionRows';
import { usePage } from '../context';
import { Feed } from '../Feed';
import { Empty } from '../Live';
import { useNow } from '../useNow';
import type { WidgetProps } from '../widget';

type Settings = SettingsOf<typeof inboxWidget.settings>;

const looks: Readonly<Record<Importance, readonly [icon: string, tone: Tone]>> = {
	critical: ['flame', 'bad'],
	high: ['arrow-up', 'warning'],
	normal: ['mail', 'active'],
	low: ['arrow-down', 'off'],
};

export function Inbox({ settings, onOpenSettings }: WidgetProps<Settings>): ReactElement {
	return (
		<Feed url={settings.url} seconds={settings.seconds} icon="inbox" onOpenSettings={onOpenSettings}>
			{value => <Messages value={value} least={settings.least} />}
		</Feed>
	);
}

function Messages({ value, least }: { readonly value: Json; readonly least: Importance }): ReactElement {
	const read = useMemo(() => messagesOf(value), [value]);
	const [open, setOpen] = useState<string | null>(null);
	const now = useNow(60_000);
	if (typeof read === 'string') return <Empty icon="inbox">{read}</Empty>;
	const shown = read.filter(({ importance }) => importances.indexOf(importance) >= importances.indexOf(least));
	if (shown.length === 0)
		return (
			<Empty icon="inbox">{read.length === 0 ? 'The inbox is empty.' : 'No message is as important as that.'}</Empty>
		);
	return (
		<ul className="rows">
			{shown.map((message, index) => (
				<Message
					// Feeds repeat ids.
					// oxlint-disable-next-line react/no-array-index-key
					key={`${message.id} ${index}`}
					message={message}
					now={now}
					isOpen={open === message.id}
					onToggle={() => setOpen(open === message.id ? null : message.id)}
				/>
			))}
		</ul>
	);
}

function messagesOf(value: Json): readonly InboxMessage[] | string {
	try {
		return readInbox(value);
	} catch (error) {
		return errorText(error);
	}
}

function Message({
	message,
	now,
	isOpen,
	onToggle,
}: {
	readonly message: InboxMessage;
	readonly now: number;
	readonly isOpen: boolean;
	readonly onToggle: () => void;
}): ReactElement {
	const { subject, from, at, importance } = message;
	const [icon, tone] = looks[importance];
	return (
		<li>
			<div className="execution">
				<button type="button" className={`execution-open tone-${tone}`} aria-expanded={isOpen} onClick={onToggle}>
					<Codicon name={icon} label={`Importance: ${importance}`} />
					<span className="execution-text">
						<span className="execution-title">{subject}</span>
						<span className="visually-hidden">, </span>
						<span className="execution-about">{joined(from, at !== null && formatRelative(at, now))}</span>
					</span>
				</button>
			</div>
			{isOpen && <Opened message={message} />}
		</li>
	);
}

function Opened({ message: { text, reply, link } }: { readonly message: InboxMessage }): ReactElement {
	const { client, fail } = usePage();
	return (
		<div className="message-body">
			{text !== '' && <div>{text}</div>}
			{reply !== '' && <blockquote aria-label="Suggested reply">{reply}</blockquote>}
			<div className="widget-actions">
				{reply !== '' && (
					<Button onClick={() => void navigator.clipboard.writeText(reply).catch(fail)}>Copy Reply</Button>
				)}
				{link !== '' && <Button onClick={() => void client.call('openLink', { href: link }).catch(fail)}>Open</Button>}
			</div>
		</div>
	);
}
