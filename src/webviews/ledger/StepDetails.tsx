import { useEffect, useRef, type ReactElement } from 'react';
import { formatCost } from '../../core/base/money';
import type { ExecutionRow, StepRow } from '../../core/ledger/queries';
import {
	formatDuration,
	formatMoment,
	formatUsage,
	statusLabels,
	stepName,
	stepTitle,
} from '../../core/ledger/views/format';
import { isMoving } from '../../core/ledger/views/timeline';
import { IconButton } from '../shared/components/IconButton';
import { StatusIcon } from './status';
import { StepText } from './StepText';

export interface StepDetailsProps {
	readonly execution: ExecutionRow;
	readonly step: StepRow;
	readonly now: number;
	readonly onClose: () => void;
}

/** One step: what it was given, what it gave, how long it took and what it cost. */
export function StepDetails({ execution, step, now, onClose }: StepDetailsProps): ReactElement {
	const panel = useRef<HTMLElement>(null);
	useEffect(() => {
		// Below the list, in a narrow page, the details would open out of sight.
		panel.current?.scrollIntoView?.({ block: 'nearest' });
	}, []);
	return (
		<section
			ref={panel}
			className="details"
			aria-label={`Step ${stepName(step)}`}
			onKeyDown={event => {
				if (event.key === 'Escape') onClose();
			}}
		>
			<div className="details-head">
				<StatusIcon status={step.status} />
				<h2>{stepName(step)}</h2>
				<IconButton icon="close" label="Close the step" onClick={onClose} />
			</div>
			{stepTitle(step) !== '' && (
				<p className="details-title" dir="auto">
					{stepTitle(step)}
				</p>
			)}
			<p className="details-facts muted">{factsOf(execution, step, now)}</p>
			<StepText
				execution={execution.id}
				step={step}
				part="input"
				bytes={step.inputBytes}
				label={step.kind === 'approval' ? 'Asked for' : 'Input'}
				empty="No input was recorded."
			/>
			<StepText
				execution={execution.id}
				step={step}
				part="output"
				bytes={step.outputBytes}
				label={step.kind === 'approval' ? 'Decision' : 'Output'}
				empty={step.endedAt === null && isMoving(execution) ? 'It is still at work.' : 'No output was recorded.'}
			/>
		</section>
	);
}

function factsOf(execution: ExecutionRow, step: StepRow, now: number): string {
	const end = step.endedAt ?? (isMoving(execution) ? now : null);
	const parts = [
		statusLabels[step.status],
		formatMoment(step.startedAt),
		end === null ? '' : formatDuration(end - step.startedAt),
		step.usage === null ? '' : formatUsage(step.usage),
		step.cost === null ? '' : formatCost(step.cost),
	];
	return parts.filter(part => part !== '').join(' · ');
}
