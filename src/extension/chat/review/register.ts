import * as vscode from 'vscode';
import { Lazy } from '../../../core/base/async';
import { asId, type ApprovalId, type ExecutionId } from '../../../core/base/ids';
import { DisposableStore, type Disposable } from '../../../core/base/lifecycle';
import type { TurnChanges } from '../../../core/chat/review/turnChanges';
import type { Approvals } from '../../../core/safety/approvals';
import type { Host } from '../../host/context';
import { decideWithUser, refuseWithReason } from '../../safety/decide';
import type { ChatActions } from '../actions';
import { reviewOfTab } from './proposalFiles';
import { TurnDiffs } from './turnDiff';

export interface ReviewFeatureDeps {
	readonly approvals: Approvals;
	readonly chat: ChatActions;
	readonly changes: TurnChanges;
}

/** What the chat's pages may ask of the reviews. */
export interface ReviewFeature extends Disposable {
	/** Opens the diff editor on a pending edit. */
	reviewEdit(approval: string): Promise<void>;
	/** Opens one diff of everything a turn changed. */
	openTurnDiff(execution: string): Promise<void>;
	/** Compares a code block with the open file. */
	applyAsDiff(text: string): Promise<void>;
}

/** Registers the review of edits, of turns and of code blocks. */
export function registerReview(host: Host, deps: ReviewFeatureDeps): ReviewFeature {
	const { approvals, chat } = deps;
	const store = new DisposableStore();
	const turns = store.add(new TurnDiffs(deps.changes));
	const reviews = new Lazy(async () => {
		const { Reviews } = await import('./reviews');
		return store.add(
			new Reviews(host, {
				approvals,
				chat,
				gate: {
					callOf: id => approvals.callOf(id),
					decide: (view, decision) => decideWithUser(approvals, view, decision),
					refuse: view => refuseWithReason(approvals, view),
				},
			}),
		);
	});
	const load = (): void => void reviews.get().catch((error: unknown) => host.commands.showFailure(error));
	store.add(approvals.onDidAdd(view => view.kind === 'edit' && load()));
	// Tabs that VS Code brought back after a reload are read and closed by the same code.
	if (vscode.window.tabGroups.all.some(group => group.tabs.some(tab => reviewOfTab(tab) !== undefined))) load();
	const { commands } = host;
	store.add(
		commands.register('quarterdeck.review.open', async (argument: unknown) =>
			(await reviews.get()).openEdit(approvalOf(argument, approvals)),
		),
	);
	store.add(commands.register('quarterdeck.review.apply', async () => (await reviews.get()).apply()));
	store.add(commands.register('quarterdeck.review.refuse', async () => (await reviews.get()).refuse()));
	store.add(commands.register('quarterdeck.review.nextHunk', async () => (await reviews.get()).goTo(1)));
	store.add(commands.register('quarterdeck.review.previousHunk', async () => (await reviews.get()).goTo(-1)));
	store.add(
		commands.register('quarterdeck.review.acceptHunk', async (id: unknown, index: unknown) =>
			(await reviews.get()).setChange(true, id, index),
		),
	);
	store.add(
		commands.register('quarterdeck.review.refuseHunk', async (id: unknown, index: unknown) =>
			(await reviews.get()).setChange(false, id, index),
		),
	);
	return {
		reviewEdit: async approval => (await reviews.get()).openEdit(asId<ApprovalId>(approval)),
		openTurnDiff: execution => turns.open(asId<ExecutionId>(execution)),
		applyAsDiff: async text => (await reviews.get()).openBlock(text),
		dispose: () => store.dispose(),
	};
}

/** The edit that a row of the Approvals view or a bare id names; without either, the oldest that waits. */
function approvalOf(argument: unknown, approvals: Approvals): ApprovalId {
	if (typeof argument === 'string') return asId<ApprovalId>(argument);
	const row = argument as { readonly view?: { readonly id?: unknown } } | undefined;
	const id = row?.view?.id ?? approvals.pending.find(view => view.kind === 'edit')?.id;
	return asId<ApprovalId>(typeof id === 'string' ? id : '');
}
