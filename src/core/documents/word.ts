import mammoth from 'mammoth';
import { ExpectedError } from '../base/errors';
import { textParts } from './archive';
import { unreadable, type ParsedDocument } from './document';
import { markdownOf } from './html';

/** The text of a Word document (`.docx`), with its headings, lists and tables as Markdown. */
export async function readWord(bytes: Uint8Array): Promise<ParsedDocument> {
	let pictures = 0;
	const convertImage = mammoth.images.imgElement(() => {
		pictures += 1;
		return Promise.resolve({ src: '' });
	});
	let html: string;
	try {
		const parts = Buffer.from(textParts(bytes, 'doc'));
		({ value: html } = await mammoth.convertToHtml({ buffer: parts }, { convertImage }));
	} catch (error) {
		if (ExpectedError.is(error)) throw error;
		throw unreadable('is not a Word document that can be read. An old .doc must be saved as .docx first.', error);
	}
	const text = markdownOf(html);
	if (text === '') throw unreadable('holds no text.');
	return { what: 'Word', parts: [{ label: '', text }], notes: pictureNotes(pictures) };
}

/** What is said of pictures that the text does not have. */
export function pictureNotes(count: number): readonly string[] {
	return count === 0 ? [] : [`${count === 1 ? '1 picture is' : `${count} pictures are`} not in this text.`];
}
