import TurndownService from 'turndown';
import { unreadable, type ParsedDocument } from './document';
import { flattened } from './nesting';
import { decodeText } from './text';

/** HTML as Markdown: headings, lists, links, code and tables; no scripts, styles or pictures. */
export function markdownOf(html: string): string {
	const turndown = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-' });
	turndown.remove(['script', 'style', 'noscript', 'template', 'iframe', 'img'] as never);
	turndown.addRule('cell', {
		filter: ['td', 'th'],
		replacement: (content, node) => {
			const isFirst = (node as unknown as { previousElementSibling: unknown }).previousElementSibling === null;
			return `${isFirst ? '' : ' | '}${content.replaceAll(/\s+/gu, ' ').trim()}`;
		},
	});
	turndown.addRule('row', { filter: 'tr', replacement: content => `${content.trim()}\n` });
	turndown.addRule('table', { filter: 'table', replacement: content => `\n\n${content.trim()}\n\n` });
	return turndown
		.turndown(flattened(html))
		.replaceAll(/\n{3,}/gu, '\n\n')
		.trim();
}

/** The text of a web page that was saved. */
export async function readHtml(bytes: Uint8Array): Promise<ParsedDocument> {
	const text = markdownOf(decodeText(bytes));
	if (text === '') throw unreadable('holds no text.');
	return Promise.resolve({ what: 'HTML', parts: [{ label: '', text }], notes: [] });
}
