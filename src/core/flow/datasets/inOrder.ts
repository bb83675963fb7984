import type { Json } from '../../base/json';
import { isRecord } from '../nodes/support';

/** The same value with the keys of all its objects in one order. */
export function inOrder(value: Json): Json {
	if (Array.isArray(value)) return (value as readonly Json[]).map(inOrder);
	if (!isRecord(value)) return value;
	const keys = Object.keys(value).toSorted();
	return Object.fromEntries(keys.map(key => [key, inOrder(value[key]!)]));
}
