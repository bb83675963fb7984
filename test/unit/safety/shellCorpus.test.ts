import { describe, expect, test } from 'vitest';
import { compared, judged, loadCorpus } from './corpus';

const corpus = loadCorpus();
const verdicts = corpus.map(entry => {
	const { tier, reasons } = judged(entry);
	return { ...entry, tier, reasons, how: compared(entry, tier) };
});

describe('labelled shell lines', () => {
	test('there are at least 2,000 of them, each once, for three shells and every tier', () => {
		expect(corpus.length).toBeGreaterThanOrEqual(2000);
		expect(new Set(corpus.map(({ shell, line }) => `${shell} ${line}`)).size).toBe(corpus.length);
		expect(new Set(corpus.map(({ shell, label }) => `${shell} ${label}`)).size).toBe(15);
	});

	test('none is judged milder than its label', () => {
		const milder = verdicts.filter(({ how }) => how === 'below');
		expect(milder.map(({ line, tier, label }) => `${line} → ${tier}, not ${label}`)).toEqual([]);
	});

	test('few are judged more strictly than their label', () => {
		const stricter = verdicts.filter(({ how }) => how === 'above');
		const shown = stricter.map(({ line, tier, label, reasons }) => `${line} → ${tier}, not ${label}: ${reasons[0]}`);
		expect(stricter.length / corpus.length, shown.join('\n')).toBeLessThan(0.1);
	});

	test('what is worse than GREEN says why', () => {
		expect(
			verdicts.filter(({ tier, reasons }) => tier !== 'GREEN' && reasons.length === 0).map(({ line }) => line),
		).toEqual([]);
	});
});
