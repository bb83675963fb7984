import { ExpectedError } from '../base/errors';
import { unreadable } from './document';
import { documentKind, parsedKinds, textKinds } from './kinds';
import { readDocument } from './read';
import { decodeText } from './text';

/** A file as text, for a program. */
export interface ParsedFile {
	readonly text: string;
	/** Pages, of a kind that has them. */
	readonly pages: number | null;
	/** `PDF, 12 pages`. */
	readonly what: string;
	/** What is not in the text, each as a sentence. */
	readonly notes: readonly string[];
}

/** All of a file's text. Rejects with `unreadable-document`, in a sentence that names the file. */
export async function parseFile(name: string, bytes: Uint8Array): Promise<ParsedFile> {
	if (documentKind(name) === undefined) return parseText(name, bytes);
	const { parts, pages = null, what, notes } = await readDocument(name, bytes);
	return { text: parts.map(({ text }) => text).join('\n\n'), pages, what, notes };
}

function parseText(name: string, bytes: Uint8Array): ParsedFile {
	const kind = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
	if (!textKinds.some(known => known === kind)) {
		const why = `“${name}” is of a kind that is not read here. Known are ${parsedKinds.join(', ')}.`;
		throw unreadable(why);
	}
	try {
		return { text: decodeText(bytes).replace(/^\uFEFF/u, ''), pages: null, what: kind.toUpperCase(), notes: [] };
	} catch (error) {
		throw unreadable(`“${name}” ${ExpectedError.is(error) ? error.message : 'cannot be read.'}`, error);
	}
}
