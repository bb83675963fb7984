import type { ReactElement } from 'react';
import { formatCost } from '../../../core/base/money';
import type { ConversationView, TurnLimitsView } from '../../../core/chat/items';
import { Codicon } from '../../shared/components/Codicon';
import { isBusy } from '../state';

/** From this part of a limit on it is worth a colour. */
const nearly = 0.8;

interface Limit {
	readonly text: string;
	readonly part: number;
}

/** What a turn has taken of what it may take, one limit each; what has no limit is left out. */
export function limitsOf(limits: TurnLimitsView): readonly Limit[] {
	const { steps, maxSteps, workedMs, maxMinutes, cost, maxCost } = limits;
	const minutes = workedMs / 60_000;
	const all: Limit[] = [];
	if (maxSteps > 0) all.push({ text: `step ${steps} of ${maxSteps}`, part: steps / maxSteps });
	if (maxMinutes > 0) all.push({ text: `${Math.floor(minutes)} of ${maxMinutes} min`, part: minutes / maxMinutes });
	if (maxCost > 0) all.push({ text: `${formatCost(cost)} of ${formatCost(maxCost)}`, part: cost / maxCost });
	return all;
}

/** While a turn of our own loop runs: how far it is from its limits. In autonomous mode also what that means. */
export function LimitsBar({ conversation }: { readonly conversation: ConversationView }): ReactElement | null {
	const { limits, mode } = conversation;
	const isAutonomous = mode === 'autonomous';
	const isRunning = isBusy(conversation) && limits !== null;
	if (!isAutonomous && !isRunning) return null;
	const shown = limits === null || !isRunning ? [] : limitsOf(limits);
	return (
		<p className="limits" role="note" aria-label="Limits of this turn">
			<Codicon name={isAutonomous ? 'rocket' : 'dashboard'} />
			<span>
				{isAutonomous && <span>Works by itself inside the workspace; what reaches further asks you. </span>}
				{shown.map(({ text, part }, index) => (
					<span key={text} className={part >= nearly ? 'nearly-reached' : undefined}>
						{index > 0 && ' · '}
						{text}
					</span>
				))}
			</span>
		</p>
	);
}
