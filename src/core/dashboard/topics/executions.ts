import type { ExecutionId } from '../../base/ids';
import type { ExecutionKind, ExecutionStatus } from '../../ledger/events';
import { defineTopic, integerOf, recordOf } from '../topic';

/** An execution as a row of a widget. */
export interface ExecutionLine {
	readonly id: ExecutionId;
	readonly title: string;
	readonly kind: ExecutionKind;
	readonly status: ExecutionStatus;
	readonly model: string | null;
	/** Milliseconds since 1970. */
	readonly startedAt: number;
	readonly endedAt: number | null;
	/** Why it failed, in one line. */
	readonly error: string | null;
	/** This window runs it, and so can stop it. */
	readonly isHere: boolean;
}

// Types, not interfaces: they travel as JSON.
// oxlint-disable-next-line typescript/consistent-type-definitions
export type RunningParams = { readonly most: number };
// oxlint-disable-next-line typescript/consistent-type-definitions
export type FailuresParams = { readonly most: number; readonly days: number; readonly withInterrupted: boolean };

export const runningTopic = defineTopic<RunningParams, readonly ExecutionLine[]>({
	name: 'running',
	read: params => ({ most: integerOf(recordOf(params)['most'], 1, 100) }),
});

export const failuresTopic = defineTopic<FailuresParams, readonly ExecutionLine[]>({
	name: 'failures',
	read: params => {
		const { most, days, withInterrupted } = recordOf(params);
		return {
			most: integerOf(most, 1, 100),
			days: integerOf(days, 1, 90),
			withInterrupted: withInterrupted === true,
		};
	},
});
