import { ExpectedError } from '../../base/errors';

/** Above this a file is not reviewed change by change: two copies of it and a diff would weigh on every keystroke. */
const reviewLimitBytes = 5 * 1024 * 1024;

/** A text file as the CLI sees it: line feeds only, no byte order mark. What was taken away is remembered beside it. */
export interface FileText {
	readonly text: string;
	readonly eol: '\n' | '\r\n';
	readonly hasBom: boolean;
}

export type UnreadableCode = 'too-big' | 'binary' | 'not-utf8';

/** Reads the bytes of a file for a review. Throws an `ExpectedError` with an `UnreadableCode` when it cannot be one. */
export function decodeFile(bytes: Uint8Array, name: string): FileText {
	checkSize(bytes.length, name);
	if (bytes[0] === 0xff && bytes[1] === 0xfe) return toFileText(new TextDecoder('utf-16le').decode(bytes), true);
	if (bytes.subarray(0, 8192).includes(0)) throw unreadable('binary', `${name} is not a text file`);
	try {
		const hasBom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
		return toFileText(new TextDecoder('utf-8', { fatal: true }).decode(bytes), hasBom);
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
		throw unreadable('not-utf8', `${name} is not UTF-8 text`);
	}
}

/** Throws when a file is too large for a review, before it is read. */
export function checkSize(size: number, name: string): void {
	if (size > reviewLimitBytes) throw unreadable('too-big', `${name} is larger than 5 MB`);
}

function unreadable(code: UnreadableCode, what: string): ExpectedError<UnreadableCode> {
	return new ExpectedError(code, `${what}, so it cannot be reviewed change by change. Decide on it as a whole.`);
}

/** Splits a text into what is compared and what is kept: its line endings and its byte order mark. */
export function toFileText(raw: string, hasBom = raw.startsWith('\ufeff')): FileText {
	const text = raw.startsWith('\ufeff') ? raw.slice(1) : raw;
	return { text: text.replaceAll('\r\n', '\n'), eol: eolOf(text), hasBom };
}

/** The line ending that most lines have; a line feed when they are even, as the CLI decides it too. */
function eolOf(text: string): '\n' | '\r\n' {
	const windows = text.split('\r\n').length - 1;
	const all = text.split('\n').length - 1;
	return windows > all - windows ? '\r\n' : '\n';
}

/** A carriage return of its own is a line break to the editor and not to the CLI, so such a text cannot be edited in one. */
export function hasLoneReturn(text: string): boolean {
	return text.includes('\r');
}
