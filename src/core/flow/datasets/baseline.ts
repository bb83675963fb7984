import type { Json } from '../../base/json';
import { fromDocument } from '../model/lines';
import { keysOf } from '../model/normalise';
import { printValue } from '../model/print';
import { scanText, syntaxProblems } from '../model/syntax';
import { isRecord } from '../nodes/support';
import { datasetSuffix } from './dataset';

/** Outputs that were accepted last, by the keys of rows. */
export interface Baseline {
	readonly rows: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

export const noBaseline: Baseline = { rows: {} };
const baselineFormat = 1;
const maxDepth = 400;

/** The file beside a file of tests: `review.flow.dataset.jsonl` → `review.flow.baseline.json`. */
export function baselinePathOf(datasetPath: string): string {
	return `${datasetPath.slice(0, -datasetSuffix.length)}.flow.baseline.json`;
}

/** Reads the file, or says why it cannot be read. A file that is not there is `noBaseline`, which the caller knows. */
export function parseBaseline(text: string): Baseline | string {
	if (scanText(text).depth > maxDepth) return 'The baseline is nested too deeply.';
	let raw: unknown;
	try {
		raw = JSON.parse(text);
	} catch {
		const [problem] = syntaxProblems(text);
		return `Line ${(problem?.range?.line ?? 0) + 1}: ${problem?.message ?? 'This is not JSON.'}`;
	}
	if (!isRecord(raw) || raw['baseline'] !== baselineFormat) {
		const isNewer = isRecord(raw) && typeof raw['baseline'] === 'number' && raw['baseline'] > baselineFormat;
		return isNewer
			? 'The baseline is of a newer format; update the extension to read it.'
			: `A baseline is an object that begins with "baseline": ${baselineFormat}.`;
	}
	const rows = raw['rows'] ?? {};
	if (!isRecord(rows)) return '"rows" must be an object.';
	const found: [string, Readonly<Record<string, Json>>][] = [];
	for (const [key, outputs] of Object.entries(rows)) {
		if (!isRecord(outputs)) return `The outputs of "${key}" must be an object.`;
		const values = Object.entries(outputs).map(([name, value]) => [name, fromDocument(value)] as const);
		found.push([key, Object.fromEntries(values)]);
	}
	return { rows: Object.fromEntries(found) };
}

/** The one text of a baseline: sorted, long texts as lists of lines, so that Git shows what is another. */
export function printBaseline({ rows }: Baseline): string {
	const printed = keysOf(rows).map(key => {
		const outputs = rows[key]!;
		const values = keysOf(outputs).map(
			name => `      ${JSON.stringify(name)}: ${printValue(outputs[name]!, '      ')}`,
		);
		return `    ${JSON.stringify(key)}: ${values.length === 0 ? '{}' : `{\n${values.join(',\n')}\n    }`}`;
	});
	const body = printed.length === 0 ? '{}' : `{\n${printed.join(',\n')}\n  }`;
	return `{\n  "baseline": ${baselineFormat},\n  "rows": ${body}\n}\n`;
}

/** The same with these outputs accepted; rows that are in the file of tests no longer go. */
export function withAccepted(
	{ rows }: Baseline,
	accepted: ReadonlyMap<string, Readonly<Record<string, Json>>>,
	known: ReadonlySet<string>,
): Baseline {
	const kept = Object.entries(rows).filter(([key]) => known.has(key) && !accepted.has(key));
	return { rows: Object.fromEntries([...kept, ...accepted]) };
}
