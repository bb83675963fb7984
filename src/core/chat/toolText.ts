import { isAbsolute, resolve } from 'node:path';
import type { ContentBlock } from '../claude/messages';

type Input = Readonly<Record<string, unknown>>;

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Tools whose call changes a file, with the input field that names it. */
const fileField: Readonly<Record<string, string>> = {
	Edit: 'file_path',
	MultiEdit: 'file_path',
	Write: 'file_path',
	NotebookEdit: 'notebook_path',
	quarterdeck_edit_file: 'file_path',
	quarterdeck_write_file: 'file_path',
};

/** The file that a call of this tool changes, if it is one that changes a file. @param cwd makes a relative path absolute */
export function changedFile(tool: string, input: Input, cwd = ''): string | undefined {
	const field = fileField[tool];
	const path = field === undefined ? undefined : text(input[field]);
	return path === undefined || cwd === '' || isAbsolute(path) ? path : resolve(cwd, path);
}

/** One line that says what a call does: the command, the path, the pattern. */
export function callTitle(tool: string, input: Input): string {
	const main =
		text(input['command']) ??
		text(input['file_path']) ??
		text(input['notebook_path']) ??
		text(input['pattern']) ??
		text(input['path']) ??
		text(input['url']) ??
		text(input['query']) ??
		text(input['description']) ??
		text(input['prompt']);
	const line = main?.split('\n', 1)[0] ?? '';
	const title = line === '' ? tool : `${tool}: ${line}`;
	return title.length > 200 ? `${title.slice(0, 199)}…` : title;
}

/** The text of a tool's result; images and other blocks are named. */
export function resultText(content: string | readonly ContentBlock[] | undefined): string {
	if (content === undefined) return '';
	if (typeof content === 'string') return content;
	return content.map(block => (block.type === 'text' ? block.text : `[${block.type}]`)).join('\n');
}

interface Hunk {
	readonly oldStart: number;
	readonly oldLines: number;
	readonly newStart: number;
	readonly newLines: number;
	readonly lines: readonly string[];
}

/** The change of an edit as a unified diff without file headers, from its structured result: the CLI's or our own. */
export function resultDiff(result: unknown): string | null {
	if (typeof result !== 'object' || result === null) return null;
	if ('diff' in result && typeof result.diff === 'string') return result.diff;
	if ('structuredPatch' in result && Array.isArray(result.structuredPatch) && result.structuredPatch.length > 0)
		return (result.structuredPatch as readonly Hunk[]).map(hunkText).join('\n');
	const isNew = 'type' in result && result.type === 'create' && 'content' in result;
	if (!isNew || typeof result.content !== 'string') return null;
	const lines = result.content.replace(/\n$/, '').split('\n');
	return hunkText({
		oldStart: 0,
		oldLines: 0,
		newStart: 1,
		newLines: lines.length,
		lines: lines.map(line => `+${line}`),
	});
}

function hunkText(hunk: Hunk): string {
	const head = `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`;
	return [head, ...hunk.lines].join('\n');
}
