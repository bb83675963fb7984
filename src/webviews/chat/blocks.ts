/** A growing Markdown text cut into blocks: `done` are finished and never change again, `tail` still grows. */
export interface Blocks {
	readonly done: readonly string[];
	readonly tail: string;
	/** Where `tail` begins in the text. */
	readonly from: number;
}

export const noBlocks: Blocks = { done: [], tail: '', from: 0 };

const fence = /^ {0,3}(`{3,}|~{3,})/;
const listItem = /^\s*([-*+]|\d{1,9}[.)])\s/;

/**
 * Cuts what was added to `text` since `before`. Only the unfinished tail is read again, so a long answer is read once.
 * A block ends at a blank line outside a code fence, when what follows cannot belong to it (an indented line, or the
 * next item of a list).
 */
export function advanceBlocks(before: Blocks, text: string): Blocks {
	const isGrown = text.length >= before.from && text.startsWith(before.tail, before.from);
	const start = isGrown ? before : noBlocks;
	const done: string[] = [];
	let from = start.from;
	for (let end = blockEnd(text, from); end > 0; end = blockEnd(text, from)) {
		const block = text.slice(from, end);
		if (block.trim() !== '') done.push(block);
		from = end;
	}
	return { done: done.length > 0 ? [...start.done, ...done] : start.done, tail: text.slice(from), from };
}

/** Where the block that begins at `from` ends, or -1 while that cannot be known. */
function blockEnd(text: string, from: number): number {
	let opened: string | null = null;
	let hasBlank = false;
	let isList = false;
	let isEmpty = true;
	for (let at = from; at < text.length;) {
		const newline = text.indexOf('\n', at);
		const line = newline < 0 ? text.slice(at) : text.slice(at, newline);
		const isBlank = line.trim() === '';
		// A line that begins with blanks may still become anything.
		if (newline < 0 && isBlank) return -1;
		if (opened === null && !isBlank && hasBlank && !isEmpty && !continuesBlock(line, isList)) {
			return newline < 0 && /^[-*+\d]/.test(line) && isList ? -1 : at;
		}
		const mark = fence.exec(line)?.[1];
		if (opened !== null) {
			if (mark?.startsWith(opened) && line.trim() === mark) {
				opened = null;
				if (newline >= 0 && !isList) return newline + 1;
			}
		} else if (mark) {
			if (!isEmpty && !isList) return at;
			opened = mark;
		}
		if (isEmpty && !isBlank) isList = listItem.test(line);
		hasBlank = isBlank;
		isEmpty &&= isBlank;
		if (newline < 0) return -1;
		at = newline + 1;
	}
	return -1;
}

function continuesBlock(line: string, isList: boolean): boolean {
	return isList && (/^\s/.test(line) || listItem.test(line));
}

/** Cuts one growing text, remembering what is already cut. */
export class BlockCutter {
	#last = noBlocks;

	cut(text: string): Blocks {
		this.#last = advanceBlocks(this.#last, text);
		return this.#last;
	}
}

/** The code of a block that is an unfinished fence, for showing it as code while it streams. */
export function openFence(tail: string): { readonly language: string; readonly code: string } | null {
	const match = /^\s{0,3}(?:`{3,}|~{3,})([^\n`]*)\n([\s\S]*)$/.exec(tail.replace(/^\n+/, ''));
	return match ? { language: (match[1] ?? '').trim(), code: match[2] ?? '' } : null;
}
