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

/** Bytes that Windows-1252 leaves to control characters: text has none of them, but tabs and ends of lines. */
const isControl = (byte: number): boolean =>
	(byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13) || byte === 127;
const unused: ReadonlySet<number> = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);

/** What older programs of Windows save as text: Windows-1252, one byte a character; `null` for what cannot be that. */
function westernText(bytes: Uint8Array): string | null {
	if (bytes.some(byte => isControl(byte) || unused.has(byte))) return null;
	return new TextDecoder('windows-1252').decode(bytes);
}

/** Text of a document, in Unicode or as older programs of Windows save it; rejects with `unreadable-document`. */
export function decodeText(bytes: Uint8Array): string {
	const text = textOf(bytes) ?? westernText(bytes);
	if (text === null)
		throw unreadable('is not text in UTF-8, UTF-16 or Windows-1252. Save it as UTF-8 and attach it again.');
	return text;
}
