import { basename, resolve } from 'node:path';
import { applyPatch, structuredPatch } from 'diff';
import * as vscode from 'vscode';
import { ExpectedError } from '../../../core/base/errors';
import type { ApprovalId } from '../../../core/base/ids';
import { Owner } from '../../../core/base/lifecycle';
import { checkSize, decodeFile, type FileText } from '../../../core/chat/review/fileText';
import { formOf, changedInput, proposalFor, reviewedPath } from '../../../core/chat/review/proposal';
import type { ApprovalView, Decision, ToolCall } from '../../../core/safety/approval';
import { unlinked } from '../../host/unlinked';
import { DiffReview } from './diffReview';
import type { ProposalFiles } from './proposalFiles';

/** What a review of an edit needs from the gate. */
export interface EditGate {
	callOf(id: ApprovalId): ToolCall | undefined;
	/** Passes a person's decision on, with the word or the confirmation that its tier takes. */
	decide(view: ApprovalView, decision: Decision): Promise<boolean>;
	/** Refuses, after asking for a reason. */
	refuse(view: ApprovalView): Promise<boolean>;
}

const readAgain = 'The file changed on disk while the edit was reviewed. Read it again and propose the edit anew.';

/** The review of one pending edit: follows the file on disk, and turns the reviewed text into a decision. */
export class EditReview extends Owner {
	readonly view: ApprovalView;
	readonly review: DiffReview;
	readonly #call: ToolCall;
	readonly #gate: EditGate;
	readonly #path: string;
	#original: FileText | null;
	#isAsking = false;

	private constructor(
		view: ApprovalView,
		call: ToolCall,
		gate: EditGate,
		files: ProposalFiles,
		original: FileText | null,
	) {
		super();
		this.view = view;
		this.#call = call;
		this.#gate = gate;
		this.#original = original;
		const proposal = proposalFor(call.tool, call.input, original);
		this.#path = resolve(call.cwd, proposal.path);
		this.review = this.own(
			new DiffReview(files, {
				path: this.#path,
				proposer: view.asker,
				original: proposal.original,
				proposed: proposal.proposed,
				endsWithTab: false,
				apply: final => this.#apply(final),
				refuse: () => this.#refuse(),
			}),
		);
		this.#watch();
	}

	/** Reads the file and proposes the edit on it. Throws an `ExpectedError` when it cannot be reviewed. */
	static async create(view: ApprovalView, gate: EditGate, files: ProposalFiles): Promise<EditReview> {
		const call = gate.callOf(view.id);
		const path = call && reviewedPath(call.tool, call.input);
		if (!call || path === undefined)
			throw new ExpectedError(
				'not-reviewable',
				'This edit cannot be reviewed change by change. Decide on it in the chat.',
			);
		return new EditReview(view, call, gate, files, await readText(resolve(call.cwd, path)));
	}

	async #apply(final: string): Promise<void> {
		if (await this.#followDisk()) return;
		const outcome = changedInput(this.#call.tool, this.#call.input, this.#original, final);
		if (outcome.kind === 'refused') await this.#gate.decide(this.view, { outcome: 'refuse', reason: outcome.reason });
		else if (outcome.kind === 'unchanged') await this.#gate.decide(this.view, { outcome: 'allow', scope: 'once' });
		else await this.#gate.decide(this.view, { outcome: 'allow', scope: 'once', changedInput: outcome.input });
	}

	async #refuse(): Promise<void> {
		await this.#gate.refuse(this.view);
	}

	#watch(): void {
		const folder = vscode.Uri.file(resolve(this.#path, '..'));
		const watcher = this.own(
			vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, basename(this.#path))),
		);
		const follow = (): void => void this.#followDisk();
		for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) this.own(event(follow));
	}

	/** Compares with what the file holds now. True when it had changed, so that nothing may be applied unseen. */
	async #followDisk(): Promise<boolean> {
		if (this.isDisposed || this.#isAsking) return false;
		const now = await readText(this.#path).catch(() => undefined);
		if (this.isDisposed || this.#isAsking || isSame(now, this.#original)) return false;
		this.#isAsking = true;
		try {
			if (now === undefined || !(await this.#rebase(now))) await this.#askForNewEdit();
		} finally {
			this.#isAsking = false;
		}
		return true;
	}

	/** Makes the proposal again from the new content, and puts the user's own changes on top. */
	async #rebase(now: FileText | null): Promise<boolean> {
		// The CLI refuses to write over a file that changed since it read it.
		if (formOf(this.#call.tool) === 'Write') return false;
		const proposed = proposedOn(this.#call, now);
		if (proposed === undefined) return false;
		const wanted = this.review.isTouched ? this.#merged(now?.text ?? '') : proposed;
		if (wanted === undefined) return false;
		this.#original = now;
		await this.review.rebase(now?.text ?? '', proposed, wanted);
		void vscode.window.showInformationMessage(
			unlinked(`${this.review.fileName} changed on disk. The review now compares with what it holds.`),
		);
		return true;
	}

	#merged(now: string): string | undefined {
		const patch = structuredPatch('', '', this.#original?.text ?? '', this.review.text, '', '', { context: 3 });
		const merged = applyPatch(now, patch);
		return merged === false ? undefined : merged;
	}

	async #askForNewEdit(): Promise<void> {
		const refuse = 'Refuse and Ask for a New Edit';
		const picked = await vscode.window.showWarningMessage(
			unlinked(`${this.review.fileName} changed on disk, and this edit no longer fits it.`),
			refuse,
		);
		if (picked === refuse && !this.isDisposed)
			await this.#gate.decide(this.view, { outcome: 'refuse', reason: readAgain });
	}
}

function proposedOn(call: ToolCall, now: FileText | null): string | undefined {
	try {
		return proposalFor(call.tool, call.input, now).proposed;
	} catch (error) {
		if (error instanceof ExpectedError) return undefined;
		throw error;
	}
}

function isSame(a: FileText | null | undefined, b: FileText | null): boolean {
	return a?.text === b?.text && a?.eol === b?.eol && (a === null) === (b === null);
}

/** The file as text, `null` when there is none. */
async function readText(path: string): Promise<FileText | null> {
	const uri = vscode.Uri.file(path);
	try {
		const { size } = await vscode.workspace.fs.stat(uri);
		checkSize(size, basename(path));
		return decodeFile(await vscode.workspace.fs.readFile(uri), basename(path));
	} catch (error) {
		if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return null;
		throw error;
	}
}
