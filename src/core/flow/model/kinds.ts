import type { Json } from '../../base/json';
import type { ValueKind } from './flow';

/** Whether a value of one kind may go where another is taken. Anything short can be written as text. */
export function kindFits(from: ValueKind, to: ValueKind): boolean {
	if (from === to || from === 'any' || to === 'any') return true;
	if (to === 'text') return from === 'number' || from === 'boolean';
	return to === 'object' && (from === 'file' || from === 'image');
}

/** Whether a value is of the kind. A file is its path, or an object that has one. */
export function isOfKind(value: Json, kind: ValueKind): boolean {
	const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
	const checks: Readonly<Record<ValueKind, boolean>> = {
		any: true,
		text: typeof value === 'string',
		number: typeof value === 'number',
		boolean: typeof value === 'boolean',
		list: Array.isArray(value),
		object: isObject,
		file: isObject || typeof value === 'string',
		image: isObject || typeof value === 'string',
	};
	return checks[kind];
}
