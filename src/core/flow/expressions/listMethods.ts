import type { Json } from '../../base/json';
import type { Budget } from './budget';
import { methodTable, type Arguments, type KnownMethod } from './method';
import { compares, isSame } from './operators';
import { textOf } from './text';
import { isList, typeError, type Value } from './values';

type List = readonly Json[];

/** The functions of lists. None changes the list itself. */
export const listMethods = methodTable<List>({
	map: ['map(item => …)', 'Each entry made into another', 'list', (list, args, budget) => each(list, args, budget)],
	filter: [
		'filter(item => …)',
		'The entries for which it is true',
		'list',
		(list, args, budget) => {
			const test = args.lambda(0);
			const kept: Json[] = [];
			list.forEach((item, index) => {
				budget.step();
				if (test.call([item, index])) kept.push(item);
			});
			budget.make(kept.length);
			return kept;
		},
	],
	find: [
		'find(item => …)',
		'The first entry for which it is true',
		'item',
		(list, args, budget) => list[where(list, args, budget)],
	],
	findIndex: ['findIndex(item => …)', 'Where the first such entry is', 'number', where],
	findLast: [
		'findLast(item => …)',
		'The last entry for which it is true',
		'item',
		(list, args, budget) => {
			const reversed = list.toReversed();
			return reversed[where(reversed, args, budget)];
		},
	],
	some: [
		'some(item => …)',
		'Whether it is true for one',
		'boolean',
		(list, args, budget) => where(list, args, budget) !== -1,
	],
	every: [
		'every(item => …)',
		'Whether it is true for all',
		'boolean',
		(list, args, budget) => {
			const test = args.lambda(0);
			return list.every((item, index) => {
				budget.step();
				return Boolean(test.call([item, index]));
			});
		},
	],
	reduce: ['reduce((sum, item) => …, start)', 'All entries brought into one', 'any', reduce],
	flatMap: [
		'flatMap(item => …)',
		'The lists that are made of each entry, joined',
		'list',
		(list, args, budget) => flat(each(list, args, budget), 1, budget),
	],
	flat: [
		'flat(depth?)',
		'Lists inside the list opened',
		'list',
		(list, args, budget) => flat(list, args.maybeNumber(0) ?? 1, budget),
	],
	sort: ['sort((a, b) => …)', 'In order; without a function numbers by size, else by text', 'list', sorted],
	toSorted: ['toSorted((a, b) => …)', 'In order', 'list', sorted],
	reverse: ['reverse()', 'From the end', 'list', copied(list => list.toReversed())],
	toReversed: ['toReversed()', 'From the end', 'list', copied(list => list.toReversed())],
	slice: [
		'slice(start, end?)',
		'A part',
		'list',
		copied((list, args) => list.slice(args.maybeNumber(0), args.maybeNumber(1))),
	],
	concat: ['concat(...lists)', 'Joined with other lists', 'list', concat],
	join: ['join(separator)', 'One text of all entries', 'text', join],
	at: ['at(index)', 'One entry; from the end when negative', 'item', (list, args) => list.at(args.number(0))],
	includes: [
		'includes(value)',
		'Whether it is an entry',
		'boolean',
		(list, args, budget) => position(list, args, budget) !== -1,
	],
	indexOf: ['indexOf(value)', 'Where it is; -1 when nowhere', 'number', position],
});

function each(list: List, args: Arguments, budget: Budget): readonly Json[] {
	const make = args.lambda(0);
	budget.make(list.length);
	return list.map((item, index) => {
		budget.step();
		return make.call([item, index]) ?? null;
	});
}

function where(list: List, args: Arguments, budget: Budget): number {
	const test = args.lambda(0);
	return list.findIndex((item, index) => {
		budget.step();
		return Boolean(test.call([item, index]));
	});
}

function reduce(list: List, args: Arguments, budget: Budget): Value {
	const join = args.lambda(0);
	const hasStart = args.count > 1;
	if (list.length === 0 && !hasStart) throw typeError('`reduce` of an empty list needs a start: `reduce(…, 0)`.');
	let sum: Value = hasStart ? args.value(1) : list[0];
	for (let index = hasStart ? 0 : 1; index < list.length; index++) {
		budget.step();
		sum = join.call([sum, list[index], index]);
	}
	return sum;
}

function flat(list: List, depth: number, budget: Budget): readonly Json[] {
	const open: Json[] = [];
	budget.enter();
	for (const item of list) {
		budget.step();
		if (!isList(item) || !(depth >= 1)) open.push(item);
		else for (const part of flat(item, depth - 1, budget)) open.push(part);
	}
	budget.leave();
	budget.make(open.length);
	return open;
}

function sorted(list: List, args: Arguments, budget: Budget): Value {
	budget.make(list.length);
	const order = args.maybeLambda(0);
	if (order) {
		return list.toSorted((left, right) => {
			budget.step();
			const result = order.call([left, right]);
			return typeof result === 'number' ? result : 0;
		});
	}
	if (list.every(item => typeof item === 'number')) return list.toSorted((left, right) => left - right);
	const texts = list.map(item => ({ item, text: textOf(item, budget) }));
	texts.sort((left, right) => (compares('<', left.text, right.text, budget) ? -1 : left.text === right.text ? 0 : 1));
	return texts.map(({ item }) => item);
}

function copied(run: (list: List, args: Arguments) => List): KnownMethod<List>['run'] {
	return (list, args, budget) => {
		budget.make(list.length);
		return run(list, args);
	};
}

function concat(list: List, args: Arguments, budget: Budget): Value {
	const all: Json[] = [...list];
	for (const value of args.values()) {
		if (isList(value)) for (const item of value) all.push(item);
		else all.push(value ?? null);
		budget.make(isList(value) ? value.length : 1);
	}
	budget.make(list.length);
	return all;
}

function join(list: List, args: Arguments, budget: Budget): string {
	const separator = args.maybeText(0) ?? ',';
	const texts = list.map(item => (item === null ? '' : textOf(item, budget)));
	budget.make(texts.reduce((sum, text) => sum + text.length + separator.length, 0));
	return texts.join(separator);
}

function position(list: List, args: Arguments, budget: Budget): number {
	const wanted = args.value(0);
	return list.findIndex(item => {
		budget.step();
		return isSame(item, wanted, budget);
	});
}
