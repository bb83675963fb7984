import { useState, type ReactElement } from 'react';
import type { ApprovalView } from '../../../core/safety/approval';
import { Button, TextField } from '../../shared/components/toolkit';
import { Markdown } from '../../shared/components/Markdown';
import { useHost } from '../host';
import { useDecide } from '../useDecide';
import { InlineError } from './InlineError';

/** A plan to approve, or to send back with what is missing. */
export function PlanCard({ approval }: { readonly approval: ApprovalView }): ReactElement {
	const { markdown } = useHost();
	const decision = useDecide(approval);
	const [feedback, setFeedback] = useState<string | null>(null);
	const keepPlanning = (): void => decision.decide({ outcome: 'refuse', reason: feedback?.trim() ?? '' });
	return (
		<section className="approval plan" aria-label="A plan waits for your verdict">
			<div className="plan-text" tabIndex={0} role="region" aria-label="Plan">
				<Markdown text={approval.plan ?? approval.effect} actions={markdown} />
			</div>
			{feedback === null ? (
				<div className="button-row">
					<Button
						appearance="primary"
						isDisabled={decision.isRunning}
						onClick={() => decision.decide({ outcome: 'plan', mode: 'acceptEdits' })}
					>
						Approve and auto-accept edits
					</Button>
					<Button isDisabled={decision.isRunning} onClick={() => decision.decide({ outcome: 'plan', mode: 'default' })}>
						Approve and ask for edits
					</Button>
					<Button isDisabled={decision.isRunning} onClick={() => setFeedback('')}>
						Keep planning…
					</Button>
				</div>
			) : (
				<div className="refuse">
					<TextField
						label="What should change in the plan"
						placeholder="What should change in the plan?"
						value={feedback}
						onInput={setFeedback}
						isFocused
						onKeyDown={event => {
							if (event.key === 'Enter') keepPlanning();
							if (event.key !== 'Escape') return;
							event.stopPropagation();
							setFeedback(null);
						}}
					/>
					<div className="button-row">
						<Button appearance="primary" isDisabled={decision.isRunning} onClick={keepPlanning}>
							Keep planning
						</Button>
						<Button onClick={() => setFeedback(null)}>Back</Button>
					</div>
				</div>
			)}
			<InlineError error={decision.error} />
		</section>
	);
}
