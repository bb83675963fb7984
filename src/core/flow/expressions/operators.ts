import type { Budget } from './budget';
import { ExpressionError } from './errors';
import type { BinaryOperator } from './syntax';
import { textOf } from './text';
import { isNothing, kindOf, typeError, type Value } from './values';

type Calculation = Exclude<BinaryOperator, '&&' | '||' | '??'>;

/** Works out an operator. @param nameOf the operands' words, for sentences */
export function calculate(
	operator: Calculation,
	left: Value,
	right: Value,
	budget: Budget,
	nameOf: (index: 0 | 1) => string,
): Value {
	switch (operator) {
		case '===':
		case '!==':
			return isSame(left, right, budget) === (operator === '===');
		case '==':
		case '!=':
			return isLike(left, right, budget) === (operator === '==');
		case '<':
		case '>':
		case '<=':
		case '>=':
			return compares(operator, left, right, budget);
		case '+':
			if (typeof left === 'string' || typeof right === 'string') return joined(left, right, budget, nameOf);
			return number(left, nameOf(0)) + number(right, nameOf(1));
		default:
			return arithmetic(operator, number(left, nameOf(0)), number(right, nameOf(1)));
	}
}

function arithmetic(operator: '-' | '*' | '/' | '%' | '**', left: number, right: number): number {
	switch (operator) {
		case '-':
			return left - right;
		case '*':
			return left * right;
		case '/':
			return left / right;
		case '%':
			return left % right;
		default:
			return left ** right;
	}
}

/** A text of digits counts as its number, as it comes from forms, headers and files. */
function number(value: Value, name: string): number {
	if (typeof value === 'number') return value;
	if (value === undefined) throw new ExpressionError('missing', `${capital(name)} has no value yet.`);
	const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
	if (Number.isNaN(parsed)) throw typeError(`${capital(name)} is ${kindOf(value)}, not a number.`);
	return parsed;
}

function capital(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

function joined(left: Value, right: Value, budget: Budget, nameOf: (index: 0 | 1) => string): string {
	const [first, second] = [left, right].map((value, index) => {
		if (value === undefined) {
			throw new ExpressionError('missing', `${capital(nameOf(index === 0 ? 0 : 1))} has no value yet.`);
		}
		return textOf(value, budget);
	});
	budget.make((first ?? '').length + (second ?? '').length);
	return (first ?? '') + (second ?? '');
}

/** Lists and objects are the same when they are one and the same value, as in JavaScript. */
export function isSame(left: Value, right: Value, budget: Budget): boolean {
	if (typeof left === 'string' && typeof right === 'string') budget.scan(Math.min(left.length, right.length));
	return left === right;
}

function isLike(left: Value, right: Value, budget: Budget): boolean {
	if (isNothing(left) || isNothing(right)) return isNothing(left) && isNothing(right);
	if (typeof left === 'object' || typeof right === 'object') return left === right;
	if (typeof left === typeof right) return isSame(left, right, budget);
	return Number(left) === Number(right);
}

/** What is missing is neither less nor more than anything: of a list, entries without the value are left out. */
export function compares(operator: '<' | '>' | '<=' | '>=', left: Value, right: Value, budget: Budget): boolean {
	if (isNothing(left) || isNothing(right)) return false;
	if (typeof left === 'object' || typeof right === 'object') {
		throw typeError(`${capital(kindOf(left))} and ${kindOf(right)} cannot be compared by size.`);
	}
	if (typeof left === 'string' && typeof right === 'string') {
		budget.scan(Math.min(left.length, right.length));
		return order(operator, left, right);
	}
	return order(operator, Number(left), Number(right));
}

function order<T extends string | number>(operator: '<' | '>' | '<=' | '>=', left: T, right: T): boolean {
	switch (operator) {
		case '<':
			return left < right;
		case '>':
			return left > right;
		case '<=':
			return left <= right;
		default:
			return left >= right;
	}
}
