import { useMemo, type ReactElement } from 'react';
import type { ExecutionPageView } from '../../core/ledger/pageProtocol';
import { isMoving, timelineRows } from '../../core/ledger/views/timeline';
import { useHost } from './host';
import type { PageState } from './state';
import { StepDetails } from './StepDetails';
import { Timeline } from './Timeline';

export interface StepsProps {
	readonly state: PageState;
	readonly view: ExecutionPageView;
	readonly now: number;
}

/** The waterfall of steps, and beside it (below it, where there is no room) the chosen one. */
export function Steps({ state, view, now }: StepsProps): ReactElement {
	const { dispatch } = useHost();
	const { execution, steps } = view;
	const rows = useMemo(
		() => timelineRows(execution, steps, now, state.collapsed),
		[execution, steps, now, state.collapsed],
	);
	const selected = state.selected === null ? undefined : steps.find(step => step.id === state.selected);
	return (
		<div
			id="tab-panel"
			className={`steps${selected ? ' has-details' : ''}`}
			role="tabpanel"
			aria-labelledby="tab-timeline"
		>
			{rows.length === 0 ? (
				<p className="empty muted">
					{isMoving(execution)
						? 'No step has begun yet. Steps appear here as they run.'
						: 'This execution ended without a recorded step. The log has what is known of it.'}
				</p>
			) : (
				<Timeline
					rows={rows}
					selected={selected?.id ?? null}
					onSelect={step => dispatch({ type: 'selected', step })}
					onCollapse={(step, isCollapsed) => dispatch({ type: 'collapsed', step, isCollapsed })}
				/>
			)}
			{selected && (
				<StepDetails
					key={selected.id}
					execution={execution}
					step={selected}
					now={now}
					onClose={() => {
						dispatch({ type: 'selected', step: null });
						document.getElementById('timeline')?.focus();
					}}
				/>
			)}
		</div>
	);
}
