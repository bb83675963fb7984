import type { Clock } from '../../base/clock';
import { ExpectedError } from '../../base/errors';
import { formatCost } from '../../base/money';
import type { TurnLimitsView } from '../items';
import type { LoopCosts } from './costs';
import type { LoopLimits } from './ports';

export type LimitCode = 'limit-steps' | 'limit-time' | 'limit-money' | 'budget';

export const goOnAction = { title: 'Go On', command: 'quarterdeck.chat.goOn' };
const settingsAction = {
	title: 'Change the Limits',
	command: 'workbench.action.openSettings',
	args: ['quarterdeck.loop'],
};

/** How far one turn is from what it may take. Time is that of the model and the tools, not of waiting for a person. */
export class TurnMeter {
	readonly #limits: LoopLimits;
	readonly #costs: LoopCosts;
	readonly #clock: Pick<Clock, 'now'>;
	readonly #show: (view: TurnLimitsView) => void;
	#steps = 0;
	#workedMs = 0;

	constructor(limits: LoopLimits, costs: LoopCosts, clock: Pick<Clock, 'now'>, show: (view: TurnLimitsView) => void) {
		this.#limits = limits;
		this.#costs = costs;
		this.#clock = clock;
		this.#show = show;
	}

	get steps(): number {
		return this.#steps;
	}

	/** Milliseconds of work that are left; `null` without a limit. */
	get msLeft(): number | null {
		const { maxMinutes } = this.#limits;
		return maxMinutes <= 0 ? null : Math.max(0, maxMinutes * 60_000 - this.#workedMs);
	}

	/** Counts the next request to the model, or throws because a limit is reached. */
	nextStep(): void {
		const { maxSteps, maxCost } = this.#limits;
		if (maxSteps > 0 && this.#steps >= maxSteps) throw stepLimit(maxSteps);
		if (this.msLeft === 0) throw timeLimit(this.#limits.maxMinutes);
		if (maxCost > 0 && this.#costs.spent >= maxCost)
			throw limitError('limit-money', `Stopped at your limit of ${formatCost(maxCost)} for one turn.`);
		this.#steps++;
		this.show();
	}

	/** Adds time that the model or the tools took. */
	worked(ms: number): void {
		this.#workedMs += ms;
		this.show();
	}

	show(): void {
		const { maxSteps, maxMinutes, maxCost } = this.#limits;
		this.#show({
			steps: this.#steps,
			maxSteps,
			workedMs: Math.round(this.#workedMs),
			maxMinutes,
			cost: this.#costs.spent,
			maxCost,
			at: this.#clock.now(),
		});
	}
}

function stepLimit(most: number): ExpectedError<LimitCode> {
	return limitError('limit-steps', `Stopped after ${most} requests to the model, the most that one turn may make.`);
}

/** The turn has worked as long as it may. */
export function timeLimit(minutes: number): ExpectedError<LimitCode> {
	return limitError('limit-time', `Stopped after ${minutes} minutes of work, the most that one turn may take.`);
}

function limitError(code: LimitCode, text: string): ExpectedError<LimitCode> {
	return new ExpectedError(code, `${text} Everything so far is kept: go on, or change the limits.`, {
		actions: [goOnAction, settingsAction],
	});
}

/** The day's or the month's budget is used up in the middle of a turn. */
export function budgetUsedUp(): ExpectedError<LimitCode> {
	return new ExpectedError('budget', 'Your budget is used up, so the turn stopped before its next step.', {
		actions: [{ title: 'Set Budget…', command: 'quarterdeck.costs.setBudget' }, goOnAction],
	});
}
