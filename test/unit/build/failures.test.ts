import { join } from 'node:path';
import { expect, test } from 'vitest';
import { failurePart, failuresOf, strayErrors } from '../../../scripts/lib/failures.ts';
import { root } from '../../../scripts/lib/tools.ts';

test('each test that failed is one line with its file, its name and what was wrong', () => {
	const file = (name: string): string => join(root, 'test', 'unit', name);
	const passed = { status: 'passed', fullName: 'adds', failureMessages: [] };
	const failed = {
		status: 'failed',
		fullName: 'sums > subtracts',
		failureMessages: ['\u001B[31mError: expected 1\n  to be 2\n    at sums.ts:3\n    at run.ts:1'],
	};
	expect(
		failuresOf({
			testResults: [
				{ name: file('sums.test.ts'), message: '', assertionResults: [passed, failed] },
				{ name: file('broken.test.ts'), message: 'Cannot find module x', assertionResults: [] },
				{ name: file('fine.test.ts'), assertionResults: [passed] },
			],
		}),
	).toEqual([
		'test/unit/sums.test.ts > sums > subtracts: Error: expected 1 | to be 2',
		'test/unit/broken.test.ts: Cannot find module x',
	]);
	expect(failuresOf({ lines: ['ok      starts (3 ms)', 'FAILED  stops\nError: no\n    at x.ts:1'] })).toEqual([
		'host > stops | Error: no',
	]);
});

test('of a long log only what failed is told again, and errors outside of any test have their line', () => {
	const bar = '\u23AF'.repeat(7);
	const log = [
		' ✓ test/unit/fine.test.ts (2 tests) 3ms',
		`${bar} Failed Tests 1 ${bar}`,
		' FAIL test/unit/sums.test.ts > subtracts',
		`${bar} Unhandled Errors ${bar}`,
		'Vitest caught 2 unhandled errors during the test run.',
		`${bar} Unhandled Rejection ${bar}`,
		'Error: nobody waits',
		' ❯ test/unit/sums.test.ts:3:4',
		`${bar} Uncaught Exception ${bar}`,
		'Error: thrown late',
	];
	expect(failurePart(log.join('\n'))).toBe(log.slice(1).join('\n'));
	expect(failurePart('no list of tests')).toBe('no list of tests');
	expect(strayErrors(log.join('\n'))).toEqual([
		'outside of any test: Error: nobody waits | ❯ test/unit/sums.test.ts:3:4',
		'outside of any test: Error: thrown late',
	]);
	expect(strayErrors(log.slice(0, 3).join('\n'))).toEqual([]);
});
