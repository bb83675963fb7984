import { useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { Virtuoso, type VirtuosoHandle } from 'react-virtuoso';
import type { StepId } from '../../core/base/ids';
import { formatCost } from '../../core/base/money';
import {
	formatDuration,
	formatTokens,
	statusLabels,
	stepName,
	stepTitle,
	totalTokens,
} from '../../core/ledger/views/format';
import type { TimelineRow } from '../../core/ledger/views/timeline';
import { oneLine } from '../../core/ledger/views/viewNode';
import { Codicon } from '../shared/components/Codicon';
import { KindIcon, StatusIcon } from './status';

export interface TimelineProps {
	readonly rows: readonly TimelineRow[];
	readonly selected: StepId | null;
	readonly onSelect: (step: StepId) => void;
	readonly onCollapse: (step: StepId, isCollapsed: boolean) => void;
}

/** Steps as bars on one time axis. Arrows move and fold, Home and End jump, Enter opens, as in VS Code's own trees. */
export function Timeline({ rows, selected, onSelect, onCollapse }: TimelineProps): ReactElement {
	const list = useRef<VirtuosoHandle>(null);
	const [focused, setFocused] = useState<StepId | null>(selected);
	const at = Math.max(
		0,
		rows.findIndex(row => row.step.id === focused),
	);
	const [lastSelected, setLastSelected] = useState(selected);
	if (selected !== lastSelected) {
		// Chosen elsewhere, such as among the problems: the keyboard goes on from there.
		setLastSelected(selected);
		if (selected !== null) setFocused(selected);
	}
	const hasFigures = rows.some(({ step }) => step.usage !== null || step.cost !== null);
	const moveTo = (index: number): void => {
		const row = rows[Math.min(rows.length - 1, Math.max(0, index))];
		if (!row) return;
		setFocused(row.step.id);
		list.current?.scrollIntoView({ index: rows.indexOf(row) });
	};
	const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
		const isHandled = moveByKey(event.key, { rows, at, moveTo, onSelect, onCollapse });
		if (isHandled) event.preventDefault();
	};
	return (
		<div
			id="timeline"
			className={`timeline${hasFigures ? ' has-figures' : ''}`}
			role="tree"
			aria-label="Steps"
			tabIndex={0}
			aria-activedescendant={rows[at] ? rowId(rows[at].step.id) : undefined}
			onKeyDown={onKeyDown}
		>
			<Virtuoso
				ref={list}
				className="timeline-list"
				tabIndex={-1}
				data={rows}
				computeItemKey={(_, row) => row.step.id}
				increaseViewportBy={200}
				initialItemCount={Math.min(rows.length, 30)}
				context={{ focused: rows[at]?.step.id ?? null, selected, hasFigures, onSelect, onCollapse }}
				itemContent={drawRow}
			/>
		</div>
	);
}

interface MoveContext extends Pick<TimelineProps, 'rows' | 'onSelect' | 'onCollapse'> {
	readonly at: number;
	readonly moveTo: (index: number) => void;
}

function moveByKey(key: string, { rows, at, moveTo, onSelect, onCollapse }: MoveContext): boolean {
	const row = rows[at];
	if (!row) return false;
	const page = 10;
	const moves: Readonly<Record<string, number>> = {
		ArrowDown: at + 1,
		ArrowUp: at - 1,
		Home: 0,
		End: rows.length - 1,
		PageDown: at + page,
		PageUp: at - page,
	};
	const target = moves[key];
	if (target !== undefined) moveTo(target);
	else if (key === 'Enter' || key === ' ') onSelect(row.step.id);
	else if (key === 'ArrowRight') {
		if (row.isCollapsed) onCollapse(row.step.id, false);
		else if (row.childCount > 0) moveTo(at + 1);
	} else if (key === 'ArrowLeft') {
		if (row.childCount > 0 && !row.isCollapsed) onCollapse(row.step.id, true);
		else moveTo(rows.findLastIndex((above, index) => index < at && above.depth < row.depth));
	} else return false;
	return true;
}

type RowContext = Pick<TimelineProps, 'selected' | 'onSelect' | 'onCollapse'> & {
	readonly focused: StepId | null;
	/** Whether any step has tokens or a cost, so that all rows leave room for them. */
	readonly hasFigures: boolean;
};

function drawRow(
	_: number,
	row: TimelineRow,
	{ focused, selected, hasFigures, onSelect, onCollapse }: RowContext,
): ReactElement {
	const { id } = row.step;
	return (
		<StepRowView
			row={row}
			isFocused={id === focused}
			isSelected={id === selected}
			hasFigures={hasFigures}
			onSelect={onSelect}
			onCollapse={onCollapse}
		/>
	);
}

interface StepRowViewProps extends Pick<TimelineProps, 'onSelect' | 'onCollapse'> {
	readonly row: TimelineRow;
	readonly isFocused: boolean;
	readonly isSelected: boolean;
	readonly hasFigures: boolean;
}

function StepRowView({ row, isFocused, isSelected, hasFigures, onSelect, onCollapse }: StepRowViewProps): ReactElement {
	const { step, depth, childCount, isCollapsed } = row;
	const title = oneLine(stepTitle(step), 200);
	return (
		<div
			id={rowId(step.id)}
			className={`step-row${isFocused ? ' focused' : ''}${isSelected ? ' selected' : ''}`}
			role="treeitem"
			aria-level={depth + 1}
			aria-selected={isSelected}
			aria-expanded={childCount > 0 ? !isCollapsed : undefined}
			aria-label={`${stepName(step)} ${title}, ${statusLabels[step.status]}, ${formatDuration(row.duration)}`}
			title={`${stepName(step)} ${oneLine(stepTitle(step), 400)}`.trim()}
			onClick={() => onSelect(step.id)}
		>
			<span className="step-name" style={{ paddingInlineStart: Math.min(depth, 12) * 14 }}>
				<span
					className={`twistie${childCount > 0 ? ' foldable' : ''}`}
					aria-hidden="true"
					onClick={event => {
						if (childCount === 0) return;
						event.stopPropagation();
						onCollapse(step.id, !isCollapsed);
					}}
				>
					{childCount > 0 && <Codicon name={isCollapsed ? 'chevron-right' : 'chevron-down'} />}
				</span>
				<StatusIcon status={step.status} />
				<KindIcon kind={step.kind} />
				<span className="step-label">
					<strong>{stepName(step)}</strong> <span className="muted">{title}</span>
				</span>
			</span>
			<span className="step-bar" aria-hidden="true">
				<span
					className={`bar ${step.kind} ${step.status}`}
					style={{ insetInlineStart: `${row.offset * 100}%`, width: `max(3px, ${row.width * 100}%)` }}
				/>
			</span>
			<span className="step-figures">
				{hasFigures && (
					<>
						<span className="step-tokens muted">{step.usage && `${formatTokens(totalTokens(step.usage))} tok`}</span>
						<span className="step-cost muted">{step.cost !== null && formatCost(step.cost)}</span>
					</>
				)}
				<span className="step-duration">{formatDuration(row.duration)}</span>
			</span>
		</div>
	);
}

function rowId(step: StepId): string {
	return `step-${step}`;
}
