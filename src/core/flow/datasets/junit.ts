import type { RowResult } from './runDataset';

/** A report as CI systems read it. */
export function junitXml(suites: readonly { readonly name: string; readonly results: readonly RowResult[] }[]): string {
	const all = suites.flatMap(({ results }) => results);
	const body = suites.map(({ name, results }) => suiteXml(name, results)).join('\n');
	return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts(all)}>\n${body}\n</testsuites>\n`;
}

function suiteXml(name: string, results: readonly RowResult[]): string {
	const cases = results.map(result => caseXml(name, result)).join('\n');
	return `  <testsuite name="${escaped(name)}" ${counts(results)}>\n${cases}\n  </testsuite>`;
}

function caseXml(suite: string, { row, status, failures, durationMs }: RowResult): string {
	const head = `    <testcase classname="${escaped(suite)}" name="${escaped(row.title)}" time="${seconds(durationMs)}" line="${row.line + 1}"`;
	if (status === 'passed') return `${head}/>`;
	if (status === 'skipped' || status === 'stopped') return `${head}><skipped/></testcase>`;
	const tag = status === 'errored' ? 'error' : 'failure';
	const message = failures.map(failure => failure.message).join('\n');
	const detail = failures.map(({ message: text, expected, actual }) =>
		[
			text,
			...(expected === undefined ? [] : [`expected: ${expected}`]),
			...(actual === undefined ? [] : [`actual: ${actual}`]),
		].join('\n'),
	);
	return `${head}><${tag} message="${escaped(message)}">${escaped(detail.join('\n\n'))}</${tag}></testcase>`;
}

function counts(results: readonly RowResult[]): string {
	const of = (...statuses: readonly string[]): number =>
		results.filter(({ status }) => statuses.includes(status)).length;
	const ms = results.reduce((sum, { durationMs }) => sum + durationMs, 0);
	return `tests="${results.length}" failures="${of('failed')}" errors="${of('errored')}" skipped="${of('skipped', 'stopped')}" time="${seconds(ms)}"`;
}

function seconds(ms: number): string {
	return (ms / 1000).toFixed(3);
}

const entities: Readonly<Record<string, string>> = {
	'<': '&lt;',
	'>': '&gt;',
	'&': '&amp;',
	'"': '&quot;',
	'\n': '&#10;',
};

/** Control characters are in no XML at all. */
function escaped(text: string): string {
	return text
		.replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
		.replaceAll(/[<>&"\n]/g, mark => entities[mark] ?? mark);
}
