import * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';
import type { Approvals } from '../../core/safety/approvals';
import type { ApprovalView, Decision } from '../../core/safety/approval';
import { redConfirmation, wordPrompt } from '../../core/safety/views';
import { askText } from '../host/askText';
import { setContext } from '../host/commands';

/** Asks in a modal whether a call that cannot be undone may run. Each call is asked for by itself. */
export async function confirmRed(view: ApprovalView): Promise<boolean> {
	const { title, detail, button } = redConfirmation(view);
	// The first button that does not close has the focus: Enter out of habit must not destroy anything.
	const show = { title: 'Show the Whole Call' };
	const run = { title: button };
	const wait = { title: 'Keep Waiting', isCloseAffordance: true };
	const picked = await vscode.window.showWarningMessage(title, { modal: true, detail }, show, run, wait);
	if (picked === show) await vscode.commands.executeCommand('quarterdeck.approvals.showDetails', view.id);
	return picked === run;
}

/** Lets the user type the word of an ORANGE call. `undefined` when they think better of it. */
async function askForWord(view: ApprovalView, word: string): Promise<string | undefined> {
	// The message of a wrong word takes the prompt's place, so it says the effect as well.
	const prompt = wordPrompt(view, word);
	return askText({
		title: `${view.tier}: ${view.asker}`,
		prompt,
		placeHolder: word,
		validateInput: text => {
			const typed = text.trim().toLowerCase();
			return typed === '' || typed === word ? undefined : prompt;
		},
	});
}

/**
 * Passes a person's decision on, after what its tier takes: the word of ORANGE (unless it came typed with the
 * decision), the modal of RED. Every decision of the interface goes through here; a page cannot confirm RED by itself.
 * False when the user thought better of it, or the call ended meanwhile.
 */
export async function decideWithUser(
	approvals: Approvals,
	view: ApprovalView | undefined,
	decision: Decision,
): Promise<boolean> {
	if (!view)
		throw new ExpectedError('approvalEnded', 'That call has ended meanwhile; there is nothing left to decide.');
	if (decision.outcome !== 'allow') {
		approvals.decide(view.id, decision);
		if (decision.outcome !== 'refuse') setContext('quarterdeck.hasApproved', true);
		return true;
	}
	let { word } = decision;
	if (view.word !== null && word === undefined) {
		word = await askForWord(view, view.word);
		if (word === undefined) return false;
	}
	if (view.needsModal && !(await confirmRed(view))) return false;
	if (!approvals.find(view.id)) {
		void vscode.window.showInformationMessage('The call ended before it was allowed; nothing was run.');
		return false;
	}
	approvals.decide(view.id, word === undefined ? decision : { ...decision, word }, { isConfirmed: view.needsModal });
	setContext('quarterdeck.hasApproved', true);
	return true;
}

/** Refuses after asking why; the reason goes to the model. False when the user thought better of it. */
export async function refuseWithReason(approvals: Approvals, view: ApprovalView): Promise<boolean> {
	const reason = await askText({
		title: `Refuse: ${view.tool}`,
		prompt: 'Why? The agent reads your answer. Leave it empty to refuse without a reason.',
		placeHolder: 'Do it differently: …',
	});
	if (reason === undefined) return false;
	if (!approvals.find(view.id)) {
		void vscode.window.showInformationMessage('The call ended before it was refused; nothing was run.');
		return false;
	}
	const text = reason.trim();
	approvals.decide(view.id, { outcome: 'refuse', reason: text === '' ? 'The user refused this' : text });
	return true;
}
