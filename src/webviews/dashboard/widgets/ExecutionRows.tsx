import type { ReactElement } from 'react';
import type { ExecutionLine } from '../../../core/dashboard/topics/executions';
import { formatDuration, formatRelative, formatRunningDuration, statusLabels } from '../../../core/ledger/views/format';
import { Codicon } from '../../shared/components/Codicon';
import { IconButton } from '../../shared/components/IconButton';
import { useCommand } from '../useCommand';

const kindIcons: Readonly<Record<string, string>> = {
	chat: 'comment-discussion',
	flow: 'type-hierarchy-sub',
	schedule: 'calendar',
	runbook: 'tools',
};

/** Executions, a press opens one. */
export function ExecutionRows({
	rows,
	now,
}: {
	readonly rows: readonly ExecutionLine[];
	readonly now: number;
}): ReactElement {
	const run = useCommand();
	return (
		<ul className="rows">
			{rows.map(row => (
				<li key={row.id} className="execution">
					<button
						type="button"
						className={`execution-open ${row.status}`}
						title={row.error ?? row.title}
						onClick={() => run('quarterdeck.executions.open', row.id)}
					>
						<Codicon name={kindIcons[row.kind] ?? 'history'} />
						<span className="execution-text">
							<span className="execution-title">{row.title}</span>
							<span className="visually-hidden">, </span>
							<span className="execution-about">{aboutOf(row, now)}</span>
						</span>
					</button>
					{row.isHere && (row.status === 'running' || row.status === 'waiting') && (
						<IconButton
							icon="debug-stop"
							label={`Stop ${row.title}`}
							onClick={() => run('quarterdeck.executions.stop', row.id)}
						/>
					)}
				</li>
			))}
		</ul>
	);
}

function aboutOf({ status, startedAt, endedAt, error, model }: ExecutionLine, now: number): string {
	if (status === 'running') return joined(formatRunningDuration(now - startedAt), model);
	if (status === 'waiting') return joined(statusLabels.waiting, model);
	const lasted = endedAt === null ? null : formatDuration(endedAt - startedAt);
	return joined(formatRelative(startedAt, now), error ?? joined(statusLabels[status], lasted));
}

function joined(...parts: readonly (string | null)[]): string {
	return parts.filter(part => part !== null && part !== '').join(' · ');
}
