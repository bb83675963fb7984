import type { Json } from '../../base/json';
import { defineAction, defineTopic, integerOf, recordOf, textOf } from '../topic';

// Types, not interfaces: they travel as JSON.
/* oxlint-disable typescript/consistent-type-definitions */
export type FeedParams = {
	/** What is asked for by GET. */
	readonly url: string;
	/** Between two times. */
	readonly seconds: number;
};
/* oxlint-enable typescript/consistent-type-definitions */

export const leastSeconds = 10;
export const mostSeconds = 86_400;

/** What an address answered, or whom the user has to allow first. */
export type Fetched =
	| {
			/** JSON where it is JSON, else the text. */
			readonly value: Json;
			/** Milliseconds since 1970. */
			readonly at: number;
	  }
	| {
			/** `http://localhost:3000`. */
			readonly askAbout: string;
	  };

/** What an address answers, again and again. Only addresses that the user has allowed are asked. */
export const feedTopic = defineTopic<FeedParams, Fetched>({
	name: 'feed',
	read: params => {
		const { url, seconds } = recordOf(params);
		return { url: textOf(url, 2000), seconds: integerOf(seconds, leastSeconds, mostSeconds) };
	},
});

/** Asks the user whether a server may be asked; `false` when they would rather not. */
export const allowFeed = defineAction<{ readonly url: string }, boolean>({
	name: 'feed.allow',
	read: params => ({ url: textOf(recordOf(params)['url'], 2000) }),
});

/**
 * A part of an answer, by its path: `data.items[0].name`, with `$.` before it or not; '' is all of it.
 * @returns `undefined` where there is nothing
 */
export function partAt(value: Json, path: string): Json | undefined {
	let at: Json | undefined = value;
	for (const step of stepsOf(path)) {
		if (typeof at !== 'object' || at === null) return undefined;
		if (Array.isArray(at)) at = /^-?\d+$/u.test(step) ? at.at(Number(step)) : undefined;
		else at = Object.hasOwn(at, step) ? (at as Readonly<Record<string, Json>>)[step] : undefined;
	}
	return at;
}

function stepsOf(path: string): readonly string[] {
	const plain = path.trim().replace(/^\$\.?/u, '');
	const steps = [...plain.matchAll(/\[\s*(?:"([^"]*)"|'([^']*)'|(-?\d+))\s*\]|([^.[\]]+)/gu)];
	return steps.map(([, double, single, index, name = '']) => double ?? single ?? index ?? name.trim());
}

/** Records as a table: the columns of all, in the order in which they come. */
export function tableOf(
	value: Json,
	most: { readonly rows: number; readonly columns: number },
): { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] } | undefined {
	if (isRecord(value))
		return {
			columns: ['Name', 'Value'],
			rows: Object.entries(value)
				.slice(0, most.rows)
				.map(([name, cell]) => [name, cellText(cell)]),
		};
	if (!Array.isArray(value)) return undefined;
	const entries = (value as readonly Json[]).slice(0, most.rows);
	if (!entries.every(isRecord)) return { columns: ['Value'], rows: entries.map(entry => [cellText(entry)]) };
	const columns = [...new Set(entries.flatMap(entry => Object.keys(entry)))].slice(0, most.columns);
	return {
		columns,
		rows: entries.map(entry => columns.map(name => (Object.hasOwn(entry, name) ? cellText(entry[name]!) : ''))),
	};
}

function isRecord(entry: Json): entry is { readonly [key: string]: Json } {
	return typeof entry === 'object' && entry !== null && !Array.isArray(entry);
}

const longestCell = 200;

/** A value in one line. */
export function cellText(value: Json): string {
	const text = typeof value === 'string' ? value : value === null ? '–' : JSON.stringify(value);
	return text.length > longestCell ? `${text.slice(0, longestCell)}…` : text;
}
