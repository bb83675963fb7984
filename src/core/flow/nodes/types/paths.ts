import type { Json } from '../../../base/json';
import { failure, isRecord } from '../support';

/** Names that lead into values: `user.name`, `rows.0.id`. */
export function splitPath(path: string): readonly string[] {
	return path
		.replaceAll(/\[(\d+)\]/gu, '.$1')
		.split('.')
		.filter(key => key !== '');
}

/** What stands at a path; `undefined` when there is nothing. */
export function valueAt(value: Json, path: string): Json | undefined {
	let at: Json | undefined = value;
	for (const key of splitPath(path)) {
		if (Array.isArray(at)) at = /^\d+$/u.test(key) ? (at as readonly Json[])[Number(key)] : undefined;
		else at = isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined;
	}
	return at;
}

/** A copy with a value at a path; objects on the way are made. */
export function withValueAt(value: Json, path: string, set: Json): Json {
	return setIn(value, splitPath(path), set);
}

function setIn(value: Json | undefined, keys: readonly string[], set: Json): Json {
	const [key, ...rest] = keys;
	if (key === undefined) return set;
	if (Array.isArray(value) && /^\d+$/u.test(key)) {
		const list = [...(value as readonly Json[])];
		const index = Number(key);
		if (index > list.length) throw failure('input', `A list of ${list.length} has no place ${index}.`);
		list[index] = setIn(list[index], rest, set);
		return list;
	}
	const record = isRecord(value) ? value : {};
	const own = Object.hasOwn(record, key) ? record[key] : undefined;
	return { ...record, [key]: setIn(own, rest, set) };
}

/** A copy without what stands at a path. */
export function withoutValueAt(value: Json, path: string): Json {
	return removeIn(value, splitPath(path));
}

function removeIn(value: Json, keys: readonly string[]): Json {
	const [key, ...rest] = keys;
	if (key === undefined) return value;
	if (Array.isArray(value)) {
		const list = value as readonly Json[];
		const index = Number(key);
		if (!Number.isInteger(index) || index < 0 || index >= list.length) return value;
		if (rest.length === 0) return list.toSpliced(index, 1);
		return list.with(index, removeIn(list[index] ?? null, rest));
	}
	if (!isRecord(value) || !Object.hasOwn(value, key)) return value;
	const { [key]: old, ...others } = value;
	return rest.length === 0 ? others : { ...value, [key]: removeIn(old ?? null, rest) };
}
