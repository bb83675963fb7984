import domino from '@mixmark-io/domino';
import { Readability } from '@mozilla/readability';
import TurndownService from 'turndown';
import { flattened } from '../../documents/nesting';
import type { PageText } from '../ports';

/** Makes Markdown of what a reader would read of a page. Runs in a worker: a page may take as long as it likes. */
export function readablePage(html: string, url: string): PageText {
	const document = domino.createDocument(flattened(html), true);
	makeIterable(document);
	for (const name of ['baseURI', 'documentURI']) Object.defineProperty(document, name, { value: url });
	const title = document.title.trim();
	const whole = markdownOf(document.body, url);
	const article = articleOf(document);
	if (!article) return { title, text: whole };
	const text = markdownOf(article.content, url);
	// On a page that is a list or an application, the "article" is a small part of what is there.
	const isArticle = text.length > 500 || text.length > whole.length * 0.3;
	return { title: article.title === '' ? title : article.title, text: isArticle ? text : whole };
}

function articleOf(document: Document): { readonly title: string; readonly content: Element } | undefined {
	try {
		const copy = document.cloneNode(true) as Document;
		for (const name of ['baseURI', 'documentURI']) Object.defineProperty(copy, name, { value: document.baseURI });
		const found = new Readability(copy, { serializer: node => node as Element, maxElemsToParse: 50_000 }).parse();
		return found?.content ? { title: found.title ?? '', content: found.content } : undefined;
	} catch {
		// Too many elements, or a page that the library does not get along with: the whole page is read instead.
		return undefined;
	}
}

function markdownOf(element: Element, url: string): string {
	const service = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-' });
	service.remove(['script', 'style', 'noscript', 'template', 'iframe', 'canvas', 'form', 'button']);
	service.remove(node => node.nodeName.toLowerCase() === 'svg');
	service.addRule('images', {
		filter: 'img',
		replacement: (_, node) => {
			const alt = (node as Element).getAttribute('alt')?.trim() ?? '';
			return alt === '' ? '' : `[image: ${alt}]`;
		},
	});
	service.addRule('links', {
		filter: 'a',
		replacement: (content, node) => linkText(content, (node as Element).getAttribute('href') ?? '', url),
	});
	service.addRule('cells', { filter: ['th', 'td'], replacement: content => ` ${content.trim()} |` });
	service.addRule('rows', { filter: 'tr', replacement: content => `|${content}\n` });
	return service
		.turndown(element as HTMLElement)
		.replaceAll(/\n{3,}/g, '\n\n')
		.trim();
}

function linkText(content: string, href: string, url: string): string {
	const text = content.replaceAll(/\s+/g, ' ').trim();
	if (text === '' || href === '' || href.startsWith('#') || /^(?:javascript|data):/iu.test(href)) return text;
	return URL.canParse(href, url) ? `[${text}](${new URL(href, url).href})` : text;
}

/** Domino's lists of elements lack the iterator that every browser has and the library relies on. */
function makeIterable(document: Document): void {
	const prototype = Object.getPrototypeOf(document.getElementsByTagName('p')) as HTMLCollection;
	if (Symbol.iterator in prototype) return;
	Object.defineProperty(prototype, Symbol.iterator, {
		*value(this: HTMLCollection) {
			for (let index = 0; index < this.length; index++) yield this.item(index);
		},
	});
}
