import arrow from '@jsep-plugin/arrow';
import object from '@jsep-plugin/object';
import spread from '@jsep-plugin/spread';
import template from '@jsep-plugin/template';
import jsep from 'jsep';
import type { Json } from '../../base/json';
import { ExpressionError } from './errors';

/** An expression that was read: only what this language has. */
export type Expr =
	| { readonly kind: 'literal'; readonly value: Json | undefined }
	| { readonly kind: 'name'; readonly name: string }
	| {
			readonly kind: 'member';
			readonly object: Expr;
			readonly key: Expr;
			/** `?.` */
			readonly isOptional: boolean;
	  }
	| {
			readonly kind: 'call';
			/** `undefined` for a function that stands alone: `String(x)`. */
			readonly object: Expr | undefined;
			readonly name: string;
			readonly args: readonly Part[];
			/** `a?.map(…)`: the object may be missing. */
			readonly isOptional: boolean;
	  }
	| { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expr }
	| { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Expr; readonly right: Expr }
	| { readonly kind: 'choice'; readonly test: Expr; readonly yes: Expr; readonly no: Expr }
	| { readonly kind: 'template'; readonly texts: readonly string[]; readonly values: readonly Expr[] }
	| { readonly kind: 'list'; readonly parts: readonly Part[] }
	| { readonly kind: 'object'; readonly entries: readonly Entry[] }
	| { readonly kind: 'lambda'; readonly params: readonly string[]; readonly body: Expr };

/** A value in a list or among arguments, or all values of a list: `...x`. */
export interface Part {
	readonly isSpread: boolean;
	readonly value: Expr;
}

export type Entry = { readonly key: Expr; readonly value: Expr } | { readonly spread: Expr };

const unaryOperators = ['!', '-', '+'] as const;
export type UnaryOperator = (typeof unaryOperators)[number];
const binaryOperators = [
	'||',
	'??',
	'&&',
	'==',
	'!=',
	'===',
	'!==',
	'<',
	'>',
	'<=',
	'>=',
	'+',
	'-',
	'*',
	'/',
	'%',
	'**',
] as const;
export type BinaryOperator = (typeof binaryOperators)[number];

/** Longer ones belong into a JavaScript node. */
const mostChars = 10_000;

let isReady = false;

function parser(): typeof jsep {
	if (isReady) return jsep;
	isReady = true;
	jsep.plugins.register(arrow, object, spread, template);
	for (const operator of ['|', '^', '&', '<<', '>>', '>>>']) jsep.removeBinaryOp(operator);
	jsep.removeUnaryOp('~');
	return jsep;
}

/** Reads an expression without its braces. Throws an `ExpressionError` of code `syntax`. */
export function parseExpression(source: string): Expr {
	if (source.trim() === '') throw new ExpressionError('syntax', 'The expression is empty.');
	if (source.length > mostChars) {
		throw new ExpressionError(
			'syntax',
			`An expression has at most ${mostChars.toLocaleString('en')} characters; a JavaScript node takes more.`,
		);
	}
	try {
		return convert(parser()(source));
	} catch (error) {
		throw syntaxError(error);
	}
}

function syntaxError(error: unknown): unknown {
	if (error instanceof ExpressionError) return error;
	if (error instanceof RangeError) return new ExpressionError('syntax', 'The expression is nested too deeply.');
	if (!(error instanceof Error)) return error;
	const index = 'index' in error && typeof error.index === 'number' ? error.index : undefined;
	const what = error.message.replace(/ at character \d+$/u, '');
	return new ExpressionError('syntax', `The expression cannot be read: ${what}.`, index);
}

type Raw = jsep.Expression;

function convert(raw: Raw): Expr {
	switch (raw.type) {
		case 'Literal':
			return { kind: 'literal', value: literal(raw) };
		case 'Identifier':
			return name(nameOf(raw));
		case 'MemberExpression':
			return member(raw);
		case 'CallExpression':
			return call(raw);
		case 'UnaryExpression':
			return { kind: 'unary', operator: known(unaryOperators, raw['operator']), operand: child(raw, 'argument') };
		case 'BinaryExpression': {
			const operator = known(binaryOperators, raw['operator']);
			return { kind: 'binary', operator, left: child(raw, 'left'), right: child(raw, 'right') };
		}
		case 'ConditionalExpression':
			return {
				kind: 'choice',
				test: child(raw, 'test'),
				yes: child(raw, 'consequent'),
				no: child(raw, 'alternate'),
			};
		case 'TemplateLiteral':
			return templateLiteral(raw);
		case 'ArrayExpression':
			return { kind: 'list', parts: parts(raw, 'elements') };
		case 'ObjectExpression':
			return { kind: 'object', entries: children(raw, 'properties').map(entry) };
		case 'ArrowFunctionExpression':
			return lambda(raw);
		default:
			throw unsupported(raw.type);
	}
}

function nameOf(raw: Raw): string {
	const { name: text } = raw;
	return typeof text === 'string' ? text : '';
}

function child(raw: Raw, key: string): Expr {
	return convert(asRaw(raw[key]));
}

function asRaw(value: unknown): Raw {
	if (typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string') {
		return value as Raw;
	}
	throw new ExpressionError('syntax', 'The expression cannot be read: a part of it is missing.');
}

function children(raw: Raw, key: string): readonly Raw[] {
	const list = raw[key];
	return Array.isArray(list) ? list.map(asRaw) : [];
}

function known<const T extends string>(names: readonly T[], operator: unknown): T {
	const found = names.find(candidate => candidate === operator);
	if (found === undefined) throw new ExpressionError('syntax', `There is no operator ${String(operator)} here.`);
	return found;
}

const refusedNames: readonly string[] = ['this', 'new', 'typeof', 'function', 'await', 'async', 'delete', 'void'];

function name(text: string): Expr {
	if (text === 'undefined') return { kind: 'literal', value: undefined };
	if (refusedNames.includes(text)) throw new ExpressionError('syntax', `Expressions have no \`${text}\`.`);
	return { kind: 'name', name: text };
}

function literal(raw: Raw): Json {
	const { value, raw: written } = raw;
	if (typeof value === 'string' && typeof written === 'string') return cooked(written.slice(1, -1));
	if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
	throw unsupported('RegExp');
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', 0: '\0' };

/** The parser knows no escapes by number. */
function cooked(text: string): string {
	return text.replaceAll(
		/\\(?:u\{(?<point>[\da-f]{1,6})\}|u(?<unit>[\da-f]{4})|x(?<byte>[\da-f]{2})|(?<other>[^]))/giu,
		(whole: string, ...rest: unknown[]) => {
			const { point, unit, byte, other } = rest.at(-1) as Readonly<Record<string, string | undefined>>;
			const code = point ?? unit ?? byte;
			if (code === undefined) return escapes[other ?? ''] ?? other ?? whole;
			const number = Number.parseInt(code, 16);
			return number > 0x10ffff ? whole : String.fromCodePoint(number);
		},
	);
}

function member(raw: Raw): Expr {
	return { kind: 'member', object: child(raw, 'object'), key: keyOf(raw), isOptional: raw['optional'] === true };
}

function keyOf(raw: Raw): Expr {
	const property = asRaw(raw['property']);
	if (raw['computed'] === true) return convert(property);
	if (property.type !== 'Identifier') throw unsupported(property.type);
	return { kind: 'literal', value: nameOf(property) };
}

function call(raw: Raw): Expr {
	const callee = asRaw(raw['callee']);
	const args = parts(raw, 'arguments');
	const isOptional = callee['optional'] === true;
	if (raw['optional'] === true) throw new ExpressionError('syntax', 'A function cannot be called with `?.()`.');
	if (callee.type === 'Identifier') {
		const plain = name(nameOf(callee));
		if (plain.kind === 'name') return { kind: 'call', object: undefined, name: plain.name, args, isOptional };
	}
	if (callee.type === 'MemberExpression') {
		const key = keyOf(callee);
		if (key.kind === 'literal' && typeof key.value === 'string') {
			return { kind: 'call', object: child(callee, 'object'), name: key.value, args, isOptional };
		}
	}
	throw new ExpressionError('syntax', 'Only functions that have a name can be called.');
}

function parts(raw: Raw, key: string): readonly Part[] {
	const list = raw[key];
	if (!Array.isArray(list)) return [];
	return list.map(element => {
		if (element === null) throw new ExpressionError('syntax', 'A list has a value between two commas.');
		const part = asRaw(element);
		if (part.type === 'SpreadElement') return { isSpread: true, value: child(part, 'argument') };
		return { isSpread: false, value: convert(part) };
	});
}

function entry(raw: Raw): Entry {
	if (raw.type === 'SpreadElement') return { spread: child(raw, 'argument') };
	const key = asRaw(raw['key']);
	const value = raw['value'];
	const isName = key.type === 'Identifier' && raw['computed'] !== true;
	const keyExpr: Expr = isName ? { kind: 'literal', value: nameOf(key) } : convert(key);
	// `{ a }` has its name as its value.
	return { key: keyExpr, value: value === undefined || value === null ? convert(key) : convert(asRaw(value)) };
}

function templateLiteral(raw: Raw): Expr {
	const texts = children(raw, 'quasis').map(({ value }) => {
		const written: unknown = typeof value === 'object' && value !== null && 'raw' in value ? value.raw : '';
		return cooked(String(written));
	});
	return { kind: 'template', texts, values: children(raw, 'expressions').map(convert) };
}

function lambda(raw: Raw): Expr {
	const params = children(raw, 'params').map(param => {
		if (param.type !== 'Identifier') throw new ExpressionError('syntax', 'A function takes plain names: `item => …`.');
		return nameOf(param);
	});
	if (raw['async'] === true) throw unsupported('async');
	return { kind: 'lambda', params, body: child(raw, 'body') };
}

const sentences: Readonly<Record<string, string>> = {
	Compound: 'An expression is one value; there is more than one here, or an operator is missing.',
	SequenceExpression: 'An expression is one value; there is more than one here.',
	RegExp: 'Expressions have no regular expressions; the node “Match Text” has.',
	async: 'Expressions have no async functions; a JavaScript node has.',
	ThisExpression: 'Expressions have no `this`.',
	TaggedTemplateExpression: 'A text in back quotes stands alone.',
	SpreadElement: '`...` belongs into a list, an object or the arguments of a function.',
};

function unsupported(type: string): ExpressionError {
	return new ExpressionError('syntax', sentences[type] ?? `Expressions have no ${type}.`);
}
