import type { Json } from '../../base/json';

const plainName = /^[A-Za-z_$][\w$]*$/;

/** `nodes.fetch` or `nodes["fetch-diff"]`. */
export function referenceTo(root: string, name: string): string {
	return plainName.test(name) ? `${root}.${name}` : `${root}["${name}"]`;
}

/** A text whose expressions name something else, where they name it plainly: `nodes.fetch`, `nodes["fetch"]`. */
export function renameReference(text: string, root: string, from: string, to: string): string {
	if (!text.includes(from)) return text;
	const name = from.replaceAll(/\W/g, String.raw`\$&`);
	const pattern = new RegExp(String.raw`\b${root}(?:\??\.${name}(?![\w$-])|(?:\?\.)?\[\s*(["'])${name}\1\s*\])`, 'g');
	return text.replaceAll(pattern, () => referenceTo(root, to));
}

/** The value with other ids of nodes in all of its texts; the same object when none names them. */
export function renameReferences(value: Json, renames: Readonly<Record<string, string>>): Json {
	if (typeof value === 'string') {
		if (!value.includes('nodes')) return value;
		return Object.entries(renames).reduce((text, [from, to]) => renameReference(text, 'nodes', from, to), value);
	}
	if (value === null || typeof value !== 'object') return value;
	if (Array.isArray(value)) {
		const list = value as readonly Json[];
		const after = list.map(item => renameReferences(item, renames));
		return after.some((item, at) => item !== list[at]) ? after : value;
	}
	const entries = Object.entries(value as Readonly<Record<string, Json>>);
	const after = entries.map(([key, item]) => [key, renameReferences(item, renames)] as const);
	return after.some(([, item], at) => item !== entries[at]![1]) ? Object.fromEntries(after) : value;
}
