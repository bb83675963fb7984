import { unreadable } from './document';

/** UTF-8, or UTF-16 where the file says so with its first bytes; `null` for what is neither. */
export function textOf(bytes: Uint8Array): string | null {
	const isLittle = bytes[0] === 0xff && bytes[1] === 0xfe;
	const isBig = bytes[0] === 0xfe && bytes[1] === 0xff;
	try {
		const encoding = isLittle ? 'utf-16le' : isBig ? 'utf-16be' : 'utf-8';
		const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
		return text.includes('\0') ? null : text;
	} catch {
		return null; // What the decoder refuses is no text.
	}
}

/** The same; rejects with `unreadable-document`. */
export function decodeText(bytes: Uint8Array): string {
	const text = textOf(bytes);
	if (text === null) throw unreadable('is not text in UTF-8 or UTF-16. Save it as UTF-8 and attach it again.');
	return text;
}
