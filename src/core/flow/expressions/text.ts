import type { Json } from '../../base/json';
import type { Budget } from './budget';

/** A value as it is put into a text: texts as they are, lists and objects as JSON, `null` as nothing is never dropped. */
export function textOf(value: Json, budget: Budget): string {
	if (typeof value === 'string') return value;
	if (typeof value !== 'object' || value === null) return String(value);
	return jsonOf(value, budget, 0);
}

/** JSON of a value whose size is counted before it is written. */
export function jsonOf(value: Json, budget: Budget, indent: number): string {
	budget.measure(value);
	const text = JSON.stringify(value, null, indent);
	budget.make(text.length);
	return text;
}
