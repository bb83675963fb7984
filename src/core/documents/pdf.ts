import { getDocument, type PDFDocumentProxy } from 'unpdf/pdfjs';
import { countOf, unreadable, type DocumentPart, type ParsedDocument } from './document';

/** The text of a PDF, page by page, until there is more of it than is wanted. */
export async function readPdf(bytes: Uint8Array, limit = Infinity): Promise<ParsedDocument> {
	const pdf = await open(bytes);
	try {
		const parts: DocumentPart[] = [];
		const empty: number[] = [];
		let number = 0;
		let length = 0;
		while (number < pdf.numPages && length <= limit) {
			number += 1;
			const text = await pageText(pdf, number);
			length += text.length;
			if (text === '') empty.push(number);
			else parts.push({ label: `Page ${number}`, text });
		}
		if (parts.length === 0) {
			throw unreadable(
				'holds no text: it is probably a scan. Attach its pages as pictures, or run text recognition on it.',
			);
		}
		const notes = empty.length === 0 ? [] : [`${countOf(empty.length, 'page')} without text: ${listed(empty)}.`];
		return {
			what: `PDF, ${countOf(pdf.numPages, 'page')}`,
			parts,
			notes,
			unread: pdf.numPages - number,
			pages: pdf.numPages,
		};
	} finally {
		await pdf.loadingTask.destroy();
	}
}

async function open(bytes: Uint8Array): Promise<PDFDocumentProxy> {
	try {
		// The library refuses a Buffer, which is what Node reads files into.
		const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		return await getDocument({ data: plain, useSystemFonts: true, verbosity: 0 }).promise;
	} catch (error) {
		const isLocked = error instanceof Error && error.name === 'PasswordException';
		throw unreadable(
			isLocked ? 'is protected by a password.' : 'is not a PDF that can be read: it may be damaged.',
			error,
		);
	}
}

/** Items of text come in the order in which they are drawn; each says whether a line ends behind it. */
async function pageText(pdf: PDFDocumentProxy, number: number): Promise<string> {
	const page = await pdf.getPage(number);
	const { items } = await page.getTextContent();
	let text = '';
	for (const item of items) if ('str' in item) text += item.str + (item.hasEOL ? '\n' : '');
	page.cleanup();
	return text.replaceAll(/[^\S\n]+\n/gu, '\n').trim();
}

/** `3, 5 to 9`. */
function listed(numbers: readonly number[]): string {
	const runs: [number, number][] = [];
	for (const number of numbers) {
		const last = runs.at(-1);
		if (last && last[1] === number - 1) last[1] = number;
		else runs.push([number, number]);
	}
	return runs.map(([from, to]) => (from === to ? String(from) : `${from} to ${to}`)).join(', ');
}
