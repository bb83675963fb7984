import type { Json } from '../../base/json';
import type { Choice, FormField, GroupField, NumberField, TextField } from './fields';

/**
 * What stands in a form while it is filled in. It may be wrong or half-written, so numbers are text; `readDraft` makes a
 * value of it or says what is wrong where.
 */
export type Draft =
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'boolean'; readonly value: boolean | null }
	/** Index of the choice; `null` for none. */
	| { readonly kind: 'choice'; readonly index: number | null }
	| { readonly kind: 'choices'; readonly indexes: readonly number[] }
	| { readonly kind: 'list'; readonly items: readonly ListItem[] }
	| { readonly kind: 'group'; readonly parts: Readonly<Record<string, Draft>> };

/** An entry of a list. The key stays with it when others are moved or taken out. */
export interface ListItem {
	readonly key: number;
	readonly draft: Draft;
}

/** Where in a form: `/filter/tags/0`. */
export type FormPath = string;

export type DraftReading =
	| { readonly isValid: true; readonly value: Json | undefined }
	/** `value` is what can be made of it all the same, for a look at the JSON. */
	| {
			readonly isValid: false;
			readonly problems: Readonly<Record<FormPath, string>>;
			readonly value: Json | undefined;
	  };

/** The draft of a value, or of what the schema proposes when there is none. */
export function draftOf(field: FormField, value: Json | undefined = field.default): Draft {
	switch (field.kind) {
		case 'text':
			return { kind: 'text', text: typeof value === 'string' ? value : value === undefined ? '' : plain(value) };
		case 'number':
			return { kind: 'text', text: value === undefined || value === null ? '' : plain(value) };
		case 'json':
			return { kind: 'text', text: value === undefined ? '' : JSON.stringify(value, null, 2) };
		case 'boolean':
			return { kind: 'boolean', value: typeof value === 'boolean' ? value : null };
		case 'choice':
			return { kind: 'choice', index: indexOf(field.choices, value) ?? onlyChoice(field.choices, field.isRequired) };
		case 'choices':
			return {
				kind: 'choices',
				indexes: listOf(value)
					.map(one => indexOf(field.choices, one))
					.filter(at => at !== null),
			};
		case 'list': {
			const values = listOf(value);
			const padded = [
				...values,
				...Array.from({ length: Math.max(0, field.minItems - values.length) }, () => undefined),
			];
			return { kind: 'list', items: padded.map((one, key) => ({ key, draft: draftOf(field.item, one) })) };
		}
		case 'group':
			return { kind: 'group', parts: groupParts(field, value) };
		default:
			return field satisfies never;
	}
}

/** The value of a draft, or what is wrong with it, by place. Never throws. */
export function readDraft(field: FormField, draft: Draft): DraftReading {
	const problems: Record<FormPath, string> = {};
	const value = read(field, draft, '', problems);
	return Object.keys(problems).length > 0 ? { isValid: false, problems, value } : { isValid: true, value };
}

/** Where a part of a form is: the path of its parent and its name. */
export function pathOf(parent: FormPath, name: string | number): FormPath {
	return `${parent}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Names in a value that the form has no field for, and that would get lost in it. */
export function strangeNames(form: GroupField, value: Readonly<Record<string, Json>>): readonly string[] {
	const known = new Set(form.fields.map(field => field.name));
	return Object.keys(value).filter(name => !known.has(name));
}

/** One more entry at the end of a list. */
export function withItem(field: Extract<FormField, { kind: 'list' }>, items: readonly ListItem[]): readonly ListItem[] {
	const key = Math.max(-1, ...items.map(item => item.key)) + 1;
	return [...items, { key, draft: draftOf(field.item) }];
}

function groupParts(field: GroupField, value: Json | undefined): Readonly<Record<string, Draft>> {
	const known = isObject(value) ? value : {};
	return Object.fromEntries(
		field.fields.map(part => [
			part.name,
			draftOf(part, Object.hasOwn(known, part.name) ? known[part.name] : part.default),
		]),
	);
}

function read(field: FormField, draft: Draft, path: FormPath, problems: Record<FormPath, string>): Json | undefined {
	const isEmpty = isBlank(field, draft);
	if (isEmpty && !field.isRequired) return undefined;
	const fail = (text: string): undefined => void (problems[path] = text);
	switch (field.kind) {
		case 'text':
			return draft.kind === 'text' ? readText(field, draft.text, fail) : undefined;
		case 'number':
			return draft.kind === 'text' ? readNumber(field, draft.text, fail) : undefined;
		case 'json':
			return draft.kind === 'text' ? readJson(field.types, draft.text, fail) : undefined;
		case 'boolean':
			// A required yes or no that nobody touched is a no, as every check box says.
			return draft.kind === 'boolean' ? (draft.value ?? false) : undefined;
		case 'choice': {
			const chosen = draft.kind === 'choice' && draft.index !== null ? field.choices[draft.index] : undefined;
			return chosen ? chosen.value : fail('Choose one.');
		}
		case 'choices': {
			const indexes = draft.kind === 'choices' ? draft.indexes : [];
			checkCount(indexes.length, field, fail);
			return [...indexes].sort((a, b) => a - b).flatMap(at => field.choices[at]?.value ?? []);
		}
		case 'list': {
			const items = draft.kind === 'list' ? draft.items : [];
			checkCount(items.length, field, fail);
			return items.map((item, index) => read(field.item, item.draft, pathOf(path, index), problems) ?? null);
		}
		case 'group':
			return readGroup(field, draft, path, problems);
		default:
			return field satisfies never;
	}
}

function readGroup(field: GroupField, draft: Draft, path: FormPath, problems: Record<FormPath, string>): Json {
	const parts = draft.kind === 'group' ? draft.parts : {};
	const entries = field.fields.flatMap(part => {
		const inside = parts[part.name] ?? draftOf(part);
		const value = read(part, inside, pathOf(path, part.name), problems);
		return value === undefined ? [] : [[part.name, value] as const];
	});
	return Object.fromEntries(entries);
}

type Fail = (text: string) => undefined;

function readText(field: TextField, text: string, fail: Fail): string | undefined {
	if (text === '') return fail('Fill this in.');
	const { length } = Array.from(text);
	if (field.minLength !== null && length < field.minLength) return fail(`At least ${field.minLength} characters.`);
	if (field.maxLength !== null && length > field.maxLength)
		return fail(`At most ${field.maxLength} characters; there are ${length}.`);
	if (field.format !== null && !formats[field.format].test(text)) return fail(formatWords[field.format]);
	if (field.pattern !== null && !fits(field.pattern, text)) return fail(`It must match ${field.pattern}`);
	return text;
}

const formats: Readonly<Record<NonNullable<TextField['format']>, RegExp>> = {
	email: /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
	uri: /^[a-z][a-z0-9+.-]*:\S+$/i,
	date: /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/,
	'date-time': /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:\d{2})$/,
};
const formatWords: Readonly<Record<NonNullable<TextField['format']>, string>> = {
	email: 'This is no e-mail address.',
	uri: 'This is no address such as https://example.org.',
	date: 'Write a date as 2026-03-01.',
	'date-time': 'Write a moment as 2026-03-01T12:30:00Z.',
};

/** Groups that repeat inside something that repeats: such patterns can take for ever on the wrong text. */
const repeatsTwice = /[+*}]\s*\)\s*[+*{?]/;

/** Patterns come from the server. One that might hold up the page is left for the server itself to check. */
function fits(pattern: string, text: string): boolean {
	if (pattern.length > 300 || text.length > 2000 || repeatsTwice.test(pattern)) return true;
	try {
		return new RegExp(pattern, 'u').test(text);
	} catch {
		return true;
	}
}

function readNumber(field: NumberField, text: string, fail: Fail): number | undefined {
	const trimmed = text.trim();
	if (trimmed === '') return fail('Fill this in.');
	const value = Number(trimmed);
	if (!Number.isFinite(value)) return fail('Write a number, such as 12 or 0.5.');
	if (field.isInteger && !Number.isInteger(value)) return fail('Write a whole number.');
	if (field.minimum !== null && value < field.minimum) return fail(`At least ${field.minimum}.`);
	if (field.maximum !== null && value > field.maximum) return fail(`At most ${field.maximum}.`);
	return value;
}

function readJson(types: readonly string[], text: string, fail: Fail): Json | undefined {
	if (text.trim() === '') return fail('Fill this in, as JSON.');
	try {
		const value = JSON.parse(text) as Json;
		const fitting = types.length === 0 || types.some(type => isOfType(type, value));
		return fitting ? value : fail(`This is JSON, but not of type ${types.join(' or ')}.`);
	} catch (error) {
		return fail(`This is not JSON: ${error instanceof Error ? error.message : String(error)}`);
	}
}

function isOfType(type: string, value: Json): boolean {
	switch (type) {
		case 'null':
			return value === null;
		case 'array':
			return Array.isArray(value);
		case 'object':
			return isObject(value);
		case 'integer':
			return Number.isInteger(value);
		default:
			return typeof value === type;
	}
}

function checkCount(
	length: number,
	{ minItems, maxItems }: { readonly minItems: number; readonly maxItems: number | null },
	fail: Fail,
): void {
	if (length < minItems) fail(minItems === 1 ? 'At least one.' : `At least ${minItems}.`);
	else if (maxItems !== null && length > maxItems) fail(`At most ${maxItems}.`);
}

/** Whether nobody has put anything there. */
function isBlank(field: FormField, draft: Draft): boolean {
	switch (draft.kind) {
		case 'text':
			return draft.text.trim() === '' && (field.kind !== 'text' || draft.text === '');
		case 'boolean':
			return draft.value === null;
		case 'choice':
			return draft.index === null;
		case 'choices':
			return draft.indexes.length === 0;
		case 'list':
			return draft.items.length === 0;
		case 'group':
			return field.kind === 'group' && isUntouched(field, draft);
		default:
			return draft satisfies never;
	}
}

/** What the schema proposes inside a group is no reason to send the group. */
function isUntouched(field: GroupField, draft: Extract<Draft, { kind: 'group' }>): boolean {
	const fresh = JSON.stringify(draftOf(field));
	if (field.default === undefined && JSON.stringify(draft) === fresh) return true;
	return field.fields.every(part => {
		const inside = draft.parts[part.name];
		return inside === undefined || isBlank(part, inside);
	});
}

function onlyChoice(choices: readonly Choice[], isRequired: boolean): number | null {
	return isRequired && choices.length === 1 ? 0 : null;
}

function indexOf(choices: readonly Choice[], value: Json | undefined): number | null {
	if (value === undefined) return null;
	const wanted = JSON.stringify(value);
	const at = choices.findIndex(choice => JSON.stringify(choice.value) === wanted);
	return at < 0 ? null : at;
}

function listOf(value: Json | undefined): readonly Json[] {
	return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function plain(value: Json): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}
