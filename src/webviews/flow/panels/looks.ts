import type { Json } from '../../../core/base/json';

/** Ways to show a value. */
export type Look = 'text' | 'json' | 'table' | 'markdown' | 'image' | 'diff';

const imageAddress = /^data:image\/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=]+$/;
const imageType = /^image\/(?:png|jpeg|gif|webp)$/;

/** The ways that make sense for a value, the best one first. */
export function looksOf(value: Json): readonly Look[] {
	if (typeof value === 'string') {
		if (imageAddress.test(value)) return ['image', 'text'];
		if (isDiff(value)) return ['diff', 'text'];
		return isMarkdown(value) ? ['markdown', 'text'] : ['text', 'markdown'];
	}
	if (isImage(value)) return ['image', 'json'];
	return isTable(value) ? ['table', 'json'] : ['json'];
}

/** Hunks with signs: a unified diff with or without the file headers. */
function isDiff(text: string): boolean {
	return /^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@/m.test(text) && /^[+-]/m.test(text);
}

function isMarkdown(text: string): boolean {
	const marks = [/^#{1,6} \S/m, /^\s*[-*] \S/m, /```/, /\*\*\S/, /\[[^\]]+\]\([^)]+\)/, /^\d+\. \S/m, /^\|.+\|$/m];
	return marks.filter(mark => mark.test(text)).length >= 2 || /^#{1,6} \S.*\n/.test(text);
}

function isImage(value: Json): boolean {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
	const { data, mediaType } = value as { readonly data?: Json; readonly mediaType?: Json };
	return typeof mediaType === 'string' && imageType.test(mediaType) && typeof data === 'string';
}

/** A list of objects: their keys are columns. */
function isTable(value: Json): boolean {
	if (!Array.isArray(value) || value.length === 0) return false;
	return (value as readonly Json[])
		.slice(0, 50)
		.every(row => typeof row === 'object' && row !== null && !Array.isArray(row));
}

/** Names of the columns of a table, in the order in which they first come. */
export function columnsOf(rows: readonly Json[]): readonly string[] {
	const names = new Set<string>();
	for (const row of rows.slice(0, 200)) {
		if (typeof row === 'object' && row !== null) for (const name of Object.keys(row)) names.add(name);
	}
	return [...names].slice(0, 60);
}
