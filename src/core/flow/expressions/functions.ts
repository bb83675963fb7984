import type { Json } from '../../base/json';
import type { Budget } from './budget';
import { dateAdd, dateDifference, dateText, moment } from './dates';
import { ExpressionError } from './errors';
import { Arguments, type Method } from './method';
import type { Scope } from './scope';
import { jsonOf, textOf } from './text';
import { isList, isRecord, kindOf, recordOf, typeError, type Argument, type Value } from './values';

interface Known extends Method {
	readonly run: (args: Arguments, budget: Budget, scope: Scope) => Value;
}

type Row = readonly [signature: string, does: string, returns: Method['returns'], run: Known['run']];

const table = (rows: Readonly<Record<string, Row>>): ReadonlyMap<string, Known> =>
	new Map(
		Object.entries(rows).map(([name, [signature, does, returns, run]]) => [name, { signature, does, returns, run }]),
	);

const one =
	(calculate: (value: number) => number): Known['run'] =>
	args =>
		calculate(args.number(0));
const many =
	(calculate: (...values: number[]) => number): Known['run'] =>
	args =>
		args.values().reduce<number>((result, _, index) => calculate(result, args.number(index)), calculate());

const namespaces: ReadonlyMap<string, ReadonlyMap<string, Known>> = new Map([
	[
		'Math',
		table({
			abs: ['abs(x)', 'Without its sign', 'number', one(Math.abs)],
			ceil: ['ceil(x)', 'The next whole number upwards', 'number', one(Math.ceil)],
			floor: ['floor(x)', 'The next whole number downwards', 'number', one(Math.floor)],
			round: ['round(x)', 'The nearest whole number', 'number', one(Math.round)],
			trunc: ['trunc(x)', 'Without what is behind the point', 'number', one(Math.trunc)],
			sign: ['sign(x)', '-1, 0 or 1', 'number', one(Math.sign)],
			sqrt: ['sqrt(x)', 'The square root', 'number', one(Math.sqrt)],
			log: ['log(x)', 'The natural logarithm', 'number', one(Math.log)],
			log10: ['log10(x)', 'The logarithm to base 10', 'number', one(Math.log10)],
			log2: ['log2(x)', 'The logarithm to base 2', 'number', one(Math.log2)],
			exp: ['exp(x)', 'e to the power of x', 'number', one(Math.exp)],
			pow: ['pow(x, y)', 'x to the power of y', 'number', args => args.number(0) ** args.number(1)],
			max: ['max(...numbers)', 'The largest', 'number', many((...values) => Math.max(...values))],
			min: ['min(...numbers)', 'The smallest', 'number', many((...values) => Math.min(...values))],
		}),
	],
	[
		'JSON',
		table({
			stringify: ['stringify(value, null?, indent?)', 'JSON of a value', 'text', stringify],
			parse: ['parse(text)', 'The value that JSON says', 'any', parse],
		}),
	],
	[
		'Object',
		table({
			keys: [
				'keys(object)',
				'The names of its entries',
				'list',
				(args, budget) => entries(args, budget).map(([key]) => key),
			],
			values: [
				'values(object)',
				'The values of its entries',
				'list',
				(args, budget) => entries(args, budget).map(([, value]) => value),
			],
			entries: [
				'entries(object)',
				'Pairs of name and value',
				'list',
				(args, budget) => entries(args, budget).map(pair => [...pair]),
			],
			fromEntries: ['fromEntries(pairs)', 'An object of pairs of name and value', 'any', fromEntries],
		}),
	],
	['Array', table({ isArray: ['isArray(value)', 'Whether it is a list', 'boolean', args => isList(args.value(0))] })],
	[
		'Number',
		table({
			isInteger: [
				'isInteger(value)',
				'Whether it is a whole number',
				'boolean',
				args => Number.isInteger(args.value(0)),
			],
			parseFloat: [
				'parseFloat(text)',
				'The number that it begins with',
				'number',
				args => Number.parseFloat(args.text(0)),
			],
		}),
	],
	['Date', table({ parse: ['parse(date)', 'Milliseconds since 1970', 'number', args => moment(args.value(0))] })],
]);

const plain = table({
	Number: ['Number(value)', 'As a number', 'number', toNumber],
	String: ['String(value)', 'As a text', 'text', (args, budget) => textOf(args.value(0) ?? null, budget)],
	Boolean: ['Boolean(value)', 'Whether it counts as true', 'boolean', args => Boolean(args.value(0))],
	parseInt: [
		'parseInt(text, base?)',
		'The whole number that it begins with',
		'number',
		args => Number.parseInt(args.text(0), args.maybeNumber(1) ?? 10),
	],
	parseFloat: ['parseFloat(text)', 'The number that it begins with', 'number', args => Number.parseFloat(args.text(0))],
	encodeURIComponent: [
		'encodeURIComponent(text)',
		'For a part of an address',
		'text',
		(args, budget) => encoded(textOf(args.value(0) ?? null, budget), budget),
	],
	decodeURIComponent: ['decodeURIComponent(text)', 'From a part of an address', 'text', args => decoded(args.text(0))],
	shellQuote: [
		'shellQuote(text)',
		'One word of a shell line, whatever is in it',
		'text',
		(args, budget) => shellQuoted(textOf(args.value(0) ?? null, budget), budget),
	],
	today: [
		'today()',
		'The day on which the run began, as 2026-01-31',
		'text',
		(_, __, scope) => dateText(startOf(scope), 'YYYY-MM-DD'),
	],
	formatDate: [
		'formatDate(date, pattern)',
		'A date as text: `YYYY-MM-DD HH:mm:ss`',
		'text',
		args => dateText(moment(args.value(0)), args.maybeText(1) ?? 'YYYY-MM-DD'),
	],
	dateAdd: [
		'dateAdd(date, amount, unit)',
		'A date so much later; unit is seconds, minutes, hours, days, weeks, months or years',
		'text',
		args => dateAdd(moment(args.value(0)), args.number(1), args.text(2)),
	],
	dateDiff: [
		'dateDiff(from, to, unit)',
		'How many whole units lie between',
		'number',
		args => dateDifference(moment(args.value(0)), moment(args.value(1)), args.text(2)),
	],
});

/** Whether a name stands for functions: `Math`, `JSON`, … */
export function isNamespace(name: string): boolean {
	return namespaces.has(name);
}

/** The functions of a namespace; '' for those that stand alone. */
export function functionsOf(namespace: string): ReadonlyMap<string, Method> {
	return namespace === '' ? plain : (namespaces.get(namespace) ?? new Map<string, Method>());
}

export function namespaceNames(): readonly string[] {
	return [...namespaces.keys()];
}

/** The only values beside functions: `Math.PI` and `Math.E`. */
export function constantOf(namespace: string, name: string): Value {
	if (namespace === 'Math' && name === 'PI') return Math.PI;
	if (namespace === 'Math' && name === 'E') return Math.E;
	throw new ExpressionError('unknown', `There is no \`${namespace}.${name}\`; it may lack its \`()\`.`);
}

export function callFunction(
	namespace: string,
	name: string,
	args: readonly Argument[],
	scope: Scope,
	budget: Budget,
): Value {
	const whole = namespace === '' ? name : `${namespace}.${name}`;
	const found = (namespace === '' ? plain : namespaces.get(namespace))?.get(name);
	if (!found) throw new ExpressionError('unknown', `There is no function \`${whole}\`.`);
	return found.run(new Arguments(args, whole), budget, scope);
}

function startOf(scope: Scope): number {
	const now = scope.name('now');
	if (now === undefined) throw new ExpressionError('missing', '`now` has no value yet.');
	return moment(now);
}

function toNumber(args: Arguments): number {
	const value = args.value(0);
	const number =
		typeof value === 'boolean' ? Number(value) : typeof value === 'string' && value.trim() === '' ? 0 : args.number(0);
	return number;
}

function stringify(args: Arguments, budget: Budget): string {
	const value = args.value(0);
	if (value === undefined) throw new ExpressionError('missing', '`JSON.stringify` has no value to write.');
	return jsonOf(value, budget, Math.min(10, Math.max(0, args.maybeNumber(2) ?? 0)));
}

function parse(args: Arguments, budget: Budget): Value {
	const text = args.text(0);
	budget.make(text.length);
	try {
		return JSON.parse(text) as Json;
	} catch {
		throw typeError('The text is not JSON. The node “Parse JSON” finds JSON inside an answer.');
	}
}

function entries(args: Arguments, budget: Budget): readonly (readonly [string, Json])[] {
	const value = args.value(0);
	if (!isRecord(value)) throw typeError(`An object is needed there, not ${kindOf(value)}.`);
	const all = Object.entries(value);
	budget.make(all.length);
	return all;
}

function fromEntries(args: Arguments, budget: Budget): Value {
	const pairs = args.list(0);
	budget.make(pairs.length);
	return recordOf(
		pairs.map(pair => {
			const [key, value] = isList(pair) ? pair : [];
			if (typeof key !== 'string') throw typeError('`Object.fromEntries` needs pairs of a name and a value.');
			return [key, value ?? null] as const;
		}),
	);
}

function encoded(text: string, budget: Budget): string {
	budget.make(text.length * 3);
	return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\uFFFD'));
}

function shellQuoted(text: string, budget: Budget): string {
	budget.make(text.length * 4);
	if (text.includes('\0')) throw typeError('A word of a shell line cannot hold a null character.');
	return `'${text.replaceAll("'", `'\\''`)}'`;
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		throw typeError('The text is not a part of an address: a `%` stands without its two digits.');
	}
}
