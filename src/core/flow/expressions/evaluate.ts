import type { Json } from '../../base/json';
import type { Budget } from './budget';
import { ExpressionError } from './errors';
import { callFunction, isNamespace, constantOf } from './functions';
import { callMethod } from './methods';
import { calculate } from './operators';
import type { Entry, Expr, Part } from './syntax';
import { knownNames, type Scope } from './scope';
import { textOf } from './text';
import { Lambda, isList, isNothing, isRecord, kindOf, setKey, typeError, type Argument, type Value } from './values';

/** A step of a chain `a?.b.c` that ended at `?.`: the rest of the chain is not looked at. */
const ended = Symbol('ended');

/**
 * Works out an expression. Reads own properties of plain values and calls functions of one table: it reaches no
 * prototype, no constructor, no global and nothing of the host. `undefined` is a result: what was asked for is missing.
 */
export function evaluate(expr: Expr, scope: Scope, budget: Budget): Value {
	return new Evaluator(scope, budget).value(expr);
}

class Evaluator {
	readonly #scope: Scope;
	readonly #budget: Budget;
	/** Parameters of the functions that are being called, innermost last. */
	readonly #locals: readonly Readonly<Record<string, Value>>[];

	constructor(scope: Scope, budget: Budget, locals: readonly Readonly<Record<string, Value>>[] = []) {
		this.#scope = scope;
		this.#budget = budget;
		this.#locals = locals;
	}

	value(expr: Expr): Value {
		const result = this.#chain(expr);
		return result === ended ? undefined : result;
	}

	#chain(expr: Expr): Value | typeof ended {
		this.#budget.step();
		this.#budget.enter();
		const result = this.#of(expr);
		this.#budget.leave();
		return result;
	}

	#of(expr: Expr): Value | typeof ended {
		switch (expr.kind) {
			case 'literal':
				return expr.value;
			case 'name':
				return this.#name(expr.name);
			case 'member':
				return this.#member(expr);
			case 'call':
				return this.#call(expr);
			case 'unary':
				return this.#unary(expr);
			case 'binary':
				return this.#binary(expr);
			case 'choice':
				return this.value(isTrue(this.value(expr.test)) ? expr.yes : expr.no);
			case 'template':
				return this.#template(expr);
			case 'list':
				return this.#list(expr.parts);
			case 'object':
				return this.#object(expr.entries);
			default:
				throw typeError('A function stands only among the arguments of another: `list.map(item => …)`.');
		}
	}

	#name(name: string): Value {
		for (let at = this.#locals.length - 1; at >= 0; at--) {
			const names = this.#locals[at];
			if (names && Object.hasOwn(names, name)) return names[name];
		}
		if (name === 'nodes')
			throw typeError('`nodes` is no value: name one of them, `nodes.fetch.body` or `nodes["fetch-diff"].body`.');
		const value = this.#scope.name(name);
		if (value !== undefined || knownNames.has(name)) return value;
		if (isNamespace(name)) throw typeError(`\`${name}\` is not a value; it holds functions: \`${name}.…()\`.`);
		throw new ExpressionError(
			'unknown',
			`There is no \`${name}\` here. There are: ${[...knownNames.keys()].join(', ')}.`,
		);
	}

	/** Outputs of a node are looked up one node at a time: nothing is gathered that nobody asked for. */
	#outputs(key: Expr): Value {
		const id = this.value(key);
		if (typeof id !== 'string') throw typeError(`\`nodes[…]\` needs the id of a node, not ${kindOf(id)}.`);
		return this.#scope.node(id);
	}

	#isLocal(name: string): boolean {
		return this.#locals.some(names => Object.hasOwn(names, name));
	}

	#member(expr: Extract<Expr, { kind: 'member' }>): Value | typeof ended {
		const { object, key, isOptional } = expr;
		if (object.kind === 'name' && object.name === 'nodes' && !this.#isLocal('nodes')) return this.#outputs(key);
		if (object.kind === 'name' && isNamespace(object.name) && !this.#knows(object.name)) {
			return constantOf(object.name, key.kind === 'literal' && typeof key.value === 'string' ? key.value : '');
		}
		const target = this.#chain(object);
		if (target === ended) return ended;
		if (isNothing(target)) {
			if (isOptional) return ended;
			throw missing(object, target, key);
		}
		return property(target, this.value(key));
	}

	#call(expr: Extract<Expr, { kind: 'call' }>): Value | typeof ended {
		const { object, name, isOptional } = expr;
		if (!object) return callFunction('', name, this.#args(expr.args), this.#scope, this.#budget);
		if (object.kind === 'name' && isNamespace(object.name) && !this.#knows(object.name)) {
			return callFunction(object.name, name, this.#args(expr.args), this.#scope, this.#budget);
		}
		const target = this.#chain(object);
		if (target === ended) return ended;
		if (isNothing(target)) {
			if (isOptional) return ended;
			throw missing(object, target, { kind: 'literal', value: name });
		}
		return callMethod(target, name, this.#args(expr.args), this.#budget);
	}

	#knows(name: string): boolean {
		return this.#isLocal(name) || this.#scope.name(name) !== undefined;
	}

	#args(parts: readonly Part[]): readonly Argument[] {
		const args: Argument[] = [];
		for (const { isSpread, value } of parts) {
			if (isSpread) args.push(...this.#spreadList(value));
			else args.push(value.kind === 'lambda' ? this.#lambda(value) : this.value(value));
		}
		return args;
	}

	#lambda({ params, body }: Extract<Expr, { kind: 'lambda' }>): Lambda {
		return new Lambda(args => {
			const names: Record<string, Value> = Object.create(null) as Record<string, Value>;
			params.forEach((param, index) => (names[param] = args[index]));
			return new Evaluator(this.#scope, this.#budget, [...this.#locals, names]).value(body);
		});
	}

	#unary({ operator, operand }: Extract<Expr, { kind: 'unary' }>): Value {
		const value = this.value(operand);
		if (operator === '!') return !isTrue(value);
		const number = toNumber(value, operand);
		return operator === '-' ? -number : number;
	}

	#binary({ operator, left, right }: Extract<Expr, { kind: 'binary' }>): Value {
		const first = this.value(left);
		if (operator === '&&') return isTrue(first) ? this.value(right) : first;
		if (operator === '||') return isTrue(first) ? first : this.value(right);
		if (operator === '??') return isNothing(first) ? this.value(right) : first;
		const second = this.value(right);
		return calculate(operator, first, second, this.#budget, index => describe(index === 0 ? left : right));
	}

	#template({ texts, values }: Extract<Expr, { kind: 'template' }>): string {
		let text = texts[0] ?? '';
		values.forEach((expr, index) => {
			const value = this.value(expr);
			if (value === undefined) throw noValue(expr);
			const part = textOf(value, this.#budget) + (texts[index + 1] ?? '');
			this.#budget.make(text.length + part.length);
			text += part;
		});
		return text;
	}

	#list(parts: readonly Part[]): readonly Json[] {
		const list: Json[] = [];
		for (const { isSpread, value } of parts) {
			// A hole where something is missing would be no JSON.
			if (isSpread) for (const entry of this.#spreadList(value)) list.push(entry);
			else list.push(this.value(value) ?? null);
		}
		this.#budget.make(list.length);
		return list;
	}

	#spreadList(expr: Expr): readonly Json[] {
		const value = this.value(expr);
		if (!isList(value)) throw typeError(`\`...\` needs a list here, and ${describe(expr)} is ${kindOf(value)}.`);
		this.#budget.make(value.length);
		// A list of arguments lies on the stack.
		if (value.length > 50_000) throw new ExpressionError('too-much', 'A list is too long for `...`; use `concat`.');
		return value;
	}

	#object(entries: readonly Entry[]): Json {
		const object: Record<string, Json> = {};
		for (const entry of entries) {
			if ('spread' in entry) {
				const value = this.value(entry.spread);
				if (isNothing(value)) continue;
				if (!isRecord(value)) throw typeError(`\`...\` needs an object here, and there is ${kindOf(value)}.`);
				for (const [key, part] of Object.entries(value)) setKey(object, key, part);
				this.#budget.make(Object.keys(value).length);
			} else {
				const key = textOf(this.value(entry.key) ?? null, this.#budget);
				const value = this.value(entry.value);
				// As `JSON.stringify` does: what is missing is left out.
				if (value !== undefined) setKey(object, key, value);
				this.#budget.make(1);
			}
		}
		return object;
	}
}

/** As JavaScript has it: `false`, `0`, `''`, `null` and what is missing are not true. */
export function isTrue(value: Value): boolean {
	return Boolean(value);
}

function property(target: Json, key: Value): Value {
	if (isList(target) || typeof target === 'string') {
		if (key === 'length') return target.length;
		const index =
			typeof key === 'number' ? key : typeof key === 'string' && /^\d{1,15}$/u.test(key) ? Number(key) : undefined;
		return index === undefined ? undefined : target[index];
	}
	if (isRecord(target) && (typeof key === 'string' || typeof key === 'number')) {
		return Object.hasOwn(target, key) ? target[key] : undefined;
	}
	return undefined;
}

function toNumber(value: Value, expr: Expr): number {
	if (typeof value === 'number') return value;
	if (value === undefined) throw noValue(expr);
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
	if (Number.isNaN(number)) throw typeError(`${describe(expr)} is ${kindOf(value)}, not a number.`);
	return number;
}

const plainKey = /^[A-Za-z_$][\w$]*$/u;

/** An expression as a person would write it, where it is a chain of names; otherwise a word for it. */
export function describe(expr: Expr): string {
	const path = pathOf(expr);
	return path === undefined ? 'the value' : `\`${path}\``;
}

function pathOf(expr: Expr): string | undefined {
	if (expr.kind === 'name') return expr.name;
	if (expr.kind !== 'member') return undefined;
	const object = pathOf(expr.object);
	if (object === undefined || expr.key.kind !== 'literal') return undefined;
	const { value } = expr.key;
	if (typeof value === 'string' && plainKey.test(value)) return `${object}.${value}`;
	return `${object}[${JSON.stringify(value)}]`;
}

/** The sentence for an expression without a value. */
export function noValue(expr: Expr): ExpressionError {
	const path = pathOf(expr);
	if (path === undefined) return new ExpressionError('missing', 'The expression has no value.');
	return new ExpressionError('missing', `\`${path}\` has no value${/^(?:nodes|input)\b/u.test(path) ? ' yet' : ''}.`);
}

function missing(object: Expr, target: null | undefined, key: Expr): ExpressionError {
	const wanted =
		key.kind === 'literal'
			? `\`${typeof key.value === 'string' ? key.value : JSON.stringify(key.value)}\``
			: 'anything';
	const path = pathOf(object);
	if (path === undefined) {
		return new ExpressionError('missing', `There is nothing from which ${wanted} could be read.`);
	}
	const what = target === null ? 'is null' : `has no value${/^(?:nodes|input)\b/u.test(path) ? ' yet' : ''}`;
	return new ExpressionError('missing', `\`${path}\` ${what}, so ${wanted} cannot be read from it.`);
}
