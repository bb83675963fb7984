import { describe, expect, test } from 'vitest';
import { excerpt, hiddenCharacter, visibleText } from '../../../src/core/safety/visible';

describe('what a person is shown before they allow it', () => {
	test.each([
		['npm test', 'npm test'],
		['echo a\n\techo b\r\necho c', 'echo a\n\techo b\r\necho c'],
		['echo safe \u202E\u200B# ls', 'echo safe ⟨U+202E⟩⟨U+200B⟩# ls'],
		['ls\rrm -rf build', 'ls⟨U+000D⟩rm -rf build'],
		['ls \u001b[2K', 'ls ⟨U+001B⟩[2K'],
		[`ls${'\n'.repeat(61)}rm -rf build`, 'ls\n⟨60 empty lines⟩\nrm -rf build'],
		[`ls${'\n  \t'.repeat(8)}\nrm -rf build`, 'ls\n⟨8 empty lines⟩\nrm -rf build'],
		['one\n\n\ntwo', 'one\n\n\ntwo'],
		[`ls;${' '.repeat(500)}rm -rf build`, 'ls; ⟨500 spaces⟩ rm -rf build'],
		['👨‍👩‍👧 family', '👨‍👩‍👧 family'],
	])('%j', (text, shown) => expect(visibleText(text)).toBe(shown));

	test('names the first hidden character', () => {
		expect([hiddenCharacter('ls'), hiddenCharacter('ls \u202E'), hiddenCharacter('👨‍👩‍👧\n\t')]).toEqual([
			undefined,
			'U+202E',
			undefined,
		]);
	});
});

describe('an excerpt', () => {
	test('leaves a short text alone', () => expect(excerpt('git push\norigin')).toBe('git push\norigin'));

	test('shows how a long line begins and ends, and what is left out', () => {
		const shown = excerpt(`echo ${'a'.repeat(50_000)} && git push --force`);
		expect(shown.length).toBeLessThan(1700);
		expect(shown).toMatch(/^echo a+\n⟨… 48,525 characters more …⟩\na+ && git push --force$/);
	});

	test('keeps many lines within the height of a dialog', () => {
		const shown = excerpt(Array.from({ length: 200 }, (_, index) => `line ${index}`).join('\n'));
		expect(shown.split('\n').length).toBeLessThanOrEqual(25);
		expect(shown).toMatch(/^line 0\n/);
		expect(shown).toMatch(/\nline 199$/);
	});
});
