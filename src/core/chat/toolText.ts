import type { ContentBlock } from '../claude/messages';

type Input = Readonly<Record<string, unknown>>;

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Tools whose call changes a file, with the input field that names it. */
const fileField: Readonly<Record<string, string>> = {
	Edit: 'file_path',
	MultiEdit: 'file_path',
	Write: 'file_path',
	NotebookEdit: 'notebook_path',
};

/** The file that a call of this tool changes, if it is one that changes a file. */
export function changedFile(tool: string, input: Input): string | undefined {
	const field = fileField[tool];
	return field === undefined ? undefined : text(input[field]);
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

/** The change of an Edit or Write as a unified diff without file headers, from the structured result of the CLI. */
export function resultDiff(result: unknown): string | null {
	if (typeof result !== 'object' || result === null) return null;
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
