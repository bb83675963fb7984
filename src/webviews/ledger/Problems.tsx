import { useState, type ReactElement } from 'react';
import type { ExecutionPageView } from '../../core/ledger/pageProtocol';
import { statusLabels, stepName, stepTitle } from '../../core/ledger/views/format';
import { failedSteps } from '../../core/ledger/views/timeline';
import { oneLine } from '../../core/ledger/views/viewNode';
import { Codicon } from '../shared/components/Codicon';
import { useHost } from './host';
import { StatusIcon } from './status';

/** Failed steps shown at once; the rest is one press away. */
const shownAtOnce = 3;

/** What went wrong, first, and what can be done about it. */
export function Problems({ view }: { readonly view: ExecutionPageView }): ReactElement | null {
	const { execution, conversation } = view;
	const { attempt } = useHost();
	const steps = failedSteps(view.steps);
	const advice = adviceFor(view);
	if (advice === null && steps.length === 0) return null;
	const isError = execution.status === 'failed';
	return (
		<section className={`banner ${isError ? 'error' : 'warning'}`} aria-label="Problems">
			<Codicon name={isError ? 'error' : 'warning'} />
			<div className="banner-body">
				{execution.error !== null && <p className="problem-text">{execution.error}</p>}
				{advice !== null && <p>{advice}</p>}
				<FailedSteps view={view} />
				{advice !== null && (
					<p className="banner-actions">
						{conversation && (
							<button
								type="button"
								className="text-button"
								onClick={() => void attempt('openConversation', { conversation: conversation.id })}
							>
								{execution.status === 'waiting' ? 'Answer in Chat' : 'Resume in Chat'}
							</button>
						)}
						{canResume(view) && (
							<button
								type="button"
								className="text-button"
								onClick={() =>
									void attempt('runAction', {
										title: 'Resume',
										command: 'quarterdeck.executions.resume',
										args: [execution.id],
									})
								}
							>
								Resume
							</button>
						)}
						<button
							type="button"
							className="text-button"
							onClick={() => void attempt('runAction', { title: 'Show Output', command: 'quarterdeck.showOutput' })}
						>
							Show Output
						</button>
					</p>
				)}
			</div>
		</section>
	);
}

function FailedSteps({ view }: { readonly view: ExecutionPageView }): ReactElement | null {
	const { dispatch } = useHost();
	const [isWhole, setIsWhole] = useState(false);
	const steps = failedSteps(view.steps);
	if (steps.length === 0) return null;
	const shown = isWhole ? steps : steps.slice(0, shownAtOnce);
	const list = (
		<ul className="problem-steps">
			{shown.map(step => (
				<li key={step.id}>
					<button
						type="button"
						className="text-button link"
						title="Show this step"
						onClick={() => {
							dispatch({ type: 'tab', tab: 'timeline' });
							dispatch({ type: 'selected', step: step.id });
						}}
					>
						<StatusIcon status={step.status} />
						<span dir="auto">
							{statusLabels[step.status]}: {stepName(step)} {oneLine(stepTitle(step), 160)}
						</span>
					</button>
				</li>
			))}
			{shown.length < steps.length && (
				<li>
					<button type="button" className="text-button" onClick={() => setIsWhole(true)}>
						Show {steps.length - shown.length} more
					</button>
				</li>
			)}
		</ul>
	);
	return (
		<>
			<p>{steps.length === 1 ? 'One step did not succeed:' : `${steps.length} steps did not succeed:`}</p>
			{list}
		</>
	);
}

/** A run of a flow that was cut off goes on from its journal. */
function canResume({ execution }: ExecutionPageView): boolean {
	return execution.kind === 'flow' && execution.status === 'interrupted';
}

function adviceFor({ execution, conversation }: ExecutionPageView): string | null {
	const inChat = conversation !== null;
	switch (execution.status) {
		case 'failed':
			return inChat
				? 'Open the conversation to see what came before, change what is wrong, and ask again.'
				: 'The output says more. Correct what is wrong and start it again.';
		case 'interrupted':
			if (execution.kind === 'flow')
				return 'Its window or process ended before it was done. What it has finished is kept: it can go on from there.';
			return inChat
				? 'Its window or process ended before it was done. The conversation goes on from what was reached.'
				: 'Its window or process ended before it was done. Start it again.';
		case 'waiting':
			return 'It waits for an answer from you.';
		default:
			return null;
	}
}
