import { localDay, type Clock } from '../base/clock';
import { CancelledError, errorText } from '../base/errors';
import { newId, type ConversationId, type ExecutionId } from '../base/ids';
import { toNano } from '../base/money';
import type { ExecutionKind, LedgerEvent, Trigger, Usage } from '../ledger/events';
import type { Cost } from './prices';
import type { ModelRef } from './provider';

/** An answer of a model that is no turn of a conversation, as the ledger names it. */
export interface AnswerRun {
	readonly kind: Extract<ExecutionKind, 'chat' | 'runbook'>;
	readonly title: string;
	readonly trigger: Trigger;
	readonly agent: string;
	readonly project: string | null;
	readonly conversation: ConversationId | null;
	readonly ref: ModelRef;
}

export interface RecordPorts {
	readonly clock: Pick<Clock, 'now'>;
	append(event: LedgerEvent): void;
	price(ref: ModelRef, usage: Usage): Cost;
}

/** What an answer used. */
export interface Used {
	readonly usage: Usage | null;
	readonly reportedUsd: number | null;
}

/** Has a model answer as an execution of the ledger: what it used and cost, and how it ended. */
export async function recordAnswer<T extends Used>(
	ports: RecordPorts,
	{ ref, ...run }: AnswerRun,
	answer: () => Promise<T>,
	signal: AbortSignal,
): Promise<T> {
	const execution = newId<ExecutionId>();
	const day = localDay(ports.clock.now());
	const append = (event: LedgerEvent): void => ports.append(event);
	append({ type: 'execution.started', execution, ...run, ...ref });
	try {
		const result = await answer();
		const { usage, reportedUsd } = result;
		if (usage) {
			const cost: Cost =
				reportedUsd === null ? ports.price(ref, usage) : { cost: toNano(reportedUsd), basis: 'reported' };
			append({ type: 'usage.recorded', execution, ...ref, usage, ...cost, isFinal: true, day });
		}
		append({ type: 'execution.ended', execution, status: 'succeeded', error: null });
		return result;
	} catch (error) {
		const isStopped = signal.aborted || error instanceof CancelledError;
		const status = isStopped ? 'stopped' : 'failed';
		append({ type: 'execution.ended', execution, status, error: isStopped ? null : errorText(error) });
		throw error;
	}
}
