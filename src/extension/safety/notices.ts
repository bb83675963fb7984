import * as vscode from 'vscode';
import { DisposableStore, Owner } from '../../core/base/lifecycle';
import type { ApprovalView } from '../../core/safety/approval';
import type { Approvals } from '../../core/safety/approvals';
import { isOneClick, noticeText } from '../../core/safety/views';
import type { ChatActions } from '../chat/actions';
import type { Host } from '../host/context';
import { viewIds } from '../host/ids';
import { unlinked } from '../host/unlinked';
import { decideWithUser, refuseWithReason } from './decide';

const allow = 'Allow Once';
const refuse = 'Refuse…';
const show = 'Show';

/** Waits a moment, so that what comes together is told together, and what ends at once is not told at all. */
const gatherMs = 400;

/** As long as a toast stays on the screen; it then waits in the notification centre and can still be answered there. */
const toastMs = 12_000;

/**
 * Says that a conversation out of view waits. VS Code cannot take a notification back, so there is one on the screen at
 * a time, and an answer to a call that is over is answered with that fact.
 */
export class ApprovalNotices extends Owner {
	readonly #host: Host;
	readonly #approvals: Approvals;
	readonly #chat: ChatActions;
	readonly #told = new Set<string>();
	#isShowing = false;
	#isGathering = false;

	constructor(host: Host, approvals: Approvals, chat: ChatActions) {
		super();
		this.#host = host;
		this.#approvals = approvals;
		this.#chat = chat;
		this.own(approvals.onDidAdd(() => this.#gather()));
		this.own(approvals.onDidEnd(({ view }) => this.#told.delete(view.id)));
	}

	#gather(): void {
		if (this.#isGathering || !this.#host.settings.get('safety.notify')) return;
		this.#isGathering = true;
		this.own(
			this.#host.clock.after(gatherMs, () => {
				this.#isGathering = false;
				void this.#tell();
			}),
		);
	}

	async #tell(): Promise<void> {
		if (this.isDisposed || this.#isShowing) return;
		const waiting = this.#approvals.pending.filter(view => !this.#told.has(view.id) && !this.#isInView(view));
		const [first] = waiting;
		if (!first) return;
		for (const view of waiting) this.#told.add(view.id);
		this.#isShowing = true;
		const answer = waiting.length === 1 ? this.#tellOne(first) : this.#tellMany(waiting);
		const answered = answer.catch((error: unknown) => this.#failed(error));
		await Promise.race([answered, this.#goneFromScreen(waiting)]);
		this.#isShowing = false;
		await this.#tell();
	}

	/** Resolves when nothing of it waits any more, or when the toast has left the screen by itself. */
	#goneFromScreen(views: readonly ApprovalView[]): Promise<void> {
		const store = this.own(new DisposableStore());
		return new Promise<void>(resolve => {
			store.add(this.#host.clock.after(toastMs, resolve));
			store.add(
				this.#approvals.onDidEnd(() => {
					if (!views.some(view => this.#approvals.find(view.id))) resolve();
				}),
			);
		}).finally(() => this.store.delete(store));
	}

	/** When the window closes, VS Code rejects what was still asked. */
	async #failed(error: unknown): Promise<void> {
		if (this.isDisposed || (error instanceof Error && error.name === 'Canceled')) return;
		await this.#host.commands.showFailure(error);
	}

	#isInView({ conversation }: ApprovalView): boolean {
		return conversation !== null && this.#chat.isInView(conversation);
	}

	async #tellOne(view: ApprovalView): Promise<void> {
		const buttons = isOneClick(view) ? [allow, refuse, show] : [show, refuse];
		const picked = await vscode.window.showInformationMessage(unlinked(noticeText(view)), ...buttons);
		if (picked === undefined) return;
		if (!this.#approvals.find(view.id)) {
			void vscode.window.showInformationMessage(
				unlinked(`That is over: the call of “${view.asker}” has ended meanwhile.`),
			);
			return;
		}
		if (picked === allow) await decideWithUser(this.#approvals, view, { outcome: 'allow', scope: 'once' });
		else if (picked === refuse) await refuseWithReason(this.#approvals, view);
		else await this.#show(view);
	}

	async #tellMany(views: readonly ApprovalView[]): Promise<void> {
		const picked = await vscode.window.showInformationMessage(
			unlinked(`${views.length} approvals wait for you.`),
			show,
		);
		if (picked === show) await vscode.commands.executeCommand(`${viewIds.approvals}.focus`);
	}

	async #show(view: ApprovalView): Promise<void> {
		if (view.conversation === null) await vscode.commands.executeCommand(`${viewIds.approvals}.focus`);
		else await this.#chat.reveal(view.conversation, view.id);
	}
}
