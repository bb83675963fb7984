import { ExpectedError } from '../../base/errors';
import { applyReplacements, type EditFailure, type Replacement } from '../../tools/files/replacements';
import { hasLoneReturn, toFileText, type FileText } from './fileText';
import { commonHead, commonTail, linesOf } from './hunks';

export type ToolInput = Readonly<Record<string, unknown>>;

/** What an edit would make of a file. Texts have line feeds only. */
export interface Proposal {
	readonly path: string;
	/** Empty for a new file. */
	readonly original: string;
	readonly proposed: string;
	readonly isNewFile: boolean;
}

export type ProposalFailure = 'not-reviewable' | 'bad-input' | 'lone-return' | 'only-line-endings' | EditFailure;

/** What to tell the CLI after a review. */
export type ReviewOutcome =
	| { readonly kind: 'unchanged' }
	| { readonly kind: 'changed'; readonly input: ToolInput }
	| { readonly kind: 'refused'; readonly reason: string };

const refusedEverything = 'The user refused every change of this edit';

/** Tools of ours that take their input in the form of one of the CLI's. */
const forms: Readonly<Record<string, 'Edit' | 'MultiEdit' | 'Write'>> = {
	Edit: 'Edit',
	MultiEdit: 'MultiEdit',
	Write: 'Write',
	quarterdeck_edit_file: 'MultiEdit',
	quarterdeck_write_file: 'Write',
};

/** In which form a tool takes its edit; `undefined` when it cannot be reviewed change by change. */
export function formOf(tool: string): 'Edit' | 'MultiEdit' | 'Write' | undefined {
	return Object.hasOwn(forms, tool) ? forms[tool] : undefined;
}

/** The path that an edit writes, for the tools that are reviewed change by change. */
export function reviewedPath(tool: string, input: ToolInput): string | undefined {
	if (formOf(tool) === undefined) return undefined;
	const path = input['file_path'];
	return typeof path === 'string' && path !== '' ? path : undefined;
}

/**
 * What the edit would make of the file. Throws an `ExpectedError` with a `ProposalFailure` when that cannot be shown.
 * @param original the file as it is now, `null` when there is none
 */
export function proposalFor(tool: string, input: ToolInput, original: FileText | null): Proposal {
	const path = reviewedPath(tool, input);
	if (path === undefined) throw failure('not-reviewable', `${tool} cannot be reviewed change by change.`);
	const before = original?.text ?? '';
	const proposed = formOf(tool) === 'Write' ? writtenText(input) : editedText(tool, input, before);
	if (hasLoneReturn(before) || hasLoneReturn(proposed))
		throw failure('lone-return', 'The file has carriage returns inside its lines, which an editor would change.');
	if (proposed === before) {
		const isEndings =
			original !== null && formOf(tool) === 'Write' && toFileText(contentOf(input) ?? '').eol !== original.eol;
		if (isEndings) throw failure('only-line-endings', 'The edit changes only the line endings.');
		throw failure('unchanged', 'The edit changes nothing in the file.');
	}
	return { path, original: before, proposed, isNewFile: original === null };
}

function writtenText(input: ToolInput): string {
	const content = contentOf(input);
	if (content === undefined) throw failure('bad-input', 'The call has no content.');
	return toFileText(content).text;
}

function contentOf(input: ToolInput): string | undefined {
	const content = input['content'];
	return typeof content === 'string' ? content : undefined;
}

function editedText(tool: string, input: ToolInput, before: string): string {
	const outcome = applyReplacements(before, replacementsOf(tool, input));
	if (outcome.isApplied) return outcome.text;
	throw failure(outcome.failure, failureSentences[outcome.failure]);
}

const failureSentences: Readonly<Record<EditFailure, string>> = {
	'not-found': 'The text to replace is not in the file as it is now.',
	'not-unique': 'The text to replace stands in the file more than once.',
	'file-exists': 'The edit would create a file that exists already.',
	unchanged: 'The edit changes nothing in the file.',
};

function failure(code: ProposalFailure, message: string): ExpectedError<ProposalFailure> {
	return new ExpectedError(code, message);
}

function replacementsOf(tool: string, input: ToolInput): readonly Replacement[] {
	const edits: unknown = formOf(tool) === 'MultiEdit' ? input['edits'] : [input];
	if (!Array.isArray(edits) || edits.length === 0) throw failure('bad-input', 'The call has no edits.');
	return edits.map(edit => replacementOf(edit));
}

function replacementOf(edit: unknown): Replacement {
	const fields = typeof edit === 'object' && edit !== null ? (edit as ToolInput) : {};
	const [oldString, newString] = [fields['old_string'], fields['new_string']];
	if (typeof oldString !== 'string' || typeof newString !== 'string')
		throw failure('bad-input', 'The call does not say what to replace.');
	return { oldString, newString: newString.replaceAll('\r\n', '\n'), isAll: fields['replace_all'] === true };
}

/**
 * The input with which the tool writes `final`, the text that the user wants.
 * @param original the file that `final` was made from, `null` when there is none
 */
export function changedInput(tool: string, input: ToolInput, original: FileText | null, final: string): ReviewOutcome {
	const before = original?.text ?? '';
	if (final === before) return { kind: 'refused', reason: refusedEverything };
	if (formOf(tool) === 'Write') return changedWrite(input, original, final);
	const asked = applyReplacements(before, replacementsOf(tool, input));
	if (asked.isApplied && asked.text === final) return { kind: 'unchanged' };
	const edit = smallestReplacement(before, final);
	const fields = { old_string: edit.oldString, new_string: edit.newString };
	if (formOf(tool) === 'MultiEdit') return { kind: 'changed', input: { ...input, edits: [fields] } };
	return { kind: 'changed', input: { ...input, ...fields, replace_all: false } };
}

/** A file keeps the line endings it has: the diff does not show them, so nobody agreed to change them. */
function changedWrite(input: ToolInput, original: FileText | null, final: string): ReviewOutcome {
	const asked = contentOf(input) ?? '';
	const style = original?.text.includes('\n') ? original : toFileText(asked);
	const content = style.eol === '\n' ? final : final.replaceAll('\n', '\r\n');
	return content === asked ? { kind: 'unchanged' } : { kind: 'changed', input: { ...input, content } };
}

/** The smallest whole lines around all differences that occur once and turn `before` into `final`. */
export function smallestReplacement(before: string, final: string): Replacement {
	if (before === '') return { oldString: '', newString: final, isAll: false };
	const [old, next] = [linesOf(before), linesOf(final)];
	const head = commonHead(old, next);
	const tail = commonTail(old, next, head);
	for (let grown = 0; ; grown = grown < 64 ? grown + 1 : grown * 2) {
		const above = Math.max(0, head - Math.ceil(grown / 2));
		const below = Math.max(0, tail - Math.floor(grown / 2));
		const [from, to] = [old.slice(above, old.length - below), next.slice(above, next.length - below)];
		const edit = { oldString: from.join('\n'), newString: to.join('\n'), isAll: false };
		const isWhole = above === 0 && below === 0;
		// Without a line on both sides, a line break would be lost or doubled.
		if (isWhole || (from.length > 0 && to.length > 0 && turnsInto(before, edit, final))) return edit;
	}
}

function turnsInto(before: string, edit: Replacement, final: string): boolean {
	const outcome = applyReplacements(before, [edit]);
	return outcome.isApplied && outcome.text === final;
}
