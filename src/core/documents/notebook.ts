import * as z from 'zod/mini';
import { countOf, unreadable, type DocumentPart, type ParsedDocument } from './document';
import { decodeText } from './text';
import { pictureNotes } from './word';

const lines = z.union([z.string(), z.array(z.string())]);
const output = z.looseObject({
	output_type: z.string(),
	text: z.optional(lines),
	data: z.optional(z.record(z.string(), z.unknown())),
	ename: z.optional(z.string()),
	evalue: z.optional(z.string()),
});
const notebook = z.object({
	cells: z.array(z.object({ cell_type: z.string(), source: lines, outputs: z.optional(z.array(output)) })),
	metadata: z.optional(z.looseObject({ kernelspec: z.optional(z.looseObject({ language: z.optional(z.string()) })) })),
});

type Output = z.infer<typeof output>;

/** Characters of one cell's outputs: progress bars and tables run to megabytes. */
const outputLimit = 4_000;

/** The cells of a Jupyter notebook (`.ipynb`), with what they printed. */
export async function readNotebook(bytes: Uint8Array): Promise<ParsedDocument> {
	const read = notebook.safeParse(parse(decodeText(bytes)));
	if (!read.success) throw unreadable('is not a notebook of version 4 or newer.');
	const { cells, metadata } = read.data;
	let pictures = 0;
	const parts = cells.flatMap((cell, index): DocumentPart[] => {
		const source = joined(cell.source).trim();
		pictures += (cell.outputs ?? []).filter(({ data }) => Object.keys(data ?? {}).some(isPicture)).length;
		const printed = (cell.outputs ?? []).map(outputText).join('').trim();
		if (source === '' && printed === '') return [];
		const shown = printed === '' ? '' : `\n\nOutput:\n${shortened(printed)}`;
		return [{ label: `Cell ${index + 1} (${cell.cell_type})`, text: source + shown }];
	});
	if (parts.length === 0) throw unreadable('has no cell with a text.');
	const language = metadata?.kernelspec?.language;
	const what = `Notebook, ${countOf(cells.length, 'cell')}${language === undefined ? '' : ` of ${language}`}`;
	return Promise.resolve({ what, parts, notes: pictureNotes(pictures) });
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined; // The schema refuses it.
	}
}

function joined(text: string | readonly string[]): string {
	return typeof text === 'string' ? text : text.join('');
}

function outputText({ output_type: type, text, data, ename, evalue }: Output): string {
	if (type === 'error') return `${ename ?? 'Error'}: ${evalue ?? ''}\n`;
	const plain = lines.safeParse(data?.['text/plain']);
	return `${joined(text ?? '')}${plain.success ? `${joined(plain.data)}\n` : ''}`;
}

function isPicture(type: string): boolean {
	return type.startsWith('image/');
}

function shortened(text: string): string {
	return text.length <= outputLimit
		? text
		: `${text.slice(0, outputLimit)}\n[… ${text.length - outputLimit} characters more]`;
}
