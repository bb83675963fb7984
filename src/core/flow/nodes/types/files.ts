import { z } from 'zod';
import type { Json } from '../../../base/json';
import type { NodeContext } from '../context';
import { defineNode, type PortValues } from '../nodeType';
import { choice, count, flag, needed, text } from '../params';
import { after, asText, callTool, failure, isRecord, kindOf, neededPort, port, textAt, useTool } from '../support';

const path = text('Path', 'From the workspace folder; empty when it is connected.', { widget: 'path' });
const pathPort = port('path', 'Path', 'file', { description: 'Instead of the parameter' });

/** The path that is connected, else the one that is set. */
function pathOf(inputs: PortValues, params: { readonly path: string }): string {
	const connected = inputs['path'];
	if (connected !== undefined && typeof connected !== 'string')
		throw failure('input', `“path” needs a path and got ${kindOf(connected)}.`);
	const found = connected ?? params.path;
	if (found === '') throw failure('input', 'Which file? Set a path, or connect one.');
	return found;
}

export const readFile = defineNode({
	type: 'file.read',
	version: 1,
	title: 'Read File',
	category: 'Files',
	icon: 'file',
	summary: 'A file of the workspace as text, or an image',
	help: 'Reads a text file, whole or some lines of it, or an image for a model that sees. Values that are known as secrets are hidden. Example: `src/index.ts`, lines 1 to 50.',
	aliases: ['Read/Write Files from Disk', 'Load File', 'Read Binary File', 'Image Input'],
	params: z.object({
		path,
		firstLine: count(
			'First line',
			'From 1; 0 for the whole file.',
			{ min: 0, max: 100_000_000, default: 0 },
			{ isAdvanced: true },
		),
		lineCount: count(
			'Lines',
			'0 for all that follow, 20,000 at most.',
			{ min: 0, max: 20_000, default: 0 },
			{ isAdvanced: true },
		),
	}),
	ports: {
		inputs: [pathPort, after],
		outputs: [port('text', 'Text', 'text'), port('image', 'Image', 'image'), port('path', 'Path', 'file')],
	},
	effects: 'reads',
	async run(inputs, params, context) {
		const file = pathOf(inputs, params);
		const lines = {
			...(params.firstLine > 0 ? { first_line: params.firstLine } : {}),
			...(params.lineCount > 0 ? { line_count: params.lineCount } : {}),
		};
		const { value } = await useTool(context, 'quarterdeck_read_file', { file_path: file, ...lines });
		return isRecord(value) ? { image: value, path: file } : { text: asText(value), path: file };
	},
});

export const writeFile = defineNode({
	type: 'file.write',
	version: 1,
	title: 'Write File',
	category: 'Files',
	icon: 'save',
	summary: 'Makes a file of the workspace, replaces it or adds to it',
	help: 'Writes a text to a file, with the folders that it needs; what is no text is written as JSON. The call passes the gate. `add` puts the text at the end, `new` fails when the file is there. Example: path `docs/review.md`, `text` from an agent.',
	aliases: ['Save File', 'Write Binary File', 'Append', 'Create File'],
	params: z.object({
		path,
		mode: choice('Does', 'What happens to a file that is there.', ['replace', 'add', 'new']),
	}),
	ports: {
		inputs: [neededPort('text', 'Text', 'any'), pathPort, after],
		outputs: [port('path', 'Path', 'file'), port('isChanged', 'Changed', 'boolean')],
	},
	effects: 'writes',
	// Writing the same text once more changes nothing; adding it does.
	isIdempotent: ({ mode }) => mode === 'replace',
	async run(inputs, params, context) {
		const file = pathOf(inputs, params);
		const content = textAt(inputs, 'text');
		// A file is read before it is replaced: the tool refuses to write over what nobody has seen.
		const before = await callTool(context, 'quarterdeck_read_file', { file_path: file });
		const old = before.isError || isRecord(before.value) ? undefined : asText(before.value);
		if (old !== undefined && params.mode === 'new') throw failure('failed', `${file} is there already.`);
		const whole = params.mode === 'add' && old !== undefined ? old + content : content;
		if (whole === old) return { path: file, isChanged: false };
		await useTool(context, 'quarterdeck_write_file', { file_path: file, content: whole });
		return { path: file, isChanged: true };
	},
});

export const listFiles = defineNode({
	type: 'file.list',
	version: 1,
	title: 'List Files',
	category: 'Files',
	icon: 'list-tree',
	summary: 'Paths of files that fit a pattern',
	help: 'Finds files by the pattern of their path, in the order of their paths; files that .gitignore names are left out. Example: `src/**/*.test.ts`, connected to a *Map*.',
	aliases: ['Find Files', 'Glob', 'Search Files', 'Directory'],
	params: z.object({
		pattern: needed('Pattern', '`**/*.ts`, `docs/*.{md,txt}`.'),
		folder: text('Folder', 'To look in; empty for the workspace.', { widget: 'path' }),
		most: count('At most', 'Files.', { min: 1, max: 5000, default: 500 }),
		isWithIgnored: flag('With ignored files', 'Also those that .gitignore names.', false, { isAdvanced: true }),
	}),
	ports: {
		inputs: [port('folder', 'Folder', 'file'), after],
		outputs: [port('files', 'Files', 'list'), port('count', 'Count', 'number')],
	},
	effects: 'reads',
	async run(inputs, params, context) {
		const folder = textAt(inputs, 'folder') || params.folder;
		const input = {
			pattern: params.pattern,
			limit: params.most,
			...(folder === '' ? {} : { path: folder }),
			...(params.isWithIgnored ? { include_ignored: true } : {}),
		};
		const { value } = await useTool(context, 'quarterdeck_find_files', input);
		if (!Array.isArray(value)) throw failure('tool', asText(value));
		return { files: value as readonly Json[], count: value.length };
	},
});

export const readDocument = defineNode({
	type: 'document.read',
	version: 1,
	title: 'Read Document',
	category: 'Files',
	icon: 'book',
	summary: 'The text of a PDF, Word, Excel, CSV, HTML or notebook file',
	help: 'Reads what a document says, page by page or sheet by sheet, each under its name. `detail` says what it is and what was left out. Example: `specs/contract.pdf`, then *Split Text* by size.',
	aliases: ['Load PDF', 'pdf-input', 'PDF', 'Extract from File', 'Spreadsheet', 'Document Loader'],
	params: z.object({
		path,
		most: count('At most', 'Characters.', { min: 1000, max: 4_000_000, default: 400_000 }, { isAdvanced: true }),
	}),
	ports: {
		inputs: [pathPort, after],
		outputs: [port('text', 'Text', 'text'), port('detail', 'What it is', 'text'), port('path', 'Path', 'file')],
	},
	effects: 'reads',
	async run(inputs, params, context) {
		return documentOf(pathOf(inputs, params), params.most, context);
	},
});

async function documentOf(file: string, most: number, context: NodeContext): Promise<PortValues> {
	const { value } = await useTool(context, 'quarterdeck_read_document', { file_path: file, limit: most });
	const { text: said, detail } = isRecord(value) ? value : { text: value, detail: '' };
	return { text: asText(said ?? ''), detail: asText(detail ?? ''), path: file };
}

const documentNames = /\.(?:pdf|docx|xlsx|ipynb)$/iu;

export const uploadFile = defineNode({
	type: 'file.upload',
	version: 1,
	title: 'File Upload',
	category: 'Files',
	icon: 'cloud-upload',
	summary: 'A file that whoever runs the flow chooses',
	help: 'Takes the path of a file, from an input of the flow or set here, and gives its content: documents as their text, text files as they are, images for a model that sees. Example: an *Input* `contract` of kind file, connected to `path`.',
	aliases: ['file-upload', 'Upload', 'Form File', 'Binary'],
	params: z.object({
		path,
		format: choice('As', '`auto` by the kind of file; `dataUrl` for a data: address.', [
			'auto',
			'text',
			'base64',
			'dataUrl',
		]),
	}),
	ports: {
		inputs: [pathPort, after],
		outputs: [port('content', 'Content', 'any'), port('metadata', 'About it', 'object')],
	},
	effects: 'reads',
	async run(inputs, params, context) {
		const file = pathOf(inputs, params);
		if (documentNames.test(file)) {
			const { text: said, detail } = await documentOf(file, 4_000_000, context);
			return { content: encoded(asText(said ?? ''), params.format), metadata: { path: file, detail: detail ?? '' } };
		}
		const { value } = await useTool(context, 'quarterdeck_read_file', { file_path: file });
		if (!isRecord(value))
			return { content: encoded(asText(value), params.format), metadata: { path: file, mediaType: 'text/plain' } };
		const { mediaType, data } = value;
		const base64 = asText(data ?? '');
		if (params.format === 'text') throw failure('input', `${file} is an image: it has no text.`);
		const content =
			params.format === 'base64'
				? base64
				: params.format === 'dataUrl'
					? `data:${asText(mediaType ?? '')};base64,${base64}`
					: value;
		return { content, metadata: { path: file, mediaType: mediaType ?? '' } };
	},
});

function encoded(said: string, format: 'auto' | 'text' | 'base64' | 'dataUrl'): string {
	if (format === 'auto' || format === 'text') return said;
	const base64 = Buffer.from(said, 'utf8').toString('base64');
	return format === 'base64' ? base64 : `data:text/plain;base64,${base64}`;
}
