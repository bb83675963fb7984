import type { Json } from '../../base/json';
import { Budget } from './budget';
import { ExpressionError } from './errors';
import { evaluate, noValue } from './evaluate';
import type { Scope } from './scope';
import type { Expr } from './syntax';
import { bareExpression, parseTemplate, soleExpression, type TemplatePart } from './template';
import { textOf } from './text';
import { setKey, type Value } from './values';

/** How the texts of a parameter are read: with `{{ }}` in them, as one expression, or not at all. */
export type TextMode = 'template' | 'raw' | 'expression' | 'code';

/** The mode of the text at a path of parameters: `['cases', 0, 'when']`. */
export type ModeOf = (path: readonly (string | number)[]) => TextMode;

export const allTemplates: ModeOf = () => 'template';

/** Works out one expression, with or without its braces. `undefined` is what something missing gives. */
export function evaluateText(text: string, scope: Scope, budget = new Budget()): Value {
	const expr = bareExpression(text);
	return checked(expr, evaluate(expr, scope, budget), budget);
}

/** A text with the values of its expressions. One that is a single expression keeps the value's type. */
export function resolveText(text: string, scope: Scope, budget = new Budget()): Json {
	const template = parseTemplate(text);
	const sole = soleExpression(template);
	if (sole) return required(sole, scope, budget);
	const pieces = template.parts.map(part =>
		part.kind === 'text' ? part.text : textOf(required(part, scope, budget), budget),
	);
	budget.make(pieces.reduce((sum, piece) => sum + piece.length, 0));
	return pieces.join('');
}

function required(part: Extract<TemplatePart, { kind: 'expression' }>, scope: Scope, budget: Budget): Json {
	const { parsed } = part;
	if (parsed instanceof ExpressionError) throw parsed;
	const value = checked(parsed, evaluate(parsed, scope, budget), budget);
	if (value === undefined) throw noValue(parsed);
	return value;
}

/** What was only looked up is passed on as it is, however large; what was made must not be larger than is allowed. */
function checked(expr: Expr, value: Value, budget: Budget): Value {
	if (expr.kind !== 'name' && expr.kind !== 'member') budget.measure(value);
	return value;
}

/**
 * Parameters with the values of their expressions. Parts without expressions stay the same objects. Throws an
 * `ExpressionError` whose sentence begins with the parameter.
 */
export function resolveParams(
	params: Readonly<Record<string, Json>>,
	scope: Scope,
	modeOf: ModeOf = allTemplates,
	fit: Fit = (_, value) => value,
): Readonly<Record<string, Json>> {
	return walk(params, [], { scope, modeOf, fit, budget: new Budget() }) as Readonly<Record<string, Json>>;
}

/** Makes the value of a single expression what stands at that path. */
export type Fit = (path: readonly (string | number)[], value: Json) => Json;

interface Walk {
	readonly scope: Scope;
	readonly modeOf: ModeOf;
	readonly fit: Fit;
	readonly budget: Budget;
}

function walk(value: Json, path: readonly (string | number)[], at: Walk): Json {
	if (typeof value === 'string') {
		if (!value.includes('{{') || at.modeOf(path) !== 'template') return value;
		try {
			const resolved = resolveText(value, at.scope, at.budget);
			return typeof resolved === 'string' && !soleExpression(parseTemplate(value)) ? resolved : at.fit(path, resolved);
		} catch (error) {
			throw ExpressionError.is(error) && error instanceof ExpressionError ? named(error, path) : error;
		}
	}
	if (typeof value !== 'object' || value === null) return value;
	if (Array.isArray(value)) {
		const list = value as readonly Json[];
		const resolved = list.map((part, index) => walk(part, [...path, index], at));
		return resolved.some((part, index) => part !== list[index]) ? resolved : value;
	}
	const record: Record<string, Json> = {};
	let isChanged = false;
	for (const [key, part] of Object.entries(value as Readonly<Record<string, Json>>)) {
		const resolved = walk(part, [...path, key], at);
		isChanged ||= resolved !== part;
		setKey(record, key, resolved);
	}
	return isChanged ? record : value;
}

function named(error: ExpressionError, path: readonly (string | number)[]): ExpressionError {
	return new ExpressionError(error.code, `Parameter “${path.join('.')}”: ${error.message}`, error.offset);
}

/** Every text of parameters that is read as an expression or holds some. */
export function* expressionTexts(
	value: Json,
	modeOf: ModeOf = allTemplates,
	path: readonly (string | number)[] = [],
): Generator<{ readonly text: string; readonly mode: TextMode; readonly path: readonly (string | number)[] }> {
	if (typeof value === 'string') {
		const mode = modeOf(path);
		if (mode === 'expression' || (mode !== 'code' && value.includes('{{'))) yield { text: value, mode, path };
	} else if (Array.isArray(value)) {
		for (const [index, part] of (value as readonly Json[]).entries()) {
			yield* expressionTexts(part, modeOf, [...path, index]);
		}
	} else if (typeof value === 'object' && value !== null) {
		for (const [key, part] of Object.entries(value as Readonly<Record<string, Json>>)) {
			yield* expressionTexts(part, modeOf, [...path, key]);
		}
	}
}
