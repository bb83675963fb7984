import { describe, expect, test } from 'vitest';
import corpus from '../../fixtures/safety/shell.json' with { type: 'json' };
import { classify } from '../../../src/core/safety/classify';
import { isTier, isWorse } from '../../../src/core/safety/tier';
import { context, cwd } from './context';

const judged = corpus.map(entry => {
	if (!isTier(entry.tier)) throw new Error(`${entry.line} has no tier`);
	const found = classify({ tool: 'Bash', input: { command: entry.line }, cwd }, context);
	return { line: entry.line, label: entry.tier, tier: found.tier, reasons: found.reasons };
});

describe('labelled shell lines', () => {
	test('there are at least 400 of them, each once', () => {
		expect(judged.length).toBeGreaterThanOrEqual(400);
		expect(new Set(judged.map(entry => entry.line)).size).toBe(judged.length);
	});

	test('none is judged milder than its label', () => {
		const milder = judged.filter(entry => isWorse(entry.label, entry.tier));
		expect(milder.map(entry => `${entry.line} → ${entry.tier}, not ${entry.label}`)).toEqual([]);
	});

	test('few are judged more strictly than their label', () => {
		const stricter = judged.filter(entry => isWorse(entry.tier, entry.label));
		const shown = stricter.map(entry => `${entry.line} → ${entry.tier}, not ${entry.label}: ${entry.reasons[0]}`);
		expect(stricter.length / judged.length, shown.join('\n')).toBeLessThan(0.04);
	});

	test('what is worse than GREEN says why', () => {
		expect(
			judged.filter(entry => entry.tier !== 'GREEN' && entry.reasons.length === 0).map(entry => entry.line),
		).toEqual([]);
	});
});
