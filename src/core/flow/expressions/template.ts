import { ExpressionError } from './errors';
import { parseExpression, type Expr } from './syntax';

export type TemplatePart =
	| { readonly kind: 'text'; readonly text: string }
	| {
			readonly kind: 'expression';
			/** Between the braces. */
			readonly source: string;
			/** Where `source` begins and ends in the whole text. */
			readonly start: number;
			readonly end: number;
			/** What it is, or why it cannot be read. */
			readonly parsed: Expr | ExpressionError;
	  };

/** A text with expressions. */
export interface Template {
	readonly parts: readonly TemplatePart[];
	readonly hasExpressions: boolean;
}

const most = 1000;
const cache = new Map<string, Template>();

/** Splits a text at its `{{ … }}`. `\{{` stands for two braces. Never throws: what cannot be read says so in its part. */
export function parseTemplate(text: string): Template {
	const known = cache.get(text);
	if (known) return known;
	const template = split(text);
	// Long texts come from outside and do not come again.
	if (text.length > 20_000) return template;
	if (cache.size >= most) cache.clear();
	cache.set(text, template);
	return template;
}

function split(text: string): Template {
	if (!text.includes('{{')) return { parts: [{ kind: 'text', text }], hasExpressions: false };
	const parts: TemplatePart[] = [];
	let plain = '';
	const flush = (): void => {
		if (plain !== '') parts.push({ kind: 'text', text: plain });
		plain = '';
	};
	let at = 0;
	for (;;) {
		const open = text.indexOf('{{', at);
		if (open === -1) break;
		if (text[open - 1] === '\\' && open > at) {
			plain += `${text.slice(at, open - 1)}{{`;
			at = open + 2;
			continue;
		}
		plain += text.slice(at, open);
		flush();
		const end = expressionEnd(text, open + 2);
		if (end === undefined) {
			const why = new ExpressionError(
				'syntax',
				'An expression has no end: `}}` is missing. Two braces are written as `\\{{`.',
			);
			parts.push({ kind: 'expression', source: text.slice(open + 2), start: open + 2, end: text.length, parsed: why });
			at = text.length;
			break;
		}
		parts.push(expression(text, open + 2, end));
		at = end + 2;
	}
	plain += text.slice(at);
	flush();
	return { parts, hasExpressions: parts.some(part => part.kind === 'expression') };
}

function expression(text: string, start: number, end: number): TemplatePart {
	const source = text.slice(start, end);
	return { kind: 'expression', source, start, end, parsed: read(source) };
}

function read(source: string): Expr | ExpressionError {
	try {
		return parseExpression(source);
	} catch (error) {
		if (error instanceof ExpressionError) return error;
		throw error;
	}
}

/** Where the `}}` stands that ends an expression: not one inside its texts, nor the end of an object in an object. */
function expressionEnd(text: string, start: number): number | undefined {
	const open: string[] = [];
	for (let at = start; at < text.length; at++) {
		const char = text[at] ?? '';
		const inside = open.at(-1);
		if (inside === '"' || inside === "'" || inside === '`') {
			if (char === '\\') at += 1;
			else if (char === inside) open.pop();
			else if (inside === '`' && char === '$' && text[at + 1] === '{') {
				open.push('{');
				at += 1;
			}
		} else if (char === '"' || char === "'" || char === '`' || char === '{') open.push(char);
		else if (char === '}') {
			if (open.length === 0) return text[at + 1] === '}' ? at : undefined;
			open.pop();
		}
	}
	return undefined;
}

/** The expression that a text is as a whole; `undefined` when there is text around it. */
export function soleExpression(template: Template): Extract<TemplatePart, { kind: 'expression' }> | undefined {
	const [only] = template.parts;
	return template.parts.length === 1 && only?.kind === 'expression' ? only : undefined;
}

/** The expression of a parameter that is one as a whole, with or without braces: `item.age > 3`, `{{ item.age > 3 }}`. */
export function bareExpression(text: string): Expr {
	const template = parseTemplate(text.trim());
	const sole = template.hasExpressions ? soleExpression(template) : undefined;
	const parsed = sole ? sole.parsed : cachedBare(text);
	if (parsed instanceof ExpressionError) throw parsed;
	return parsed;
}

const bare = new Map<string, Expr | ExpressionError>();

function cachedBare(text: string): Expr | ExpressionError {
	const known = bare.get(text);
	if (known) return known;
	const parsed = read(text);
	if (bare.size >= most) bare.clear();
	bare.set(text, parsed);
	return parsed;
}
