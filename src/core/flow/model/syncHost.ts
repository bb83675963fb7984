import { ExpectedError } from '../../base/errors';
import { applyOps } from './apply';
import { diffFlows } from './diff';
import { emptyFlow } from './flow';
import type { Flow } from './flow';
import type { FlowOp } from './ops';
import { parseFlow } from './parse';
import { FlowPrinter } from './print';
import type { FlowProblem } from './problem';
import { rebaseOps } from './rebase';
import type { Renames } from './rebase';
import { textEdit } from './textEdit';
import type { TextEdit } from './textEdit';

/** The document as the host knows it: a text that others change too. */
export interface SyncText {
	/** As it is now. */
	text(): string;
	/** Replaces the span, as one step of undo. `false`: the document had changed meanwhile, and nothing happened. */
	edit(edit: TextEdit, label: string): Promise<boolean>;
}

/** What makes version `version` of version `version - 1`. */
export interface SyncChange {
	readonly version: number;
	readonly ops: readonly FlowOp[];
}

/** A page's batch was taken. */
export interface SyncAnswer {
	/** The version that holds it. */
	readonly version: number;
	/** What was done instead of what was asked for, when that differs. */
	readonly ops?: readonly FlowOp[];
	/** It came in with the change of that version, together with somebody else's: there is nothing left to apply. */
	readonly isIncluded?: boolean;
	/** Ids that the page must call otherwise from now on. */
	readonly renames?: Renames;
}

export interface SyncHostEvents<Page> {
	/** For every page but the one that made the change and gets it as an answer. */
	readonly changed: (change: SyncChange, author: Page | undefined) => void;
	/** The text can be read no longer, or again; also when its warnings change. */
	readonly problems: (problems: readonly FlowProblem[], isReadable: boolean) => void;
}

interface Expected<Page> {
	readonly text: string;
	readonly flow: Flow;
	readonly ops: readonly FlowOp[];
	readonly author: Page;
	version: number | undefined;
}

const mostAttempts = 8;

/**
 * Keeps a document's text and its model the same, whoever changes either of them. What pages do becomes the smallest text
 * edit; what happens to the text (undo, typing, a checkout, another editor) becomes operations for the pages. A change of
 * our own is recognised by the text it makes, not by a flag.
 */
export class SyncHost<Page = unknown> {
	private readonly document: SyncText;
	private readonly events: SyncHostEvents<Page>;
	private readonly printer = new FlowPrinter();
	private model: Flow;
	private lastText: string;
	private number = 1;
	private isGood: boolean;
	private lastProblems: readonly FlowProblem[];
	private expected: Expected<Page> | undefined;
	private queue: Promise<unknown> = Promise.resolve();

	constructor(document: SyncText, events: SyncHostEvents<Page>) {
		this.document = document;
		this.events = events;
		this.lastText = document.text();
		const { flow, problems } = parseFlow(this.lastText);
		this.model = flow ?? emptyFlow('flow', '');
		this.isGood = flow !== undefined;
		this.lastProblems = problems;
	}

	/** The last flow that could be read; an empty one when none could. */
	get flow(): Flow {
		return this.model;
	}

	/** Grows with every change of the flow. */
	get version(): number {
		return this.number;
	}

	get isReadable(): boolean {
		return this.isGood;
	}

	/** Of the text's shape: why it cannot be read, or what of it is doubtful. */
	get problems(): readonly FlowProblem[] {
		return this.lastProblems;
	}

	/** To be called whenever the document has changed, for whatever reason. */
	textChanged(): void {
		const text = this.document.text();
		if (text === this.lastText) return;
		const { expected } = this;
		if (expected && expected.version === undefined && text === expected.text) {
			expected.version = this.commit(text, expected.flow, expected.ops, expected.author);
			this.report(this.lastProblems.length === 0 ? [] : parseFlow(text).problems, true);
		} else this.takeText(text);
	}

	/** A change from outside: what differs reaches the pages as operations. */
	private takeText(text: string): void {
		const { flow, problems } = parseFlow(text);
		if (flow) {
			const ops = diffFlows(this.model, flow);
			// Applied, not taken over: what did not change stays the same object, also in the pages.
			if (ops.length > 0) this.commit(text, applyOps(this.model, ops), ops, undefined);
		}
		this.lastText = text;
		this.report(problems, flow !== undefined);
	}

	private commit(text: string, flow: Flow, ops: readonly FlowOp[], author: Page | undefined): number {
		this.lastText = text;
		this.model = flow;
		this.number++;
		this.events.changed({ version: this.number, ops }, author);
		return this.number;
	}

	private report(problems: readonly FlowProblem[], isReadable: boolean): void {
		if (isReadable === this.isGood && problems.length === 0 && this.lastProblems.length === 0) return;
		this.isGood = isReadable;
		this.lastProblems = problems;
		this.events.problems(problems, isReadable);
	}

	/**
	 * One batch of a page, made on version `base`. Batches are worked off one after another. Rejects with an
	 * `ExpectedError` when the text cannot be read, or keeps changing under us.
	 */
	apply(author: Page, base: number, ops: readonly FlowOp[], label: string): Promise<SyncAnswer> {
		const turn = this.queue.then(() => this.applyNow(author, base, ops, label));
		this.queue = turn.catch(() => undefined);
		return turn;
	}

	private async applyNow(author: Page, base: number, ops: readonly FlowOp[], label: string): Promise<SyncAnswer> {
		for (let attempt = 0; attempt < mostAttempts; attempt++) {
			this.textChanged();
			if (!this.isGood) {
				throw new ExpectedError(
					'flow-unreadable',
					'The text of this flow has a mistake. Mend it there first; then it can be changed here again.',
				);
			}
			const { ops: done, renames } = base === this.number ? { ops, renames: {} } : rebaseOps(this.model, ops);
			const written = await this.write(author, done, label);
			if (!written) continue;
			return {
				...written,
				...(done === ops ? {} : { ops: done }),
				...(Object.keys(renames).length === 0 ? {} : { renames }),
			};
		}
		throw new ExpectedError(
			'flow-busy',
			'The file changed again and again while this change was being written. Try once more.',
		);
	}

	/** `undefined` when the document changed under us. */
	private async write(author: Page, ops: readonly FlowOp[], label: string): Promise<SyncAnswer | undefined> {
		const flow = applyOps(this.model, ops);
		const text = flow === this.model ? this.lastText : inLineEnds(this.printer.print(flow), this.lastText);
		const edit = textEdit(this.lastText, text);
		if (!edit) return { version: this.commit(text, flow, ops, author) };
		const expected: Expected<Page> = { text, flow, ops, author, version: undefined };
		this.expected = expected;
		try {
			const isDone = await this.document.edit(edit, label);
			// Some documents tell of a change later than they answer.
			this.textChanged();
			if (expected.version !== undefined) return { version: expected.version };
			return isDone ? { version: this.number, isIncluded: true } : undefined;
		} finally {
			this.expected = undefined;
		}
	}
}

/** A file that was checked out with CRLF keeps it. Line breaks inside of texts are escapes, and stay. */
function inLineEnds(text: string, like: string): string {
	const first = like.indexOf('\n');
	return first > 0 && like[first - 1] === '\r' ? text.replaceAll('\n', '\r\n') : text;
}
