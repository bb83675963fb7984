import type { Json } from '../../base/json';
import { ExpressionError } from './errors';

/** A function that stands in an expression. It is only ever an argument of ours; no value holds one. */
export class Lambda {
	readonly call: (args: readonly Value[]) => Value;

	constructor(call: (args: readonly Value[]) => Value) {
		this.call = call;
	}
}

/** What a part of an expression is while it is worked out. */
export type Value = Json | undefined;
export type Argument = Value | Lambda;

export function isList(value: Argument): value is readonly Json[] {
	return Array.isArray(value);
}

export function isRecord(value: Argument): value is { readonly [key: string]: Json } {
	return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Lambda);
}

export function isNothing(value: Argument): value is null | undefined {
	return value === undefined || value === null;
}

/** What a value is, for sentences. */
export function kindOf(value: Argument): string {
	if (value === undefined) return 'nothing';
	if (value === null) return 'null';
	if (value instanceof Lambda) return 'a function';
	if (isList(value)) return 'a list';
	switch (typeof value) {
		case 'string':
			return 'a text';
		case 'number':
			return 'a number';
		case 'boolean':
			return String(value);
		default:
			return 'an object';
	}
}

/** Objects that scope or user text make may have a key `__proto__`: it is a key like any other. */
export function setKey(target: Record<string, Json>, key: string, value: Json): void {
	Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

/** An object of pairs. */
export function recordOf(entries: Iterable<readonly [string, Json]>): Json {
	const record: Record<string, Json> = {};
	for (const [key, value] of entries) setKey(record, key, value);
	return record;
}

export function typeError(message: string): ExpressionError {
	return new ExpressionError('type', message);
}
