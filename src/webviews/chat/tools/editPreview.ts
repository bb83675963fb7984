import { textField } from './describe';

type Input = Readonly<Record<string, unknown>>;

/** Lines of each side that are shown before an edit is decided; the review shows all. */
const mostLines = 10;

/** How the change of an edit that still waits begins, as a unified diff; `''` when its input does not say. */
export function editPreview(input: Input): string {
	const edits = Array.isArray(input['edits']) ? (input['edits'] as readonly unknown[]) : [input];
	const first = edits[0];
	if (typeof first !== 'object' || first === null) return '';
	const [before, after] = [textField(first as Input, 'old_string'), textField(first as Input, 'new_string')];
	const added = after || textField(input, 'content') || textField(input, 'new_source');
	const more = edits.length > 1 ? [`@@ and ${edits.length - 1} more @@`] : [];
	return [...side('-', before), ...side('+', added), ...more].join('\n');
}

function side(sign: '-' | '+', text: string): readonly string[] {
	if (text === '') return [];
	const lines = text.replace(/\n$/, '').split('\n');
	const shown = lines.slice(0, mostLines).map(line => `${sign}${line}`);
	const rest = lines.length - shown.length;
	return rest > 0 ? [...shown, `@@ ${rest} more ${rest === 1 ? 'line' : 'lines'} @@`] : shown;
}
