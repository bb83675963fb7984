import { memo, type ReactElement } from 'react';
import type { ToolItem, ToolState } from '../../../core/chat/items';
import { Codicon } from '../../shared/components/Codicon';
import { DiffCount } from '../../shared/components/Diff';
import { formatDuration } from '../../shared/format';
import { useHost, useOpen } from '../host';
import { ToolBody } from '../tools/bodies';
import { describeTool, relativePath, shortPath, type ToolLine } from '../tools/describe';
import { ApprovalCard } from './ApprovalCard';

const stateIcons: Readonly<Record<ToolState, { readonly icon: string; readonly label: string }>> = {
	preparing: { icon: 'loading', label: 'Preparing' },
	running: { icon: 'loading', label: 'Running' },
	waiting: { icon: 'bell-dot', label: 'Waiting for you' },
	done: { icon: 'check', label: 'Done' },
	failed: { icon: 'error', label: 'Failed' },
	refused: { icon: 'circle-slash', label: 'Refused' },
	stopped: { icon: 'debug-stop', label: 'Stopped' },
};

const openByDefault = new Set(['TodoWrite']);

/** A tool call: one line, and behind it input and output. */
export const ToolRow = memo(function ToolRow({ item }: { readonly item: ToolItem }): ReactElement {
	const [isOpen, setIsOpen] = useOpen(
		item.id,
		openByDefault.has(item.tool) || item.diff !== null || item.state === 'failed' || item.approval?.kind === 'edit',
	);
	const { root } = useHost();
	const line = describeTool(item, root);
	// A pending question, plan or command is shown by its card; the body would say it twice.
	const isBodyShown = isOpen && (item.approval === null || item.approval.kind === 'edit');
	return (
		<div className={`tool ${item.state}`}>
			<div className="tool-line">
				<button type="button" className="tool-toggle" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
					<Codicon name={isOpen ? 'chevron-down' : 'chevron-right'} className="tool-chevron" />
					<Codicon name={line.icon} className="tool-icon" />
					<span className="tool-name" title={line.name}>
						{line.name}
					</span>{' '}
					<span className="tool-summary" title={line.summary}>
						{line.summary}
					</span>
					<span className="visually-hidden">
						{line.path === null ? '' : ` ${relativePath(line.path, root)}`}, {stateIcons[item.state].label}
					</span>
				</button>
				<ToolPath line={line} />
				{item.diff !== null && <DiffCount diff={item.diff} />}
				<ToolEnd item={item} />
			</div>
			{item.progress !== undefined && item.progress !== '' && (
				<p className="tool-note tool-progress" dir="auto">
					{item.progress}
				</p>
			)}
			{isBodyShown && (
				<div className="tool-body">
					<ToolBody item={item} />
				</div>
			)}
			{item.approval && <ApprovalCard approval={item.approval} />}
		</div>
	);
});

function ToolPath({ line }: { readonly line: ToolLine }): ReactElement | null {
	const { attempt, root } = useHost();
	const { path } = line;
	if (path === null) return null;
	const short = shortPath(path, root);
	const cut = short.lastIndexOf('/') + 1;
	return (
		<button
			type="button"
			className="tool-path"
			title={`Open ${path}`}
			onClick={() => void attempt('openFile', { path, line: line.line })}
		>
			<span className="muted">{short.slice(0, cut)}</span>
			{short.slice(cut)}
		</button>
	);
}

function ToolEnd({ item }: { readonly item: ToolItem }): ReactElement {
	const { icon, label } = stateIcons[item.state];
	return (
		<span className="tool-end">
			{item.decision !== null && (
				<span className="tool-decision" title={capitalized(item.decision)}>
					<Codicon name={item.state === 'refused' ? 'person' : 'shield'} label={item.decision} />
					<span className="tool-decision-text" aria-hidden="true">
						{item.decision}
					</span>
				</span>
			)}
			{item.duration !== null && item.duration >= 1000 && (
				<span className="tool-duration">{formatDuration(item.duration)}</span>
			)}
			<span title={label} className={`tool-state ${item.state}`}>
				<Codicon name={icon} label={label} isSpinning={icon === 'loading'} />
			</span>
		</span>
	);
}

function capitalized(text: string): string {
	return text.slice(0, 1).toUpperCase() + text.slice(1);
}
