import { Validator, type OutputUnit, type Schema } from '@cfworker/json-schema';
import { editDistance } from './nearestNames';

/** Whether an input fits, or what the model has to change. */
export type InputCheck =
	| { readonly isValid: true; readonly input: Readonly<Record<string, unknown>> }
	| { readonly isValid: false; readonly problem: string };

const maxProblems = 6;
/** Errors of these keywords only repeat that something below them failed. */
const wrapping: ReadonlySet<string> = new Set([
	'properties',
	'patternProperties',
	'additionalProperties',
	'items',
	'prefixItems',
	'$ref',
	'allOf',
	'then',
	'else',
	'dependentSchemas',
]);
const validators = new WeakMap<object, Validator | 'unusable'>();

/**
 * Holds a call's input against the tool's schema. A schema that is none (a server may send anything) checks nothing but
 * that the input is an object: the server will refuse what it does not understand.
 * @param isTrusted the schema is our own; a regular expression of anybody else could hold up the host for ever, so the
 * patterns of other schemas are left to their servers
 */
export function checkInput(schema: Readonly<Record<string, unknown>>, value: unknown, isTrusted: boolean): InputCheck {
	if (!isRecord(value)) {
		return { isValid: false, problem: `The arguments must be one JSON object, not ${kindOf(value)}.` };
	}
	const validator = validatorFor(schema, isTrusted);
	if (validator === 'unusable') return { isValid: true, input: value };
	try {
		const { valid, errors } = validator.validate(value);
		return valid ? { isValid: true, input: value } : { isValid: false, problem: problemOf(errors, schema, value) };
	} catch {
		// References in a circle, a pattern that is none: see above.
		return { isValid: true, input: value };
	}
}

/** Whether a schema can be used to check anything; for the tests of our own tools and for the inspector of servers. */
export function isUsableSchema(schema: Readonly<Record<string, unknown>>): boolean {
	return validatorFor(schema, true) !== 'unusable';
}

function validatorFor(schema: Readonly<Record<string, unknown>>, isTrusted: boolean): Validator | 'unusable' {
	const known = validators.get(schema);
	if (known !== undefined) return known;
	const made = makeValidator(schema, isTrusted);
	validators.set(schema, made);
	return made;
}

function makeValidator(schema: Readonly<Record<string, unknown>>, isTrusted: boolean): Validator | 'unusable' {
	try {
		if (schema['type'] !== undefined && schema['type'] !== 'object') return 'unusable';
		const checked = isTrusted ? schema : withoutPatterns(schema, 0);
		const validator = new Validator(checked as Schema, '2020-12', false);
		// A reference that leads nowhere shows only when it is followed.
		validator.validate({});
		return validator;
	} catch {
		return 'unusable';
	}
}

/** Keywords under which names of properties stand, not keywords. */
const nameMaps: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions', 'dependentSchemas']);
const literal: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples']);
const deepest = 64;

function withoutPatterns(schema: unknown, depth: number): unknown {
	if (depth > deepest) return true;
	if (Array.isArray(schema)) return schema.map(entry => withoutPatterns(entry, depth + 1));
	if (!isRecord(schema)) return schema;
	const hasPatternNames = schema['patternProperties'] !== undefined;
	const kept = Object.entries(schema).filter(([key]) => {
		if (key === 'pattern' || key === 'format' || key === 'patternProperties') return false;
		// Without the patterns, what they allow would be taken for something that is too much.
		return !(hasPatternNames && (key === 'additionalProperties' || key === 'unevaluatedProperties'));
	});
	return Object.fromEntries(
		kept.map(([key, value]) => {
			if (literal.has(key)) return [key, value];
			if (!nameMaps.has(key) || !isRecord(value)) return [key, withoutPatterns(value, depth + 1)];
			const named = Object.entries(value).map(([name, part]) => [name, withoutPatterns(part, depth + 2)]);
			return [key, Object.fromEntries(named)];
		}),
	);
}

function problemOf(
	errors: readonly OutputUnit[],
	schema: Readonly<Record<string, unknown>>,
	value: Readonly<Record<string, unknown>>,
): string {
	const leaves = errors.filter(error => !wrapping.has(error.keyword));
	// A property that may not be there is reported twice: as `false` schema and by its parent.
	const real = leaves.length > 0 ? leaves : errors;
	const lines = [...new Set(real.map(error => sentenceOf(error, schema, value)))];
	const shown = lines.slice(0, maxProblems);
	const more = lines.length - shown.length;
	return [...shown.map(line => `- ${line}`), ...(more > 0 ? [`- and ${more} more`] : [])].join('\n');
}

function sentenceOf(
	error: OutputUnit,
	schema: Readonly<Record<string, unknown>>,
	value: Readonly<Record<string, unknown>>,
): string {
	const path = readablePath(error.instanceLocation);
	const at = path === '' ? '' : `${path}: `;
	const text = error.error.replaceAll('Instance', path === '' ? 'the input' : 'it').replace(/\.$/u, '');
	if (error.keyword === 'type') {
		return `${at}must be ${expectedType(error.error)}, but is ${kindOf(valueAt(value, error.instanceLocation))}`;
	}
	if (error.keyword === 'required') {
		const name = /"(?<name>[^"]*)"/u.exec(error.error)?.groups?.['name'] ?? '';
		return `${at}the required property "${name}" is missing`;
	}
	if (error.keyword === 'false') {
		const name = path.split('.').at(-1) ?? '';
		return `there is no property "${path}"${didYouMean(name, schema)}`;
	}
	return `${at}${text}`;
}

function expectedType(text: string): string {
	const expected = /Expected "(?<type>[^"]*)"/u.exec(text)?.groups?.['type'];
	return expected === undefined ? 'of another type' : `of type ${expected.replaceAll(',', ' or ')}`;
}

function didYouMean(name: string, schema: Readonly<Record<string, unknown>>): string {
	const properties = isRecord(schema['properties']) ? Object.keys(schema['properties']) : [];
	if (properties.length === 0) return '';
	const near = properties.find(known => editDistance(known.toLowerCase(), name.toLowerCase()) <= 2);
	return near === undefined ? `; there are ${properties.join(', ')}` : `; did you mean "${near}"?`;
}

function readablePath(location: string): string {
	const parts = location
		.replace(/^#\/?/u, '')
		.split('/')
		.filter(part => part !== '');
	return parts.map(part => decodePart(part)).join('.');
}

function decodePart(part: string): string {
	const plain = part.replaceAll('~1', '/').replaceAll('~0', '~');
	try {
		return decodeURIComponent(plain);
	} catch {
		return plain;
	}
}

function valueAt(value: unknown, location: string): unknown {
	let current = value;
	for (const part of location.replace(/^#\/?/u, '').split('/')) {
		if (part === '') continue;
		if (typeof current !== 'object' || current === null) return undefined;
		current = (current as Record<string, unknown>)[decodePart(part)];
	}
	return current;
}

function kindOf(value: unknown): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'an array';
	if (typeof value === 'string') return `the string ${JSON.stringify(value.slice(0, 60))}`;
	return typeof value === 'object' ? 'an object' : `the ${typeof value} ${JSON.stringify(value) ?? ''}`.trim();
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
