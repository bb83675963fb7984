import * as vscode from 'vscode';
import { Owner } from '../../../core/base/lifecycle';
import type { ChangeState, ReviewedChange } from '../../../core/chat/review/changes';
import type { InternalCommandId } from '../../host/ids';
import type { DiffReview } from './diffReview';
import { proposalScheme } from './proposalFiles';

/** What a change offers: a title with an icon for lenses, and the same words for menus and hovers. */
interface Offer {
	readonly icon: string;
	readonly title: string;
	readonly command: InternalCommandId;
}

const refuse: Offer = { icon: 'discard', title: 'Refuse change', command: 'quarterdeck.review.refuseHunk' };
const bringBack: Offer = { icon: 'redo', title: 'Bring change back', command: 'quarterdeck.review.acceptHunk' };
const asProposed: Offer = { icon: 'redo', title: 'Back to the proposal', command: 'quarterdeck.review.acceptHunk' };

const states: Readonly<Record<ChangeState, { icon: string; word: string; offers: readonly Offer[] }>> = {
	accepted: { icon: 'check', word: 'kept', offers: [refuse] },
	refused: { icon: 'circle-slash', word: 'refused', offers: [bringBack] },
	edited: { icon: 'edit', word: 'edited by you', offers: [asProposed, refuse] },
};

const offersOf = (change: ReviewedChange): readonly Offer[] => (change.isJoined ? [] : states[change.state].offers);

/** Marks every proposed change in the right editor with its state and what can be done with it. */
export class ChangeMarks extends Owner implements vscode.CodeLensProvider, vscode.CodeActionProvider {
	readonly #find: (id: string) => DiffReview | undefined;
	readonly #changed = this.own(new vscode.EventEmitter<void>());
	readonly onDidChangeCodeLenses = this.#changed.event;
	readonly #label = this.own(
		vscode.window.createTextEditorDecorationType({
			after: { color: new vscode.ThemeColor('editorCodeLens.foreground'), margin: '0 0 0 2em' },
		}),
	);
	readonly #refused = this.own(
		vscode.window.createTextEditorDecorationType({
			isWholeLine: true,
			overviewRulerColor: new vscode.ThemeColor('editorWarning.foreground'),
			overviewRulerLane: vscode.OverviewRulerLane.Left,
			borderWidth: '0 0 0 3px',
			borderStyle: 'solid',
			borderColor: new vscode.ThemeColor('editorWarning.foreground'),
		}),
	);

	constructor(find: (id: string) => DiffReview | undefined) {
		super();
		this.#find = find;
		const selector = { scheme: proposalScheme };
		this.own(vscode.languages.registerCodeLensProvider(selector, this));
		this.own(vscode.languages.registerCodeActionsProvider(selector, this));
	}

	/** Draws a review's marks anew. */
	draw(review: DiffReview): void {
		this.#changed.fire();
		const editor = review.editor;
		if (!editor) return;
		const { changes } = review;
		const hasLenses = vscode.workspace.getConfiguration('diffEditor').get('codeLens') === true;
		const label = (change: ReviewedChange, index: number): vscode.DecorationOptions => ({
			range: endOfLine(editor.document, change.startLine),
			hoverMessage: hover(review, change, index, changes.length),
			renderOptions: {
				after: { contentText: `change ${index + 1} of ${changes.length}: ${states[change.state].word}` },
			},
		});
		editor.setDecorations(this.#label, hasLenses ? [] : changes.map(label));
		const refused = changes.filter(change => change.state === 'refused');
		editor.setDecorations(
			this.#refused,
			refused.map(change => linesOfChange(editor.document, change)),
		);
	}

	provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
		const review = this.#find(document.uri.authority);
		const changes = review?.changes ?? [];
		return changes.flatMap((change, index) => {
			const range = linesOfChange(document, change);
			const state = states[change.state];
			const name = {
				title: `$(${state.icon})\u00a0Change ${index + 1} of ${changes.length}: ${state.word}`,
				command: '',
			};
			const offers = offersOf(change).map(({ icon, title, command }) => ({
				title: `$(${icon})\u00a0${title}`,
				command,
				arguments: [review?.id, index],
			}));
			return [name, ...offers].map(command => new vscode.CodeLens(range, command));
		});
	}

	provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
		const review = this.#find(document.uri.authority);
		if (!review) return [];
		const index = review.changes.findIndex(change => linesOfChange(document, change).intersection(range) !== undefined);
		const change = review.changes[index];
		if (!change) return [];
		return offersOf(change).map(offer => {
			const action = new vscode.CodeAction(offer.title, vscode.CodeActionKind.QuickFix);
			action.command = { title: offer.title, command: offer.command, arguments: [review.id, index] };
			return action;
		});
	}
}

function hover(review: DiffReview, change: ReviewedChange, index: number, total: number): vscode.MarkdownString {
	const args = encodeURIComponent(JSON.stringify([review.id, index]));
	const links = offersOf(change).map(({ icon, title, command }) => `[$(${icon}) ${title}](command:${command}?${args})`);
	const state = states[change.state];
	const text = `$(${state.icon})\u00a0Change ${index + 1} of ${total}: ${state.word}\n\n${links.join(' &nbsp; ')}`;
	const markdown = new vscode.MarkdownString(text, true);
	markdown.isTrusted = { enabledCommands: [refuse.command, bringBack.command] };
	return markdown;
}

function lastLine(document: vscode.TextDocument, line: number): number {
	return Math.min(line, document.lineCount - 1);
}

function endOfLine(document: vscode.TextDocument, line: number): vscode.Range {
	const { range } = document.lineAt(lastLine(document, line));
	return new vscode.Range(range.end, range.end);
}

/** The lines of a change; where lines were taken away, the line that follows. */
function linesOfChange(document: vscode.TextDocument, change: ReviewedChange): vscode.Range {
	const first = lastLine(document, change.startLine);
	const last = lastLine(document, change.startLine + Math.max(0, change.lineCount - 1));
	return new vscode.Range(first, 0, last, document.lineAt(last).text.length);
}
