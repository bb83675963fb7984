import { ExpectedError } from '../base/errors';
import { countOf, unreadable, type ParsedDocument, type ReadDocument } from './document';
import { documentKind, type DocumentKind } from './kinds';

/** Each loads its library on first use: they are large. */
const readers: Readonly<Record<DocumentKind, () => Promise<ReadDocument>>> = {
	pdf: async () => (await import('./pdf')).readPdf,
	docx: async () => (await import('./word')).readWord,
	xlsx: async () => (await import('./table')).readExcel,
	csv: async () => (await import('./table')).readCsv,
	tsv: async () => (await import('./table')).readCsv,
	html: async () => (await import('./html')).readHtml,
	htm: async () => (await import('./html')).readHtml,
	rtf: async () => (await import('./rtf')).readRtf,
	ipynb: async () => (await import('./notebook')).readNotebook,
};

/** Reads a file's text. Rejects with `unreadable-document`, in a sentence that names the file. */
export async function readDocument(name: string, bytes: Uint8Array, limit = Infinity): Promise<ParsedDocument> {
	const kind = documentKind(name);
	if (!kind) throw unreadable(`“${name}” is of a kind that cannot be read here.`);
	if (bytes.length === 0) throw unreadable(`“${name}” is empty.`);
	try {
		const read = await readers[kind]();
		return await read(bytes, limit);
	} catch (error) {
		const why = ExpectedError.is(error) ? error.message : 'cannot be read: it may be damaged.';
		throw unreadable(`“${name}” ${why}`, error);
	}
}

/** A document as one text for a model. */
export interface DocumentText {
	readonly text: string;
	/** `PDF, 12 pages`, and what was left out. */
	readonly detail: string;
	/** Tokens, roughly. */
	readonly tokens: number;
}

/** Joins the parts, each under its label so that an answer can name the page; past the limit the rest is left out, and said. */
export function documentText({ what, parts, notes, unread = 0 }: ParsedDocument, limit: number): DocumentText {
	const pieces: string[] = [];
	let length = 0;
	let left = 0;
	for (const { label, text } of parts) {
		const piece = label === '' ? text : `[${label}]\n${text}`;
		if (left === 0 && length + piece.length <= limit) {
			pieces.push(piece);
			length += piece.length + 2;
			continue;
		}
		if (left === 0) pieces.push(piece.slice(0, Math.max(0, limit - length)));
		left += 1;
	}
	const missing = left + unread;
	const cut = missing === 0 ? [] : [cutNote(missing, parts.length + unread, limit)];
	const said = [...notes, ...cut];
	const text = [...pieces, ...said.map(note => `[${note}]`)].join('\n\n');
	return { text, detail: [what, ...said].join('. '), tokens: Math.ceil(text.length / 4) };
}

function cutNote(left: number, count: number, limit: number): string {
	const characters = `${limit.toLocaleString('en')} characters`;
	if (count === 1) return `Only the first ${characters} are here.`;
	return `Only the first ${characters} are here: the last ${countOf(left, 'part')} of ${count} are missing or cut.`;
}
