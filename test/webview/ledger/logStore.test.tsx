import { describe, expect, test } from 'vitest';
import type { LogLine } from '../../../src/core/ledger/views/executionLog';
import { contentOf } from '../../../src/webviews/ledger/stepContent';
import { LogStore, noQuery } from '../../../src/webviews/ledger/log/logStore';

const line = (text: string, level: LogLine['level'] = 'debug'): LogLine => ({
	at: 0,
	level,
	step: null,
	source: '',
	text,
});

/** A store whose slices run when the test says so, on a clock that moves one millisecond each time it is asked. */
function manual(): { store: LogStore; slices: () => number } {
	const waiting: (() => void)[] = [];
	let now = 0;
	const store = new LogStore(
		run => waiting.push(run),
		() => now++,
	);
	return {
		store,
		slices: () => {
			let count = 0;
			for (let next = waiting.shift(); next; next = waiting.shift()) {
				next();
				count++;
			}
			return count;
		},
	};
}

describe('the log store', () => {
	test('works in slices, and grows without starting again', () => {
		const { store, slices } = manual();
		store.append(Array.from({ length: 5000 }, (_, index) => line(`line ${index}`)));
		expect(store.snapshot().shown).toBe(0);
		expect(slices()).toBeGreaterThan(5);
		expect(store.snapshot()).toMatchObject({ total: 5000, shown: 5000, isSearching: false });
		store.setQuery({ ...noQuery, text: 'line 49' });
		slices();
		expect(store.snapshot().matches).toHaveLength(111);
		store.append([line('LINE 49 again')]);
		expect(slices()).toBe(1);
		expect(store.snapshot().matches.at(-1)).toBe(5000);
	});

	test('a search that is replaced leaves nothing behind', () => {
		const { store, slices } = manual();
		store.append([line('a'), line('b'), line('ab')]);
		store.setQuery({ ...noQuery, text: 'a' });
		store.setQuery({ ...noQuery, text: 'b' });
		slices();
		expect(store.snapshot().matches).toEqual([1, 2]);
		store.setQuery(noQuery);
		slices();
		expect(store.snapshot().matches).toEqual([]);
	});

	test('levels, and matches among what they let through', () => {
		const { store, slices } = manual();
		store.append([line('x', 'debug'), line('x', 'error'), line('y', 'error')]);
		store.setLevels(new Set(['error']));
		store.setQuery({ ...noQuery, text: 'X' });
		slices();
		expect(store.snapshot()).toMatchObject({ total: 3, shown: 2, matches: [0] });
		expect(store.line(0)?.level).toBe('error');
	});

	test('case, patterns, and patterns that could hang', () => {
		const { store, slices } = manual();
		store.append([line('Error 1'), line('error 22'), line('none')]);
		const found = (query: Partial<typeof noQuery>): readonly number[] | string | null => {
			store.setQuery({ ...noQuery, ...query });
			slices();
			return store.snapshot().problem ?? store.snapshot().matches;
		};
		expect(found({ text: 'Error', isCaseSensitive: true })).toEqual([0]);
		expect(found({ text: String.raw`r \d\d`, isRegex: true })).toEqual([1]);
		expect(found({ text: '.', isRegex: false })).toEqual([]);
		expect(found({ text: '[', isRegex: true })).toMatch(/no regular expression/);
		for (const text of ['(a+)+$', '(.*)*x', '(?:a{2,})+']) expect(found({ text, isRegex: true })).toMatch(/could hang/);
	});

	test('100,000 lines are searched without holding the page up', async () => {
		const store = new LogStore();
		let beats = 0;
		const settled = new Promise<void>(resolve => {
			const beat = setInterval(() => {
				beats++;
				if (store.snapshot().isSearching || store.snapshot().matches.length === 0) return;
				clearInterval(beat);
				resolve();
			}, 1);
		});
		store.append(Array.from({ length: 100_000 }, (_, index) => line(`built module ${index} of the shop`)));
		store.setQuery({ text: 'module .*99 of', isRegex: true, isCaseSensitive: false });
		await settled;
		expect(store.snapshot().matches).toHaveLength(1000);
		// What else the page had to do came in between; a search in one go lets nothing in.
		expect(beats).toBeGreaterThan(5);
	});
});

const modesOf = (text: string, isWhole = true): readonly string[] => contentOf(text, isWhole).modes;
const diffOf = (input: object): string | null => contentOf(JSON.stringify(input), true).diff;

describe('how a text reads best', () => {
	test('by its shape', () => {
		expect([
			modesOf('{"a":1}'),
			modesOf('plain'),
			modesOf('[not json'),
			modesOf('{"a":1', false),
			modesOf('--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y'),
			modesOf('"text"'),
		]).toEqual([['json', 'text'], ['text'], ['text'], ['text'], ['diff', 'text'], ['text']]);
	});

	test('edits, several edits, and new files as diffs', () => {
		expect(
			diffOf({
				edits: [
					{ old_string: 'a', new_string: 'b' },
					{ old_string: 'c', new_string: 'd' },
				],
			}),
		).toBe('@@ -1,1 +1,1 @@\n-a\n+b\n@@ -1,1 +1,1 @@\n-c\n+d');
		expect(diffOf({ file_path: 'a', content: 'x\ny' })).toBe('@@ -1,0 +1,2 @@\n+x\n+y');
		expect(diffOf({ command: 'ls' })).toBeNull();
	});
});
