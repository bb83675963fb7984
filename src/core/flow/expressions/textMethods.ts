import type { Budget } from './budget';
import { methodTable, type Arguments, type KnownMethod } from './method';
import { textOf } from './text';
import { typeError, type Value } from './values';

/** The functions of texts. */
export const textMethods = methodTable<string>({
	trim: ['trim()', 'Without space at both ends', 'text', made(text => text.trim())],
	trimStart: ['trimStart()', 'Without space at the start', 'text', made(text => text.trimStart())],
	trimEnd: ['trimEnd()', 'Without space at the end', 'text', made(text => text.trimEnd())],
	toUpperCase: ['toUpperCase()', 'In capitals', 'text', made(text => text.toUpperCase())],
	toLowerCase: ['toLowerCase()', 'In small letters', 'text', made(text => text.toLowerCase())],
	at: ['at(index)', 'One character; from the end when negative', 'text', (text, args) => text.at(args.number(0))],
	slice: [
		'slice(start, end?)',
		'A part',
		'text',
		made((text, args) => text.slice(args.maybeNumber(0), args.maybeNumber(1))),
	],
	substring: [
		'substring(start, end?)',
		'A part',
		'text',
		made((text, args) => text.substring(args.number(0), args.maybeNumber(1))),
	],
	split: ['split(separator, limit?)', 'The parts between separators', 'list', split],
	replace: [
		'replace(what, with)',
		'The first place replaced',
		'text',
		(text, args, budget) => replaced(text, args, budget, 1),
	],
	replaceAll: [
		'replaceAll(what, with)',
		'All places replaced',
		'text',
		(text, args, budget) => replaced(text, args, budget, Number.POSITIVE_INFINITY),
	],
	startsWith: [
		'startsWith(text)',
		'Whether it begins so',
		'boolean',
		looked((text, args) => text.startsWith(args.text(0))),
	],
	endsWith: ['endsWith(text)', 'Whether it ends so', 'boolean', looked((text, args) => text.endsWith(args.text(0)))],
	includes: [
		'includes(text)',
		'Whether it is in there',
		'boolean',
		looked((text, args) => text.includes(args.text(0))),
	],
	indexOf: [
		'indexOf(text)',
		'Where it is; -1 when nowhere',
		'number',
		looked((text, args) => text.indexOf(args.text(0))),
	],
	lastIndexOf: [
		'lastIndexOf(text)',
		'Where it is last; -1 when nowhere',
		'number',
		looked((text, args) => text.lastIndexOf(args.text(0))),
	],
	padStart: [
		'padStart(length, fill?)',
		'Filled at the start',
		'text',
		(text, args, budget) => padded(text, args, budget, 'start'),
	],
	padEnd: [
		'padEnd(length, fill?)',
		'Filled at the end',
		'text',
		(text, args, budget) => padded(text, args, budget, 'end'),
	],
	repeat: [
		'repeat(count)',
		'The same several times',
		'text',
		(text, args, budget) => {
			const count = args.number(0);
			if (!(count >= 0)) throw typeError('`repeat` needs a count from 0.');
			budget.make(text.length * Math.floor(count));
			return text.repeat(count);
		},
	],
	concat: [
		'concat(...texts)',
		'Joined',
		'text',
		(text, args, budget) => {
			const all = [text, ...args.values().map(value => textOf(value ?? null, budget))];
			budget.make(all.reduce((sum, part) => sum + part.length, 0));
			return all.join('');
		},
	],
	localeCompare: [
		'localeCompare(text)',
		'Less than, equal to or more than 0',
		'number',
		looked((text, args) => text.localeCompare(args.text(0), 'en')),
	],
});

/** A text is made of another. */
function made(run: (text: string, args: Arguments) => string): KnownMethod<string>['run'] {
	return (text, args, budget) => {
		budget.make(text.length);
		return run(text, args);
	};
}

/** A text is looked through. */
function looked(run: (text: string, args: Arguments) => Value): KnownMethod<string>['run'] {
	return (text, args, budget) => {
		budget.scan(text.length);
		return run(text, args);
	};
}

function split(text: string, args: Arguments, budget: Budget): Value {
	budget.make(text.length);
	const separator = args.maybeText(0);
	if (separator === undefined) return [text];
	const limit = args.maybeNumber(1);
	if (limit !== undefined && !(limit >= 0)) throw typeError('`split` needs a limit from 0.');
	return text.split(separator, limit);
}

function replaced(text: string, args: Arguments, budget: Budget, most: number): string {
	const [what, replacement] = [args.text(0), args.text(1)];
	budget.scan(text.length);
	let count = 0;
	for (let at = text.indexOf(what); at !== -1 && count < most && at <= text.length; count++) {
		if (what === '' && at === text.length) break;
		at = text.indexOf(what, at + Math.max(1, what.length));
	}
	budget.make(text.length + (count + 1) * replacement.length);
	// A function, so that `$&` in the replacement means nothing.
	const literally = (): string => replacement;
	return most === 1 ? text.replace(what, literally) : text.replaceAll(what, literally);
}

function padded(text: string, args: Arguments, budget: Budget, side: 'start' | 'end'): string {
	const length = args.number(0);
	budget.make(Math.max(text.length, length));
	const fill = args.maybeText(1) ?? ' ';
	return side === 'start' ? text.padStart(length, fill) : text.padEnd(length, fill);
}

/** The functions of numbers. */
export const numberMethods = methodTable<number>({
	toFixed: [
		'toFixed(digits)',
		'As text with so many digits',
		'text',
		(number, args) => {
			const digits = args.maybeNumber(0) ?? 0;
			if (!(digits >= 0 && digits <= 100)) throw typeError('`toFixed` needs 0 to 100 digits.');
			return number.toFixed(digits);
		},
	],
});
