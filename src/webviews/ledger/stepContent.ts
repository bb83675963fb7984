import { structuredPatch } from 'diff';

/** How a text can be read. */
export type TextMode = 'diff' | 'json' | 'text';

export interface StepContent {
	/** The ways that make sense for this text, the best first. */
	readonly modes: readonly TextMode[];
	readonly diff: string | null;
	readonly json: string | null;
	readonly text: string;
}

/** Longer JSON is not indented: parsing it would hold up the page. */
const parseLimit = 2_000_000;
/** A diff of longer texts takes too long to compute on a page. */
const diffLimit = 200_000;

/** Finds out how a step's text reads best. `isWhole` is false while only a part of it is here. */
export function contentOf(text: string, isWhole: boolean): StepContent {
	const value = isWhole && text.length <= parseLimit ? parseObject(text) : undefined;
	const json = value === undefined ? null : JSON.stringify(value, null, 2);
	const diff = value === undefined ? plainDiff(text) : editDiff(value);
	const modes: TextMode[] = [];
	if (diff !== null) modes.push('diff');
	if (json !== null) modes.push('json');
	modes.push('text');
	return { modes, diff, json, text };
}

function parseObject(text: string): object | undefined {
	if (!/^\s*[[{]/.test(text)) return undefined;
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null ? value : undefined;
	} catch {
		// Not JSON after all: it is shown as the text that it is.
		return undefined;
	}
}

/** A text that is a unified diff already, such as the output of `git diff`. */
function plainDiff(text: string): string | null {
	return /^(diff --git |--- .*\n\+\+\+ |@@ -\d)/.test(text) ? text : null;
}

/** The change that an edit's input describes; `null` for any other input. */
function editDiff(value: object): string | null {
	const edits = 'edits' in value && Array.isArray(value.edits) ? (value.edits as unknown[]) : [value];
	const parts = edits.map(edit => {
		if (typeof edit !== 'object' || edit === null) return null;
		const before = 'old_string' in edit ? edit.old_string : 'content' in edit && 'file_path' in edit ? '' : undefined;
		const after = 'new_string' in edit ? edit.new_string : 'content' in edit ? edit.content : undefined;
		return typeof before === 'string' && typeof after === 'string' ? unified(before, after) : null;
	});
	return parts.length > 0 && parts.every(part => part !== null) ? parts.join('\n') : null;
}

function unified(before: string, after: string): string | null {
	if (before.length + after.length > diffLimit) return null;
	const { hunks } = structuredPatch('', '', before, after, '', '', { context: 3 });
	return hunks
		.map(hunk => {
			const lines = hunk.lines.filter(line => !line.startsWith('\\'));
			return [`@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`, ...lines].join('\n');
		})
		.join('\n');
}
