import type { Json } from '../../base/json';
import type { ValueKind } from '../model/flow';
import { functionsOf, namespaceNames } from './functions';
import type { Method } from './method';
import { methodsOf } from './methods';
import { knownNames } from './scope';
import { parseTemplate } from './template';

/** What is known of a value before a run: its kind, what it holds, and a sample of an earlier run. */
export interface TypeInfo {
	readonly kind: ValueKind;
	readonly description?: string;
	/** Of an object. */
	readonly entries?: Readonly<Record<string, TypeInfo>>;
	/** Of a list. */
	readonly item?: TypeInfo;
	/** What it was last time; its shape completes what `entries` and `item` do not say. */
	readonly sample?: Json;
}

/** Names with what is known of them: `input`, `nodes`, `flow`, `item`, … */
export type ScopeTypes = Readonly<Record<string, TypeInfo>>;

export interface Completion {
	readonly label: string;
	/** What is written in place of `from` to `to` of the whole text. */
	readonly insert: string;
	readonly from: number;
	readonly to: number;
	readonly kind: 'name' | 'port' | 'entry' | 'function';
	/** `text`, `list`, `map(item => …)`. */
	readonly detail: string;
	readonly description: string;
}

/**
 * What may stand at a place of a text, best first; nothing outside of `{{ }}`.
 * @param isBare the whole text is one expression without braces
 */
export function completionsAt(text: string, offset: number, scope: ScopeTypes, isBare = false): readonly Completion[] {
	const part = isBare ? { start: 0, end: text.length } : expressionAround(text, offset);
	if (!part) return [];
	const before = text.slice(part.start, offset);
	if (isInsideText(before)) return [];
	const chain =
		/(?<target>(?:[A-Za-z_$][\w$]*|\))(?:\s*(?:\?\.|\.)\s*[A-Za-z_$][\w$]*(?:\(\))?|\s*(?:\?\.)?\[(?:\d+|"[^"]*"|'[^']*')\])*)\s*(?:\?\.|\.)\s*(?<word>[\w$]*)$/u.exec(
			before,
		);
	const target = chain?.groups?.['target'];
	const word = chain?.groups?.['word'] ?? /[A-Za-z_$][\w$]*$/u.exec(before)?.[0] ?? '';
	const after = /^[\w$]*/u.exec(text.slice(offset, part.end))?.[0] ?? '';
	const place = { from: offset - word.length, to: offset + after.length };
	const found = target === undefined ? rootNames(scope, before) : members(target, scope, before);
	const fits = found.filter(({ label }) => label.toLowerCase().startsWith(word.toLowerCase()));
	return fits.map(item => {
		// An id with dashes is written in brackets, and its dot goes away.
		if (!item.insert.startsWith('[')) return { ...item, ...place };
		const dot = /(?:\?\.|\.)\s*$/u.exec(text.slice(0, place.from))?.[0] ?? '';
		return { ...item, from: place.from - dot.length, to: place.to };
	});
}

type Found = Omit<Completion, 'from' | 'to'>;

function expressionAround(text: string, offset: number): { readonly start: number; readonly end: number } | undefined {
	for (const part of parseTemplate(text).parts) {
		if (part.kind === 'expression' && offset >= part.start && offset <= part.end) return part;
	}
	return undefined;
}

/** Between quotes nothing is offered: it is the user's own text. */
function isInsideText(before: string): boolean {
	let quote = '';
	for (let at = 0; at < before.length; at++) {
		const char = before[at] ?? '';
		if (quote !== '') {
			if (char === '\\') at += 1;
			else if (char === quote) quote = '';
		} else if (char === '"' || char === "'") quote = char;
	}
	return quote !== '';
}

function rootNames(scope: ScopeTypes, before: string): readonly Found[] {
	const locals = localsOf(before).map(name => named(name, 'any', 'The entry that the function gets'));
	const names = Object.entries(scope).map(([name, { kind, description }]) =>
		named(name, kind, description ?? knownNames.get(name) ?? ''),
	);
	const functions = [...functionsOf('')].map(([name, method]) => fromMethod(name, method));
	const spaces = namespaceNames().map(name => named(name, 'functions', ''));
	return [...locals, ...names, ...functions, ...spaces];
}

function localsOf(before: string): readonly string[] {
	const single = [...before.matchAll(/(?:^|[(,\s])([A-Za-z_$][\w$]*)\s*=>/gu)].map(match => match[1] ?? '');
	const several = [...before.matchAll(/\(([\w$,\s]*)\)\s*=>/gu)].flatMap(match => (match[1] ?? '').split(','));
	return [...new Set([...single, ...several].map(name => name.trim()).filter(name => name !== ''))];
}

function named(name: string, detail: string, description: string): Found {
	return { label: name, insert: name, kind: 'name', detail, description };
}

function fromMethod(name: string, { signature, does }: Method): Found {
	return {
		label: name,
		insert: signature.endsWith('()') ? `${name}()` : `${name}(`,
		kind: 'function',
		detail: signature,
		description: does,
	};
}

function members(target: string, scope: ScopeTypes, before: string): readonly Found[] {
	if (namespaceNames().includes(target))
		return [...functionsOf(target)].map(([name, method]) => fromMethod(name, method));
	const type = typeOf(target, scope, before);
	if (!type) return [];
	const isNodes = target === 'nodes';
	const entries = Object.entries(entriesOf(type)).map(([name, entry]): Found => {
		const isPlain = /^[A-Za-z_$][\w$]*$/u.test(name);
		return {
			label: name,
			insert: isPlain ? name : `[${JSON.stringify(name)}]`,
			kind: isNodes || target.startsWith('nodes') || target === 'input' ? 'port' : 'entry',
			detail: kindOfType(entry),
			description: entry.description ?? '',
		};
	});
	return [...entries, ...methodsFor(type)];
}

function methodsFor(type: TypeInfo): readonly Found[] {
	const kind = kindOfType(type);
	const tables = kind === 'any' ? (['list', 'text', 'number'] as const) : ([kind] as const).filter(isMethodKind);
	const length = kind === 'list' || kind === 'text' || kind === 'any' ? [lengthEntry] : [];
	return [
		...length,
		...tables.flatMap(name => [...methodsOf(name)].map(([label, method]) => fromMethod(label, method))),
	];
}

const lengthEntry: Found = {
	label: 'length',
	insert: 'length',
	kind: 'entry',
	detail: 'number',
	description: 'How many entries or characters',
};

function isMethodKind(kind: string): kind is 'text' | 'list' | 'number' {
	return kind === 'text' || kind === 'list' || kind === 'number';
}

/** Follows a chain of names, indexes and functions through what is known. */
function typeOf(target: string, scope: ScopeTypes, before: string): TypeInfo | undefined {
	const keys = target.match(/[A-Za-z_$][\w$]*(?:\(\))?|\[(?:\d+|"[^"]*"|'[^']*')\]/gu) ?? [];
	const [first = '', ...rest] = keys;
	let at = Object.hasOwn(scope, first) ? scope[first] : lambdaItem(first, scope, before);
	for (const key of rest) {
		if (!at) return undefined;
		at = key.endsWith('()') ? returned(at, key.slice(0, -2)) : entryOf(at, key);
	}
	return at;
}

function entryOf(type: TypeInfo, key: string): TypeInfo | undefined {
	const index = /^\[(\d+)\]$/u.exec(key)?.[1];
	if (index !== undefined) return itemOf(type);
	const name = key.startsWith('[') ? key.slice(2, -2) : key;
	if (name === 'length') return { kind: 'number' };
	const entries = entriesOf(type);
	return Object.hasOwn(entries, name) ? entries[name] : undefined;
}

/** The parameter of the function that is being written: `input.items.map(item => item.` */
function lambdaItem(name: string, scope: ScopeTypes, before: string): TypeInfo | undefined {
	const pattern =
		/([A-Za-z_$][\w$.?[\]"'-]*)\.(?:map|filter|find|findLast|findIndex|some|every|flatMap)\(\s*\(?([A-Za-z_$][\w$]*)\s*(?:,[^)]*)?\)?\s*=>/gu;
	for (const [, list, param] of [...before.matchAll(pattern)].toReversed()) {
		if (param !== name || list === undefined) continue;
		const type = typeOf(list, scope, '');
		return type ? itemOf(type) : undefined;
	}
	return localsOf(before).includes(name) ? { kind: 'any' } : undefined;
}

function returned(type: TypeInfo, name: string): TypeInfo | undefined {
	const kind = kindOfType(type);
	const method = isMethodKind(kind) ? methodsOf(kind).get(name) : undefined;
	if (!method) return undefined;
	if (method.returns === 'item') return itemOf(type);
	if (method.returns === 'list' && kind === 'list') return type;
	return { kind: method.returns === 'any' ? 'any' : method.returns };
}

function itemOf(type: TypeInfo): TypeInfo {
	if (type.item) return type.item;
	const { sample } = type;
	if (Array.isArray(sample) && sample.length > 0) return typeOfValue(sample[0] as Json);
	return { kind: kindOfType(type) === 'text' ? 'text' : 'any' };
}

function entriesOf({ entries, sample }: TypeInfo): Readonly<Record<string, TypeInfo>> {
	const sampled =
		typeof sample === 'object' && sample !== null && !Array.isArray(sample)
			? Object.fromEntries(
					Object.entries(sample)
						.slice(0, 200)
						.map(([key, value]) => [key, typeOfValue(value)]),
				)
			: {};
	return { ...sampled, ...entries };
}

function kindOfType({ kind, sample }: TypeInfo): ValueKind {
	return kind === 'any' && sample !== undefined ? typeOfValue(sample).kind : kind;
}

/** What a value of an earlier run tells. */
export function typeOfValue(value: Json): TypeInfo {
	if (value === null) return { kind: 'any', sample: null };
	if (Array.isArray(value)) return { kind: 'list', sample: value };
	switch (typeof value) {
		case 'string':
			return { kind: 'text', sample: value };
		case 'number':
			return { kind: 'number', sample: value };
		case 'boolean':
			return { kind: 'boolean', sample: value };
		default:
			return { kind: 'object', sample: value };
	}
}
