import { diffArrays } from 'diff';

/** Neighbouring lines that differ. Lines are counted from 0; a count of 0 is an insertion or a deletion. */
export interface Hunk {
	readonly originalStart: number;
	readonly originalLines: readonly string[];
	readonly modifiedStart: number;
	readonly modifiedLines: readonly string[];
}

/** Beyond this many differing lines an exact comparison takes too long for the thread that VS Code runs on; the region then counts as one change. */
const maxEdits = 1500;

/** The lines of a text with line feeds. Joining them with line feeds gives the text back. */
export function linesOf(text: string): string[] {
	return text.split('\n');
}

/** What differs between two texts, in order. */
export function hunksBetween(original: string, modified: string): readonly Hunk[] {
	if (original === modified) return [];
	const [before, after] = [linesOf(original), linesOf(modified)];
	const head = commonHead(before, after);
	const tail = commonTail(before, after, head);
	const middleBefore = before.slice(head, before.length - tail);
	const middleAfter = after.slice(head, after.length - tail);
	const parts = diffArrays(middleBefore, middleAfter, { maxEditLength: maxEdits });
	if (!parts)
		return [{ originalStart: head, originalLines: middleBefore, modifiedStart: head, modifiedLines: middleAfter }];
	return collect(parts, head);
}

interface Part {
	readonly value: string[];
	readonly added: boolean;
	readonly removed: boolean;
}

function collect(parts: readonly Part[], head: number): readonly Hunk[] {
	const hunks: Hunk[] = [];
	let [atOriginal, atModified] = [head, head];
	let open:
		{ originalLines: string[]; modifiedLines: string[]; originalStart: number; modifiedStart: number } | undefined;
	for (const part of parts) {
		if (!part.added && !part.removed) {
			open = undefined;
			atOriginal += part.value.length;
			atModified += part.value.length;
			continue;
		}
		if (!open) {
			open = { originalStart: atOriginal, originalLines: [], modifiedStart: atModified, modifiedLines: [] };
			hunks.push(open);
		}
		if (part.removed) {
			open.originalLines.push(...part.value);
			atOriginal += part.value.length;
		} else {
			open.modifiedLines.push(...part.value);
			atModified += part.value.length;
		}
	}
	return hunks;
}

/** How many lines two lists share at the beginning. */
export function commonHead(before: readonly string[], after: readonly string[]): number {
	const most = Math.min(before.length, after.length);
	let count = 0;
	while (count < most && before[count] === after[count]) count++;
	return count;
}

/** How many lines two lists share at the end, leaving the head alone. */
export function commonTail(before: readonly string[], after: readonly string[], head: number): number {
	const most = Math.min(before.length, after.length) - head;
	let count = 0;
	while (count < most && before[before.length - 1 - count] === after[after.length - 1 - count]) count++;
	return count;
}

/** Puts hunks into the original; hunks that are left out stay as they were. */
export function applyHunks(original: string, hunks: readonly Hunk[]): string {
	const lines = linesOf(original);
	const result: string[] = [];
	let at = 0;
	for (const hunk of hunks) {
		for (; at < hunk.originalStart; at++) result.push(lines[at] ?? '');
		result.push(...hunk.modifiedLines);
		at += hunk.originalLines.length;
	}
	for (; at < lines.length; at++) result.push(lines[at] ?? '');
	return result.join('\n');
}
