import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ReviewedText } from '../../../src/core/chat/review/changes';
import { applyHunks, hunksBetween } from '../../../src/core/chat/review/hunks';

const lines = fc.array(fc.constantFrom('a', 'b', 'c', '', 'd e'), { maxLength: 12 }).map(all => all.join('\n'));

const states = (review: ReviewedText): string => review.changes.map(change => change.state).join(' ');
const type = (review: ReviewedText, line: number, from: number, to: number, text: string): void =>
	review.edited([{ start: { line, character: from }, end: { line, character: to }, text }]);

describe('hunks', () => {
	test('all of them give the new text, none the old, and each is found where it says', () => {
		fc.assert(
			fc.property(lines, lines, (before, after) => {
				const hunks = hunksBetween(before, after);
				expect(applyHunks(before, hunks)).toBe(after);
				expect(applyHunks(before, [])).toBe(before);
				const all = after.split('\n');
				for (const hunk of hunks)
					expect(all.slice(hunk.modifiedStart, hunk.modifiedStart + hunk.modifiedLines.length)).toEqual(
						hunk.modifiedLines,
					);
			}),
		);
	});

	test('texts that differ everywhere are one change, and soon', () => {
		const before = Array.from({ length: 20_000 }, (_, index) => `before ${index}`).join('\n');
		const after = Array.from({ length: 20_000 }, (_, index) => `after ${index}`).join('\n');
		expect(hunksBetween(before, after)).toHaveLength(1);
	});
});

describe('a review', () => {
	const original = 'one\ntwo\nthree\nfour\nfive\n';
	const proposed = 'ONE\ntwo\nthree\nmore\nfour\nFIVE\n';
	const begin = (): ReviewedText => new ReviewedText(original, proposed);
	test('refusing and accepting one change leaves the others', () => {
		const review = begin();
		expect(states(review)).toBe('accepted accepted accepted');
		review.edited([review.refuse(1)!]);
		expect(review.text).toBe('ONE\ntwo\nthree\nfour\nFIVE\n');
		expect(review.changes[1]).toEqual({ state: 'refused', startLine: 3, lineCount: 0, isJoined: false });
		expect(review.refuse(1)).toBeUndefined();
		review.edited([review.accept(1)!]);
		expect(review.text).toBe(proposed);
		expect(review.accept(9)).toBeUndefined();
	});

	test('typing inside a change edits it, typing elsewhere moves it', () => {
		const review = begin();
		type(review, 0, 0, 3, 'Uno');
		type(review, 1, 3, 3, '\nand a half');
		expect(states(review)).toBe('edited accepted accepted');
		expect(review.changes[1]?.startLine).toBe(4);
		review.edited([review.refuse(0)!]);
		expect(review.text).toBe('one\ntwo\nand a half\nthree\nmore\nfour\nFIVE\n');
	});

	test('a paste over everything joins the changes until it is undone', () => {
		const review = begin();
		const whole = { start: { line: 0, character: 0 }, end: { line: 6, character: 0 } };
		review.edited([{ ...whole, text: 'all new' }]);
		expect(review.changes.every(change => change.isJoined && change.state === 'edited')).toBe(true);
		expect([review.refuse(0), review.accept(0)]).toEqual([undefined, undefined]);
		review.edited([{ start: { line: 0, character: 0 }, end: { line: 0, character: 7 }, text: proposed }]);
		expect(states(review)).toBe('accepted accepted accepted');
	});

	test('any order of refusals gives the text with the rest, and accepting them gives the proposal', () => {
		fc.assert(
			fc.property(lines, lines, fc.infiniteStream(fc.integer({ min: 0, max: 99 })), (before, after, picks) => {
				const all = hunksBetween(before, after);
				const review = new ReviewedText(before, after);
				const refused = new Set<number>();
				for (let round = 0; all.length > 0 && round < 8; round++) {
					const index = (picks.next().value ?? 0) % all.length;
					const edit = refused.has(index) ? review.accept(index) : review.refuse(index);
					review.edited([edit!]);
					if (!refused.delete(index)) refused.add(index);
					expect(review.text).toBe(
						applyHunks(
							before,
							all.filter((_, at) => !refused.has(at)),
						),
					);
				}
				for (const index of refused) review.edited([review.accept(index)!]);
				expect(review.text).toBe(after);
			}),
			{ numRuns: 2000 },
		);
	});
});
