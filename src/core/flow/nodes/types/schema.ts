import { Validator } from '@cfworker/json-schema';
import type { Json } from '../../../base/json';
import { asText, failure, isRecord } from '../support';
import { findJson } from './json';

type Schema = Readonly<Record<string, unknown>>;

/** A JSON schema that a parameter holds: an object, or JSON text. `undefined` when there is none. */
export function schemaOf(given: unknown): Schema | undefined {
	if (given === undefined || given === null || given === '') return undefined;
	const value = typeof given === 'string' ? findJson(given) : given;
	if (!isRecord(value))
		throw failure(
			'input',
			'The schema is no JSON schema: an object such as {"type": "object", "properties": {…}} is needed.',
		);
	return Object.keys(value).length === 0 ? undefined : value;
}

/** The schema of values like an example: every name is required, lists take their shape from their first entry. */
export function schemaOfExample(example: Json): Schema {
	if (Array.isArray(example)) {
		const [first] = example as readonly Json[];
		return { type: 'array', items: first === undefined ? {} : schemaOfExample(first) };
	}
	if (isRecord(example)) {
		const properties = Object.fromEntries(Object.entries(example).map(([key, value]) => [key, schemaOfExample(value)]));
		return { type: 'object', properties, required: Object.keys(example), additionalProperties: false };
	}
	if (example === null) return {};
	if (typeof example === 'number') return { type: 'number' };
	return { type: typeof example === 'boolean' ? 'boolean' : 'string' };
}

/** Servers hold an answer to a schema only when it is an object: others are wrapped into one. */
export function asObjectSchema(schema: Schema): { readonly schema: Schema; readonly isWrapped: boolean } {
	if (schema['type'] === 'object' || isRecord(schema['properties'])) return { schema, isWrapped: false };
	const wrapped = { type: 'object', properties: { value: schema }, required: ['value'], additionalProperties: false };
	return { schema: wrapped, isWrapped: true };
}

/** The object of an answer, or why it is not what was asked for. */
export function answeredObject(
	object: Json | undefined,
	text: string,
	schema: Schema,
): { readonly value: Json } | string {
	const value = object ?? findJson(text);
	if (value === undefined) return 'The answer holds no JSON.';
	const problem = schemaProblem(schema, value);
	return problem === undefined ? { value } : `The answer does not fit the schema: ${problem}`;
}

/** Why a value does not fit a schema; `undefined` when it does. */
export function schemaProblem(schema: Schema, value: Json): string | undefined {
	try {
		const { valid, errors } = new Validator(schema, '2020-12', false).validate(value);
		if (valid) return undefined;
		const [worst] = errors.toReversed();
		return worst ? `${worst.instanceLocation} ${worst.error}` : 'unknown why';
	} catch (error) {
		throw failure('input', `The schema cannot be used: ${asText(String(error))}`);
	}
}
