/** Replaces `length` characters from `offset` by `text`. */
export interface TextEdit {
	readonly offset: number;
	readonly length: number;
	readonly text: string;
}

const block = 4096;

/**
 * The smallest single span whose replacement makes `after` of `before`; `undefined` when they are equal. It never cuts
 * a pair of surrogates or a CRLF in two, which an editor would take for other characters.
 */
export function textEdit(before: string, after: string): TextEdit | undefined {
	if (before === after) return undefined;
	const shorter = Math.min(before.length, after.length);
	let start = commonPrefix(before, after, shorter);
	if (isInside(before, start) || isInside(after, start)) start--;
	let tail = commonSuffix(before, after, shorter - start);
	if (isInside(before, before.length - tail) || isInside(after, after.length - tail)) tail--;
	return { offset: start, length: before.length - tail - start, text: after.slice(start, after.length - tail) };
}

export function applyTextEdit(text: string, edit: TextEdit): string {
	return text.slice(0, edit.offset) + edit.text + text.slice(edit.offset + edit.length);
}

function commonPrefix(a: string, b: string, limit: number): number {
	let at = 0;
	// Whole blocks are compared by the machine, not by this loop.
	while (at + block <= limit && a.startsWith(b.slice(at, at + block), at)) at += block;
	while (at < limit && a.charCodeAt(at) === b.charCodeAt(at)) at++;
	return at;
}

function commonSuffix(a: string, b: string, limit: number): number {
	let count = 0;
	while (count + block <= limit && a.endsWith(b.slice(b.length - count - block, b.length - count), a.length - count)) {
		count += block;
	}
	while (count < limit && a.charCodeAt(a.length - 1 - count) === b.charCodeAt(b.length - 1 - count)) count++;
	return count;
}

function isInside(text: string, at: number): boolean {
	if (at <= 0 || at >= text.length) return false;
	const [left, right] = [text.charCodeAt(at - 1), text.charCodeAt(at)];
	const isPair = left >= 0xd800 && left <= 0xdbff && right >= 0xdc00 && right <= 0xdfff;
	return isPair || (left === 0x0d && right === 0x0a);
}
