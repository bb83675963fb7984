import type { Json } from '../../base/json';

type Schema = Readonly<Record<string, unknown>>;

interface FieldBase {
	/** The property's own name; '' for the whole form and for entries of a list. */
	readonly name: string;
	readonly label: string;
	readonly description: string;
	readonly isRequired: boolean;
	/** What the schema proposes; `undefined` for nothing. */
	readonly default: Json | undefined;
}

export interface TextField extends FieldBase {
	readonly kind: 'text';
	readonly format: 'email' | 'uri' | 'date' | 'date-time' | null;
	readonly minLength: number | null;
	readonly maxLength: number | null;
	readonly pattern: string | null;
	readonly isLong: boolean;
	/** Its name or description sounds like a password, a token or a number of a card. */
	readonly isSecretLike: boolean;
}

export interface NumberField extends FieldBase {
	readonly kind: 'number';
	readonly isInteger: boolean;
	readonly minimum: number | null;
	readonly maximum: number | null;
}

export interface BooleanField extends FieldBase {
	readonly kind: 'boolean';
}

export interface Choice {
	readonly value: Json;
	readonly label: string;
}

export interface ChoiceField extends FieldBase {
	readonly kind: 'choice';
	readonly choices: readonly Choice[];
}

/** Several of a few. */
export interface ChoicesField extends FieldBase {
	readonly kind: 'choices';
	readonly choices: readonly Choice[];
	readonly minItems: number;
	readonly maxItems: number | null;
}

export interface ListField extends FieldBase {
	readonly kind: 'list';
	readonly item: FormField;
	readonly minItems: number;
	readonly maxItems: number | null;
}

export interface GroupField extends FieldBase {
	readonly kind: 'group';
	readonly fields: readonly FormField[];
}

/** What no form can show: alternatives, open objects, schemas that are none. It is written as JSON. */
export interface JsonField extends FieldBase {
	readonly kind: 'json';
	/** What belongs there, in a few words: `object`, `text or number`. */
	readonly expects: string;
	/** The kinds of JSON value that the schema allows; empty for any. */
	readonly types: readonly string[];
}

/** One field of a form that was made from a JSON schema. */
export type FormField =
	TextField | NumberField | BooleanField | ChoiceField | ChoicesField | ListField | GroupField | JsonField;

const deepest = 6;
const mostChoices = 500;
const secretWords =
	/pass\s?-?_?(?:word|phrase|code)|secret|credential|token|api\s?-?_?key|private\s?-?_?key|\bpin\b|\bcvv?\b|card\s?-?_?number|social security|\bssn\b/i;

/**
 * Makes a form of a JSON schema of type `object`. It never fails: what it does not understand becomes a field for JSON,
 * because a server may send anything as a schema.
 */
export function formOf(schema: Schema): GroupField {
	const reader = new SchemaReader(schema);
	const root = reader.field(schema, { name: '', isRequired: true, depth: 0 });
	if (root.kind === 'group') return root;
	return { ...base('', schema, true), kind: 'group', fields: [] };
}

/**
 * Whether it says that it takes properties which it does not name, and names none: such a value is written as JSON. A
 * schema without properties that says nothing at all is how most servers write "no input".
 */
export function isOpen(schema: Schema): boolean {
	const { properties, additionalProperties: more } = schema;
	const hasFields = isRecord(properties) && Object.keys(properties).length > 0;
	return !hasFields && (more === true || (isRecord(more) && Object.keys(more).length > 0));
}

/** Fields anywhere in the form that sound like secrets, by their labels. */
export function secretFields(field: FormField): readonly string[] {
	if (field.kind === 'text') return field.isSecretLike ? [field.label] : [];
	if (field.kind === 'group') return field.fields.flatMap(secretFields);
	if (field.kind === 'list') return secretFields(field.item);
	return [];
}

interface Place {
	readonly name: string;
	readonly isRequired: boolean;
	readonly depth: number;
}

class SchemaReader {
	readonly #root: Schema;

	constructor(root: Schema) {
		this.#root = root;
	}

	field(raw: unknown, place: Place): FormField {
		const schema = this.#resolve(raw, 0);
		const common = base(place.name, schema, place.isRequired);
		const json = (): JsonField => ({ ...common, kind: 'json', expects: expectation(schema), types: typesOf(schema) });
		if (place.depth > deepest) return json();
		const choices = choicesOf(schema);
		if (choices) return { ...common, kind: 'choice', choices };
		if (schema['oneOf'] !== undefined || schema['anyOf'] !== undefined || schema['not'] !== undefined) return json();
		const types = typesOf(schema).filter(type => type !== 'null');
		const type = types[0] ?? (isRecord(schema['properties']) ? 'object' : undefined);
		if (types.length > 1) return json();
		switch (type) {
			case 'string':
				return { ...common, kind: 'text', ...textRules(schema), isSecretLike: soundsSecret(place.name, schema) };
			case 'number':
			case 'integer':
				return { ...common, kind: 'number', isInteger: type === 'integer', ...numberRules(schema) };
			case 'boolean':
				return { ...common, kind: 'boolean' };
			case 'array':
				return this.#list(schema, common, place) ?? json();
			case 'object':
				return this.#group(schema, common, place) ?? json();
			default:
				return json();
		}
	}

	#list(schema: Schema, common: FieldBase, place: Place): ListField | ChoicesField | undefined {
		const { items } = schema;
		if (!isRecord(items) || schema['prefixItems'] !== undefined) return undefined;
		const minItems = count(schema['minItems']) ?? 0;
		const maxItems = count(schema['maxItems']);
		const resolved = this.#resolve(items, 0);
		const choices = choicesOf(resolved);
		if (choices) return { ...common, kind: 'choices', choices, minItems, maxItems };
		const item = this.field(resolved, { name: '', isRequired: true, depth: place.depth + 1 });
		return { ...common, kind: 'list', item, minItems, maxItems };
	}

	#group(schema: Schema, common: FieldBase, place: Place): GroupField | undefined {
		const { properties } = schema;
		// An object of any keys has nothing to draw; only the root may be an empty form.
		if (!isRecord(properties)) return place.depth === 0 ? { ...common, kind: 'group', fields: [] } : undefined;
		const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
		const fields = Object.entries(properties).map(([name, part]) =>
			this.field(part, { name, isRequired: required.has(name), depth: place.depth + 1 }),
		);
		return { ...common, kind: 'group', fields };
	}

	/** Follows references inside the schema, and flattens what only says "this too". */
	#resolve(raw: unknown, depth: number): Schema {
		if (!isRecord(raw) || depth > deepest) return {};
		const reference = raw['$ref'];
		if (typeof reference === 'string') {
			const { $ref: _, ...beside } = raw;
			return { ...this.#resolve(this.#follow(reference), depth + 1), ...beside };
		}
		const all = raw['allOf'];
		if (Array.isArray(all) && all.length > 0) {
			const { allOf: _, ...beside } = raw;
			return [...all.map(part => this.#resolve(part, depth + 1)), beside].reduce(merge, {});
		}
		const only = withoutNull(raw);
		return only === undefined ? raw : this.#resolve(only, depth + 1);
	}

	#follow(reference: string): unknown {
		if (!reference.startsWith('#')) return undefined;
		const parts = reference
			.slice(1)
			.split('/')
			.filter(part => part !== '');
		return parts.reduce<unknown>((at, part) => {
			const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
			return isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined;
		}, this.#root);
	}
}

/** `anyOf: [text, null]` is how many libraries write "text, or nothing". */
function withoutNull(schema: Schema): Schema | undefined {
	for (const keyword of ['anyOf', 'oneOf']) {
		const parts = schema[keyword];
		if (!Array.isArray(parts) || parts.length === 0) continue;
		const real = parts.filter(part => !(isRecord(part) && part['type'] === 'null'));
		if (real.length !== 1 || !isRecord(real[0])) continue;
		const { [keyword]: _, ...beside } = schema;
		return { ...real[0], ...beside };
	}
	return undefined;
}

function merge(left: Schema, right: Schema): Schema {
	const properties = { ...record(left['properties']), ...record(right['properties']) };
	const required = [...list(left['required']), ...list(right['required'])];
	return {
		...left,
		...right,
		...(Object.keys(properties).length === 0 ? {} : { properties }),
		...(required.length === 0 ? {} : { required }),
	};
}

function base(name: string, schema: Schema, isRequired: boolean): FieldBase {
	const title = schema['title'];
	return {
		name,
		label: typeof title === 'string' && title.trim() !== '' ? title.slice(0, 200) : name,
		description: typeof schema['description'] === 'string' ? schema['description'].slice(0, 4000) : '',
		isRequired,
		default: schema['default'] as Json | undefined,
	};
}

/** The few values that a schema allows, with the names it gives them. */
function choicesOf(schema: Schema): readonly Choice[] | undefined {
	if (schema['const'] !== undefined) return [choice(schema['const'], schema['title'])];
	const values = schema['enum'];
	if (Array.isArray(values) && values.length > 0 && values.length <= mostChoices) {
		const names = list(schema['enumNames']);
		return values.map((value, index) => choice(value, names[index]));
	}
	const parts = schema['oneOf'] ?? schema['anyOf'];
	if (!Array.isArray(parts) || parts.length === 0 || parts.length > mostChoices) return undefined;
	const constants = parts.filter(part => isRecord(part) && part['const'] !== undefined);
	if (constants.length !== parts.length) return undefined;
	return constants.map((part: Schema) => choice(part['const'], part['title']));
}

function choice(value: unknown, name: unknown): Choice {
	const text = typeof value === 'string' ? value : JSON.stringify(value);
	return { value: value as Json, label: typeof name === 'string' && name !== '' ? name : text };
}

function textRules(schema: Schema): Pick<TextField, 'format' | 'minLength' | 'maxLength' | 'pattern' | 'isLong'> {
	const { format, pattern } = schema;
	const known = format === 'email' || format === 'uri' || format === 'date' || format === 'date-time';
	const maxLength = count(schema['maxLength']);
	return {
		format: known ? format : null,
		minLength: count(schema['minLength']),
		maxLength,
		pattern: typeof pattern === 'string' ? pattern : null,
		isLong:
			schema['contentMediaType'] !== undefined || format === 'multiline' || (maxLength !== null && maxLength > 400),
	};
}

function numberRules(schema: Schema): Pick<NumberField, 'minimum' | 'maximum'> {
	const { minimum, maximum } = schema;
	return {
		minimum: typeof minimum === 'number' ? minimum : null,
		maximum: typeof maximum === 'number' ? maximum : null,
	};
}

function soundsSecret(name: string, schema: Schema): boolean {
	if (schema['format'] === 'password' || schema['writeOnly'] === true) return true;
	return [name.replaceAll(/([a-z])([A-Z])/g, '$1 $2'), schema['title'], schema['description']].some(
		text => typeof text === 'string' && secretWords.test(text),
	);
}

function typesOf(schema: Schema): readonly string[] {
	const { type } = schema;
	if (typeof type === 'string') return [type];
	return Array.isArray(type) ? type.filter(part => typeof part === 'string') : [];
}

const typeWords: Readonly<Record<string, string>> = {
	string: 'text',
	object: 'object',
	array: 'list',
	null: 'null',
	boolean: 'true or false',
};

function expectation(schema: Schema): string {
	const types = typesOf(schema);
	if (types.length > 0) return types.map(type => typeWords[type] ?? type).join(' or ');
	const parts = schema['oneOf'] ?? schema['anyOf'];
	if (!Array.isArray(parts)) return 'anything';
	return [...new Set(parts.map(part => (isRecord(part) ? alternative(part) : 'anything')))].slice(0, 6).join(' or ');
}

function alternative(part: Schema): string {
	const { title } = part;
	return typeof title === 'string' && title !== '' ? title : expectation(part);
}

function count(value: unknown): number | null {
	return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
}

function record(value: unknown): Schema {
	return isRecord(value) ? value : {};
}

function list(value: unknown): readonly unknown[] {
	return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
