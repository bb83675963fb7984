import type { ExecutionRow } from '../../ledger/queries';

/** How a flow's runs that nobody watched have ended of late. */
export interface FlowFailures {
	readonly key: string;
	readonly name: string;
	/** In a row, up to the newest that ended. */
	readonly failures: number;
	/** The newest failure's sentence; '' when there is none. */
	readonly error: string;
}

type Row = Pick<ExecutionRow, 'trigger' | 'status' | 'title' | 'agent' | 'project' | 'error'>;

/**
 * Failures in a row of runs that a schedule, a webhook or a file began. What a person starts, they see themselves.
 * @param rows newest first
 */
export function failuresInRow(rows: readonly Row[]): readonly FlowFailures[] {
	const flows = new Map<string, { name: string; failures: number; error: string; isOver: boolean }>();
	for (const { trigger, status, title, agent, project, error } of rows) {
		if (trigger === 'user' || trigger === 'tool' || trigger === 'alert') continue;
		const name = agent ?? title;
		const key = project === null ? name : `${project}: ${name}`;
		const flow = flows.get(key) ?? { name, failures: 0, error: '', isOver: false };
		flows.set(key, flow);
		if (flow.isOver || status === 'running' || status === 'waiting') continue;
		// What was stopped or cut off by a closed window says nothing of the flow.
		if (status === 'stopped' || status === 'interrupted') continue;
		if (status === 'succeeded') flow.isOver = true;
		else {
			if (flow.failures === 0) flow.error = error ?? '';
			flow.failures++;
		}
	}
	return [...flows].map(([key, { name, failures, error }]) => ({ key, name, failures, error }));
}
