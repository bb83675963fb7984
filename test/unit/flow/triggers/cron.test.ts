import { describe, expect, test } from 'vitest';
import { nextTime, parseCron } from '../../../../src/core/flow/triggers/cron';
import { isZone } from '../../../../src/core/flow/triggers/zone';

/** The next times after a moment, as universal time. */
function times(line: string, zone: string, from: string, count: number): readonly string[] {
	const cron = parseCron(line);
	const found: string[] = [];
	let at = Date.parse(from);
	while (found.length < count) {
		const next = nextTime(cron, at, zone);
		if (next === null) break;
		found.push(new Date(next).toISOString().slice(0, 16));
		at = next;
	}
	return found;
}

describe('cron lines', () => {
	test.each([
		['*/20 9 * * *', ['2026-01-01T09:00', '2026-01-01T09:20', '2026-01-01T09:40']],
		['0 9 * * 1-5', ['2026-01-01T09:00', '2026-01-02T09:00', '2026-01-05T09:00']],
		['0 9 * * MON,wed', ['2026-01-05T09:00', '2026-01-07T09:00', '2026-01-12T09:00']],
		['0 0 1 JAN *', ['2027-01-01T00:00', '2028-01-01T00:00', '2029-01-01T00:00']],
		['5/20 0 * * *', ['2026-01-01T00:05', '2026-01-01T00:25', '2026-01-01T00:45']],
		['0 9 13 * 5', ['2026-01-02T09:00', '2026-01-09T09:00', '2026-01-13T09:00']],
		['0 9 * * 7', ['2026-01-04T09:00', '2026-01-11T09:00', '2026-01-18T09:00']],
		['0 0 29 2 *', ['2028-02-29T00:00', '2032-02-29T00:00', '2036-02-29T00:00']],
		['0 0 31 2 *', []],
		['@hourly', ['2026-01-01T01:00', '2026-01-01T02:00', '2026-01-01T03:00']],
		['  @Weekly ', ['2026-01-04T00:00', '2026-01-11T00:00', '2026-01-18T00:00']],
	])('%s', (line, expected) => {
		expect(times(line, 'UTC', '2026-01-01T00:00:00Z', 3)).toEqual(expected);
	});

	test.each([
		['', 'has 0 parts, and a cron line has five'],
		['0 9 * *', 'has 4 parts'],
		['0 0 9 * * *', 'Seconds are not known: leave the first one out.'],
		['60 * * * *', 'The minute “60” of “60 * * * *” must be from 0 to 59'],
		['0 9 * * 1-', 'The day of the week “1-”'],
		['0 9 * FOO *', 'The month “FOO”'],
		['5-1 * * * *', 'begins after it ends'],
		['*/0 * * * *', 'a whole number from 1 on'],
		['1/2/3 * * * *', 'cannot be read'],
		['0 0 L * *', 'must be from 1 to 31'],
	])('“%s” is refused with where and an example', (line, sentence) => {
		expect(() => parseCron(line)).toThrow(sentence);
		expect(() => parseCron(line)).toThrow('For example, `0 9 * * 1-5`');
	});

	test('a time that is left out when clocks are put forward comes at that moment', () => {
		expect(times('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 2)).toEqual([
			'2026-03-29T01:00',
			'2026-03-30T00:30',
		]);
		// By half an hour only.
		expect(times('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00:00Z', 2)).toEqual([
			'2026-10-03T15:30',
			'2026-10-04T15:15',
		]);
	});

	test('a time that clocks show twice comes once', () => {
		expect(times('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual([
			'2026-10-25T00:30',
			'2026-10-26T01:30',
		]);
	});

	test('what repeats keeps its pace through both', () => {
		expect(times('0 * * * *', 'Europe/Berlin', '2026-03-28T23:30:00Z', 3)).toEqual([
			'2026-03-29T00:00',
			'2026-03-29T01:00',
			'2026-03-29T02:00',
		]);
		expect(times('*/30 * * * *', 'America/New_York', '2026-11-01T05:10:00Z', 4)).toEqual([
			'2026-11-01T05:30',
			'2026-11-01T06:00',
			'2026-11-01T06:30',
			'2026-11-01T07:00',
		]);
	});

	test('time zones are known by their names', () => {
		expect(['UTC', 'Europe/Berlin', 'Mars/Olympus', ''].map(isZone)).toEqual([true, true, false, false]);
		expect(times('0 9 * * *', 'Asia/Kathmandu', '2026-01-01T00:00:00Z', 1)).toEqual(['2026-01-01T03:15']);
	});
});
