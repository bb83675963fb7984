import * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';
import { asId, type ExecutionId } from '../../core/base/ids';
import type { Ledger } from '../../core/ledger/queries';
import { budgetProblem, parseBudget } from '../../core/ledger/views/budget';
import { costsCsv, csvQuery, csvRanges } from '../../core/ledger/views/costsCsv';
import { executionSummary, type ExecutionDetail } from '../../core/ledger/views/executionSummary';
import { executionOfNode } from '../../core/ledger/views/executionsTree';
import { healthDetails, healthHeadline, isUnwell } from '../../core/ledger/views/health';
import { localDay } from '../../core/base/clock';
import type { ChatActions } from '../chat/actions';
import type { FlowActions } from '../flow/actions';
import { askText } from '../host/askText';
import type { Settings } from '../host/settings';
import { unlinked } from '../host/unlinked';
import { saveText } from './saveText';
import { TreeRow } from './treeRow';

/** The execution that a command was called for: a row of the tree, an id, or else what is selected. */
export function executionOf(argument: unknown, selection: readonly TreeRow[]): ExecutionId {
	if (typeof argument === 'string') return asId<ExecutionId>(argument);
	const row = argument instanceof TreeRow ? argument : selection[0];
	const id = row && executionOfNode(row.node.id);
	if (id === undefined) throw new ExpectedError('no-execution', 'Choose an execution in the Executions view first.');
	return asId<ExecutionId>(id);
}

/** The execution with its parts; one that is gone is said to be gone. */
export async function readExecution(ledger: Ledger, id: ExecutionId): Promise<ExecutionDetail> {
	const detail = await ledger.query('execution', { id });
	if (detail) return detail;
	throw new ExpectedError('execution-gone', 'This execution is no longer in the ledger: it was older than is kept.');
}

/** What runs executions in this window. */
export interface Runners {
	readonly chat: ChatActions;
	readonly flows: FlowActions;
}

export function isRunningHere({ chat, flows }: Runners, id: ExecutionId): boolean {
	return chat.isRunningHere(id) || flows.isRunningHere(id);
}

/** Stops a turn, or a run of a flow, that this window runs. */
export async function stopExecution({ chat, flows }: Runners, id: ExecutionId): Promise<void> {
	if (flows.isRunningHere(id)) return flows.stop(id);
	if (!chat.isRunningHere(id))
		throw new ExpectedError(
			'not-here',
			'This execution does not run in this window. Stop it in the window that runs it.',
		);
	await chat.stopExecution(id);
}

/** Shows the conversation that the execution belongs to, where it can go on; a run of a flow goes on at once. */
export async function resumeExecution(ledger: Ledger, { chat, flows }: Runners, id: ExecutionId): Promise<void> {
	const { execution } = await readExecution(ledger, id);
	if (execution.kind === 'flow') return flows.resume(id);
	if (execution.conversation === null)
		throw new ExpectedError(
			'no-conversation',
			'This execution does not belong to a conversation, so it cannot be resumed.',
		);
	await chat.reveal(execution.conversation);
}

/** Puts a short text on the execution on the clipboard. */
export async function copyExecution(ledger: Ledger, id: ExecutionId, now: number): Promise<void> {
	await vscode.env.clipboard.writeText(executionSummary(await readExecution(ledger, id), now));
	vscode.window.setStatusBarMessage('$(check) Execution summary copied', 3000);
}

/** Asks for a range and a place, and writes the costs there. */
export async function exportCosts(ledger: Ledger, now: number): Promise<void> {
	const ranges = csvRanges(now).map((range, index) => ({
		label: range.label,
		description: index === 3 ? '' : `${range.fromDay} to ${range.toDay}`,
		range,
	}));
	const picked = await vscode.window.showQuickPick(ranges, {
		title: 'Export Costs as CSV',
		placeHolder: 'Which days?',
	});
	if (!picked) return;
	const rows = await ledger.query('costs', csvQuery(picked.range));
	if (rows.length === 0)
		throw new ExpectedError(
			'no-costs',
			`Nothing was used in the chosen days (${picked.label.toLowerCase()}), so there is nothing to export.`,
		);
	const file = await saveText(`quarterdeck-costs-${localDay(now)}.csv`, costsCsv(rows), { CSV: ['csv'] });
	if (!file) return;
	const choice = await vscode.window.showInformationMessage(
		unlinked(`Saved ${rows.length.toLocaleString('en')} lines.`),
		'Open',
	);
	if (choice === 'Open') await vscode.window.showTextDocument(file);
}

/** Asks for the daily or the monthly limit. */
export async function setBudget(settings: Settings): Promise<void> {
	const choices = [
		{ label: 'Daily Budget', key: 'budget.dailyUsd' as const, description: limitText(settings.get('budget.dailyUsd')) },
		{
			label: 'Monthly Budget',
			key: 'budget.monthlyUsd' as const,
			description: limitText(settings.get('budget.monthlyUsd')),
		},
	];
	const picked = await vscode.window.showQuickPick(choices, { title: 'Set Budget', placeHolder: 'Which one?' });
	if (!picked) return;
	const current = settings.get(picked.key);
	const text = await askText({
		title: picked.label,
		value: String(current),
		prompt: 'US dollars for all conversations together. New turns are held back once it is used up. 0 is no limit.',
		validateInput: budgetProblem,
	});
	if (text === undefined) return;
	await settings.set(picked.key, parseBudget(text));
}

/** Shows what the ledger says about itself. */
export async function showHealth(ledger: Ledger): Promise<void> {
	const health = await ledger.query('health', null);
	const [headline, detail] = [healthHeadline(health), healthDetails(health)];
	const show = isUnwell(health) ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
	const picked = await show(headline, { modal: true, detail }, 'Copy');
	if (picked === 'Copy') await vscode.env.clipboard.writeText(`${headline}\n\n${detail}\n`);
}

function limitText(dollars: number): string {
	return dollars > 0 ? `$${dollars}` : 'no limit';
}
