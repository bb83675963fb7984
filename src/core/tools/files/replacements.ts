/** One replacement, as the CLI's Edit tool takes it. Texts have line feeds only. */
export interface Replacement {
	readonly oldString: string;
	readonly newString: string;
	readonly isAll: boolean;
}

export type EditFailure = 'not-found' | 'not-unique' | 'file-exists' | 'unchanged';

/** What the CLI would write, or why it would refuse. */
export type EditOutcome =
	{ readonly isApplied: true; readonly text: string } | { readonly isApplied: false; readonly failure: EditFailure };

/** Applies replacements one after another, by the CLI's own rules (tried against it). */
export function applyReplacements(original: string, edits: readonly Replacement[]): EditOutcome {
	let text = original;
	for (const edit of edits) {
		const outcome = applyReplacement(text, edit);
		if (!outcome.isApplied) return outcome;
		text = outcome.text;
	}
	return text === original ? fail('unchanged') : { isApplied: true, text };
}

function applyReplacement(text: string, edit: Replacement): EditOutcome {
	if (edit.oldString === edit.newString) return fail('unchanged');
	if (edit.oldString === '') return text === '' ? { isApplied: true, text: edit.newString } : fail('file-exists');
	const actual = findActual(text, edit.oldString);
	if (actual === undefined) return fail('not-found');
	if (!edit.isAll && text.indexOf(actual, text.indexOf(actual) + actual.length) >= 0) return fail('not-unique');
	const next = keepQuoteStyle(edit.oldString, actual, edit.newString);
	// Text that goes away takes its line break along.
	const target = next === '' && !actual.endsWith('\n') && text.includes(`${actual}\n`) ? `${actual}\n` : actual;
	const replaced = edit.isAll ? text.split(target).join(next) : replaceFirst(text, target, next);
	return { isApplied: true, text: replaced };
}

function fail(failure: EditFailure): EditOutcome {
	return { isApplied: false, failure };
}

function replaceFirst(text: string, target: string, next: string): string {
	const at = text.indexOf(target);
	return text.slice(0, at) + next + text.slice(at + target.length);
}

/** The part of the file that is meant: the exact text, or the same with typographic quotes. */
function findActual(text: string, wanted: string): string | undefined {
	if (text.includes(wanted)) return wanted;
	const at = straightQuotes(text).indexOf(straightQuotes(wanted));
	return at < 0 ? undefined : text.slice(at, at + wanted.length);
}

function straightQuotes(text: string): string {
	return text.replaceAll(/[\u2018\u2019]/g, "'").replaceAll(/[\u201c\u201d]/g, '"');
}

/** A file with typographic quotes gets them in the new text too. */
function keepQuoteStyle(wanted: string, actual: string, next: string): string {
	if (wanted === actual) return next;
	let styled = next;
	if (/[\u201c\u201d]/.test(actual)) styled = curl(styled, '"', '\u201c', '\u201d');
	if (/[\u2018\u2019]/.test(actual)) styled = curl(styled, "'", '\u2018', '\u2019');
	return styled;
}

function curl(text: string, straight: string, open: string, close: string): string {
	const before = (at: number): string => text[at - 1] ?? ' ';
	return text.replaceAll(straight, (_, at: number) => (/[\s([{\u2014\u2013]/u.test(before(at)) ? open : close));
}
