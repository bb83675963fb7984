import { localDay, type Clock } from '../../base/clock';
import { formatCost } from '../../base/money';
import type { CostRow, ExecutionRow, Ledger } from '../../ledger/queries';
import { Args, argumentsSchema, countArgument, textArgument } from '../args';
import { ownTool } from '../own';
import { textResult, type Tool } from '../tool';

const dayPattern = '^\\d{4}-\\d{2}-\\d{2}$';
const dayMs = 86_400_000;

/** `quarterdeck_query_ledger`: what ran in this project and what it cost. Two questions, no query language. */
export function queryLedgerTool(ledger: () => Promise<Pick<Ledger, 'query'>>, clock: Clock): Tool {
	return ownTool({
		name: 'quarterdeck_query_ledger',
		title: 'Query the ledger',
		description:
			"Looks into Quarterdeck's ledger of this project: 'executions' lists the last runs with status, model, duration and cost; " +
			"'costs' sums what was spent between two days by day, month, model, provider or agent.",
		schema: argumentsSchema(
			{
				what: { type: 'string', enum: ['executions', 'costs'] },
				from_day: textArgument('First day, YYYY-MM-DD; 30 days ago when absent.', { pattern: dayPattern }),
				to_day: textArgument('Last day, YYYY-MM-DD; today when absent.', { pattern: dayPattern }),
				by: {
					type: 'array',
					items: { type: 'string', enum: ['day', 'month', 'model', 'provider', 'agent'] },
					maxItems: 3,
					description: 'For costs: what to sum by. Absent for one total.',
				},
				status: {
					type: 'string',
					enum: ['running', 'waiting', 'succeeded', 'failed', 'stopped', 'interrupted'],
					description: 'For executions: only these.',
				},
				text: textArgument('For executions: words in their titles and steps.', { maxLength: 200 }),
				limit: countArgument('For executions: how many; 20 when absent.', 1, 100),
			},
			['what'],
		),
		run: async (input, { cwd }) => {
			const args = new Args(input);
			const toDay = args.maybeText('to_day') ?? localDay(clock.now());
			const fromDay = args.maybeText('from_day') ?? localDay(clock.now() - 30 * dayMs);
			if (!isDay(fromDay) || !isDay(toDay)) return textResult('That is no day of the calendar.', true);
			const { query } = await boundLedger(ledger);
			if (args.text('what') === 'costs') {
				const by = args.texts('by').filter(isDimension);
				const rows = await query('costs', { fromDay, toDay, by, project: cwd });
				return textResult(costsText(rows, by, `${fromDay} to ${toDay}`));
			}
			const status = args.maybeText('status') as ExecutionRow['status'] | undefined;
			const text = args.maybeText('text');
			const rows = await query('executions', {
				project: cwd,
				from: startOf(fromDay),
				to: startOf(toDay) + dayMs,
				limit: args.number('limit', 20),
				...(status === undefined ? {} : { statuses: [status] }),
				...(text === undefined ? {} : { text }),
			});
			return textResult(rows.length === 0 ? 'No execution fits.' : rows.map(executionText).join('\n'));
		},
	});
}

async function boundLedger(ledger: () => Promise<Pick<Ledger, 'query'>>): Promise<Pick<Ledger, 'query'>> {
	const made = await ledger();
	return { query: (name, params) => made.query(name, params) };
}

type Dimension = 'day' | 'month' | 'model' | 'provider' | 'agent';

function isDimension(text: string): text is Dimension {
	return ['day', 'month', 'model', 'provider', 'agent'].includes(text);
}

function isDay(day: string): boolean {
	return !Number.isNaN(startOf(day)) && localDay(startOf(day)) === day;
}

function startOf(day: string): number {
	return new Date(`${day}T00:00:00`).getTime();
}

function costsText(rows: readonly CostRow[], by: readonly string[], range: string): string {
	if (rows.length === 0) return `Nothing was spent in this project, ${range}.`;
	const lines = rows.map(({ key, cost, executions, unpriced, usage }) => {
		const name = key.length === 0 ? 'Total' : key.map(part => (part === '' ? '(none)' : part)).join(' / ');
		const known =
			unpriced > 0 ? `at least ${formatCost(cost)} (${unpriced} runs without a known price)` : formatCost(cost);
		return `${name}: ${known}, ${executions} runs, ${usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h} tokens in, ${usage.output} out`;
	});
	return [`Costs of this project, ${range}${by.length > 0 ? `, by ${by.join(' and ')}` : ''}:`, ...lines].join('\n');
}

function executionText(row: ExecutionRow): string {
	const started = new Date(row.startedAt).toISOString().slice(0, 16).replace('T', ' ');
	const seconds = row.endedAt === null ? null : Math.round((row.endedAt - row.startedAt) / 1000);
	const cost =
		row.cost === null ? 'cost unknown' : `${row.basis === 'unpriced' ? 'at least ' : ''}${formatCost(row.cost)}`;
	const parts = [
		`${started}Z`,
		row.status,
		row.kind,
		row.model ?? row.provider,
		seconds === null ? 'not ended' : `${seconds} s`,
		cost,
		row.title.replaceAll(/\s+/g, ' ').slice(0, 120),
		...(row.error === null ? [] : [`error: ${row.error}`]),
	];
	return parts.join(' | ');
}
