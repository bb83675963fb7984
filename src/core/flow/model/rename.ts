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

/** The value with something else where its texts name a port of a node plainly: `nodes.fetch.body`. */
export function replacePortReference(value: Json, node: string, port: string, to: string): Json {
	const pattern = new RegExp(String.raw`\bnodes${memberPattern(node)}${memberPattern(port)}`, 'g');
	return mapTexts(value, text => (text.includes('nodes') ? text.replaceAll(pattern, () => to) : text));
}

/** Matches a member by that name in every way that expressions write it. */
function memberPattern(name: string): string {
	const plain = name.replaceAll(/\W/g, String.raw`\$&`);
	return String.raw`(?:\??\.${plain}(?![\w$-])|(?:\?\.)?\[\s*(?:"${plain}"|'${plain}')\s*\])`;
}

/** The value with other ids of nodes in all of its texts; the same object when none names them. */
export function renameReferences(value: Json, renames: Readonly<Record<string, string>>): Json {
	return mapTexts(value, text =>
		text.includes('nodes')
			? Object.entries(renames).reduce((now, [from, to]) => renameReference(now, 'nodes', from, to), text)
			: text,
	);
}

/** The same object when nothing changes. */
function mapTexts(value: Json, change: (text: string) => string): Json {
	if (typeof value === 'string') return change(value);
	if (value === null || typeof value !== 'object') return value;
	if (Array.isArray(value)) {
		const list = value as readonly Json[];
		const after = list.map(item => mapTexts(item, change));
		return after.some((item, at) => item !== list[at]) ? after : value;
	}
	const entries = Object.entries(value as Readonly<Record<string, Json>>);
	const after = entries.map(([key, item]) => [key, mapTexts(item, change)] as const);
	return after.some(([, item], at) => item !== entries[at]![1]) ? Object.fromEntries(after) : value;
}
