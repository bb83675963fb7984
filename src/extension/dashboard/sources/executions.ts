import type { Json } from '../../../core/base/json';
import type { Topic } from '../../../core/dashboard/topic';
import { failuresTopic, runningTopic, type ExecutionLine } from '../../../core/dashboard/topics/executions';
import type { ExecutionFilter, ExecutionRow } from '../../../core/ledger/queries';
import { oneLine } from '../../../core/ledger/views/viewNode';
import { Emitter } from '../../../core/base/event';
import { isRunningHere } from '../../ledger/commands';
import { tells, type Source, type SourceDeps, type Teller } from '../source';
import { following, rereading } from './watched';

const dayMs = 24 * 60 * 60 * 1000;

/** What runs, and what failed. */
export const executionsSource: Source = {
	tells: [
		listed(runningTopic, ({ most }) => ({ statuses: ['running', 'waiting'], limit: most })),
		listed(failuresTopic, ({ most, days, withInterrupted }, now) => ({
			statuses: withInterrupted ? ['failed', 'interrupted'] : ['failed'],
			from: now - days * dayMs,
			limit: most,
		})),
	],
};

function listed<P extends Json>(
	topic: Topic<P, readonly ExecutionLine[]>,
	filterOf: (params: P, now: number) => ExecutionFilter,
): Teller {
	return tells(topic, (params, sink, deps) =>
		following(sink, async store => {
			const ledger = await deps.ledger.get();
			if (store.isDisposed) return;
			const changed = store.add(new Emitter<void>());
			store.add(
				ledger.onDidChange(({ executions }) => {
					if (executions.length > 0) changed.fire();
				}),
			);
			const read = async (): Promise<readonly ExecutionLine[]> => {
				const rows = await ledger.query('executions', filterOf(params, deps.host.clock.now()));
				return rows.map(row => lineOf(row, deps));
			};
			store.add(rereading(sink, read, [changed.event]));
		}),
	);
}

function lineOf(row: ExecutionRow, { runners }: SourceDeps): ExecutionLine {
	const { id, kind, status, model, startedAt, endedAt, error } = row;
	return {
		id,
		kind,
		status,
		model,
		startedAt,
		endedAt,
		title: oneLine(row.title, 200) || 'Untitled',
		error: error === null ? null : oneLine(error, 300),
		isHere: isRunningHere(runners, id),
	};
}
