import type { Json } from '../../../src/core/base/json';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { draftOf, readDraft, withItem, type Draft } from '../../../src/core/mcp/form/draft';
import { formOf, isOpen, secretFields, type FormField, type GroupField } from '../../../src/core/mcp/form/fields';
import { cpuTime } from '../cpuTime';

const field = (schema: Record<string, unknown>, name = 'a', required = false): FormField => {
	const form = formOf({ type: 'object', properties: { [name]: schema }, ...(required ? { required: [name] } : {}) });
	const [first] = form.fields;
	if (!first) throw new Error('no field');
	return first;
};

/** The value of a form in which one field was set. */
function reading(form: GroupField, parts: Readonly<Record<string, Draft>>): ReturnType<typeof readDraft> {
	const empty = draftOf(form);
	const all = empty.kind === 'group' ? { ...empty.parts, ...parts } : parts;
	return readDraft(form, { kind: 'group', parts: all });
}

const text = (value: string): Draft => ({ kind: 'text', text: value });

describe('a schema becomes fields', () => {
	test('the plain kinds', () => {
		expect(field({ type: 'string', maxLength: 5 })).toMatchObject({ kind: 'text', maxLength: 5, isLong: false });
		expect(field({ type: 'integer', minimum: 1 })).toMatchObject({ kind: 'number', isInteger: true, minimum: 1 });
		expect(field({ type: 'boolean', default: true })).toMatchObject({ kind: 'boolean', default: true });
		expect(field({ enum: ['x', 3] })).toMatchObject({ kind: 'choice', choices: [{ label: 'x' }, { label: '3' }] });
		expect(field({ type: 'array', items: { enum: ['x', 'y'] } })).toMatchObject({ kind: 'choices' });
		expect(field({ type: 'array', items: { type: 'string' } })).toMatchObject({ kind: 'list', item: { kind: 'text' } });
		expect(field({ properties: { b: { type: 'string' } } })).toMatchObject({ kind: 'group', fields: [{ name: 'b' }] });
	});

	test('names of choices: enumNames, and oneOf with titles', () => {
		expect(field({ type: 'string', enum: ['a', 'b'], enumNames: ['First', 'Second'] })).toMatchObject({
			choices: [{ value: 'a', label: 'First' }, { label: 'Second' }],
		});
		const titled = {
			oneOf: [
				{ const: 'a', title: 'First' },
				{ const: 'b', title: 'Second' },
			],
		};
		expect(field({ type: 'string', ...titled })).toMatchObject({ kind: 'choice', choices: [{ label: 'First' }, {}] });
		expect(field({ type: 'array', items: { anyOf: titled.oneOf } })).toMatchObject({ kind: 'choices' });
	});

	test('text or nothing is text; real alternatives are JSON', () => {
		expect(field({ anyOf: [{ type: 'string' }, { type: 'null' }] })).toMatchObject({ kind: 'text' });
		expect(field({ type: ['integer', 'null'] })).toMatchObject({ kind: 'number' });
		expect(field({ oneOf: [{ type: 'string' }, { type: 'number' }] })).toMatchObject({
			kind: 'json',
			expects: 'text or number',
		});
		expect(field({ type: 'object', additionalProperties: true })).toMatchObject({ kind: 'json', expects: 'object' });
	});

	test('references and allOf are followed; a circle ends in JSON', () => {
		const form = formOf({
			type: 'object',
			$defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' }, name: { type: 'string' } } } },
			properties: {
				node: { $ref: '#/$defs/node', description: 'The first' },
				both: { allOf: [{ properties: { a: { type: 'string' } } }, { properties: { b: { type: 'number' } } }] },
			},
		});
		expect(form.fields[0]).toMatchObject({ kind: 'group', description: 'The first' });
		expect(form.fields[1]).toMatchObject({ kind: 'group', fields: [{ kind: 'text' }, { kind: 'number' }] });
		expect(JSON.stringify(form)).toContain('"kind":"json"');
	});

	test('what sounds like a secret is marked', () => {
		for (const name of ['password', 'apiKey', 'api_key', 'accessToken', 'clientSecret', 'cardNumber'])
			expect(field({ type: 'string' }, name), name).toMatchObject({ isSecretLike: true });
		expect(field({ type: 'string', description: 'Your PIN' })).toMatchObject({ isSecretLike: true });
		expect(field({ type: 'string' }, 'message')).toMatchObject({ isSecretLike: false });
		expect(field({ type: 'string' }, 'shipping')).toMatchObject({ isSecretLike: false });
		const nested = formOf({
			type: 'object',
			properties: { login: { type: 'object', properties: { password: { type: 'string', title: 'Word' } } } },
		});
		expect(secretFields(nested)).toEqual(['Word']);
	});

	test('anything at all gives a form', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), schema => {
				const form = formOf({ type: 'object', ...schema });
				readDraft(form, draftOf(form));
				isOpen(schema);
			}),
		);
		expect(formOf({ type: 'string' }).fields).toEqual([]);
	});
});

describe('a draft becomes a value', () => {
	test('what is empty and optional is left out; what is required is asked for', () => {
		const form = formOf({
			type: 'object',
			properties: { a: { type: 'string' }, b: { type: 'number' }, c: { type: 'boolean' } },
			required: ['b'],
		});
		expect(reading(form, { b: text('2.5') })).toEqual({ isValid: true, value: { b: 2.5 } });
		expect(reading(form, {})).toEqual({ isValid: false, problems: { '/b': 'Fill this in.' }, value: {} });
	});

	test.each([
		[{ type: 'integer' }, '1.5', 'whole number'],
		[{ type: 'integer', maximum: 3 }, '4', 'At most 3'],
		[{ type: 'number' }, 'many', 'Write a number'],
		[{ type: 'string', minLength: 3 }, 'ab', 'At least 3'],
		[{ type: 'string', maxLength: 1 }, '👋🏽x', 'At most 1'],
		[{ type: 'string', format: 'email' }, 'ada', 'e-mail'],
		[{ type: 'string', format: 'uri' }, 'example', 'address'],
		[{ type: 'string', format: 'date' }, '2026-13-01', '2026-03-01'],
		[{ type: 'string', pattern: '^[a-z]+$' }, 'A', 'must match'],
		[{ oneOf: [{ type: 'string' }, { type: 'number' }] }, '{', 'not JSON'],
		[{ type: 'object' }, '[1]', 'not of type object'],
	])('%j refuses %s', (schema, typed, words) => {
		const form = formOf({ type: 'object', properties: { a: schema } });
		const result = reading(form, { a: text(typed) });
		expect(result.isValid).toBe(false);
		if (!result.isValid) expect(result.problems['/a']).toContain(words);
	});

	test('lists and groups name the place that is wrong', () => {
		const form = formOf({
			type: 'object',
			properties: {
				tags: { type: 'array', items: { type: 'integer' }, maxItems: 2 },
				box: { type: 'object', properties: { 'a/b': { type: 'string' } }, required: ['a/b'] },
			},
			required: ['box'],
		});
		const items = [text('1'), text('x')].map((draft, key) => ({ key, draft }));
		const result = reading(form, { tags: { kind: 'list', items } });
		expect(result).toEqual({
			isValid: false,
			problems: { '/tags/1': 'Write a number, such as 12 or 0.5.', '/box/a~1b': 'Fill this in.' },
			value: { tags: [1, null], box: {} },
		});
	});

	test('an optional group is sent only when something was put into it', () => {
		const form = formOf({
			type: 'object',
			properties: {
				page: {
					type: 'object',
					properties: { size: { type: 'integer', default: 10 }, cursor: { type: 'string' } },
					required: ['cursor'],
				},
			},
		});
		expect(readDraft(form, draftOf(form))).toEqual({ isValid: true, value: {} });
		const page: Draft = { kind: 'group', parts: { size: text('10'), cursor: text('next') } };
		expect(reading(form, { page })).toEqual({ isValid: true, value: { page: { size: 10, cursor: 'next' } } });
	});

	test('a pattern that could hold up the page is left to the server', () => {
		const form = formOf({ type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$' } } });
		const took = cpuTime(() => expect(reading(form, { a: text(`${'a'.repeat(40)}!`) }).isValid).toBe(true));
		expect(took).toBeLessThan(500);
	});

	test('keys of entries stay theirs when entries go', () => {
		const list = field({ type: 'array', items: { type: 'string' } });
		if (list.kind !== 'list') throw new Error('no list');
		const two = withItem(list, withItem(list, []));
		const rest = two.slice(1);
		expect(withItem(list, rest).map(item => item.key)).toEqual([1, 2]);
	});

	test('a value that fits survives the way through the form', () => {
		const form = formOf({
			type: 'object',
			properties: {
				name: { type: 'string' },
				count: { type: 'integer' },
				isOn: { type: 'boolean' },
				kind: { enum: ['a', 'b'] },
				tags: { type: 'array', items: { type: 'string' } },
				sides: { type: 'array', items: { enum: ['l', 'r'] } },
				box: { type: 'object', properties: { x: { type: 'number' } } },
				any: {},
			},
			required: ['name'],
		});
		const value = fc.record(
			{
				name: fc.string({ minLength: 1 }),
				count: fc.integer(),
				isOn: fc.boolean(),
				kind: fc.constantFrom('a', 'b'),
				tags: fc.array(fc.string({ minLength: 1 }), { minLength: 1 }),
				sides: fc.constantFrom(['l'], ['r'], ['l', 'r']),
				box: fc.record({ x: fc.double({ noNaN: true, noDefaultInfinity: true }).filter(x => !Object.is(x, -0)) }),
				any: fc.constantFrom<Json>({ deep: [1, null] }, 'text', 7),
			},
			{ requiredKeys: ['name'] },
		);
		fc.assert(
			fc.property(value, given => {
				const result = readDraft(form, draftOf(form, given));
				expect(result).toEqual({ isValid: true, value: given });
			}),
		);
	});
});
