import type { Json } from '../../base/json';

export type JsonObject = Readonly<Record<string, Json>>;

export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object that stands there; an empty one where none does. */
export function objectAt(value: Json | undefined, ...path: readonly string[]): JsonObject {
	let at: Json | undefined = value;
	for (const key of path) at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
	return isObject(at) ? at : {};
}

export function listAt(value: Json | undefined, ...path: readonly string[]): readonly Json[] {
	const last = path.at(-1);
	const at = last === undefined ? value : objectAt(value, ...path.slice(0, -1))[last];
	return Array.isArray(at) ? (at as readonly Json[]) : [];
}

/** The text that stands there; `otherwise` where none does. */
export function textAt(value: JsonObject, key: string, otherwise = ''): string {
	const at = value[key];
	return typeof at === 'string' ? at : otherwise;
}

export function numberAt(value: JsonObject, key: string): number | undefined {
	const at = value[key];
	const number = typeof at === 'string' && at.trim() !== '' ? Number(at) : at;
	return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** Entries without those that are not set. */
export function set(values: Readonly<Record<string, Json | undefined>>): JsonObject {
	return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

/** The same JSON, whatever the order of keys. */
export function sameJson(a: unknown, b: unknown): boolean {
	return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
	return (
		JSON.stringify(value, (_, part: unknown) =>
			isObject(part) ? Object.fromEntries(Object.entries(part).toSorted(([x], [y]) => (x < y ? -1 : 1))) : part,
		) ?? ''
	);
}
