import { basename } from 'node:path';
import * as vscode from 'vscode';
import { newId, type Branded } from '../../../core/base/ids';
import { Emitter } from '../../../core/base/event';
import { Owner } from '../../../core/base/lifecycle';
import {
	replaceLines,
	ReviewedText,
	type ReviewedChange,
	type TextReplacement,
} from '../../../core/chat/review/changes';
import { hunksBetween, linesOf } from '../../../core/chat/review/hunks';
import { reviewOfTab, reviewUris, type ProposalFiles } from './proposalFiles';

/** What is compared, and what happens with the result. */
export interface ReviewSubject {
	/** Absolute. */
	readonly path: string;
	/** Who proposes it, for the tab's title. */
	readonly proposer: string;
	readonly original: string;
	readonly proposed: string;
	/** Nobody waits for it: closing the tab is the end of it. */
	readonly endsWithTab: boolean;
	/** Takes the text that the user wants. */
	apply(final: string): Promise<void>;
	/** The user wants none of it. */
	refuse(): Promise<void>;
}

/** One diff editor in which a proposed text is reviewed change by change. */
export class DiffReview extends Owner {
	readonly id = newId<Branded<'ReviewId'>>();
	readonly left: vscode.Uri;
	readonly right: vscode.Uri;
	readonly subject: ReviewSubject;
	readonly #files: ProposalFiles;
	readonly #changed = this.own(new Emitter<void>());
	/** The text, or what became of a change, is another one. */
	readonly onDidChange = this.#changed.event;
	#text: ReviewedText;
	#proposed: string;
	#wasOpen = false;

	constructor(files: ProposalFiles, subject: ReviewSubject) {
		super();
		this.#files = files;
		this.subject = subject;
		this.#proposed = subject.proposed;
		this.#text = new ReviewedText(subject.original, subject.proposed);
		({ left: this.left, right: this.right } = reviewUris(this.id, subject.path));
		files.put(this.id, subject.original, subject.proposed);
		this.own(vscode.workspace.onDidChangeTextDocument(event => this.#follow(event)));
	}

	get fileName(): string {
		return basename(this.subject.path);
	}

	get changes(): readonly ReviewedChange[] {
		return this.#text.changes;
	}

	/** The text that would be written. */
	get text(): string {
		const document = this.#document;
		return document ? document.getText().replaceAll('\r\n', '\n') : this.#text.text;
	}

	get isTouched(): boolean {
		return this.text !== this.#proposed;
	}

	/** The editor of the right side, while it is on screen. */
	get editor(): vscode.TextEditor | undefined {
		const address = this.right.toString();
		return vscode.window.visibleTextEditors.find(editor => editor.document.uri.toString() === address);
	}

	get #document(): vscode.TextDocument | undefined {
		const address = this.right.toString();
		return vscode.workspace.textDocuments.find(document => document.uri.toString() === address);
	}

	/** Whether its tab has ever been there. */
	get wasOpen(): boolean {
		return this.#wasOpen;
	}

	get isOpen(): boolean {
		return this.#tabs.length > 0;
	}

	get #tabs(): readonly vscode.Tab[] {
		return vscode.window.tabGroups.all.flatMap(group => group.tabs).filter(tab => reviewOfTab(tab) === this.id);
	}

	async open(preserveFocus: boolean): Promise<void> {
		const title = `${this.fileName} (proposed by ${this.subject.proposer})`;
		await vscode.commands.executeCommand('vscode.diff', this.left, this.right, title, {
			preview: false,
			preserveFocus,
		});
		this.#wasOpen = true;
		this.#changed.fire();
	}

	/** Takes one change back. */
	async refuseChange(index: number): Promise<void> {
		await this.#edit(this.#text.refuse(index));
	}

	/** Puts one change in as it was proposed. */
	async acceptChange(index: number): Promise<void> {
		await this.#edit(this.#text.accept(index));
	}

	/** The change at a line of the right side, else the first one after it. */
	changeAt(line: number): number {
		const changes = this.changes;
		const at = changes.findIndex(change => line < change.startLine + Math.max(1, change.lineCount));
		return at < 0 ? changes.length - 1 : at;
	}

	/** Moves the cursor to the next or previous change, around the end. */
	async goTo(step: 1 | -1): Promise<void> {
		if (!this.editor) await this.open(false);
		const editor = this.editor;
		const changes = this.changes;
		if (!editor || changes.length === 0) return;
		const line = editor.selection.active.line;
		const ahead = step > 0 ? changes.find(c => c.startLine > line) : changes.findLast(c => c.startLine < line);
		const target = ahead ?? (step > 0 ? changes[0] : changes.at(-1));
		if (!target) return;
		const at = new vscode.Position(Math.min(target.startLine, editor.document.lineCount - 1), 0);
		editor.selection = new vscode.Selection(at, at);
		editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
	}

	/** Compares with another original, keeping `text` as what the user wants so far. */
	async rebase(original: string, proposed: string, text: string): Promise<void> {
		const document = await vscode.workspace.openTextDocument(this.right);
		await this.#replaceAll(document, proposed);
		this.#text = new ReviewedText(original, proposed);
		this.#proposed = proposed;
		this.#files.rebase(this.left, original);
		const edit = new vscode.WorkspaceEdit();
		for (const hunk of hunksBetween(proposed, text)) {
			const end = hunk.originalStart + hunk.originalLines.length;
			const change = replaceLines(linesOf(proposed), hunk.originalStart, end, hunk.modifiedLines);
			edit.replace(this.right, rangeOf(change), change.text);
		}
		if (edit.size > 0) await vscode.workspace.applyEdit(edit);
		this.#changed.fire();
	}

	/** Closes the tab without a question, whatever is in it. */
	async close(): Promise<void> {
		const [active] = this.#tabs.filter(tab => tab.isActive && tab.group.isActive);
		// Reverting needs the active editor; elsewhere the text is saved, which is into memory, before the tab closes.
		if (active?.isDirty) await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
		if (this.#document?.isDirty) await this.#document.save();
		if (this.#tabs.length > 0) await vscode.window.tabGroups.close(this.#tabs, true);
	}

	override dispose(): void {
		super.dispose();
		this.#files.drop(this.id);
	}

	async #edit(replacement: TextReplacement | undefined): Promise<void> {
		if (!replacement) return;
		await vscode.workspace.openTextDocument(this.right);
		const edit = new vscode.WorkspaceEdit();
		edit.replace(this.right, rangeOf(replacement), replacement.text);
		await vscode.workspace.applyEdit(edit);
	}

	async #replaceAll(document: vscode.TextDocument, text: string): Promise<void> {
		const edit = new vscode.WorkspaceEdit();
		edit.replace(this.right, new vscode.Range(0, 0, document.lineCount, 0), text);
		await vscode.workspace.applyEdit(edit);
	}

	#follow(event: vscode.TextDocumentChangeEvent): void {
		if (event.document.uri.toString() !== this.right.toString() || event.contentChanges.length === 0) return;
		this.#text.edited(event.contentChanges.map(({ range: { start, end }, text }) => ({ start, end, text })));
		this.#files.follow(this.id, event.document.getText());
		this.#changed.fire();
	}
}

function rangeOf({ start, end }: TextReplacement): vscode.Range {
	return new vscode.Range(start.line, start.character, end.line, end.character);
}
