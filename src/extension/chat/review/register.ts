import { asId, type ApprovalId, type ExecutionId } from '../../../core/base/ids';
import { DisposableStore, type Disposable } from '../../../core/base/lifecycle';
import type { TurnChanges } from '../../../core/chat/review/turnChanges';
import type { Approvals } from '../../../core/safety/approvals';
import type { Host } from '../../host/context';
import { decideWithUser, refuseWithReason } from '../../safety/decide';
import type { ChatActions } from '../actions';
import { Reviews } from './reviews';
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
	const reviews = store.add(
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
	const { commands } = host;
	store.add(
		commands.register('quarterdeck.review.open', (argument: unknown) =>
			reviews.openEdit(approvalOf(argument, approvals)),
		),
	);
	store.add(commands.register('quarterdeck.review.apply', () => reviews.apply()));
	store.add(commands.register('quarterdeck.review.refuse', () => reviews.refuse()));
	store.add(commands.register('quarterdeck.review.nextHunk', () => reviews.goTo(1)));
	store.add(commands.register('quarterdeck.review.previousHunk', () => reviews.goTo(-1)));
	store.add(
		commands.register('quarterdeck.review.acceptHunk', (id: unknown, index: unknown) =>
			reviews.setChange(true, id, index),
		),
	);
	store.add(
		commands.register('quarterdeck.review.refuseHunk', (id: unknown, index: unknown) =>
			reviews.setChange(false, id, index),
		),
	);
	return {
		reviewEdit: approval => reviews.openEdit(asId<ApprovalId>(approval)),
		openTurnDiff: execution => turns.open(asId<ExecutionId>(execution)),
		applyAsDiff: text => reviews.openBlock(text),
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
