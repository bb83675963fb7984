import { z } from 'zod';
import type { Json } from '../../../base/json';
import { defineNode } from '../nodeType';
import { choice, count, expression, text } from '../params';
import { asText, listAt, neededPort, port } from '../support';

const items = neededPort('items', 'Items', 'list');
const out = port('items', 'Items', 'list');

export const filterNode = defineNode({
	type: 'data.filter',
	version: 1,
	title: 'Filter',
	category: 'Data',
	icon: 'filter',
	summary: 'Keeps the entries for which a condition is true',
	help: 'Looks at each entry of a list: those for which the condition is true leave at `items`, the others at `rest`, in their order. Example: `item.status !== "done" && item.points > 0`.',
	aliases: ['Where', 'If per Item', 'Remove Items'],
	params: z.object({ condition: expression('Condition', 'An expression over `item` and `index`.', 'item') }),
	ports: { inputs: [items], outputs: [out, port('rest', 'Rest', 'list')] },
	effects: 'pure',
	run(inputs, { condition }, context) {
		const list = listAt(inputs, 'items');
		const kept: Json[] = [];
		const rest: Json[] = [];
		for (const [index, item] of list.entries()) {
			const isKept = Boolean(context.evaluate(condition, { item, index, count: list.length }));
			(isKept ? kept : rest).push(item);
		}
		return { items: kept, rest };
	},
});

/** Numbers by size, texts by the alphabet; what is missing or of no order comes last. */
function compare(left: Json | undefined, right: Json | undefined): number {
	const [first, second] = [rank(left), rank(right)];
	if (first !== second) return first - second;
	if (typeof left === 'number' && typeof right === 'number') return left - right;
	if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
	if (typeof left === 'string' && typeof right === 'string') return collator.compare(left, right);
	return 0;
}

const collator = new Intl.Collator('en', { numeric: true });

function rank(value: Json | undefined): number {
	if (value === undefined || value === null) return 4;
	return { number: 0, string: 1, boolean: 2 }[typeof value as string] ?? 3;
}

function hasNoOrder(value: Json | undefined): boolean {
	return rank(value) >= 3;
}

export const sortNode = defineNode({
	type: 'data.sort',
	version: 1,
	title: 'Sort',
	category: 'Data',
	icon: 'list-ordered',
	summary: 'Puts a list in order',
	help: 'Orders a list by what an expression gives for each entry: numbers by size, texts by the alphabet with numbers inside them by size, what is missing last. Entries that are equal keep their order. Example: by `item.updated`, downwards.',
	aliases: ['Order By'],
	params: z.object({
		by: expression('By', 'An expression over `item`.', 'item'),
		direction: choice('Direction', 'Smallest or largest first.', ['up', 'down']),
	}),
	ports: { inputs: [items], outputs: [out] },
	effects: 'pure',
	run(inputs, { by, direction }, context) {
		const list = listAt(inputs, 'items');
		const keyed = list.map((item, index) => ({ item, key: context.evaluate(by, { item, index, count: list.length }) }));
		keyed.sort((left, right) => {
			const order = compare(left.key, right.key);
			return direction === 'up' || hasNoOrder(left.key) || hasNoOrder(right.key) ? order : -order;
		});
		return { items: keyed.map(({ item }) => item) };
	},
});

export const limitNode = defineNode({
	type: 'data.limit',
	version: 1,
	title: 'Limit',
	category: 'Data',
	icon: 'list-flat',
	summary: 'A part of a list, from its start or end',
	help: 'Keeps so many entries of a list from its start or its end, after leaving out some. Example: the last 20 lines of a log, from the end.',
	aliases: ['Slice', 'First', 'Last', 'Take'],
	params: z.object({
		most: count('At most', 'Entries.', { min: 0, max: 1_000_000, default: 10 }),
		skip: count('Leaves out', 'Entries before them.', { min: 0, max: 1_000_000_000, default: 0 }),
		from: choice('From', 'Which end.', ['start', 'end']),
	}),
	ports: { inputs: [items], outputs: [out] },
	effects: 'pure',
	run(inputs, { most, skip, from }) {
		const list = listAt(inputs, 'items');
		if (from === 'start') return { items: list.slice(skip, skip + most) };
		const end = Math.max(0, list.length - skip);
		return { items: list.slice(Math.max(0, end - most), end) };
	},
});

export const uniqueNode = defineNode({
	type: 'data.unique',
	version: 1,
	title: 'Remove Duplicates',
	category: 'Data',
	icon: 'symbol-array',
	summary: 'Each value once',
	help: 'Keeps the first of the entries that are the same, by themselves or by what an expression gives. Example: by `item.url`.',
	aliases: ['Distinct', 'Dedupe', 'Unique'],
	params: z.object({ by: expression('By', 'An expression over `item`.', 'item') }),
	ports: { inputs: [items], outputs: [out, port('duplicates', 'Duplicates', 'list')] },
	effects: 'pure',
	run(inputs, { by }, context) {
		const list = listAt(inputs, 'items');
		const seen = new Set<string>();
		const kept: Json[] = [];
		const duplicates: Json[] = [];
		for (const [index, item] of list.entries()) {
			const key = sameText(context.evaluate(by, { item, index, count: list.length }));
			(seen.has(key) ? duplicates : kept).push(item);
			seen.add(key);
		}
		return { items: kept, duplicates };
	},
});

/** Values that are the same have the same text, whatever the order of their names. */
export function sameText(value: Json | undefined): string {
	if (value === undefined) return 'undefined';
	return JSON.stringify(value, (_, part: unknown) =>
		typeof part === 'object' && part !== null && !Array.isArray(part)
			? Object.fromEntries(Object.entries(part).toSorted(([left], [right]) => (left < right ? -1 : 1)))
			: part,
	);
}

const operations = ['count', 'sum', 'average', 'min', 'max', 'first', 'last', 'list', 'unique', 'join'] as const;

const column = z.object({
	name: text('Name', 'Of the field in the result.', { default: 'count' }),
	operation: choice('Makes', 'Of the values of a group.', operations),
	value: expression('Of', 'An expression over `item`.', 'item'),
});

export const aggregateNode = defineNode({
	type: 'data.aggregate',
	version: 1,
	title: 'Aggregate',
	category: 'Data',
	icon: 'graph',
	summary: 'Counts, sums and groups a list',
	help: 'Makes one object of a list, or one for each group. Values that are missing do not count; `0` and false do. Example: grouped by `item.author`, with `commits` as count and `lines` as sum of `item.added`.',
	aliases: ['Summarize', 'Group By', 'Reduce', 'Statistics'],
	params: z.object({
		groupBy: expression('Group by', 'An expression over `item`; empty for one result of all.'),
		columns: z
			.array(column)
			.default([{ name: 'count', operation: 'count', value: 'item' }])
			.meta({ title: 'Columns', description: 'What is made of each group.' }),
	}),
	ports: {
		inputs: [items],
		outputs: [
			port('groups', 'Groups', 'list', { description: 'One object a group, with `key`' }),
			port('result', 'First group', 'object'),
		],
	},
	effects: 'pure',
	run(inputs, { groupBy, columns }, context) {
		const list = listAt(inputs, 'items');
		const groups = new Map<
			string,
			{ readonly key: Json; readonly items: { readonly item: Json; readonly index: number }[] }
		>();
		// Without groups an empty list still has a count, which is 0.
		if (groupBy.trim() === '') groups.set('', { key: null, items: [] });
		for (const [index, item] of list.entries()) {
			const key =
				groupBy.trim() === '' ? null : (context.evaluate(groupBy, { item, index, count: list.length }) ?? null);
			const name = groupBy.trim() === '' ? '' : sameText(key);
			const group = groups.get(name) ?? { key, items: [] };
			group.items.push({ item, index });
			groups.set(name, group);
		}
		const rows = [...groups.values()].map((group): { readonly [key: string]: Json } => {
			const row: Record<string, Json> = groupBy.trim() === '' ? {} : { key: group.key };
			for (const { name, operation, value } of columns) {
				const values = group.items.map(({ item, index }) =>
					context.evaluate(value, { item, index, count: list.length }),
				);
				row[name] = aggregated(operation, values);
			}
			return row;
		});
		return { groups: rows, result: rows[0] ?? {} };
	},
});

function aggregated(operation: (typeof operations)[number], all: readonly (Json | undefined)[]): Json {
	const values = all.filter((value): value is Json => value !== undefined && value !== null);
	const numbers = values.map(Number).filter(number => !Number.isNaN(number));
	switch (operation) {
		case 'count':
			return values.length;
		case 'sum':
			return numbers.reduce((sum, number) => sum + number, 0);
		case 'average':
			return numbers.length === 0 ? null : numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
		case 'min':
			return values.toSorted(compare)[0] ?? null;
		case 'max':
			return values.toSorted(compare).at(-1) ?? null;
		case 'first':
			return values[0] ?? null;
		case 'last':
			return values.at(-1) ?? null;
		case 'list':
			return values;
		case 'unique':
			return [...new Map(values.map(value => [sameText(value), value])).values()];
		default:
			return values.map(asText).join(', ');
	}
}
