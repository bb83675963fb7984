import { describe, expect, test } from 'vitest';
import {
	dayBefore,
	dayLabel,
	folderName,
	formatCostSum,
	formatDuration,
	formatRelative,
	formatRunCost,
	formatRunningDuration,
	formatTokens,
	formatUsage,
	monthLabel,
	stepTitle,
} from '../../../src/core/ledger/views/format';
import { hour, minute, now } from './fixtures';

test.each([
	['claude-sonnet-5', 'Response of claude-sonnet-5', ''],
	['Write', 'Write: /srv/a.ts', '/srv/a.ts'],
	['Bash', 'Bash', ''],
	['Bash', 'npm test', 'npm test'],
	['Bash', 'Bash: ', ''],
])('the step %s “%s” is not named twice', (name, title, shown) => expect(stepTitle({ name, title })).toBe(shown));

describe('durations', () => {
	test.each([
		[-5, '0 ms'],
		[12.7, '12 ms'],
		[99.9, '99 ms'],
		[100, '0.1 s'],
		[820, '0.8 s'],
		[9_960, '10 s'],
		[59_700, '1 min 00 s'],
		[72_000, '1 min 12 s'],
		[3_599_800, '1 h 00 min'],
		[2 * hour + 3 * minute, '2 h 03 min'],
		[76 * hour, '3 days 4 h'],
	])('%d ms reads %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

	test('a running clock shows whole seconds', () => {
		expect([0, 999, 4_900, 12_400].map(formatRunningDuration)).toEqual(['0 s', '0 s', '4 s', '12 s']);
	});
});

describe('tokens and costs', () => {
	test('tokens', () => {
		expect([0, 950, 1000, 1234, 9960, 12_345, 999_600, 1_250_000].map(formatTokens)).toEqual([
			'0',
			'950',
			'1k',
			'1.2k',
			'10k',
			'12k',
			'1M',
			'1.3M',
		]);
	});

	test('an unknown price is never a zero', () => {
		expect([
			formatCostSum(0, 0),
			formatCostSum(0, 3),
			formatCostSum(120_000_000, 1),
			formatRunCost(null, null),
			formatRunCost(null, 'unpriced'),
			formatRunCost(0, 'unpriced'),
			formatRunCost(120_000_000, 'unpriced'),
			formatRunCost(0, 'priced'),
		]).toEqual([
			'$0.00',
			'3 unpriced',
			'≥ $0.1200 · 1 unpriced',
			'',
			'unpriced',
			'unpriced',
			'≥ $0.1200 · partly unpriced',
			'$0.00',
		]);
	});

	test('usage by kind, without the kinds that are 0', () => {
		expect(formatUsage({ input: 12_000, output: 800, cacheRead: 0, cacheWrite5m: 1500, cacheWrite1h: 500 })).toBe(
			'12k in, 800 out, 2k cache write',
		);
	});
});

describe('times', () => {
	test('how long ago', () => {
		expect(
			[0, -hour, 5 * minute, 3 * hour, 25 * hour, 72 * hour, 24 * 30 * hour].map(ago => formatRelative(now - ago, now)),
		).toEqual(['just now', 'just now', '5 min ago', '3 h ago', '1 day ago', '3 days ago', 'Oct 6']);
	});

	test('days by name', () => {
		expect(
			['2026-11-05', '2026-11-04', '2026-11-03', '2026-10-29', '2025-12-31', '2026-11-06', 'rubbish'].map(day =>
				dayLabel(day, now),
			),
		).toEqual(['Today', 'Yesterday', 'Tuesday', 'Oct 29', 'Dec 31, 2025', 'Nov 6', 'rubbish']);
	});

	test('days before, over the ends of months and years', () => {
		expect([dayBefore(now, 0), dayBefore(now, 5), dayBefore(new Date(2027, 0, 2).getTime(), 3)]).toEqual([
			'2026-11-05',
			'2026-10-31',
			'2026-12-30',
		]);
	});

	test('months', () => expect([monthLabel('2026-11'), monthLabel('')]).toEqual(['November 2026', '']));
});

test('the last part of a path, on both systems', () => {
	expect(['/home/me/shop', 'C:\\work\\shop\\', '/', 'shop'].map(folderName)).toEqual(['shop', 'shop', '/', 'shop']);
});
