import type { Json } from '../../base/json';

/**
 * A text of several lines stands in the document as `{ "$lines": ["first", "second"] }`: a changed line of a prompt is
 * a changed line of the file. An object that looks like that gets one more `$`, so that every value comes back as it was.
 */
const marker = /^\$+lines$/;

/** True for an object whose only key is `$lines`, `$$lines`, …: it needs one more `$` in the document. */
export function looksLikeLines(value: Readonly<Record<string, Json>>, keys: readonly string[]): boolean {
	return keys.length === 1 && marker.test(keys[0]!) && value !== null;
}

/** The value that the document's form stands for; the same object when there is nothing to replace. */
export function fromDocument(value: Json): Json {
	if (value === null || typeof value !== 'object') return value;
	if (Array.isArray(value)) return fromList(value as readonly Json[]);
	const object = value as Readonly<Record<string, Json>>;
	const keys = Object.keys(object);
	const [only] = keys;
	if (keys.length === 1 && only !== undefined && marker.test(only)) return fromLines(only, object[only]!);
	let changed: Record<string, Json> | undefined;
	for (const key of keys) {
		const before = object[key]!;
		const after = fromDocument(before);
		if (after !== before) (changed ??= copy(object))[key] = after;
	}
	return changed ?? object;
}

/** A copy whose own `__proto__`, if it has one, stays a plain key. */
function copy(object: Readonly<Record<string, Json>>): Record<string, Json> {
	return Object.hasOwn(object, '__proto__') ? Object.assign(Object.create(null), object) : { ...object };
}

function fromList(list: readonly Json[]): Json {
	let changed: Json[] | undefined;
	for (let at = 0; at < list.length; at++) {
		const after = fromDocument(list[at]!);
		if (after !== list[at]) (changed ??= [...list])[at] = after;
	}
	return changed ?? list;
}

function fromLines(key: string, value: Json): Json {
	if (key !== '$lines') return { [key.slice(1)]: fromDocument(value) };
	const isText = Array.isArray(value) && value.every(line => typeof line === 'string');
	return isText ? value.join('\n') : { [key]: fromDocument(value) };
}

/** The lines of a text that is written as such. */
export function linesOf(text: string): readonly string[] | undefined {
	return text.includes('\n') ? text.split('\n') : undefined;
}
