import { ExpectedError } from '../../base/errors';

/** How a file's text stands on disk, so that it is written back the same way. */
export interface TextFormat {
	readonly encoding: 'utf8' | 'utf16le' | 'utf16be' | 'latin1';
	readonly hasBom: boolean;
	readonly eol: '\n' | '\r\n';
}

/** A text with line feeds only, and what was taken away from it. */
export interface DecodedText {
	readonly text: string;
	readonly format: TextFormat;
	/** Both kinds of line endings stand in it: it is edited as it is. */
	readonly hasMixedEnds: boolean;
}

/** What a new file looks like. */
export const newFileFormat: TextFormat = { encoding: 'utf8', hasBom: false, eol: '\n' };

/** Whether bytes are no text at all. */
export function isBinary(bytes: Uint8Array): boolean {
	if (hasUtf16Mark(bytes) !== undefined) return false;
	return bytes.subarray(0, 8192).includes(0);
}

/**
 * Reads bytes as text. What is not UTF-8 is read byte by byte, which loses nothing when it is written back: an old
 * file in another encoding stays what it is wherever it was not edited.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
	const marked = hasUtf16Mark(bytes);
	if (marked !== undefined) {
		const text = new TextDecoder(marked === 'utf16le' ? 'utf-16le' : 'utf-16be').decode(bytes);
		return decoded(text, marked, true);
	}
	const hasBom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
	try {
		return decoded(new TextDecoder('utf-8', { fatal: true }).decode(bytes), 'utf8', hasBom);
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
		return decoded(Buffer.from(bytes).toString('latin1'), 'latin1', false);
	}
}

/** Puts a text back into the form that a file has. Throws `ExpectedError` when the file cannot hold a character. */
export function encodeText(text: string, format: TextFormat): Buffer {
	const ended = format.eol === '\r\n' ? text.replaceAll(/\r?\n/g, '\r\n') : text;
	if (format.encoding === 'latin1') {
		const odd = /[\u{100}-\u{10ffff}]/u.exec(ended)?.[0];
		if (odd !== undefined) {
			const problem = `The file is not UTF-8 and cannot hold “${odd}”. Use characters that it can hold, or convert it first.`;
			throw new ExpectedError('not-encodable', problem);
		}
		return Buffer.from(ended, 'latin1');
	}
	const marked = format.hasBom ? `\ufeff${ended}` : ended;
	const bytes = Buffer.from(marked, format.encoding === 'utf8' ? 'utf8' : 'utf16le');
	return format.encoding === 'utf16be' ? bytes.swap16() : bytes;
}

function decoded(raw: string, encoding: TextFormat['encoding'], hasBom: boolean): DecodedText {
	const text = raw.startsWith('\ufeff') ? raw.slice(1) : raw;
	const windows = text.split('\r\n').length - 1;
	const all = text.split('\n').length - 1;
	const hasMixedEnds = windows > 0 && windows < all;
	const eol = windows > 0 && !hasMixedEnds ? '\r\n' : '\n';
	return {
		text: eol === '\r\n' ? text.replaceAll('\r\n', '\n') : text,
		format: { encoding, hasBom, eol },
		hasMixedEnds,
	};
}

function hasUtf16Mark(bytes: Uint8Array): 'utf16le' | 'utf16be' | undefined {
	if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf16le';
	if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf16be';
	return undefined;
}
