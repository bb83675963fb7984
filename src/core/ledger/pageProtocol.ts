import type { ErrorAction } from '../base/errors';
import type { ConversationId, ExecutionId, StepId } from '../base/ids';
import type { ConversationRow, LedgerContract } from './queries';
import type { ExecutionDetail } from './views/executionSummary';

/** An execution as its page shows it. */
export interface ExecutionPageView extends ExecutionDetail {
	/** The conversation it belongs to, where that is still known. */
	readonly conversation: Pick<ConversationRow, 'id' | 'title'> | null;
	/** Whether this window runs it, so that it can be stopped from here. */
	readonly isRunningHere: boolean;
}

/** One part of a step's text. */
export interface StepPart {
	readonly execution: ExecutionId;
	readonly step: StepId;
	readonly part: 'input' | 'output';
}

/** What the page of one execution and its host exchange. */
export interface ExecutionPageContract {
	requests: {
		/** `null` when the ledger has no such execution (any more). */
		execution: { params: { readonly id: ExecutionId }; result: ExecutionPageView | null };
		stepText: LedgerContract['requests']['stepText'];
		/** Copies a step's whole text, which need not cross to the page for it. */
		copyStepText: { params: StepPart; result: void };
		/** Shows a step's whole text in an editor of its own. */
		openStepText: { params: StepPart; result: void };
		copyText: { params: { readonly text: string }; result: void };
		/** Copies a short text on the whole execution. */
		copySummary: { params: { readonly id: ExecutionId }; result: void };
		/** Asks where, and saves a text there; `false` when the user changed their mind. */
		saveText: { params: { readonly suggestedName: string; readonly text: string }; result: boolean };
		openConversation: { params: { readonly conversation: ConversationId }; result: void };
		stop: { params: { readonly id: ExecutionId }; result: void };
		/** Runs an action that a failure offered. */
		runAction: { params: ErrorAction; result: void };
	};
	events: {
		/** The execution, or what its page says of it, is no longer what was last answered. */
		changed: null;
	};
}
