import type { ExecutionRow, StepRow, UsageRow } from '../queries';
import {
	formatDuration,
	formatMoment,
	formatRunCost,
	formatUsage,
	kindLabels,
	statusLabels,
	stepName,
	stepTitle,
} from './format';
import { isLive } from './executionsTree';

/** An execution with its parts, as the ledger answers it. */
export interface ExecutionDetail {
	readonly execution: ExecutionRow;
	readonly steps: readonly StepRow[];
	readonly usage: readonly UsageRow[];
}

/** An execution as a short text for an issue or a chat: what ran, how it ended, what it cost. */
export function executionSummary(detail: ExecutionDetail, now: number): string {
	const { execution, steps, usage } = detail;
	const duration = formatDuration((execution.endedAt ?? now) - execution.startedAt);
	const lines = [
		execution.title.trim() || 'Untitled',
		`${statusLabels[execution.status]}${isLive(execution) ? ' for' : ' after'} ${duration}, started ${formatMoment(execution.startedAt)}`,
	];
	const add = (name: string, value: string | null): void => {
		if (value !== null && value !== '') lines.push(`${name}: ${value}`);
	};
	add('Error', execution.error);
	add('Kind', kindLabels[execution.kind]);
	add('Agent', execution.agent);
	add('Provider', execution.provider);
	add('Model', execution.model);
	add('Project', execution.project);
	add('Cost', formatRunCost(execution.cost, execution.basis));
	add('Tokens', formatUsage(execution.usage));
	if (usage.length > 1) for (const row of usage) lines.push(`  ${row.model}: ${usageLine(row)}`);
	if (steps.length > 0) lines.push('', `Steps (${steps.length}):`);
	for (const step of steps) lines.push(`  ${stepLine(step)}`);
	return `${lines.join('\n')}\n`;
}

function usageLine(row: UsageRow): string {
	return [formatRunCost(row.cost, row.basis), formatUsage(row.usage)].filter(part => part !== '').join(', ');
}

function stepLine(step: StepRow): string {
	const duration = step.endedAt === null ? '' : ` in ${formatDuration(step.endedAt - step.startedAt)}`;
	const title = stepTitle(step).replace(/\s+/g, ' ').trim();
	return `${statusLabels[step.status].toLowerCase()}${duration}: ${stepName(step)}${title === '' ? '' : ` ${title}`}`;
}
