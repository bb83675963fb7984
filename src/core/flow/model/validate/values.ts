import type { Json } from '../../../base/json';
import type { JsonPath } from '../problem';

/** Names in a sentence. */
export const quoted = (names: Iterable<string>): string => [...names].map(name => `'${name}'`).join(', ');

/** The value at a path; `undefined` when there is none. */
export function valueAt(value: Json | undefined, path: JsonPath): Json | undefined {
	let at: Json | undefined = value;
	for (const step of path) {
		if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
		at = (at as Readonly<Record<string | number, Json>>)[step];
	}
	return at;
}
