import { renderMermaidSVG } from 'beautiful-mermaid';
import { ExpectedError } from '../base/errors';
import type { Handlers } from '../rpc/rpc';

/** Colours of the page, as CSS values. */
export interface DiagramColours {
	readonly background: string;
	readonly foreground: string;
	readonly line: string;
	readonly accent: string;
}

/** What the diagrams worker answers. Laying out takes as long as the diagram likes: a thread can be ended. */
export interface DiagramsContract {
	requests: { draw: { params: { readonly text: string; readonly colours: DiagramColours }; result: string } };
	events: Record<string, never>;
}

/** Characters of the largest picture that comes of one. */
const pictureLimit = 10_000_000;

/** The worker's side. */
export function diagramHandlers(): Handlers<DiagramsContract> {
	return { draw: ({ text, colours }) => drawDiagram(text, colours) };
}

/** A Mermaid diagram as SVG. Rejects with `bad-diagram` where it is none. */
export function drawDiagram(text: string, { background, foreground, line, accent }: DiagramColours): string {
	let svg: string;
	try {
		svg = renderMermaidSVG(text, {
			bg: background,
			fg: foreground,
			line,
			muted: line,
			border: line,
			accent,
			font: 'sans-serif',
			transparent: true,
		});
	} catch (cause) {
		const why = cause instanceof Error ? cause.message : String(cause);
		throw new ExpectedError('bad-diagram', why, { cause });
	}
	if (svg.length > pictureLimit) throw new ExpectedError('bad-diagram', 'it is too large to be shown as a picture');
	// The library asks for a web font first; nothing remote is ever loaded.
	return svg.replaceAll(/@import url\([^)]*\);?/gu, '');
}
