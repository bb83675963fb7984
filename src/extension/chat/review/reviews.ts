import * as vscode from 'vscode';
import { ExpectedError } from '../../../core/base/errors';
import type { ApprovalId } from '../../../core/base/ids';
import { Owner } from '../../../core/base/lifecycle';
import type { ApprovalView } from '../../../core/safety/approval';
import type { ApprovalEnd, Approvals } from '../../../core/safety/approvals';
import { setContext } from '../../host/commands';
import type { Host } from '../../host/context';
import { unlinked } from '../../host/unlinked';
import type { ChatActions } from '../actions';
import { blockSubject } from './blockReview';
import { ChangeMarks } from './changeMarks';
import { DiffReview } from './diffReview';
import { EditReview, type EditGate } from './editReview';
import { ProposalFiles, reviewOfTab } from './proposalFiles';
import { TypingWatch } from './typingWatch';

export interface ReviewDeps {
	readonly approvals: Approvals;
	readonly chat: ChatActions;
	readonly gate: EditGate;
}

/** Every open review: of pending edits, and of code blocks that the user wants to apply. */
export class Reviews extends Owner {
	readonly #host: Host;
	readonly #deps: ReviewDeps;
	readonly #files = this.own(new ProposalFiles());
	readonly #marks = this.own(new ChangeMarks(id => this.#open.get(id)));
	readonly #typing: TypingWatch;
	/** By the review's own id. */
	readonly #open = new Map<string, DiffReview>();
	/** By the approval's id. A review outlives its tab: the edit still waits. */
	readonly #edits = new Map<ApprovalId, Promise<EditReview>>();
	/** Edits that wait to be opened by themselves, because another review is open or the user is typing. */
	readonly #waiting = new Set<ApprovalId>();
	#isOpening = false;

	constructor(host: Host, deps: ReviewDeps) {
		super();
		this.#host = host;
		this.#deps = deps;
		this.#typing = this.own(new TypingWatch(host.clock));
		this.own(deps.approvals.onDidAdd(view => this.#added(view)));
		this.own(deps.approvals.onDidEnd(end => this.#run(() => this.#ended(end))));
		this.own(this.#typing.onDidPause(() => this.#run(() => this.#openNext())));
		this.own(vscode.window.tabGroups.onDidChangeTabs(() => this.#tabsChanged()));
		this.own(vscode.window.tabGroups.onDidChangeTabGroups(() => this.#tabsChanged()));
		this.own(vscode.window.onDidChangeVisibleTextEditors(() => this.#drawAll()));
		this.#run(closeLeftovers);
		// The first edit of a window is what this code is loaded for.
		for (const view of deps.approvals.pending) this.#added(view);
	}

	/** Opens the diff editor on a pending edit, or brings it to the front. */
	async openEdit(id: ApprovalId, preserveFocus = false): Promise<void> {
		const view = this.#deps.approvals.find(id);
		if (!view)
			throw new ExpectedError('approval-ended', 'That edit has ended meanwhile; there is nothing left to review.');
		this.#waiting.delete(id);
		const edit = await this.#edit(view);
		if (this.#deps.approvals.find(id)) await edit.review.open(preserveFocus);
	}

	/** Compares a code block with the open file, to be applied or left. */
	async openBlock(text: string): Promise<void> {
		const review: DiffReview = new DiffReview(
			this.#files,
			blockSubject(text, () => this.#closeBlock(review)),
		);
		this.#track(review);
		await review.open(false);
	}

	/** Writes what the user wants of the active review. */
	async apply(): Promise<void> {
		const review = this.#active();
		await review.subject.apply(review.text);
	}

	async refuse(): Promise<void> {
		await this.#active().subject.refuse();
	}

	async goTo(step: 1 | -1): Promise<void> {
		await this.#active().goTo(step);
	}

	/** Takes a change back or puts it in. Without arguments, that at the cursor of the active review. */
	async setChange(isKept: boolean, id: unknown, index: unknown): Promise<void> {
		const review = typeof id === 'string' ? this.#open.get(id) : this.#active();
		if (!review) throw new ExpectedError('review-ended', 'That review is over.');
		const at = typeof index === 'number' ? index : review.changeAt(review.editor?.selection.active.line ?? 0);
		await (isKept ? review.acceptChange(at) : review.refuseChange(at));
	}

	override dispose(): void {
		super.dispose();
		for (const edit of this.#edits.values()) void edit.then(made => made.dispose()).catch(() => undefined);
		for (const review of this.#open.values()) review.dispose();
	}

	#active(): DiffReview {
		const id = reviewOfTab(vscode.window.tabGroups.activeTabGroup.activeTab);
		const review = id === undefined ? undefined : this.#open.get(id);
		if (review) return review;
		throw new ExpectedError('no-review', 'No review is open. Open one from the chat or the Approvals view.');
	}

	#edit(view: ApprovalView): Promise<EditReview> {
		const known = this.#edits.get(view.id);
		if (known) return known;
		const made = EditReview.create(view, this.#deps.gate, this.#files).then(edit => {
			if (this.#deps.approvals.find(view.id)) this.#track(edit.review);
			return edit;
		});
		this.#edits.set(view.id, made);
		made.catch(() => this.#edits.delete(view.id));
		return made;
	}

	#track(review: DiffReview): void {
		this.#open.set(review.id, review);
		// The subscription ends with the review, which owns the event.
		review.onDidChange(() => this.#marks.draw(review));
	}

	#added(view: ApprovalView): void {
		if (view.kind !== 'edit' || !this.#host.settings.get('review.openDiff')) return;
		this.#waiting.add(view.id);
		this.#run(() => this.#openNext());
	}

	/** Opens the oldest edit that waits, one at a time and never under the user's fingers. */
	async #openNext(): Promise<void> {
		if (this.#isOpening || this.#typing.isTyping || this.#hasOpenTab()) return;
		const next = this.#deps.approvals.pending.find(view => this.#waiting.has(view.id) && this.#isInView(view));
		if (!next) return;
		this.#isOpening = true;
		try {
			await this.openEdit(next.id, true);
		} catch (error) {
			// Nobody asked for this diff: where it cannot be shown, the card in the chat is enough.
			if (!ExpectedError.is(error)) throw error;
			this.#host.log.info(`An edit is not reviewed in a diff: ${error.message}`);
		} finally {
			this.#isOpening = false;
		}
	}

	/** Edits of other conversations are announced by a notification instead. */
	#isInView({ conversation }: ApprovalView): boolean {
		return conversation === null || this.#deps.chat.isInView(conversation);
	}

	#hasOpenTab(): boolean {
		return [...this.#open.values()].some(review => review.isOpen);
	}

	async #ended({ view, outcome }: ApprovalEnd): Promise<void> {
		this.#waiting.delete(view.id);
		const edit = await this.#edits.get(view.id)?.catch(() => undefined);
		this.#edits.delete(view.id);
		if (edit) {
			const { review } = edit;
			if (outcome === 'expired' && review.isOpen)
				void vscode.window.showInformationMessage(
					unlinked(`The edit of ${review.fileName} ended before it was decided.`),
				);
			await review.close();
			this.#open.delete(review.id);
			edit.dispose();
		}
		await this.#openNext();
	}

	async #closeBlock(review: DiffReview): Promise<void> {
		await review.close();
		this.#open.delete(review.id);
		review.dispose();
	}

	#tabsChanged(): void {
		const shown = reviewOfTab(vscode.window.tabGroups.activeTabGroup.activeTab);
		setContext('quarterdeck.isReviewing', shown !== undefined && this.#open.has(shown));
		// A block's review has nobody waiting for it: it ends with its tab.
		for (const review of this.#open.values())
			if (review.subject.endsWithTab && review.wasOpen && !review.isOpen) this.#run(() => this.#closeBlock(review));
		this.#run(() => this.#openNext());
	}

	#drawAll(): void {
		for (const review of this.#open.values()) if (review.editor) this.#marks.draw(review);
	}

	#run(task: () => Promise<void>): void {
		void task().catch((error: unknown) => this.#host.commands.showFailure(error));
	}
}

/** Tabs that VS Code brought back after a reload belong to reviews that are over. */
async function closeLeftovers(): Promise<void> {
	const tabs = vscode.window.tabGroups.all.flatMap(group => group.tabs).filter(tab => reviewOfTab(tab) !== undefined);
	for (const tab of tabs) {
		const { input } = tab;
		const uri = input instanceof vscode.TabInputTextDiff ? input.modified : undefined;
		// A tab with unsaved text would ask before it closes; saving goes nowhere.
		if (uri && tab.isDirty) await (await vscode.workspace.openTextDocument(uri)).save();
		await vscode.window.tabGroups.close(tab, true);
	}
}
