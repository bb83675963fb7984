import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root } from './tools.ts';

/** What Vitest and the runner of the host tests write, as far as it tells what failed. */
export interface Results {
	readonly testResults?: readonly {
		/** Path of the file. */
		readonly name: string;
		/** Why the file as a whole failed; empty when it did not. */
		readonly message?: string;
		readonly assertionResults: readonly {
			readonly status: string;
			readonly fullName: string;
			readonly failureMessages?: readonly string[] | null;
		}[];
	}[];
	/** One for each host test; the ones that failed begin with `FAILED`. */
	readonly lines?: readonly string[];
}

const longest = 300;

/** One line for each test that failed: where it is, its name and what was wrong, so that the end of a long log tells the whole. */
export function failuresOf({ testResults = [], lines = [] }: Results): readonly string[] {
	const failed: string[] = [];
	for (const { name, message = '', assertionResults } of testResults) {
		const file = relative(root, name);
		const own = assertionResults.filter(({ status }) => status === 'failed');
		if (own.length === 0 && message !== '') failed.push(`${file}: ${summary(message)}`);
		for (const { fullName, failureMessages } of own)
			failed.push(`${file} > ${fullName}: ${summary(failureMessages?.[0] ?? '')}`);
	}
	for (const line of lines) if (line.startsWith('FAILED')) failed.push(`host > ${summary(line.slice(6))}`);
	return failed;
}

/** What Vitest prints after the list of files: the failed tests and the errors outside of any test; the whole when it printed neither. */
export function failurePart(log: string): string {
	const start = log.search(/^[^\w\n]*(?:Failed (?:Suites|Tests)|Unhandled Errors)\b/m);
	return start < 0 ? log : log.slice(start);
}

/** One line for each error that came outside of any test, which no list of results names. */
export function strayErrors(log: string): readonly string[] {
	const [, ...each] = log.split(/^[^\w\n]*(?:Unhandled|Uncaught) (?:Rejection|Exception|Error)\b.*$/m);
	return each.map(text => `outside of any test: ${summary(text)}`);
}

/** The first lines of an error on one line, without the places it went through. */
function summary(text: string): string {
	const lines = stripVTControlCharacters(text)
		.split('\n')
		.map(line => line.trim())
		.filter(line => line !== '' && !line.startsWith('at '));
	const whole = lines.slice(0, 4).join(' | ');
	return whole.length > longest ? `${whole.slice(0, longest)} …` : whole;
}
