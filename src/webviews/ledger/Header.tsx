import type { ReactElement, ReactNode } from 'react';
import type { ExecutionPageView } from '../../core/ledger/pageProtocol';
import { isLive } from '../../core/ledger/views/executionsTree';
import {
	folderName,
	formatDuration,
	formatMoment,
	formatRelative,
	formatRunCost,
	formatRunningDuration,
	formatTokens,
	kindLabels,
	statusLabels,
	totalTokens,
} from '../../core/ledger/views/format';
import { Codicon } from '../shared/components/Codicon';
import { IconButton } from '../shared/components/IconButton';
import { Button } from '../shared/components/toolkit';
import { useHost } from './host';
import { StatusIcon } from './status';
import { UsageTable } from './UsageTable';

/** What ran, how it stands, and what it took. */
export function Header({ view, now }: { readonly view: ExecutionPageView; readonly now: number }): ReactElement {
	const { execution } = view;
	const tokens = totalTokens(execution.usage);
	return (
		<header className="header">
			<div className="title-row">
				<StatusIcon status={execution.status} />
				<h1 dir="auto">{execution.title.trim() || 'Untitled'}</h1>
				<Actions view={view} />
			</div>
			<dl className="facts">
				<Fact name="Status">{statusLabels[execution.status]}</Fact>
				<Fact name="Started" title={formatMoment(execution.startedAt)}>
					{formatMoment(execution.startedAt)} <span className="muted">{agoText(execution.startedAt, now)}</span>
				</Fact>
				<Fact name="Duration">{durationText(view, now)}</Fact>
				<Fact name="Cost">
					{formatRunCost(execution.cost, execution.basis) ||
						(execution.endedAt === null ? 'nothing recorded yet' : 'none')}
				</Fact>
				{tokens > 0 && <Fact name="Tokens">{formatTokens(tokens)}</Fact>}
				{execution.model !== null && <Fact name="Model">{execution.model}</Fact>}
				<Fact name="Kind">
					{kindLabels[execution.kind]}
					{execution.agent === null ? '' : ` · ${execution.agent}`}
				</Fact>
				{execution.project !== null && (
					<Fact name="Project" title={execution.project}>
						{folderName(execution.project)}
					</Fact>
				)}
				{view.conversation && <ConversationFact conversation={view.conversation} />}
			</dl>
			<UsageTable rows={view.usage} provider={execution.provider} />
		</header>
	);
}

function Actions({ view }: { readonly view: ExecutionPageView }): ReactElement {
	const { id, attempt } = useHost();
	return (
		<div className="actions">
			{isLive(view.execution) && view.isRunningHere && (
				<Button onClick={() => void attempt('stop', { id })}>Stop</Button>
			)}
			<IconButton icon="copy" label="Copy a summary" onClick={() => void attempt('copySummary', { id })} />
		</div>
	);
}

function ConversationFact({
	conversation,
}: {
	readonly conversation: NonNullable<ExecutionPageView['conversation']>;
}): ReactElement {
	const { attempt } = useHost();
	return (
		<Fact name="Conversation">
			<button
				type="button"
				className="text-button link"
				onClick={() => void attempt('openConversation', { conversation: conversation.id })}
			>
				<Codicon name="comment-discussion" />
				<span dir="auto">{conversation.title.trim() || 'Open in chat'}</span>
			</button>
		</Fact>
	);
}

function Fact({
	name,
	title,
	children,
}: {
	readonly name: string;
	readonly title?: string;
	readonly children: ReactNode;
}): ReactElement {
	return (
		<div className="fact" title={title}>
			<dt>{name}</dt>
			<dd>{children}</dd>
		</div>
	);
}

/** How long ago, where that says more than the date. */
function agoText(at: number, now: number): string {
	return now - at < 7 * 24 * 60 * 60 * 1000 ? `(${formatRelative(at, now)})` : '';
}

function durationText({ execution }: ExecutionPageView, now: number): string {
	if (execution.endedAt !== null) return formatDuration(execution.endedAt - execution.startedAt);
	return isLive(execution) ? `${formatRunningDuration(now - execution.startedAt)} so far` : 'not known';
}
