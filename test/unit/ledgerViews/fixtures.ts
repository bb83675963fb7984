import { asId, type ConversationId, type ExecutionId, type StepId } from '../../../src/core/base/ids';
import { noUsage } from '../../../src/core/ledger/events';
import type { CostRow, ExecutionRow, StepRow } from '../../../src/core/ledger/queries';

/** 5 November 2026, 15:00 local time, a Thursday. */
export const now = new Date(2026, 10, 5, 15, 0, 0).getTime();
export const minute = 60_000;
export const hour = 60 * minute;

export function execution(id: string, change: Partial<ExecutionRow> = {}): ExecutionRow {
	return {
		id: asId<ExecutionId>(id),
		kind: 'chat',
		trigger: 'user',
		status: 'succeeded',
		title: `Run ${id}`,
		agent: null,
		project: '/home/me/shop',
		provider: 'claude',
		model: 'claude-sonnet-5',
		conversation: asId<ConversationId>('c1'),
		startedAt: now - hour,
		endedAt: now - hour + 72_000,
		error: null,
		usage: { ...noUsage, input: 1200, output: 300 },
		cost: 123_400_000,
		basis: 'reported',
		stepCount: 3,
		...change,
	};
}

export function step(id: string, change: Partial<StepRow> = {}): StepRow {
	return {
		id: asId<StepId>(id),
		execution: asId<ExecutionId>('e1'),
		parent: null,
		kind: 'tool',
		name: 'Bash',
		title: `step ${id}`,
		status: 'succeeded',
		startedAt: now - hour,
		endedAt: now - hour + 1000,
		usage: null,
		cost: null,
		inputBytes: 0,
		outputBytes: 0,
		...change,
	};
}

export function costRow(key: readonly string[], change: Partial<CostRow> = {}): CostRow {
	return { key, cost: 1_000_000_000, usage: { ...noUsage, input: 1000 }, executions: 2, unpriced: 0, ...change };
}
