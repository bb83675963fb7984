import { useCallback, useEffect, useRef, useState, type ReactElement, type ReactNode } from 'react';
import type { ConversationView } from '../../../core/chat/items';
import type { ChatSnapshot, SessionDetails } from '../../../core/chat/protocol';
import { Codicon } from '../../shared/components/Codicon';
import { IconButton } from '../../shared/components/IconButton';
import { formatCount, plural } from '../../shared/format';
import { InlineError } from '../components/InlineError';
import { useCall, useHost } from '../host';

export interface SessionDetailsProps {
	readonly conversation: ConversationView;
	readonly cli: ChatSnapshot['cli'];
}

/** What fills the context, how much of the plan is used, and the MCP servers, as the CLI tells. */
export function SessionDetailsView({ conversation, cli }: SessionDetailsProps): ReactElement {
	const { client, conversation: id } = useHost();
	const call = useCall();
	const { run } = call;
	const [details, setDetails] = useState<SessionDetails | null>(null);
	const load = useCallback(
		() => run(async () => setDetails(await client.call('details', { conversation: id }))),
		[client, id, run],
	);
	const { status } = conversation;
	const asked = useRef<typeof status | null>(null);
	useEffect(() => {
		// A turn that begins or ends changes what is told here.
		if (asked.current === status) return;
		asked.current = status;
		void load();
	}, [load, status]);
	return (
		<section className="details" aria-label="Session details" tabIndex={-1} ref={focusOnce}>
			<div className="details-head">
				<h2>Session</h2>
				<IconButton icon="refresh" label="Refresh" isDisabled={call.isRunning} onClick={() => void load()} />
			</div>
			<InlineError error={call.error} />
			{details && <Parts details={details} />}
			{!details && !call.error && (
				<p className="muted">{call.isRunning ? 'Asking the session…' : quietText(conversation)}</p>
			)}
			{cli && conversation.provider === 'claude' && (
				<p className="muted details-cli" title={cli.path}>
					Claude {cli.version}
				</p>
			)}
		</section>
	);
}

function focusOnce(surface: HTMLElement | null): void {
	surface?.focus();
}

function quietText({ context, cost }: ConversationView): string {
	const isNew = context === null && cost === null;
	return isNew ? 'Starts with the first message.' : 'The session is not running now. It starts with the next message.';
}

function Parts({ details }: { readonly details: SessionDetails }): ReactElement {
	const { context, limits, mcpServers } = details;
	return (
		<>
			{context && (
				<Part title="Context" note={`${formatCount(context.used)} of ${formatCount(context.max)} tokens`}>
					{context.categories.map(({ name, tokens }) => (
						<Line
							key={name}
							name={name}
							text={formatCount(tokens)}
							percent={(tokens / Math.max(1, context.max)) * 100}
						/>
					))}
				</Part>
			)}
			{limits.length > 0 && (
				<Part title="Plan limits">
					{limits.map(({ label, usedPercent, resetsAt }) => (
						<Line
							key={label}
							name={label}
							text={`${Math.round(usedPercent)} % used${resetsAt === null ? '' : `, resets ${momentText(resetsAt)}`}`}
							percent={usedPercent}
						/>
					))}
				</Part>
			)}
			<Part title="MCP servers" {...(mcpServers.length === 0 ? { note: 'None are set up' } : {})}>
				{mcpServers.map(server => (
					<Server key={server.name} server={server} />
				))}
			</Part>
		</>
	);
}

function Part({
	title,
	note,
	children,
}: {
	readonly title: string;
	readonly note?: string;
	readonly children: ReactNode;
}): ReactElement {
	return (
		<section className="details-part" aria-label={title}>
			<h3>
				{title}
				{note !== undefined && <span className="muted">{note}</span>}
			</h3>
			<ul>{children}</ul>
		</section>
	);
}

interface LineProps {
	readonly name: string;
	readonly text: string;
	readonly percent: number;
}

function Line({ name, text, percent }: LineProps): ReactElement {
	const shown = Math.min(100, Math.max(0, percent));
	return (
		<li className="details-line">
			<span className="details-name">{name}</span>
			<span className="muted">{text}</span>
			<meter className="context-bar" min={0} max={100} value={shown} aria-label={`${name}: ${text}`} />
		</li>
	);
}

const serverStates: Readonly<Record<string, { readonly icon: string; readonly word: string }>> = {
	connected: { icon: 'check', word: 'connected' },
	failed: { icon: 'error', word: 'failed' },
	'needs-auth': { icon: 'key', word: 'needs you to sign in' },
	pending: { icon: 'loading', word: 'connecting' },
	disabled: { icon: 'circle-slash', word: 'off' },
};

function Server({ server }: { readonly server: SessionDetails['mcpServers'][number] }): ReactElement {
	const { name, status, error, toolCount } = server;
	const state = serverStates[status] ?? { icon: 'question', word: status };
	return (
		<li className={`details-server ${status}`}>
			<Codicon name={state.icon} isSpinning={state.icon === 'loading'} />
			<span className="details-name">{name}</span>
			<span className="muted">
				{state.word}
				{toolCount > 0 && `, ${plural(toolCount, 'tool')}`}
			</span>
			{error !== null && <span className="details-error">{error}</span>}
		</li>
	);
}

/** The time today, else the day with it. */
function momentText(at: number): string {
	const moment = new Date(at);
	const isToday = moment.toDateString() === new Date().toDateString();
	const time = { hour: '2-digit', minute: '2-digit' } as const;
	return isToday
		? `at ${moment.toLocaleTimeString(undefined, time)}`
		: moment.toLocaleString(undefined, { weekday: 'short', day: 'numeric', month: 'short', ...time });
}
