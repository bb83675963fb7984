import { CancelledError, ExpectedError } from '../base/errors';
import { Deferred } from '../base/async';
import { systemClock, type Clock } from '../base/clock';
import { Emitter } from '../base/event';
import { newId, type ApprovalId, type ConversationId, type ExecutionId, type StepId } from '../base/ids';
import type { Disposable } from '../base/lifecycle';
import type { LedgerEvent } from '../ledger/events';
import type { ApprovalView, Classification, Decision, QuestionView, ToolCall } from './approval';
import { grantsOf } from './tier';
import { visibleText } from './visible';
import words from './words.json' with { type: 'json' };

/** One call that needs a person. */
export interface ApprovalRequest {
	readonly tool: string;
	/** The whole call, for whoever shows more of it than `effect`: a review of an edit. */
	readonly call?: ToolCall;
	readonly classification: Classification;
	readonly conversation: ConversationId | null;
	/** Title of the conversation that asks. */
	readonly asker: string;
	readonly execution: ExecutionId | null;
	readonly step: StepId | null;
	readonly questions?: readonly QuestionView[];
	readonly plan?: string | null;
	/** The call may be allowed this once only. */
	readonly isOnceOnly?: boolean;
	/** Throws `ExpectedError` when a decision may not be taken; the approval then stays pending. */
	readonly check?: (decision: Decision) => void;
}

/** How a pending approval ended. */
export interface ApprovalEnd {
	readonly view: ApprovalView;
	readonly outcome: 'allowed' | 'refused' | 'expired';
	readonly decision: Decision | null;
}

/** What the host vouches for when it passes a person's decision on. A page cannot set it. */
export interface DecisionOptions {
	/** The modal that RED needs was shown and confirmed. */
	readonly isConfirmed?: boolean;
	/** Who decided; `user` unless said otherwise. */
	readonly by?: string;
}

export type ApprovalErrorCode = 'approvalEnded' | 'wrongWord' | 'needsConfirmation' | 'grantNotOffered' | 'wrongAnswer';

interface Pending {
	readonly view: ApprovalView;
	readonly request: ApprovalRequest;
	readonly answer: Deferred<Decision>;
	readonly stopListening: () => void;
}

/** What `Approvals` needs from outside. */
export interface ApprovalPorts {
	readonly journal: (event: LedgerEvent) => void;
	readonly clock?: Clock;
	/** A number from 0 up to 1, for the word of an ORANGE call. */
	readonly random?: () => number;
}

/** Every pending approval of every conversation. An approval lives exactly as long as its call. */
export class Approvals implements Disposable {
	readonly #pending = new Map<ApprovalId, Pending>();
	readonly #journal: (event: LedgerEvent) => void;
	readonly #clock: Clock;
	readonly #random: () => number;
	readonly #didAdd = new Emitter<ApprovalView>();
	readonly #didEnd = new Emitter<ApprovalEnd>();
	readonly onDidAdd = this.#didAdd.event;
	readonly onDidEnd = this.#didEnd.event;

	constructor(ports: ApprovalPorts) {
		this.#journal = ports.journal;
		this.#clock = ports.clock ?? systemClock;
		this.#random = ports.random ?? secureRandom;
	}

	/** What waits for a person, the oldest first. */
	get pending(): readonly ApprovalView[] {
		return [...this.#pending.values()].map(entry => entry.view);
	}

	find(id: ApprovalId): ApprovalView | undefined {
		return this.#pending.get(id)?.view;
	}

	/** The call that a pending approval is about, where the request gave it. */
	callOf(id: ApprovalId): ToolCall | undefined {
		return this.#pending.get(id)?.request.call;
	}

	/**
	 * Opens an approval. `decision` resolves with what a person decided, and rejects with `CancelledError` when the call
	 * ends first: nobody can then answer it any more.
	 */
	add(
		request: ApprovalRequest,
		signal: AbortSignal,
	): { readonly view: ApprovalView; readonly decision: Promise<Decision> } {
		const view = this.#viewOf(request);
		const answer = new Deferred<Decision>();
		const onAbort = (): void => this.#expire(view.id, 'The call ended before it was decided.');
		const stopListening = (): void => signal.removeEventListener('abort', onAbort);
		this.#pending.set(view.id, { view, request, answer, stopListening });
		const { conversation, execution, tool, tier } = view;
		const { effect } = request.classification;
		this.#journal({ type: 'approval.requested', approval: view.id, execution, conversation, tool, tier, effect });
		this.#didAdd.fire(view);
		if (signal.aborted) onAbort();
		else signal.addEventListener('abort', onAbort, { once: true });
		return { view, decision: answer.promise };
	}

	/**
	 * Takes a decision. Throws `ExpectedError` and keeps the approval pending when the word is wrong, RED was not
	 * confirmed, the allowance is not offered or the answer is of another kind.
	 */
	decide(id: ApprovalId, decision: Decision, options: DecisionOptions = {}): void {
		const entry = this.#pending.get(id);
		if (!entry) throw fail('approvalEnded', 'This call has ended in the meantime; there is nothing left to decide.');
		if (decision.outcome !== 'refuse') {
			checkDecision(entry, decision, options);
			entry.request.check?.(decision);
		}
		const outcome = decision.outcome === 'refuse' ? 'refused' : 'allowed';
		const reason = decision.outcome === 'refuse' ? decision.reason : null;
		this.#end(entry, outcome, options.by ?? 'user', reason, decision);
		entry.answer.resolve(decision);
	}

	/** Ends what still waits, for example when the window closes. */
	dispose(): void {
		for (const id of this.#pending.keys()) this.#expire(id, 'The window closed before it was decided.');
		this.#didAdd.dispose();
		this.#didEnd.dispose();
	}

	#expire(id: ApprovalId, reason: string): void {
		const entry = this.#pending.get(id);
		if (!entry) return;
		this.#end(entry, 'expired', 'policy', reason, null);
		// The caller may have stopped waiting already; that is no failure of its own.
		entry.answer.promise.catch(() => undefined);
		entry.answer.reject(new CancelledError(reason));
	}

	#end(
		entry: Pending,
		outcome: ApprovalEnd['outcome'],
		by: string,
		reason: string | null,
		decision: Decision | null,
	): void {
		this.#pending.delete(entry.view.id);
		entry.stopListening();
		this.#journal({ type: 'approval.decided', approval: entry.view.id, decision: outcome, by, reason });
		this.#didEnd.fire({ view: entry.view, outcome, decision });
	}

	#viewOf(request: ApprovalRequest): ApprovalView {
		const { classification } = request;
		const { tier, kind, effect, reasons, grantLabel, maxGrant } = classification;
		const isPlain = kind === 'tool' || kind === 'edit';
		const furthest = request.isOnceOnly || classification.grantKey === null ? 'once' : maxGrant;
		return {
			id: newId<ApprovalId>(),
			kind,
			tier,
			tool: request.tool,
			effect: visibleText(effect),
			reasons: reasons.map(visibleText),
			grants: isPlain ? grantsOf(tier, furthest) : [],
			grantLabel: furthest === 'once' ? null : grantLabel,
			word: isPlain && tier === 'ORANGE' ? this.#newWord(effect) : null,
			needsModal: isPlain && tier === 'RED',
			questions: request.questions ?? [],
			plan: request.plan ?? null,
			conversation: request.conversation,
			asker: visibleText(request.asker),
			execution: request.execution,
			step: request.step,
			askedAt: this.#clock.now(),
		};
	}

	/** A word that the call itself does not contain, so that typing it means having read the approval. */
	#newWord(effect: string): string {
		const text = effect.toLowerCase();
		const taken = new Set([...this.#pending.values()].map(entry => entry.view.word));
		const free = words.filter(word => !text.includes(word) && !taken.has(word));
		const from = free.length > 0 ? free : words;
		return from[Math.floor(this.#random() * from.length)] ?? 'quarterdeck';
	}
}

function checkDecision({ view, request: { call } }: Pending, decision: Decision, options: DecisionOptions): void {
	const wanted = view.kind === 'question' ? 'answer' : view.kind === 'plan' ? 'plan' : 'allow';
	if (decision.outcome !== wanted) throw fail('wrongAnswer', 'This answer is of another kind than what was asked.');
	if (decision.outcome !== 'allow') return;
	if (decision.changedInput !== undefined) checkChange(view, call, decision);
	if (!view.grants.includes(decision.scope)) {
		throw fail('grantNotOffered', `A ${view.tier} call cannot be allowed for longer than this offers. Choose again.`);
	}
	if (view.word !== null && normalWord(decision.word) !== view.word) {
		throw fail('wrongWord', `That is not the word shown. Type “${view.word}” to allow this call.`);
	}
	if (view.needsModal && options.isConfirmed !== true) {
		throw fail('needsConfirmation', 'This call cannot be undone: confirm it in the dialog first.');
	}
}

/** Only a reviewed edit may be changed, this once, and it stays an edit of the same file. */
function checkChange(
	view: ApprovalView,
	call: ToolCall | undefined,
	{ scope, changedInput }: Extract<Decision, { outcome: 'allow' }>,
): void {
	const file = call?.input['file_path'];
	const isSameFile = file !== undefined && file === changedInput?.['file_path'];
	if (view.kind !== 'edit' || scope !== 'once' || !isSameFile)
		throw fail('wrongAnswer', 'Only a reviewed edit may be changed, and only within its own file.');
}

function normalWord(word: string | undefined): string {
	return (word ?? '').trim().toLowerCase();
}

function fail(code: ApprovalErrorCode, message: string): ExpectedError<ApprovalErrorCode> {
	return new ExpectedError(code, message);
}

function secureRandom(): number {
	return (globalThis.crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
}
