import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { redactSecrets } from '../../src/core/safety/secrets';
import { compared, judged, loadCorpus } from '../unit/safety/corpus';
import { median, type PrintLine } from './line';

const rounds = 7;

/** How fast the gate decides, and how far from the labels of the corpus. */
export async function run(print: PrintLine): Promise<void> {
	const folder = resolve('test', 'fixtures', 'safety');
	const corpus = loadCorpus(folder);
	const report = (metric: string, value: number, unit: string): void => print({ bench: 'gate', metric, value, unit });
	const how = corpus.map(entry => compared(entry, judged(entry).tier));
	const seconds = Array.from({ length: rounds }, () => timed(() => corpus.forEach(entry => judged(entry))));
	report('decisions_per_s', Math.round(corpus.length / median(seconds)), '1/s');
	report('below_label', how.filter(verdict => verdict === 'below').length, 'lines');
	report('above_label_pct', rounded((how.filter(verdict => verdict === 'above').length / corpus.length) * 100), '%');
	report('corpus_lines', corpus.length, 'lines');
	const text = sampleText(folder);
	const scans = Array.from({ length: rounds }, () => timed(() => redactSecrets(text)));
	report('secrets_mb_s', rounded(text.length / 1e6 / median(scans)), 'MB/s');
}

function timed(work: () => void): number {
	const start = performance.now();
	work();
	return (performance.now() - start) / 1000;
}

function rounded(value: number): number {
	return Math.round(value * 100) / 100;
}

/** Some megabytes of what tools bring: code and data. */
function sampleText(folder: string): string {
	const parts = ['shell.json', 'attacks.json'].map(name => readFileSync(resolve(folder, name), 'utf8'));
	const one = [...parts, readFileSync(resolve('package-lock.json'), 'utf8')].join('\n');
	return one.repeat(Math.ceil(4e6 / one.length));
}
