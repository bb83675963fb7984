import * as vscode from 'vscode';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import type { TextEdit } from '../../core/flow/model/textEdit';
import type { FlowProblem } from '../../core/flow/model/problem';
import { SyncHost, type SyncChange } from '../../core/flow/model/syncHost';

/** A page of a document: told of what others change. */
export interface DocumentPage {
	changed(change: SyncChange): void;
}

/** A flow that is open: its text and its model, for all pages and whoever else changes either of them. */
export class FlowDocument extends Owner {
	readonly text: vscode.TextDocument;
	readonly sync: SyncHost<DocumentPage>;
	readonly pages = new Set<DocumentPage>();
	readonly #changed = this.own(new Emitter<void>());
	/** The flow is another one. */
	readonly onDidChange = this.#changed.event;
	readonly #readable = this.own(new Emitter<void>());
	/** The text can be read no longer, or again. */
	readonly onDidChangeReadable = this.#readable.event;

	constructor(text: vscode.TextDocument) {
		super();
		this.text = text;
		this.sync = new SyncHost<DocumentPage>(
			{ text: () => text.getText(), edit: edit => applyEdit(text, edit) },
			{
				changed: (change, author) => {
					for (const page of this.pages) if (page !== author) page.changed(change);
					this.#changed.fire();
				},
				problems: () => this.#readable.fire(),
			},
		);
		this.own(
			vscode.workspace.onDidChangeTextDocument(({ document }) => {
				if (document === text) this.sync.textChanged();
			}),
		);
	}

	get uri(): vscode.Uri {
		return this.text.uri;
	}

	/** Why the text cannot be read; `undefined` while it can. */
	get textError(): FlowProblem | undefined {
		if (this.sync.isReadable) return undefined;
		return this.sync.problems.find(({ severity }) => severity === 'error') ?? this.sync.problems[0];
	}
}

/** Refused by VS Code when the document has changed since: the answer is then `false`, and nothing happened. */
async function applyEdit(document: vscode.TextDocument, { offset, length, text }: TextEdit): Promise<boolean> {
	const edit = new vscode.WorkspaceEdit();
	const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
	edit.replace(document.uri, range, text);
	return vscode.workspace.applyEdit(edit);
}

/** Documents that are open in an editor of flows, each once, however many pages it has. */
export class FlowDocuments extends Owner {
	readonly #open = new Map<string, { readonly document: FlowDocument; users: number }>();

	find(uri: vscode.Uri): FlowDocument | undefined {
		return this.#open.get(uri.toString())?.document;
	}

	/** To be given back with `release`. */
	take(text: vscode.TextDocument): FlowDocument {
		const key = text.uri.toString();
		let entry = this.#open.get(key);
		if (!entry || entry.document.text !== text) {
			entry?.document.dispose();
			entry = { document: new FlowDocument(text), users: 0 };
			this.#open.set(key, entry);
		}
		entry.users++;
		return entry.document;
	}

	release(document: FlowDocument): void {
		const key = document.uri.toString();
		const entry = this.#open.get(key);
		if (entry?.document !== document || --entry.users > 0) return;
		this.#open.delete(key);
		document.dispose();
	}

	override dispose(): void {
		super.dispose();
		for (const { document } of this.#open.values()) document.dispose();
		this.#open.clear();
	}
}
