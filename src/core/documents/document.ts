import { ExpectedError } from '../base/errors';

/** A part of a document that has a name of its own there. */
export interface DocumentPart {
	/** `Page 3`, `Sheet “Sales”`, `Cell 4 (code)`; empty where the document has no parts. */
	readonly label: string;
	readonly text: string;
}

/** What a file says, as text that a model can read. */
export interface ParsedDocument {
	/** `PDF, 12 pages`, `Excel, 3 sheets`. */
	readonly what: string;
	readonly parts: readonly DocumentPart[];
	/** What is not in the text, each as a sentence: pictures, pages without text, rows that were left out. */
	readonly notes: readonly string[];
	/** Parts behind these that were not read, because there is more than enough. */
	readonly unread?: number;
	/** Pages of the whole document, of a kind that has them. */
	readonly pages?: number;
}

/** A reader of one kind of file. It gets all of the file's bytes, and may stop behind so many characters of text. */
export type ReadDocument = (bytes: Uint8Array, limit: number) => Promise<ParsedDocument>;

/** A file of a kind that can be read, and yet cannot be. */
export function unreadable(why: string, cause?: unknown): ExpectedError<'unreadable-document'> {
	return new ExpectedError('unreadable-document', why, { cause });
}

/** `1 page`, `12 pages`. */
export function countOf(count: number, one: string): string {
	return count === 1 ? `1 ${one}` : `${count.toLocaleString('en')} ${one}s`;
}
